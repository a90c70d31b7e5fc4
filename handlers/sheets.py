"""CSV files that people edit in spreadsheets: read with every fault named by line and column, written to survive.

Cells are opaque text. Spreadsheets run a cell that begins like a formula, so such cells are written with an
apostrophe before them; reading takes it away again.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

FORMULA: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""

GUARD: Final = "'"


class Fault(msgspec.Struct, frozen=True, order=True):
    """What is wrong, and where. `line` counts from 1, the header's; `column` is empty for the whole line."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else "the file"
        return f"{where}, column {self.column}: {self.text}" if self.column else f"{where}: {self.text}"


class Row(msgspec.Struct, frozen=True):
    """One line of the file, by column name. `line` is where it begins."""

    line: int
    cells: Mapping[str, str]


class Sheet(msgspec.Struct, frozen=True):
    """`absent` are the optional columns that the file leaves out; their cells are empty."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    absent: frozenset[str] = frozenset()


def read_sheet(content: bytes, columns: Sequence[str], optional: Sequence[str] = ()) -> Sheet:
    """Rows of a CSV file in UTF-8 that has these columns, in any order, and no others than the optional ones. Empty
    lines are passed over."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Sheet((), (_not_utf8(content, error),))
    rows, faults = list[Row](), list[Fault]()
    lines = _lines(text, faults)
    header = next(lines, None)
    if header is None:
        faults.append(Fault(0, "", f"it is empty; the first line names the columns: {','.join(columns)}"))
        return Sheet((), tuple(faults))
    names = [name.strip() for name in header[1]]
    if wrong := _header_faults(names, columns, optional):
        return Sheet((), tuple(wrong))
    absent = {name: "" for name in optional if name not in names}
    for line, cells in lines:
        if len(cells) == len(names):
            rows.append(Row(line, absent | {name: unguarded(cell) for name, cell in zip(names, cells, strict=True)}))
        else:
            faults.append(Fault(line, "", f"it has {len(cells)} cells, the header has {len(names)}"))
    return Sheet(tuple(rows), tuple(faults), frozenset(absent))


def write_sheet(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The text of a CSV file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return file.getvalue()


def guarded(cell: str) -> str:
    return GUARD + cell if cell.startswith((*FORMULA, GUARD)) else cell


def unguarded(cell: str) -> str:
    """Takes away one apostrophe that stands before what `guarded` would have guarded."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith((*FORMULA, GUARD)) else cell


def _lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold anything, each with its number; broken quoting ends them."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(begins, "", f"it is not CSV: {error}; nothing after it was read"))
            return
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _header_faults(names: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> list[Fault]:
    if len(names) == 1 and any(mark in names[0] for mark in (";", "\t")):
        return [Fault(1, "", "the columns are not separated by commas; save the file as CSV with commas")]
    missing = [Fault(1, name, "is missing") for name in columns if name not in names]
    unknown = [Fault(1, name, "is not known here") for name in names if name not in (*columns, *optional)]
    twice = [Fault(1, name, "stands twice") for name in dict.fromkeys(names) if names.count(name) > 1]
    return missing + unknown + twice


def _not_utf8(content: bytes, error: UnicodeDecodeError) -> Fault:
    line = content.count(b"\n", 0, error.start) + 1
    return Fault(line, "", f"byte {content[error.start]:#04x} is not UTF-8; save the file as CSV UTF-8")
