"""The services' CSV file, as operations keep it: read whole or refused whole."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from handlers.row_changes import Key
from handlers.sheets import Fault, read_sheet, write_sheet
from handlers.shipping_services import ANY, ServiceRow

COLUMNS: Final = ("channel_account", "service", "carrier")
OPTIONAL: Final = ("programme", "country", "carrier_service")
HEADER: Final = ("channel_account", "service", "programme", "country", "carrier", "carrier_service")
MAX_TEXT: Final = 200


def read_services(content: bytes, accounts: Collection[str]) -> tuple[list[ServiceRow], list[Fault]]:
    """All rows and all faults. Use the rows only when there is no fault. `accounts` are the configured ones."""
    sheet = read_sheet(content, COLUMNS, OPTIONAL)
    rows, faults, seen = list[ServiceRow](), list(sheet.faults), dict[Key, int]()
    for line in sheet.rows:
        row = _row(line.cells)
        faults += [Fault(line.line, column, text) for column, text in _wrong(line.cells, row, accounts)]
        if key_of(row) in seen:
            faults.append(Fault(line.line, "", f"it repeats line {seen[key_of(row)]}"))
        seen.setdefault(key_of(row), line.line)
        rows.append(row)
    return rows, faults


def _row(cells: Mapping[str, str]) -> ServiceRow:
    return ServiceRow(
        channel_account=cells["channel_account"],
        service=cells["service"],
        programme=cells["programme"] or ANY,
        country=cells["country"] or ANY,
        carrier=cells["carrier"],
        carrier_service=cells["carrier_service"],
    )


def _wrong(cells: Mapping[str, str], row: ServiceRow, accounts: Collection[str]) -> list[tuple[str, str]]:
    wrong = [(name, "has spaces at its ends") for name, value in cells.items() if value != value.strip()]
    wrong += [
        (name, f"is longer than {MAX_TEXT} characters") for name, value in cells.items() if len(value) > MAX_TEXT
    ]
    wrong += [(name, "holds a NUL character") for name, value in cells.items() if "\x00" in value]
    wrong += [(name, "is empty") for name in COLUMNS if not cells[name]]
    if row.channel_account and row.channel_account not in (ANY, *accounts):
        wrong.append(("channel_account", f"is not configured (write {ANY} for every account)"))
    if row.country != ANY and not re.fullmatch("[A-Z]{2}", row.country):
        wrong.append(("country", f"must be an ISO code of two capitals, such as GB, or {ANY}"))
    return wrong


def write_services(rows: Iterable[ServiceRow]) -> str:
    """The file that `read_services` reads back to the same rows."""
    return write_sheet(HEADER, ([getattr(row, name) for name in HEADER] for row in rows))


def key_of(row: ServiceRow) -> Key:
    """What tells a row from others."""
    return row.channel_account, row.service, row.programme, row.country
