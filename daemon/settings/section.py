"""What every table of the configuration file is, and the words that several use."""

from typing import Literal

import msgspec

Owner = Literal["operations", "logistics", "ecommerce", "merchandising", "finance", "customer_service", "technical"]
ZeroRule = Literal["send", "hold", "alert"]
"""Tell a zero at once, hold it for a decision, tell it and raise an alert."""
ChannelKind = Literal["seller_central", "vendor_central", "storefront"]
GoodsOutWord = Literal["draft", "pending", "part_allocated", "allocated", "picking", "completed", "cancelled"]
"""Where a goods out of Clarus stands."""
Role = Literal["intake", "documents", "relay", "publish", "despatch", "release", "watch", "web"]
ROLES: tuple[Role, ...] = ("intake", "documents", "relay", "publish", "despatch", "release", "watch", "web")


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration file: unknown keys are refused."""
