"""Despatches to retailers, taken out of the despatch queue: kept whole, and their loads looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec

from daemon.settings import NoticeAccount
from daemon.store import invoices, later_goods_outs, vendor_despatches
from daemon.store.database import Connection
from handlers.despatch_messages import Message
from schemas.terms import ChannelOrderId


@dataclass(frozen=True, slots=True)
class Kept:
    outcome: Literal["done", "ignored"]
    word: str


@dataclass(frozen=True, slots=True)
class VendorFlow:
    """The vendor accounts by name. Without any, every despatch is somebody else's."""

    accounts: Mapping[str, NoticeAccount] = field(default_factory=dict[str, NoticeAccount])

    async def keep(
        self, connection: Connection, messages: Sequence[Message], at: datetime
    ) -> tuple[list[Kept], list[Message]]:
        """What became of the events of retailers' orders, and all other events."""
        if not self.accounts:
            return [], list(messages)
        kept, others = list[Kept](), list[Message]()
        for message in messages:
            found = await self._keep(connection, message, at)
            if found is None:
                others.append(message)
            else:
                kept.append(found)
        return kept, others

    async def _keep(self, connection: Connection, message: Message, at: datetime) -> Kept | None:
        """None: it is no retailer's. An event that takes back may not say whose it was: the books do."""
        known = await vendor_despatches.before(connection, message.data.account, message.data.despatch_id)
        data = vendor_despatches.completed(message.data, known.data if known else None)
        account = self.accounts.get(data.channel.account) if data.channel else None
        if account is None or data.channel is None:
            return None
        name = data.channel.account
        if data.channel_order_id:
            number = await later_goods_outs.number_of(connection, name, data.channel_order_id)
            data = msgspec.structs.replace(data, channel_order_id=ChannelOrderId(number))
        keys = await vendor_despatches.save(connection, msgspec.structs.replace(message, data=data), known)
        if not keys:
            return Kept("ignored", "stale_revision")
        await vendor_despatches.touch(connection, name, keys, at, account.shipment_prefix)
        await invoices.touch(connection, name, [data.channel_order_id or ""], at)
        return Kept("done", f"vendor_{message.what}")
