"""Purchase orders, ship notices, invoices and EDI: what each alert means, and what its owner does first."""

from collections.abc import Mapping
from typing import Final

from handlers.alert_kinds import AlertKind, Entry

ENTRIES: Final[Mapping[AlertKind, Entry]] = {
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
    AlertKind.PO_CHANGE_WAITS: Entry(
        "warning",
        "merchandising",
        "A change of a purchase order came, and the order has not.",
        "Look for the order in the retailer's pages, and ask for it to be sent again; the change waits for it.",
    ),
    AlertKind.PO_CHANGE_REFUSED: Entry(
        "error",
        "merchandising",
        "A change of a purchase order, or a line of it, does not fit the order that is held, and is not taken.",
        "Look at the order in the retailer's pages; `goodsout pos believe` takes the change as it comes.",
    ),
    AlertKind.PO_CHANGE_LATE: Entry(
        "error",
        "merchandising",
        "A change of a purchase order wants less than has left already; what has left stays ordered.",
        "Tell the retailer what is on its way; it has been answered with what has left.",
    ),
    AlertKind.PO_CHANGE_MISSING: Entry(
        "warning",
        "merchandising",
        "The retailer counts its changes of a purchase order, and one of them has not come.",
        "Ask the retailer to send it again; once it comes it takes its place among the others.",
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
    AlertKind.PACKS_DIFFER: Entry(
        "warning",
        "merchandising",
        "Case packs of a stock owner are not what the warehouse's system says of its products.",
        "See which of the two is right; `goodsout packs write-product-file` writes ours for the warehouse's system.",
    ),
    AlertKind.PO_OVERDRAWN: Entry(
        "error",
        "merchandising",
        "More was accepted of purchase orders than is there any more.",
        "Find the stock, or cut the answer within its 48 h with `goodsout pos again`; after that tell the retailer.",
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
    AlertKind.INVOICE_SHORT_PAID: Entry(
        "error",
        "finance",
        "A retailer paid less for an invoice than it asks for; the reasons that it gives are named.",
        "Check the reason against what left and what was agreed; dispute it with the retailer, or credit it.",
    ),
    AlertKind.INVOICE_OVER_PAID: Entry(
        "warning",
        "finance",
        "A retailer paid more for an invoice than it asks for.",
        "Look whether another invoice was meant, or it was paid twice; agree with the retailer what becomes of it.",
    ),
    AlertKind.REMITTANCE_UNMATCHED: Entry(
        "warning",
        "finance",
        "A retailer pays for what was never invoiced here, or two payments have one reference.",
        "Find out what was paid for: an invoice from before, or one under another name.",
    ),
    AlertKind.REMITTANCE_DEDUCTED: Entry(
        "warning",
        "finance",
        "A retailer keeps something back from a payment that belongs to no invoice: a chargeback, an allowance.",
        "Check it against the agreements and the chargebacks in the retailer's pages; dispute what is not due.",
    ),
    AlertKind.INVOICE_DUE: Entry(
        "error",
        "finance",
        "Much of the time for an invoice is gone, or all of it, and the retailer does not have it.",
        "Do first what the alert says holds it up; what a late ship notice holds up has alerts of its own.",
    ),
    AlertKind.SSCC_POOL_LOW: Entry(
        "warning",
        "operations",
        "Few carton numbers are left of a GS1 prefix, or its next one was used less than a year ago.",
        "Set another extension digit or prefix before they run out; codes in use are never given out again.",
    ),
}
