"""Our stock (and cost) as an EDIFACT INVRPT."""

from collections.abc import Iterator

from edi.edifact.elements import number_text
from edi.edifact.order_acknowledgement import day, item
from edi.edifact.parties import row as party_row
from edi.edifact.write import Row
from edi.profile import Profile
from schemas.purchase_order import Party
from schemas.stock_report import StockReport


def rows(report: StockReport, profile: Profile) -> Iterator[Row]:
    """What stands between UNH and UNT."""
    yield ("BGM", "35", report.number, "9")
    yield day("137", report.made_at, profile)
    yield day("366", report.made_at, profile)
    yield party_row("SU", Party(party_id=profile.vendor_code), profile.agency)
    yield party_row("WH", Party(party_id=report.warehouse), profile.location_qualifier)
    yield ("CUX", ("2", profile.currency, "10"))
    for place, one in enumerate(report.items, 1):
        yield from item(number_text(place), "", one.identifiers)
        yield ("QTY", ("145", number_text(one.quantity)))
        if one.cost is not None:
            yield ("PRI", ("AAA", number_text(one.cost.amount)))
