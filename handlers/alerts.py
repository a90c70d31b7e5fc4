"""The alert kinds: fixed here, one manual page each in `docs/alerts/`; who owns a kind is configuration."""

from enum import StrEnum


class AlertKind(StrEnum):
    """`value` is the word in routing keys, metrics, the command line and the manual."""

    STOCK_IN_DOUBT = "stock_in_doubt"
    COUNTER_WENT_BACK = "counter_went_back"
    LEVEL_REFUSED = "level_refused"
    LEVEL_UNANSWERED = "level_unanswered"
    SECOND_SOURCE = "second_source"
    NO_PARTITION_KEY = "no_partition_key"
    MESSAGE_PARKED = "message_parked"
    LISTING_WITHOUT_STOCK = "listing_without_stock"
    LISTING_REFUSED = "listing_refused"
    NEVER_LIVE = "never_live"
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
