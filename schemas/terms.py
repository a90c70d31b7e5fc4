"""Our words: names as distinct types, so that one is never passed where another belongs."""

from typing import NewType

Account = NewType("Account", str)
"""The stock owner."""
Warehouse = NewType("Warehouse", str)
Sku = NewType("Sku", str)
"""The warehouse's product code: opaque text, case, zeros and punctuation are part of it."""
SellerSku = NewType("SellerSku", str)
"""The channel's name for a listing."""
ChannelAccount = NewType("ChannelAccount", str)
"""Our name for one selling account on one channel, as the configuration gives it."""
Marketplace = NewType("Marketplace", str)
OrderReference = NewType("OrderReference", str)
"""The warehouse's name for an order."""
ChannelOrderId = NewType("ChannelOrderId", str)
LineReference = NewType("LineReference", str)
"""The channel's own id of an order line."""
DespatchId = NewType("DespatchId", str)
ParcelId = NewType("ParcelId", str)
PackageReference = NewType("PackageReference", str)
"""Digits that name a parcel towards a channel, given once and never given to another parcel."""
CommandId = NewType("CommandId", str)
Eaches = int
"""Whole units of stock."""
