"""How the exchanges with retailers stand: documents by EDI, partners out of reach, and clocks that run against us."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from daemon.store.database import Connection, query

LATELY = timedelta(days=1)


class Documents(msgspec.Struct, frozen=True):
    """Of one kind and state; `way`: in or out. `documents`: of the last day. `unanswered`: of any age."""

    partner: str
    way: str
    kind: str
    state: str
    documents: int
    unanswered: int
    oldest: datetime | None


class EdiPartner(msgspec.Struct, frozen=True):
    """An exchange: its files that wait, and since when its place cannot be reached."""

    partner: str
    not_read: int
    not_put: int
    oldest: datetime | None
    unreachable_since: datetime | None


class Clocks(msgspec.Struct, frozen=True):
    """`document`: acknowledgement, ship_notice or invoice; `state`: running, warned, over; `next`: the first due."""

    account: str
    document: str
    state: str
    clocks: int
    next: datetime


class Breaches(msgspec.Struct, frozen=True):
    """Clocks that ran out within the last day, whatever became of their documents."""

    account: str
    document: str
    breaches: int


@dataclass(frozen=True, slots=True)
class VendorFigures:
    documents: list[Documents]
    partners: list[EdiPartner]
    clocks: list[Clocks]
    breaches: list[Breaches]


async def vendor_figures(connection: Connection, exchanges: Collection[str], now: datetime) -> VendorFigures:
    """`exchanges`: the configured ones, by name."""
    since = now - LATELY
    documents = await connection.fetch(query("edi_counts"), since)
    partners = await connection.fetch(query("edi_partners"), sorted(exchanges))
    clocks = await connection.fetch(query("vendor_clocks"), now)
    breaches = await connection.fetch(query("vendor_breaches"), since, now)
    return VendorFigures(
        [msgspec.convert(dict(row.items()), Documents) for row in documents],
        [msgspec.convert(dict(row.items()), EdiPartner) for row in partners],
        [msgspec.convert(dict(row.items()), Clocks) for row in clocks],
        [msgspec.convert(dict(row.items()), Breaches) for row in breaches],
    )
