"""The CSV files of case packs and agreed costs: read whole or refused whole."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

from handlers.agreed_costs import AgreedCost
from handlers.case_packs import CasePack, PackRow
from handlers.row_changes import Key
from handlers.sheets import Fault, read_sheet, write_sheet
from schemas.terms import Account, ChannelAccount, Sku

PACK_HEADER: Final = ("account", "sku", "eaches")
COST_COLUMNS: Final = ("channel_account", "account", "sku", "begins", "amount", "currency")
COST_HEADER: Final = ("channel_account", "account", "sku", "begins", "ends", "deal", "amount", "currency")
MAX_TEXT: Final = 200
MAX_PACK: Final = 1_000_000

R = TypeVar("R")
Wrong = list[tuple[str, str]]


def read_packs(content: bytes) -> tuple[list[PackRow], list[Fault]]:
    """All rows and all faults. Use the rows only when there is no fault."""
    return _read(content, PACK_HEADER, (), _wrong_pack, _pack, key_of_pack)


def read_costs(content: bytes, accounts: Collection[str]) -> tuple[list[AgreedCost], list[Fault]]:
    """The same. `accounts` are the configured vendor accounts."""
    return _read(
        content, COST_COLUMNS, ("ends", "deal"), lambda cells: _wrong_cost(cells, accounts), _cost, key_of_cost
    )


def _read(
    content: bytes,
    columns: tuple[str, ...],
    optional: tuple[str, ...],
    wrong: Callable[[Mapping[str, str]], Wrong],
    row_of: Callable[[Mapping[str, str]], R],
    key_of: Callable[[R], Key],
) -> tuple[list[R], list[Fault]]:
    sheet = read_sheet(content, columns, optional)
    rows, faults, seen = list[R](), list(sheet.faults), dict[Key, int]()
    for line in sheet.rows:
        if found := [*_plain_faults(line.cells, columns), *wrong(line.cells)]:
            faults += [Fault(line.line, column, text) for column, text in found]
            continue
        row = row_of(line.cells)
        if key_of(row) in seen:
            faults.append(Fault(line.line, "", f"it repeats line {seen[key_of(row)]}"))
        seen.setdefault(key_of(row), line.line)
        rows.append(row)
    return rows, faults


def _plain_faults(cells: Mapping[str, str], columns: Iterable[str]) -> Wrong:
    wrong = [(name, "is empty") for name in columns if not cells[name]]
    wrong += [(name, "holds a NUL character") for name, value in cells.items() if "\x00" in value]
    return wrong + [
        (name, f"is longer than {MAX_TEXT} characters") for name, value in cells.items() if len(value) > MAX_TEXT
    ]


def _wrong_pack(cells: Mapping[str, str]) -> Wrong:
    text = cells["eaches"]
    good = not text or (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_PACK)
    return [] if good else [("eaches", f"must be a whole number from 1 to {MAX_PACK}")]


def _pack(cells: Mapping[str, str]) -> PackRow:
    return PackRow(account=Account(cells["account"]), sku=Sku(cells["sku"]), eaches=int(cells["eaches"]))


def _wrong_cost(cells: Mapping[str, str], accounts: Collection[str]) -> Wrong:
    wrong: Wrong = []
    if cells["channel_account"] and cells["channel_account"] not in accounts:
        wrong.append(("channel_account", "is no vendor account of the configuration"))
    begins, ends = _date(cells["begins"]), _date(cells["ends"])
    if cells["begins"] and begins is None:
        wrong.append(("begins", "must be a date such as 2026-11-20"))
    if cells["ends"] and ends is None:
        wrong.append(("ends", "must be a date such as 2026-12-31, or empty"))
    if begins and ends and ends < begins:
        wrong.append(("ends", "is before it begins"))
    if cells["amount"] and not _is_money(cells["amount"]):
        wrong.append(("amount", "must be a number above 0 such as 2.50, with a point"))
    currency = cells["currency"]
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper() and currency.isalpha()):
        wrong.append(("currency", "must be a code of three letters such as GBP"))
    return wrong


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_money(text: str) -> bool:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return False
    exponent = amount.as_tuple().exponent
    return amount.is_finite() and 0 < amount < 10**9 and isinstance(exponent, int) and -6 <= exponent <= 0


def _cost(cells: Mapping[str, str]) -> AgreedCost:
    return AgreedCost(
        channel_account=ChannelAccount(cells["channel_account"]),
        account=Account(cells["account"]),
        sku=Sku(cells["sku"]),
        begins=date.fromisoformat(cells["begins"]),
        deal=cells["deal"],
        ends=_date(cells["ends"]),
        amount=Decimal(cells["amount"]),
        currency=cells["currency"],
    )


def write_packs(rows: Iterable[CasePack]) -> str:
    """The file that `read_packs` reads back."""
    return write_sheet(PACK_HEADER, ([row.account, row.sku, str(row.eaches)] for row in rows))


def write_costs(rows: Iterable[AgreedCost]) -> str:
    """The file that `read_costs` reads back."""
    return write_sheet(COST_HEADER, ([_cell(getattr(row, name)) for name in COST_HEADER] for row in rows))


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def key_of_pack(row: PackRow | CasePack) -> Key:
    return row.account, row.sku


def key_of_cost(row: AgreedCost) -> Key:
    return row.channel_account, row.account, row.sku, row.begins.isoformat(), row.deal
