"""Listings as CSV: which channel account sells what, out of which stock. Read, checked, compared, written.

A row that is wrong is never guessed right: whoever imports gets every fault at once, by line and column.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias, TypeVar

import msgspec

from handlers.kits import components, write_components
from handlers.sellable_stock import Listing, ZeroRule
from handlers.sheets import Fault, Row, read_sheet, write_sheet
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku

COLUMNS: Final = (
    "channel_account", "marketplace", "seller_sku", "account", "sku", "pack_size", "buffer", "cap", "floor", "share",
    "lead_time_days", "product_type", "stop",
)  # fmt: skip
FURTHER: Final = ("velocity_class", "priority", "reserve", "components", "zero_rule")
"""Columns that a file may leave out: then what the books say stays."""
ALL: Final = (*COLUMNS, *FURTHER)
MAX_TEXT: Final = 200
MAX_QUANTITY: Final = 100_000_000
MAX_PACK: Final = 100_000
MAX_LEAD_TIME: Final = 30
MAX_PRIORITY: Final = 99

_CLASS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")

_ZERO_RULES: Final[Mapping[str, ZeroRule]] = {"send": "send", "hold": "hold", "alert": "alert"}

Key: TypeAlias = tuple[ChannelAccount, Marketplace, SellerSku]
T = TypeVar("T")


class Read(msgspec.Struct, frozen=True):
    """What a file says. `lines` tells where each listing stands; ids are 0 until the books give one."""

    listings: tuple[Listing, ...] = ()
    lines: Mapping[Key, int] = {}
    faults: tuple[Fault, ...] = ()
    absent: frozenset[str] = frozenset()
    """Columns that the file leaves out."""


class Changes(msgspec.Struct, frozen=True):
    """What an import would do to the books."""

    added: tuple[Listing, ...] = ()
    changed: tuple[tuple[Listing, Listing], ...] = ()
    """(before, after), with the same id."""
    missing: tuple[Listing, ...] = ()
    """In the books and not in the file, of channel accounts that the file is about."""
    unchanged: int = 0


def key_of(listing: Listing) -> Key:
    return listing.channel_account, listing.marketplace, listing.seller_sku


def read_listings(content: bytes, only: ChannelAccount | None = None) -> Read:
    """All listings of a file, or all its faults. With `only`, rows of another channel account are faults."""
    sheet = read_sheet(content, COLUMNS, FURTHER)
    faults, listings, lines = list(sheet.faults), list[Listing](), dict[Key, int]()
    for row in sheet.rows:
        listing = _Cells(row, faults).listing()
        if listing is None:
            continue
        if only is not None and listing.channel_account != only:
            faults.append(Fault(row.line, "channel_account", f"{listing.channel_account!r} is not {only!r}"))
        if (first := lines.setdefault(key_of(listing), row.line)) != row.line:
            faults.append(Fault(row.line, "seller_sku", f"{listing.seller_sku!r} stands already in line {first}"))
        listings.append(listing)
    return Read(tuple(listings), lines, tuple(sorted(faults)), sheet.absent)


def write_listings(listings: Iterable[Listing]) -> str:
    """The text of a CSV file that reads back as the same listings."""
    return write_sheet(ALL, (list(as_cells(one).values()) for one in sorted(listings, key=key_of)))


def compare(
    old: Iterable[Listing],
    new: Sequence[Listing],
    only: ChannelAccount | None = None,
    absent: Iterable[str] = (),
) -> Changes:
    """What differs. Listings of channel accounts that `new` does not name, and that are not `only`, are left out.

    What the columns in `absent` say stays as it was.
    """
    kept = tuple(absent)
    about = {listing.channel_account for listing in new} | ({only} if only else set())
    before = {key_of(listing): listing for listing in old if listing.channel_account in about}
    added, changed = list[Listing](), list[tuple[Listing, Listing]]()
    for listing in new:
        known = before.get(key_of(listing))
        if known is None:
            added.append(listing)
        elif (after := _with_kept(listing, known, kept)) != known:
            changed.append((known, after))
    named = {key_of(listing) for listing in new}
    missing = tuple(listing for key, listing in before.items() if key not in named)
    return Changes(tuple(added), tuple(changed), missing, len(new) - len(added) - len(changed))


def _with_kept(listing: Listing, known: Listing, kept: Iterable[str]) -> Listing:
    return msgspec.structs.replace(listing, id=known.id, **{name: getattr(known, name) for name in kept})


def differences(before: Listing, after: Listing) -> dict[str, tuple[str, str]]:
    """Column -> (before, after), as the file writes them."""
    old, new = as_cells(before), as_cells(after)
    return {name: (old[name], new[name]) for name in ALL if old[name] != new[name]}


def tells_more_than_stock(before: Listing, after: Listing) -> bool:
    """True when the channel has to be told again although the quantity may be the same."""
    return (before.lead_time_days, before.product_type) != (after.lead_time_days, after.product_type)


def as_cells(listing: Listing) -> dict[str, str]:
    """Column -> cell."""
    cells = (
        listing.channel_account, listing.marketplace, listing.seller_sku, listing.account, listing.sku,
        str(listing.pack_size), _buffer_of(listing), _optional(listing.cap), str(listing.floor),
        f"{_plain(listing.share_percent)}%", _optional(listing.lead_time_days), listing.product_type,
        "yes" if listing.stopped else "no", listing.velocity_class, str(listing.priority), str(listing.reserve),
        write_components(listing.components), listing.zero_rule,
    )  # fmt: skip
    return dict(zip(ALL, cells, strict=True))


def _optional(value: int | None) -> str:
    return "" if value is None else str(value)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _buffer_of(listing: Listing) -> str:
    if not listing.buffer_percent:
        return str(listing.buffer_units)
    percent = f"{_plain(listing.buffer_percent)}%"
    return f"{listing.buffer_units}+{percent}" if listing.buffer_units else percent


class _Cells:
    """One row on its way to a listing; what is wrong with it is added to `faults`."""

    def __init__(self, row: Row, faults: list[Fault]) -> None:
        self._row = row
        self._faults = faults
        self._before = len(faults)

    def listing(self) -> Listing | None:
        buffer_units, buffer_percent = self._cell("buffer", buffer) or (0, Decimal(0))
        share = self._cell("share", percent)
        listing = Listing(
            id=0,
            channel_account=ChannelAccount(self._name("channel_account")),
            marketplace=Marketplace(self._name("marketplace")),
            seller_sku=SellerSku(self._name("seller_sku")),
            account=Account(self._name("account")),
            sku=Sku(self._name("sku")),
            pack_size=self._cell("pack_size", _bounded(1, MAX_PACK), needed=True) or 1,
            buffer_units=buffer_units,
            buffer_percent=buffer_percent,
            cap=self._cell("cap", _bounded(0, MAX_QUANTITY)),
            floor=self._cell("floor", _bounded(0, MAX_QUANTITY)) or 0,
            share_percent=Decimal(100) if share is None else share,
            lead_time_days=self._cell("lead_time_days", _bounded(0, MAX_LEAD_TIME)),
            product_type=self._cell("product_type", name) or "PRODUCT",
            stopped=self._cell("stop", yes_or_no) or False,
            velocity_class=self._cell("velocity_class", class_name) or "",
            priority=self._cell("priority", _bounded(1, MAX_PRIORITY)) or 1,
            reserve=self._cell("reserve", _bounded(0, MAX_QUANTITY)) or 0,
            components=self._cell("components", components) or (),
            zero_rule=self._cell("zero_rule", zero_rule) or "",
        )
        return listing if len(self._faults) == self._before else None

    def _name(self, column: str) -> str:
        return self._cell(column, name, needed=True) or ""

    def _cell(self, column: str, read: Callable[[str], T], *, needed: bool = False) -> T | None:
        """What `read` makes of a cell; None where it is empty or wrong."""
        cell = self._row.cells[column]
        try:
            if cell:
                return read(cell)
            if needed:
                raise ValueError("is empty")
        except ValueError as error:
            self._faults.append(Fault(self._row.line, column, str(error)))
        return None


def name(cell: str) -> str:
    """Text as it stands: zeros, case, spaces and punctuation are part of it. Raises ValueError."""
    if len(cell) > MAX_TEXT:
        raise ValueError(f"has {len(cell)} characters; at most {MAX_TEXT} are possible")
    if not cell.isprintable():
        raise ValueError(f"{cell!r} holds a character that cannot be seen")
    if not cell.strip():
        raise ValueError("holds nothing but spaces")
    return cell


def whole(cell: str) -> int:
    """Digits and nothing else. Raises ValueError."""
    digits = cell.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise ValueError(f"{cell!r} is not a whole number of 0 or more")
    return int(digits)


def _bounded(least: int, most: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        number = whole(cell)
        if not least <= number <= most:
            raise ValueError(f"{number} is not between {least} and {most}")
        return number

    return read


def percent(cell: str) -> Decimal:
    """`12.5%`, with at most two places. Raises ValueError."""
    text = cell.strip()
    if not text.endswith("%"):
        raise ValueError(f"{cell!r} is not a percentage, such as 100%")
    figures = text[:-1].strip()
    try:
        value = Decimal(figures) if figures.isascii() and figures.replace(".", "", 1).isdigit() else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_nan() or value > 100 or value != round(value, 2):
        raise ValueError(f"{cell!r} is not between 0% and 100%, with at most two places")
    return value


def buffer(cell: str) -> tuple[int, Decimal]:
    """`5` eaches, `10%`, or both as `5+10%`: (units, per cent). Raises ValueError."""
    units, percents = list[int](), list[Decimal]()
    for part in cell.split("+"):
        if part.strip().endswith("%"):
            percents.append(percent(part))
        else:
            units.append(_bounded(0, MAX_QUANTITY)(part))
    if len(units) > 1 or len(percents) > 1:
        raise ValueError(f"{cell!r} is neither eaches (5) nor a percentage (10%)")
    return sum(units), sum(percents, Decimal(0))


def class_name(cell: str) -> str:
    """A velocity class, as the configuration may name one. Raises ValueError."""
    text = cell.strip()
    if not _CLASS.fullmatch(text):
        raise ValueError(f"{cell!r} names no velocity class: letters, digits, - and _")
    return text


def zero_rule(cell: str) -> ZeroRule:
    """Raises ValueError."""
    rule = _ZERO_RULES.get(cell.strip().casefold())
    if rule is None:
        raise ValueError(f"{cell!r} is none of send, hold and alert")
    return rule


def yes_or_no(cell: str) -> bool:
    """Raises ValueError."""
    answer = cell.strip().casefold()
    if answer not in ("yes", "no"):
        raise ValueError(f"{cell!r} is neither yes nor no")
    return answer == "yes"
