"""A child process: a purchase order is read from a file in chunks, mapped, and answered with a 997 and an 855.

`python -m tests.bench.edi.acknowledged FILE` prints its greatest resident memory in MB, and what it read and wrote.
"""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from edi.tape import CHUNK
from edi.x12 import order_acknowledgement
from edi.x12.acknowledge import answered_groups, group_answer
from edi.x12.header import Header
from edi.x12.interchange import GroupHeader, Report, Transaction
from edi.x12.purchase_order import purchase_order
from edi.x12.read import stream
from edi.x12.write import Outgoing, OutgoingGroup, chunks
from schemas.purchase_order import Acknowledgement, LineAcknowledgement, LineAnswer, PurchaseOrder, PurchaseOrderLine
from tests.edi.documents import AT, PROFILE, SHIPS

HEADER = Header(sender="VENDOR", receiver="AMAZON", date="261121", time="1500", number="000000042")
FA = GroupHeader(code="FA", sender="VENDOR", receiver="AMAZON", date="20261121", time="1500", number="42")
PR = GroupHeader(code="PR", sender="VENDOR", receiver="AMAZON", date="20261121", time="1500", number="43")


def file_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def read(path: Path) -> tuple[PurchaseOrder, Report]:
    """The one order in a file, and the report that accepts it."""
    found: dict[str, object] = {}
    for event in stream(file_chunks(path)):
        if isinstance(event, Transaction):
            found["order"], found["place"] = purchase_order(event, PROFILE), event.place
        elif isinstance(event, Report):
            found["report"] = event
    order, report = found["order"], found["report"]
    assert isinstance(order, PurchaseOrder) and isinstance(report, Report), found
    assert report.accepts(found["place"])  # type: ignore[arg-type]
    return order, report


def accepted(line: PurchaseOrderLine) -> LineAcknowledgement:
    answer = LineAnswer(code="accepted", quantity=line.ordered, ship_at=SHIPS)
    return LineAcknowledgement(
        number=line.number,
        identifiers=line.identifiers,
        ordered=line.ordered,
        net_cost=line.net_cost,
        answers=(answer,),
    )


def answers(order: PurchaseOrder, report: Report) -> Iterator[bytes]:
    """The 997 and the 855, piece by piece."""
    told = Acknowledgement(
        number=order.number, vendor=order.vendor, ordered_at=order.ordered_at, acknowledged_at=AT,
        lines=tuple(accepted(line) for line in order.lines),
    )  # fmt: skip
    functional = OutgoingGroup(header=FA, transactions=[group_answer(answered_groups(report)[0], "0001")])
    rows = order_acknowledgement.rows(told, order, PROFILE)
    document = OutgoingGroup(header=PR, transactions=[Outgoing(code="855", number="0001", segments=rows)])
    return chunks(HEADER, [functional, document])


def main() -> None:
    order, report = read(Path(sys.argv[1]))
    written = sum(len(piece) for piece in answers(order, report))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{kilobytes * 1024 / 1_000_000:.1f} {len(order.lines)} {written}")


if __name__ == "__main__":
    main()
