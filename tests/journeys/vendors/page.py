"""What the journeys ended in, as a page: docs/vendor-journeys.md holds it."""

from collections.abc import Mapping

from tests.journeys.vendors.cases import JOURNEYS, Seen

HEAD = """# Journeys of a purchase order

Written by the tests (`GOODSOUT_WRITE_PAGES=1 pytest tests/journeys/vendors`). Each journey is played through the
daemon's own loops and a real database by SP-API, by X12 and by EDIFACT, against a retailer's side that checks what
the guides demand. By each transport it ends in the same books, as shown here, without a chargeback, and with no
document that the retailer could not read.

*Acknowledged*: accepted / on back order / rejected of each line, as the retailer read it. *Noticed* and *invoiced*:
units of all lines that ship notices told of, and that were invoiced and not credited. *Owed*: with 20 % tax.

| journey | what happens | acknowledged | notices | noticed | invoiced | owed |
| --- | --- | --- | --- | --- | --- | --- |
"""
FOOT = """
By X12 there are no credit notes: what came back and follows later is evened out with what is invoiced, and a person
hears of it meanwhile ([invoice_held](alerts/invoice_held.md)). By EDI nobody shows an answer that was given in the
retailer's pages: a person tells it (`goodsout pos told`).
"""


def page(played: Mapping[str, Seen]) -> str:
    return HEAD + "".join(_row(case, played[case]) for case in JOURNEYS) + FOOT


def _row(case: str, seen: Seen) -> str:
    what = " ".join((JOURNEYS[case].__doc__ or "").split())
    answers = [
        f"{number}/{line} {accepted} / {backordered} / {rejected}"
        for number, lines in seen.acknowledged.items()
        for line, (accepted, backordered, rejected) in lines.items()
    ]
    cells = (
        case.replace("_", " "), what, "<br>".join(answers), seen.documents["notice"], sum(seen.noticed.values()),
        sum(seen.invoiced.values()), f"{seen.owed:.2f}",
    )  # fmt: skip
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"
