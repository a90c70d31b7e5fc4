"""Purchase orders of any length, as bytes."""

from collections.abc import Iterator

HEAD = (
    "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*VENDOR         *261121*1422*U*00401*000000001*0*P*>~"
    "GS*PO*AMAZON*VENDOR*20261121*1422*1*X*004010~ST*850*0001~BEG*00*NE*4Z32PABC**20261121~REF*CR*ABCD5~CSH*N~"
    "DTM*064*20261201~DTM*063*20261203~N1*ST**92*LTN4~"
)
HEAD_SEGMENTS = 9
BLOCK = 500
"""Lines that are given as one chunk."""


def line(number: int, *, described: bool) -> str:
    """A PO1; `described`, with the PID and PO4 that public orders have beside it."""
    po1 = f"PO1*{number}*{number % 50 + 1}*EA*{number % 900}.25*NT*UP*{number:012d}*VN*SKU-{number:06d}~"
    return po1 + f"PID*F****ITEM {number} OF MANY~PO4*12*8.9*LB~" if described else po1


def pieces(lines: int, *, described: bool) -> Iterator[bytes]:
    """The interchange in chunks, none of them long."""
    yield HEAD.encode()
    for first in range(1, lines + 1, BLOCK):
        last = min(first + BLOCK, lines + 1)
        yield "".join(line(number, described=described) for number in range(first, last)).encode()
    total = sum(number % 50 + 1 for number in range(1, lines + 1))
    counted = HEAD_SEGMENTS - 2 + lines * (3 if described else 1) + 2
    yield f"CTT*{lines}*{total}~SE*{counted}*0001~GE*1*1~IEA*1*000000001~".encode()
