"""The alert kinds: fixed here, one manual page each in `docs/alerts/`; who owns a kind is configuration."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, get_args

import msgspec

Severity = Literal["info", "warning", "error", "critical"]
Owner = Literal["operations", "logistics", "ecommerce", "merchandising", "finance", "customer_service", "technical"]

OWNERS: Final[tuple[Owner, ...]] = get_args(Owner)
SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warning", "error", "critical")


class AlertKind(StrEnum):
    """`value` is the word in routing keys, metrics, the command line and the manual."""

    STOCK_IN_DOUBT = "stock_in_doubt"
    COUNTER_WENT_BACK = "counter_went_back"
    LEVEL_REFUSED = "level_refused"
    LEVEL_UNANSWERED = "level_unanswered"
    SECOND_SOURCE = "second_source"
    NO_PARTITION_KEY = "no_partition_key"
    MESSAGE_PARKED = "message_parked"
    KEY_RETIRED = "key_retired"
    LISTING_WITHOUT_STOCK = "listing_without_stock"
    LISTING_REFUSED = "listing_refused"
    NEVER_LIVE = "never_live"
    FEED_FAILED = "feed_failed"
    FEED_MISMATCH = "feed_mismatch"
    FEED_STUCK = "feed_stuck"
    UPDATE_OVERDUE = "update_overdue"
    REPLENISHMENT_AT_RISK = "replenishment_at_risk"
    FOREIGN_STOCK = "foreign_stock"
    STOCK_UNTOLD = "stock_untold"
    CHANNEL_DENIED = "channel_denied"
    CHANNEL_THROTTLED = "channel_throttled"
    CARRIER_UNMAPPED = "carrier_unmapped"
    LISTING_UNMAPPED = "listing_unmapped"
    CHANNEL_ACCOUNT_UNKNOWN = "channel_account_unknown"
    ORDER_UNKNOWN = "order_unknown"
    DESPATCH_INCOMPLETE = "despatch_incomplete"
    DESPATCH_REFUSED = "despatch_refused"
    DESPATCH_UNKNOWN = "despatch_unknown"
    UNDONE_AFTER_CONFIRMATION = "undone_after_confirmation"
    PROMISE_AT_RISK = "promise_at_risk"
    SOURCE_DENIED = "source_denied"
    SOURCE_UNREADABLE = "source_unreadable"
    SOURCE_FIELDS = "source_fields"
    BALANCE_REFUSED = "balance_refused"
    BALANCE_NOT_SHOWN = "balance_not_shown"
    BALANCE_DIFFERS = "balance_differs"
    HOOK_REFUSED = "hook_refused"
    HINT_UNREADABLE = "hint_unreadable"
    AUTOMATION_DIFFERS = "automation_differs"
    GOODS_OUT_HELD = "goods_out_held"
    GOODS_OUT_DIFFERS = "goods_out_differs"
    GOODS_OUT_DOUBLED = "goods_out_doubled"
    GOODS_OUT_STATUS = "goods_out_status"
    GOODS_OUT_VANISHED = "goods_out_vanished"
    ZERO_HELD = "zero_held"
    ZERO_TOLD = "zero_told"
    MASS_ZERO_HELD = "mass_zero_held"
    MASS_ZERO_UNDECIDED = "mass_zero_undecided"
    SALE_UNMAPPED = "sale_unmapped"
    ORDERS_UNREAD = "orders_unread"
    OPEN_LINE_STUCK = "open_line_stuck"
    ORDER_UNSENT = "order_unsent"
    ORDER_REFUSED = "order_refused"
    ORDER_TWICE = "order_twice"
    ORDERS_IMPORTED_TWICE = "orders_imported_twice"
    ORDER_DIFFERS = "order_differs"
    ORDER_ADRIFT = "order_adrift"
    ORDER_STOP_ASKED = "order_stop_asked"
    ORDER_TELL_CHANNEL = "order_tell_channel"
    ORDER_UNMAPPED = "order_unmapped"
    ORDER_ADDRESS = "order_address"
    ORDER_DOUBTFUL = "order_doubtful"
    ORDER_LATE = "order_late"
    ORDER_UNREADABLE = "order_unreadable"
    PO_UNREADABLE = "po_unreadable"
    POS_UNREAD = "pos_unread"
    PO_CONTRADICTS = "po_contradicts"
    PO_AMENDED = "po_amended"
    PO_UNMAPPED = "po_unmapped"
    PO_TERMS = "po_terms"
    PO_DELIVERY = "po_delivery"
    PO_WAITS = "po_waits"
    PO_DUE = "po_due"
    PO_LATE = "po_late"
    PO_ANSWER_REFUSED = "po_answer_refused"
    PO_ANSWER_DIFFERS = "po_answer_differs"
    PO_UNCONFIRMED = "po_unconfirmed"
    PO_OVERDRAWN = "po_overdrawn"
    CATALOGUE_DIFFERS = "catalogue_differs"
    CATALOGUE_UNREAD = "catalogue_unread"
    LATE_SHIPMENT_FORECAST = "late_shipment_forecast"
    CANCELLATION_FORECAST = "cancellation_forecast"
    TRACKING_FORECAST = "tracking_forecast"
    DESPATCH_UNSHOWN = "despatch_unshown"
    ACCOUNT_AT_RISK = "account_at_risk"
    ACCOUNT_REPORT_UNREAD = "account_report_unread"
    CARRIER_DOUBTFUL = "carrier_doubtful"
    SHIP_NOTICE_HELD = "ship_notice_held"
    SHIP_NOTICE_DUE = "ship_notice_due"
    SHIP_NOTICE_DIFFERS = "ship_notice_differs"
    SHIP_NOTICE_REFUSED = "ship_notice_refused"
    VENDOR_DOCUMENT_UNKNOWN = "vendor_document_unknown"
    INVOICE_HELD = "invoice_held"
    INVOICE_REFUSED = "invoice_refused"
    SSCC_POOL_LOW = "sscc_pool_low"
    LABEL_BLOCKED = "label_blocked"
    LABEL_UNKNOWN = "label_unknown"
    EDI_REFUSED = "edi_refused"
    EDI_UNACKNOWLEDGED = "edi_unacknowledged"
    EDI_UNHANDLED = "edi_unhandled"
    EDI_UNREACHABLE = "edi_unreachable"
    EDI_UNREADABLE = "edi_unreadable"


class Entry(msgspec.Struct, frozen=True):
    """What is fixed about a kind; `owner` is the default, which the configuration may overrule."""

    severity: Severity
    owner: Owner
    meaning: str
    """One line."""
    todo: str
    """The first thing its owner should do."""


CATALOGUE: Final[Mapping[AlertKind, Entry]] = {
    AlertKind.STOCK_IN_DOUBT: Entry(
        "warning",
        "operations",
        "Messages about a SKU's stock are missing or unreadable; the channel is told the lesser of what is known.",
        "Wait for the level that was asked for; if none comes, have the warehouse send one.",
    ),
    AlertKind.COUNTER_WENT_BACK: Entry(
        "error",
        "technical",
        "A producer's sequence went back while its times went on: its counter was restored or started anew.",
        "Ask who restored the producer's counter; it must raise `epoch` when it starts anew.",
    ),
    AlertKind.LEVEL_REFUSED: Entry(
        "error",
        "operations",
        "The warehouse refused to tell the level of a SKU; the SKU stays in doubt.",
        "Read the reason; correct the SKU or the warehouse code on the side that has it wrong.",
    ),
    AlertKind.LEVEL_UNANSWERED: Entry(
        "error",
        "technical",
        "Requests for a level stay without an answer; the SKUs concerned stay in doubt.",
        "Check that the producer consumes goodsout.commands and answers inventory.level_request.",
    ),
    AlertKind.SECOND_SOURCE: Entry(
        "error",
        "technical",
        "A second source sends stock of a SKU that another source already counts.",
        "Decide which system counts this warehouse, and stop the other.",
    ),
    AlertKind.NO_PARTITION_KEY: Entry(
        "warning",
        "technical",
        "A source sends messages without the header `partitionkey`; they share one partition and are slow.",
        "Have the producer set the AMQP header `partitionkey` to <account>/<sku>.",
    ),
    AlertKind.MESSAGE_PARKED: Entry(
        "error",
        "technical",
        "Messages that nobody can act on were parked; none is lost.",
        "Run `goodsout parked list`, have the cause put right, then replay or discard them.",
    ),
    AlertKind.KEY_RETIRED: Entry(
        "critical",
        "technical",
        "A master key was taken away while keys of subjects are still sealed by it; messages about those wait.",
        "Name the old file again, after the new one, in keys.master_key_files, and start the daemon anew.",
    ),
    AlertKind.LISTING_WITHOUT_STOCK: Entry(
        "warning",
        "merchandising",
        "Listings name SKUs of which the warehouse has never told any stock; nothing is published for them.",
        "Correct the SKU of the listing, or have the warehouse send its level.",
    ),
    AlertKind.LISTING_REFUSED: Entry(
        "error",
        "ecommerce",
        "The channel refused a stock value for a listing; the channel keeps showing the old one.",
        "Read the channel's text and correct the listing there; the next change is told by itself.",
    ),
    AlertKind.NEVER_LIVE: Entry(
        "error",
        "ecommerce",
        "The channel accepted a stock value, and still does not show it.",
        "Look at the listing in the channel's own pages; open a case there if it shows an old value.",
    ),
    AlertKind.FEED_FAILED: Entry(
        "error",
        "technical",
        "A feed of stock values failed as a whole; each value goes out again by itself.",
        "Read the channel's text in the alert; if it blames the file, keep the alert's feed for the developers.",
    ),
    AlertKind.FEED_MISMATCH: Entry(
        "error",
        "technical",
        "A feed's result does not fit what was sent, or cannot be had; nothing is taken from it.",
        "Compare the feed's result in the channel's pages with the alert; each value goes out again by itself.",
    ),
    AlertKind.FEED_STUCK: Entry(
        "error",
        "technical",
        "The channel has not finished a feed of stock values for far too long; values go out one by one meanwhile.",
        "Look for the feed at the channel and open a case there: only the channel can cancel a feed that runs.",
    ),
    AlertKind.UPDATE_OVERDUE: Entry(
        "error",
        "technical",
        "The channel has not finished an update of direct fulfilment stock; its values go out again meanwhile.",
        "Look the transaction up at the channel and open a case there if more than one is overdue.",
    ),
    AlertKind.REPLENISHMENT_AT_RISK: Entry(
        "critical",
        "ecommerce",
        "Direct fulfilment stock will not be true, or was not, when the channel takes it over.",
        "Run `goodsout status` to see what is in the way; what cannot be told in time, tell the channel by hand.",
    ),
    AlertKind.FOREIGN_STOCK: Entry(
        "error",
        "ecommerce",
        "The channel shows a stock value that was not told from here: somebody else writes to the listing.",
        "Find the person or program that writes stock to this listing, and have it stopped.",
    ),
    AlertKind.STOCK_UNTOLD: Entry(
        "error",
        "ecommerce",
        "Changes of stock have waited longer than their class allows, and the channel does not know of them.",
        "Run `goodsout status` and look at budgets and refusals; `goodsout explain SKU` says why one waits.",
    ),
    AlertKind.CHANNEL_DENIED: Entry(
        "critical",
        "technical",
        "The channel refuses our credentials: nothing is told to this account until that is put right.",
        "Renew the authorisation and replace the secret file; it is read again by itself.",
    ),
    AlertKind.CHANNEL_THROTTLED: Entry(
        "warning",
        "technical",
        "The channel answered 429 although our own budget said that it would not.",
        "Look for another program that spends the same account's quota.",
    ),
    AlertKind.CARRIER_UNMAPPED: Entry(
        "error",
        "operations",
        "A carrier or service of the warehouse has no name at the channel; despatches by it are held.",
        "Add the row with `goodsout carriers import`; what is held goes on by itself.",
    ),
    AlertKind.LISTING_UNMAPPED: Entry(
        "error",
        "operations",
        "A despatched line fits no line of the channel's order; its confirmation is held.",
        "Add the listing or its pack size with `goodsout listings import`; what is held goes on by itself.",
    ),
    AlertKind.CHANNEL_ACCOUNT_UNKNOWN: Entry(
        "error",
        "technical",
        "A despatch names a channel account that the configuration does not have.",
        "Add the account to the configuration, or have the warehouse correct the order's channel.",
    ),
    AlertKind.ORDER_UNKNOWN: Entry(
        "error",
        "operations",
        "The channel does not know the order of a despatch, or the despatch names none.",
        "Find the channel's order id and correct it in the warehouse; complete the despatch again.",
    ),
    AlertKind.DESPATCH_INCOMPLETE: Entry(
        "error",
        "operations",
        "A despatch lacks what the channel demands, such as a tracking number; its confirmation is held.",
        "Complete the despatch in the warehouse and send it again with a higher revision.",
    ),
    AlertKind.DESPATCH_REFUSED: Entry(
        "error",
        "operations",
        "The channel refused the confirmation of a parcel; the buyer is not told that it left.",
        "Read the channel's text, put the cause right, and confirm by hand where time is short.",
    ),
    AlertKind.DESPATCH_UNKNOWN: Entry(
        "critical",
        "operations",
        "Nobody knows whether the channel took the confirmation of a parcel; a person must look.",
        "Look at the order in the channel's pages, then `goodsout decisions list` and decide.",
    ),
    AlertKind.UNDONE_AFTER_CONFIRMATION: Entry(
        "error",
        "ecommerce",
        "A despatch was taken back after the channel had been told; the channel has no way to undo it.",
        "Tell the buyer, and refund or send again in the channel's pages.",
    ),
    AlertKind.PROMISE_AT_RISK: Entry(
        "critical",
        "operations",
        "Something that was promised by a time has not happened, or will not happen in time.",
        "Open the subject with `goodsout alerts show` and do what holds it up first.",
    ),
    AlertKind.SOURCE_DENIED: Entry(
        "critical",
        "technical",
        "The warehouse system that we read turns our credentials away: its readings grow old.",
        "Read the reason; renew the secret in its file, and see that nobody logs in with the integration's account.",
    ),
    AlertKind.SOURCE_UNREADABLE: Entry(
        "error",
        "technical",
        "The warehouse system that we read has given no usable answer for a while.",
        "Read the text; ask its maker, or set the fields, the host or the caps right.",
    ),
    AlertKind.SOURCE_FIELDS: Entry(
        "critical",
        "technical",
        "The schema of the warehouse system lacks what our queries ask for: it is not read at all.",
        "Correct the fields in the settings, or have the account given the right to see them, and restart.",
    ),
    AlertKind.BALANCE_REFUSED: Entry(
        "error",
        "operations",
        "A balance that was read is negative, split or absurd; it is held, and the SKU stays in doubt.",
        "Correct the stock of the SKU in the warehouse system; it is read again by itself.",
    ),
    AlertKind.BALANCE_NOT_SHOWN: Entry(
        "error",
        "operations",
        "A full sweep no longer shows a balance that the books know; the SKU is in doubt, not at zero.",
        "See whether the integration's account lost a right; if the tenant hides what is sold out, set absent_means.",
    ),
    AlertKind.BALANCE_DIFFERS: Entry(
        "warning",
        "operations",
        "What the warehouse system shows differs from what the bus has told; a level was asked for.",
        "Compare both for the SKU; if it comes again, find out which movements the bus does not tell.",
    ),
    AlertKind.HOOK_REFUSED: Entry(
        "error",
        "technical",
        "A webhook came with the right token from another tenant or automation; it was refused.",
        "Compare the automation's id with the settings; if they agree, the token is known to others: change it.",
    ),
    AlertKind.HINT_UNREADABLE: Entry(
        "warning",
        "technical",
        "A webhook does not say which product it is about; a sweep is made instead.",
        "Look at a body that the automation sends, and set sku_paths or product_id_paths.",
    ),
    AlertKind.AUTOMATION_DIFFERS: Entry(
        "error",
        "technical",
        "An automation in the settings is switched off at the warehouse system, or fires on something else.",
        "Correct the automation there, or its id, resource and event in the settings.",
    ),
    AlertKind.GOODS_OUT_HELD: Entry(
        "error",
        "operations",
        "A goods out has left the warehouse, and what the channel needs to know of it is missing or contradictory.",
        "Read what is missing in the alert and complete it in Clarus; it is read again by itself.",
    ),
    AlertKind.GOODS_OUT_DIFFERS: Entry(
        "warning",
        "customer_service",
        "Other quantities left the warehouse than were ordered; the channel hears of what left, up to what it sold.",
        "Refund or send on what is missing; decide with the buyer about what was too much.",
    ),
    AlertKind.GOODS_OUT_DOUBLED: Entry(
        "critical",
        "operations",
        "Several goods outs at Clarus stand for the same order; the buyer may get everything twice.",
        "Cancel all but one of them in Clarus before they are picked.",
    ),
    AlertKind.GOODS_OUT_STATUS: Entry(
        "error",
        "technical",
        "Goods outs at Clarus have a status that nobody here knows; no action is taken on them.",
        "Add the status to status_words of [clarus.NAME.goods_outs] once the warehouse has said what it means.",
    ),
    AlertKind.GOODS_OUT_VANISHED: Entry(
        "error",
        "operations",
        "A goods out that was open is no longer shown by Clarus, and nobody is known to have cancelled it.",
        "Look for it in Clarus: if it was deleted, cancel or enter the order again; if not, check our rights there.",
    ),
    AlertKind.ZERO_HELD: Entry(
        "warning",
        "merchandising",
        "Listings fell to zero and the channel is not told, because of their rule or because somebody refused it.",
        "Run `goodsout decisions list --kind zero_held` and decide; stock that comes back ends it by itself.",
    ),
    AlertKind.ZERO_TOLD: Entry(
        "info",
        "merchandising",
        "Listings whose rule is `alert` have fallen to zero, and the channel was told.",
        "Nothing need be done for the channel; see whether the SKU should be bought again.",
    ),
    AlertKind.MASS_ZERO_HELD: Entry(
        "error",
        "merchandising",
        "The brake is on: many listings fell to zero at once and nothing explains it; those zeroes are not told.",
        "Ask the warehouse whether it is true, then `goodsout decisions list --kind mass_zero` and decide.",
    ),
    AlertKind.MASS_ZERO_UNDECIDED: Entry(
        "critical",
        "merchandising",
        "Nobody has decided in time what the brake holds; it stays held, and levels were asked for anew.",
        "Decide now: what is truly gone is being oversold, what is not is safe only while it is held.",
    ),
    AlertKind.SALE_UNMAPPED: Entry(
        "error",
        "ecommerce",
        "A channel has sold under a seller SKU that no listing names; nothing is held back for it anywhere.",
        "Add the listing with `goodsout listings import`; its orders count from then on by themselves.",
    ),
    AlertKind.ORDERS_UNREAD: Entry(
        "error",
        "technical",
        "A channel's orders are not read, or some of them cannot be; other channels may sell the same stock again.",
        "Look at the alert's text: credentials, throttling, or an order in a form that we do not know.",
    ),
    AlertKind.ORDER_UNMAPPED: Entry(
        "error",
        "operations",
        "Orders wait because a SKU or a shipping service of the channel is not mapped to the warehouse's.",
        "Import the row that the alert names; the orders go on by themselves.",
    ),
    AlertKind.ORDER_ADDRESS: Entry(
        "error",
        "customer_service",
        "An order waits because nobody could deliver to its address, or its buyer could not be reached.",
        "Run `goodsout orders show` for what is wrong; have it put right in the channel.",
    ),
    AlertKind.ORDER_DOUBTFUL: Entry(
        "error",
        "ecommerce",
        "An order waits for a person: its status, quantities, prices or doubles are not as they should be.",
        "Look at the order in the channel; put it right there, or accept it with `goodsout orders accept`.",
    ),
    AlertKind.ORDER_LATE: Entry(
        "warning",
        "operations",
        "An order was released although no warehouse can have it on its way by its ship-by time.",
        "Have the warehouse send it ahead of others, or tell the buyer.",
    ),
    AlertKind.ORDER_UNREADABLE: Entry(
        "error",
        "technical",
        "An order that the channel told cannot be read, and is not released.",
        "See the reason; make the order by hand if it is urgent, and report it to us.",
    ),
    AlertKind.PO_UNREADABLE: Entry(
        "error",
        "technical",
        "A purchase order that the retailer told cannot be read; nobody answers it from here.",
        "Answer it in the retailer's own pages before its 24 h are over, and report what the alert says.",
    ),
    AlertKind.POS_UNREAD: Entry(
        "critical",
        "technical",
        "A vendor account's purchase orders are not read: the clock of each runs all the same.",
        "Read the reason; while it lasts, look for new orders in the retailer's own pages.",
    ),
    AlertKind.PO_CONTRADICTS: Entry(
        "error",
        "merchandising",
        "Two readings of a purchase order contradict each other; the newer one is not taken.",
        "Look at the order in the retailer's pages; `goodsout pos believe` takes its next reading as it comes.",
    ),
    AlertKind.PO_AMENDED: Entry(
        "warning",
        "merchandising",
        "A purchase order was changed after it was answered; what changed is named line by line.",
        "Read the differences; have the warehouse stop what is no longer wanted. The change is answered by itself.",
    ),
    AlertKind.PO_UNMAPPED: Entry(
        "error",
        "operations",
        "Lines of purchase orders wait because nothing says which product of the warehouse they are.",
        "Import the row that the alert names; the orders go on by themselves.",
    ),
    AlertKind.PO_TERMS: Entry(
        "error",
        "merchandising",
        "Lines of purchase orders wait because their cost, unit or quantity is not as agreed.",
        "Put right what the alert names, or accept it with `goodsout pos accept`; the orders go on by themselves.",
    ),
    AlertKind.PO_DELIVERY: Entry(
        "error",
        "logistics",
        "Purchase orders wait because of where or when they are to be delivered.",
        "Add the destination to the address book, or agree other dates with the retailer.",
    ),
    AlertKind.PO_WAITS: Entry(
        "warning",
        "merchandising",
        "A purchase order is not answered, and half of its time is over.",
        "Run `goodsout pos show` for what it waits for, then answer its question: `goodsout decisions list`.",
    ),
    AlertKind.PO_DUE: Entry(
        "critical",
        "merchandising",
        "A purchase order is not answered, and little of its time is left; then the default policy answers it.",
        "Decide now with `goodsout decisions`, if the safe answer is not what you want.",
    ),
    AlertKind.PO_LATE: Entry(
        "critical",
        "merchandising",
        "A purchase order was not answered in time: the retailer may charge for it.",
        "Answer it, or find out what kept the answer from leaving; the breach stays on record.",
    ),
    AlertKind.PO_ANSWER_REFUSED: Entry(
        "critical",
        "merchandising",
        "The retailer refused the answer to a purchase order: it counts as not answered.",
        "Read its words, put right what they name, then `goodsout pos again`.",
    ),
    AlertKind.PO_ANSWER_DIFFERS: Entry(
        "error",
        "merchandising",
        "The retailer shows another answer to a purchase order than ours: somebody answered it by hand.",
        "Compare both with `goodsout pos show`; what it shows is what has to be delivered.",
    ),
    AlertKind.PO_UNCONFIRMED: Entry(
        "error",
        "technical",
        "An answer to a purchase order was taken, but the retailer does not show it.",
        "Look at the order in the retailer's pages; open a case there with the transaction's id.",
    ),
    AlertKind.PO_OVERDRAWN: Entry(
        "error",
        "merchandising",
        "More of a purchase order was accepted than is there any more.",
        "Find the stock, or cut the answer within its 48 h with `goodsout pos again`; after that tell the retailer.",
    ),
    AlertKind.LABEL_BLOCKED: Entry(
        "error",
        "logistics",
        "An order waits for its label, and none can be bought for it as things are.",
        "Put right what the alert names: a size, a service, a time; it is tried again by itself.",
    ),
    AlertKind.LABEL_UNKNOWN: Entry(
        "error",
        "logistics",
        "Nobody can tell whether a label was bought, or a label that nobody wants is not taken back.",
        "Look at the order's labels in Seller Central, then run `goodsout labels again` if there is none.",
    ),
    AlertKind.CATALOGUE_DIFFERS: Entry(
        "warning",
        "ecommerce",
        "The channel's catalogue, the listings and the warehouse's products say different things.",
        "Run `goodsout compare ACCOUNT`; correct the side that is wrong, or import the listings that are missing.",
    ),
    AlertKind.CATALOGUE_UNREAD: Entry(
        "warning",
        "technical",
        "The daily comparison of a channel's catalogue could not be made: a side of it cannot be read.",
        "Read the reason; it is tried again by itself.",
    ),
    AlertKind.LATE_SHIPMENT_FORECAST: Entry(
        "critical",
        "operations",
        "The channel's late shipment rate is past its target with what is open, or soon will be if nothing leaves.",
        "Run `goodsout health --orders`, and have the first orders of the list sent or confirmed first.",
    ),
    AlertKind.CANCELLATION_FORECAST: Entry(
        "error",
        "operations",
        "The channel's cancellation rate is past its target with the orders that nobody will send, or soon will be.",
        "Run `goodsout health --orders`: send what can be sent, and settle the others with their buyers.",
    ),
    AlertKind.TRACKING_FORECAST: Entry(
        "error",
        "logistics",
        "The channel's valid tracking rate is below its target with parcels whose numbers it may not take.",
        "Run `goodsout health --orders`, and correct the numbers in the warehouse; a correction is told by itself.",
    ),
    AlertKind.DESPATCH_UNSHOWN: Entry(
        "error",
        "operations",
        "Orders have left the warehouse, and the channel still shows them as to be sent.",
        "Run `goodsout health` and `goodsout alerts`: see what holds their confirmation, or confirm them by hand.",
    ),
    AlertKind.ACCOUNT_AT_RISK: Entry(
        "critical",
        "ecommerce",
        "The channel's own report says that an account is at risk, or worse.",
        "Open the account health page of the channel and answer what it asks for.",
    ),
    AlertKind.ACCOUNT_REPORT_UNREAD: Entry(
        "warning",
        "technical",
        "The channel's report on an account's health cannot be had or read, not all of it, or is too old.",
        "Read the reason; `goodsout health CHANNEL_ACCOUNT --document` writes what could not be read.",
    ),
    AlertKind.CARRIER_DOUBTFUL: Entry(
        "warning",
        "operations",
        "Rows of the carriers' file have names that the channel may not take, or lack one that it wants.",
        "Compare the rows with the channel's own list, correct them, and import the file.",
    ),
    AlertKind.EDI_REFUSED: Entry(
        "error",
        "operations",
        "A partner refuses a document that we sent by EDI, or speaks of one that we never sent.",
        "Read the partner's words in the alert, put right what they name, and send the document anew.",
    ),
    AlertKind.EDI_UNACKNOWLEDGED: Entry(
        "warning",
        "technical",
        "Nobody has said that a document which we sent by EDI was read.",
        "Ask the partner whether the file came; `goodsout edi resend` puts the same file once more.",
    ),
    AlertKind.EDI_UNHANDLED: Entry(
        "warning",
        "technical",
        "A partner sent a kind of document that nobody here takes; it is kept.",
        "Read it with `goodsout edi show`, and agree with the partner whether it is to be sent at all.",
    ),
    AlertKind.EDI_UNREACHABLE: Entry(
        "error",
        "technical",
        "Files can be neither fetched from a partner nor put there: EDI with it stands still.",
        "Put right what the alert names: a folder, a host, a key; it goes on by itself.",
    ),
    AlertKind.EDI_UNREADABLE: Entry(
        "error",
        "operations",
        "Something came by EDI that cannot be used, or not all of it; the original is kept.",
        "Read the places in the alert, and have the partner send it anew under a new number.",
    ),
    AlertKind.OPEN_LINE_STUCK: Entry(
        "warning",
        "operations",
        "Order lines have been open for days: nobody has allocated or cancelled them, and they hold stock back.",
        "Look for the oldest of them in the warehouse: allocate, cancel, or have `order.*` events sent.",
    ),
    AlertKind.ORDER_UNSENT: Entry(
        "error",
        "operations",
        "Orders that could go wait for something that the warehouse needs: an id, a product, room in an address.",
        "Put right what the alert names; every order that waits for it goes on by itself.",
    ),
    AlertKind.ORDER_REFUSED: Entry(
        "error",
        "operations",
        "The warehouse refuses a request about an order, and a later look at it has not changed that.",
        "Read the word of the refusal, put its cause right, then `goodsout decisions list --kind order_refused`.",
    ),
    AlertKind.ORDER_TWICE: Entry(
        "error",
        "operations",
        "One order is in the warehouse more than once; nothing more is asked of the warehouse for it.",
        "End all but one of them at the warehouse before they are picked.",
    ),
    AlertKind.ORDERS_IMPORTED_TWICE: Entry(
        "critical",
        "technical",
        "A connector of the warehouse's own system may import the orders that we release: none is released.",
        "Switch one of the two off, or name the connector in `other_connectors` if it is for another account.",
    ),
    AlertKind.ORDER_DIFFERS: Entry(
        "warning",
        "operations",
        "An order at the warehouse has other lines than the channel's order wants.",
        "Compare the two, and correct the order at the warehouse if that was not meant.",
    ),
    AlertKind.ORDER_ADRIFT: Entry(
        "error",
        "operations",
        "The channel and the warehouse say things of an order that do not go together, or a word not known here.",
        "Find out which of the two is right; the alert closes once they agree.",
    ),
    AlertKind.ORDER_STOP_ASKED: Entry(
        "critical",
        "operations",
        "An order that is being picked must not leave as it is: somebody at the warehouse has to stop it.",
        "Stop it, then answer with `goodsout decisions`; no answer by the deadline means that it was too late.",
    ),
    AlertKind.ORDER_TELL_CHANNEL: Entry(
        "error",
        "customer_service",
        "The warehouse can do nothing more about what became of an order: the channel and its buyer must be told.",
        "Tell the channel what the alert says: cancel, refund, or refuse the wish.",
    ),
    AlertKind.SHIP_NOTICE_HELD: Entry(
        "error",
        "operations",
        "A ship notice should go out and something mandatory is missing or wrong; its clock is running.",
        "Complete what the alert names at the warehouse, or in the configuration; it goes out by itself.",
    ),
    AlertKind.SHIP_NOTICE_DUE: Entry(
        "critical",
        "operations",
        "Much of the time for a ship notice is gone, or all of it, and the retailer does not have it.",
        "Do first what holds it up: `goodsout cartons show ACCOUNT LOAD` names it.",
    ),
    AlertKind.SHIP_NOTICE_DIFFERS: Entry(
        "error",
        "operations",
        "A load differs from its ship notice, and no replacement may say so any more.",
        "Tell the retailer in its own pages, or have the load put right; then answer the question.",
    ),
    AlertKind.SHIP_NOTICE_REFUSED: Entry(
        "critical",
        "operations",
        "The retailer refused a ship notice: the goods will arrive unannounced.",
        "Read the retailer's words, put the cause right, then `goodsout decisions list` and decide.",
    ),
    AlertKind.VENDOR_DOCUMENT_UNKNOWN: Entry(
        "error",
        "operations",
        "Nobody knows whether the retailer got a ship notice or an invoice; it is repeated once, then people decide.",
        "Look in the retailer's pages; if a question is open, answer it with `goodsout decisions`.",
    ),
    AlertKind.INVOICE_HELD: Entry(
        "error",
        "finance",
        "Goods have left and were noticed, and their invoice cannot be written.",
        "Complete what the alert names: an acknowledged cost, a tax rate, an address; it goes out by itself.",
    ),
    AlertKind.INVOICE_REFUSED: Entry(
        "error",
        "finance",
        "The retailer refused an invoice or a credit note.",
        "Read the retailer's words; correct the cause and send it again, or give it up and it gets a new number.",
    ),
    AlertKind.SSCC_POOL_LOW: Entry(
        "warning",
        "operations",
        "Few carton numbers are left of a GS1 prefix, or its next one was used less than a year ago.",
        "Set another extension digit or prefix before they run out; codes in use are never given out again.",
    ),
}


def owner_of(kind: AlertKind, owners: Mapping[str, str]) -> str:
    """The team that owns a kind: as configured, else the default."""
    return owners.get(kind.value, CATALOGUE[kind].owner)
