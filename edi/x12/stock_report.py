"""Our stock as an X12 846: a change of the named items, or the whole of it."""

from collections.abc import Iterator

from edi.profile import Profile
from edi.x12.elements import dt_text, n0_text, r_text, tm_text
from edi.x12.order_acknowledgement import pairs
from edi.x12.write import Row
from schemas.stock_report import StockReport

WHOLE, CHANGES = "00", "25"


def rows(report: StockReport, profile: Profile) -> Iterator[Row]:
    """What stands between ST and SE."""
    at = profile.local(report.made_at)
    day, hour = dt_text(at.date()), tm_text(at.time())
    yield ("BIA", WHOLE if report.full else CHANGES, "IP", report.number, day, hour)
    yield ("DTM", "166", day, hour)
    yield ("N1", "WH", "", profile.location_qualifier, report.warehouse)
    for place, item in enumerate(report.items, 1):
        yield ("LIN", n0_text(place), *pairs(item.identifiers))
        if item.cost is not None:
            yield ("CTP", "", "NET", r_text(item.cost.amount))
        yield ("SDQ", "EA", profile.location_qualifier, report.warehouse, n0_text(item.quantity))
    yield ("CTT", n0_text(len(report.items)))
