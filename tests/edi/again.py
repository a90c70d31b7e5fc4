"""What reading a file and writing it again came to."""

from dataclasses import dataclass, field
from typing import Final

from edi.faults import Fault


@dataclass
class Again:
    """One file: what was found in it, and how what was written again compares."""

    faults: list[Fault]
    messages: int = 0
    accepted: int = 0
    same_values: bool = True
    same_bytes: bool = True
    explained: bool = True
    """Whether nothing but layout differs in the bytes."""
    layout: list[str] = field(default_factory=list)
    """What of the layout differs, in words."""

    def differs(self, what: str, *, if_so: object = True) -> None:
        if if_so and what not in self.layout:
            self.layout.append(what)

    def compare(self, data: bytes, written: bytes) -> None:
        """The bytes, and what of the layout is told by them alone."""
        reasons = " ".join(fault.reason for fault in self.faults)
        self.same_bytes = data == written
        self.differs("no byte-order mark", if_so=data.startswith(BOM))
        self.differs("no line breaks or indents", if_so=b"\n" in data or b"\r" in data)
        self.differs("a last terminator", if_so="no terminator follows it" in reasons)
        self.differs("an ISA of the right width", if_so="wide instead" in reasons)


def plain_lines(cut: list[str], element: str, component: str) -> list[list[str]]:
    """The segments of a file without layout: what must be equal for a difference of bytes to be one of layout.

    `cut` are its pieces between terminators. Blanks at the ends of elements, empty elements at the end, zeroes before
    counts and EDIFACT's syntax identifier are left away.
    """
    rows = []
    for line in cut:
        row = [value.strip(NOTHING) for value in line.strip(NOTHING).removeprefix(BOM_TEXT).split(element)]
        if row[0] in COUNTED and len(row) > 1:
            row[1] = row[1].lstrip("0")
        if row[0] == "UNB":
            row[1] = ""
        rows.append(stripped(row, component))
    return [row for row in rows if row]


BOM: Final = b"\xef\xbb\xbf"
BOM_TEXT: Final = BOM.decode("latin-1")
NOTHING: Final = " \t\r\n\xa0\xc2\x00\x1a"
COUNTED: Final = ("SE", "GE", "IEA", "UNT", "UNE", "UNZ")


def stripped(elements: list[str], signs: str) -> list[str]:
    """Elements without what means nothing at their ends."""
    row = [element.rstrip(signs) for element in elements]
    while row and not row[-1]:
        row.pop()
    return row
