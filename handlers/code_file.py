"""The CSV file of ASINs, vendor SKUs and barcodes: read whole or refused whole."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, cast, get_args

from handlers.cross_reference import CodeKind, ProductCode
from handlers.row_changes import Key
from handlers.sheets import Fault, read_sheet, write_sheet
from schemas.terms import Account, Sku

COLUMNS: Final = ("channel_account", "kind", "code", "account", "sku")
OPTIONAL: Final = ("pack_size",)
HEADER: Final = (*COLUMNS, *OPTIONAL)
KINDS: Final = get_args(CodeKind)
MAX_TEXT: Final = 200
MAX_PACK: Final = 1_000_000


def read_codes(content: bytes, accounts: Collection[str]) -> tuple[list[ProductCode], list[Fault]]:
    """All rows and all faults. Use the rows only when there is no fault. `accounts` are the configured ones."""
    sheet = read_sheet(content, COLUMNS, OPTIONAL)
    rows, faults, seen = list[ProductCode](), list(sheet.faults), dict[Key, int]()
    for line in sheet.rows:
        if wrong := _wrong(line.cells, accounts):
            faults += [Fault(line.line, column, text) for column, text in wrong]
            continue
        row = _row(line.cells)
        if key_of(row) in seen:
            faults.append(Fault(line.line, "", f"it repeats line {seen[key_of(row)]}"))
        seen.setdefault(key_of(row), line.line)
        rows.append(row)
    return rows, faults


def _wrong(cells: Mapping[str, str], accounts: Collection[str]) -> list[tuple[str, str]]:
    wrong = [(name, "is empty") for name in COLUMNS if not cells[name]]
    wrong += [(name, "holds a NUL character") for name, value in cells.items() if "\x00" in value]
    long = [name for name, value in cells.items() if len(value) > MAX_TEXT]
    wrong += [(name, f"is longer than {MAX_TEXT} characters") for name in long]
    if cells["channel_account"] and cells["channel_account"] not in ("*", *accounts):
        wrong.append(("channel_account", "is not configured (write * for every account)"))
    if cells["kind"] and cells["kind"] not in KINDS:
        wrong.append(("kind", f"must be one of {', '.join(KINDS)}"))
    if not _is_pack(cells["pack_size"]):
        wrong.append(("pack_size", "must be a whole number above 0, or empty for 1"))
    return wrong


def _is_pack(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_PACK)


def _row(cells: Mapping[str, str]) -> ProductCode:
    return ProductCode(
        channel_account=cells["channel_account"],
        kind=cast("CodeKind", cells["kind"]),
        code=cells["code"],
        account=Account(cells["account"]),
        sku=Sku(cells["sku"]),
        pack_size=int(cells["pack_size"] or 1),
    )


def write_codes(rows: Iterable[ProductCode]) -> str:
    """The file that `read_codes` reads back to the same rows."""
    return write_sheet(HEADER, ([str(getattr(row, name)) for name in HEADER] for row in rows))


def key_of(row: ProductCode) -> Key:
    """What tells a row from others."""
    return row.channel_account, row.kind, row.code
