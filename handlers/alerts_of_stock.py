"""Stock and what channels show of it: what each alert means, and what its owner does first."""

from collections.abc import Mapping
from typing import Final

from handlers.alert_kinds import AlertKind, Entry

ENTRIES: Final[Mapping[AlertKind, Entry]] = {
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
}
