"""The carriers' CSV file, as operations keep it: read whole or refused whole."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec

from handlers.mappings import ANY, CarrierRow
from handlers.row_changes import Key
from schemas.amazon_orders import UNLISTED_CARRIER

REQUIRED: Final = ("channel_account", "carrier", "service", "carrier_code")
OPTIONAL: Final = ("carrier_name", "shipping_method", "confirm")
HEADER: Final = (*REQUIRED, *OPTIONAL)
YES: Final = frozenset({"", "yes", "true", "1"})
NO: Final = frozenset({"no", "false", "0"})
MAX_TEXT: Final = 200


class Fault(msgspec.Struct, frozen=True):
    """What is wrong in a line of the file; line 1 is the header."""

    line: int
    text: str


def read_carriers(text: str, accounts: Collection[str]) -> tuple[list[CarrierRow], list[Fault]]:
    """All rows and all faults. Use the rows only when there is no fault. `accounts` are the configured ones."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        return [], [Fault(reader.line_num, f"is not CSV: {error}")]
    if not lines:
        return [], [Fault(1, f"the file is empty; its first line must be {','.join(HEADER)}")]
    if faults := _header_faults(lines[0][1]):
        return [], faults
    return _read_rows(lines[0][1], [line for line in lines[1:] if any(line[1])], accounts)


def _header_faults(names: list[str]) -> list[Fault]:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in HEADER]
    twice = sorted({name for name in names if names.count(name) > 1})
    faults = [f"lacks the column {name}" for name in missing]
    faults += [f"has the unknown column {name!r}; known are {', '.join(HEADER)}" for name in unknown]
    faults += [f"has the column {name} twice" for name in twice]
    return [Fault(1, f"the header {fault}") for fault in faults]


def _read_rows(
    names: list[str], lines: Iterable[tuple[int, list[str]]], accounts: Collection[str]
) -> tuple[list[CarrierRow], list[Fault]]:
    rows, faults, seen = list[CarrierRow](), list[Fault](), dict[Key, int]()
    for number, cells in lines:
        if len(cells) != len(names):
            faults.append(Fault(number, f"has {len(cells)} cells, the header has {len(names)}"))
            continue
        values = dict(zip(names, cells, strict=True))
        wrong = _wrong(values, accounts)
        key = (values["channel_account"], values["carrier"], values["service"])
        if key in seen:
            wrong.append(f"repeats line {seen[key]}: the same account, carrier and service")
        seen.setdefault(key, number)
        faults += [Fault(number, text) for text in wrong]
        rows.append(_row(values))
    return rows, faults


def _wrong(values: Mapping[str, str], accounts: Collection[str]) -> list[str]:
    wrong = [f"{name} has spaces at its ends" for name, value in values.items() if value != value.strip()]
    wrong += [
        f"{name} is longer than {MAX_TEXT} characters" for name, value in values.items() if len(value) > MAX_TEXT
    ]
    wrong += [f"{name} holds a NUL character" for name, value in values.items() if "\x00" in value]
    account, confirm = values["channel_account"], values.get("confirm", "").lower()
    if account != ANY and account not in accounts:
        wrong.append(f"channel_account {account!r} is not configured (write {ANY} for every account)")
    if not values["carrier"]:
        wrong.append("carrier is empty")
    if confirm not in YES | NO:
        wrong.append(f"confirm must be yes or no, not {values['confirm']!r}")
    return wrong + _wrong_names(values, told=confirm not in NO)


def _wrong_names(values: Mapping[str, str], *, told: bool) -> list[str]:
    code, name = values["carrier_code"], values.get("carrier_name", "")
    if told and not code:
        return ["carrier_code is empty: it must be the channel's exact name of the carrier"]
    if code == UNLISTED_CARRIER and not name:
        return [f"carrier_name is empty: it is required with the carrier_code {UNLISTED_CARRIER}"]
    if code != UNLISTED_CARRIER and name:
        return [f"carrier_name is only for the carrier_code {UNLISTED_CARRIER}"]
    return []


def _row(values: Mapping[str, str]) -> CarrierRow:
    return CarrierRow(
        channel_account=values["channel_account"],
        carrier=values["carrier"],
        service=values["service"],
        carrier_code=values["carrier_code"],
        carrier_name=values.get("carrier_name", ""),
        shipping_method=values.get("shipping_method", ""),
        confirm=values.get("confirm", "").lower() not in NO,
    )


def write_carriers(rows: Iterable[CarrierRow]) -> str:
    """The file that `read_carriers` reads back to the same rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        confirm = "yes" if row.confirm else "no"
        cells = (row.channel_account, row.carrier, row.service, row.carrier_code, row.carrier_name)
        writer.writerow((*cells, row.shipping_method, confirm))
    return out.getvalue()


def key_of(row: CarrierRow) -> Key:
    return row.channel_account, row.carrier, row.service
