"""Orders, despatches and labels: what each alert means, and what its owner does first."""

from collections.abc import Mapping
from typing import Final

from handlers.alert_kinds import AlertKind, Entry

ENTRIES: Final[Mapping[AlertKind, Entry]] = {
    AlertKind.CARRIER_UNMAPPED: Entry(
        "error",
        "operations",
        "A carrier or service of the warehouse has no name at the channel; despatches by it are held.",
        "Add the row with `goodsout carriers import`; what is held goes on by itself.",
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
}
