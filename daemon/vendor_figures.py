"""Gauges from the books about retailers: EDI documents, partners out of reach, clocks that run against us."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from daemon.store.database import Database
from daemon.store.vendor_figures import VendorFigures, vendor_figures
from daemon.telemetry import Telemetry


async def show_vendor_figures(
    database: Database, now: datetime, exchanges: Collection[str], telemetry: Telemetry
) -> None:
    """Read the books once and set the gauges."""
    async with database.connection() as connection:
        found = await vendor_figures(connection, exchanges, now)
    set_gauges(found, now, telemetry)


def set_gauges(found: VendorFigures, now: datetime, telemetry: Telemetry) -> None:
    unanswered, oldest = Counter[tuple[str, ...]](), dict[tuple[str, ...], float]()
    for one in found.documents:
        if one.oldest is not None:
            unanswered[one.partner, one.kind] += one.unanswered
            age = (now - one.oldest).total_seconds()
            oldest[one.partner, one.kind] = max(age, oldest.get((one.partner, one.kind), 0.0))
    telemetry.retailers.edi_is(
        {(one.partner, one.way, one.kind, one.state): one.documents for one in found.documents if one.documents},
        unanswered,
        oldest,
    )
    telemetry.retailers.edi_partners_are(
        {one.partner: float(one.unreachable_since is not None) for one in found.partners},
        {
            (one.partner, way): files
            for one in found.partners
            for way, files in (("in", one.not_read), ("out", one.not_put))
        },
    )
    _set_clocks(found, now, telemetry)


def _set_clocks(found: VendorFigures, now: datetime, telemetry: Telemetry) -> None:
    left = dict[tuple[str, ...], float]()
    for one in found.clocks:
        seconds, key = (one.next - now).total_seconds(), (one.account, one.document)
        left[key] = min(seconds, left.get(key, seconds))
    telemetry.retailers.vendor_clocks_are(
        {(one.account, one.document, one.state): one.clocks for one in found.clocks},
        left,
        {(one.account, one.document): one.breaches for one in found.breaches},
    )
