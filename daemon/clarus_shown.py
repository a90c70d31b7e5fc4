"""What a read of Clarus shows of our warehouses: its rows as balances of ours.

By the account's code and the warehouse's id; of two rows of one product that came, the lesser counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from daemon.settings import Clarus, Settings
from daemon.store.stock import StockKey
from handlers.clarus_readings import (
    believable,
    least_of,
)
from schemas.clarus import BalanceRow
from schemas.envelope import Unreadable
from schemas.inventory import MAX_NAME, Quantities
from schemas.terms import Account, Sku, Warehouse

SOURCE = "clarus:{tenant}"


@dataclass(frozen=True, slots=True)
class Territory:
    """What a tenant shows of our warehouses."""

    tenant_name: str
    tenant: Clarus
    warehouse_ids: tuple[str, ...]
    places: Mapping[tuple[str, str], tuple[Account, Warehouse]]
    """(account code, warehouse id) at Clarus -> ours."""
    authority: frozenset[Warehouse]
    """Those under `clarus`; the others are only checked."""

    @property
    def source(self) -> str:
        return SOURCE.format(tenant=self.tenant_name)

    @property
    def pairs(self) -> frozenset[tuple[Account, Warehouse]]:
        return frozenset(self.places.values())

    @property
    def accounts(self) -> list[Account]:
        return sorted({account for account, _ in self.pairs})

    @property
    def warehouses(self) -> list[Warehouse]:
        return sorted({warehouse for _, warehouse in self.pairs})

    @property
    def read(self) -> list[Warehouse]:
        return sorted(self.authority)

    @property
    def lag(self) -> timedelta:
        return timedelta(seconds=self.tenant.replica_lag)


def territory_of(settings: Settings, name: str) -> Territory:
    """The warehouses and owners of a tenant that are ours to read, and those whose stock its readings decide."""
    ours = {w: section for w, section in settings.warehouses.items() if section.clarus == name}
    places = {
        (code, section.warehouse_id or ""): (Account(account), Warehouse(warehouse))
        for warehouse, section in ours.items()
        for account, code in section.accounts.items()
    }
    authority = frozenset(Warehouse(w) for w, section in ours.items() if section.authority == "clarus")
    ids = tuple(section.warehouse_id or "" for section in ours.values())
    return Territory(name, settings.clarus[name], ids, places, authority)


@dataclass(slots=True)
class Shown:
    """A balance as it was shown: what is believed of it, or why it is not."""

    product_id: str
    balance: Quantities | None
    fault: str = ""
    raw: str = ""


@dataclass(slots=True)
class Found:
    """The rows of a read. `whole`: what is not in it was not there, rather than on a page that moved."""

    shown: dict[StockKey, Shown] = field(default_factory=dict[StockKey, Shown])
    rows: int = 0
    not_ours: int = 0
    nameless: list[str] = field(default_factory=list[str])
    """Rows that do not say whose they are."""
    whole: bool = True
    endless: bool = False
    """There were more pages than anybody can believe of so few products."""

    def add(self, territory: Territory, rows: Iterable[BalanceRow]) -> int:
        """Returns how many of them had been shown by this read before."""
        return sum(self._add(territory, row) for row in rows)

    def _add(self, territory: Territory, row: BalanceRow) -> bool:
        self.rows += 1
        node = row.node
        if node is None or not all(map(_is_name, (node.product.code, node.account.code, node.warehouse.key))):
            self.nameless.append(row.raw)
            return False
        place = territory.places.get((node.account.code or "", node.warehouse.key))
        if place is None:
            self.not_ours += 1
            return False
        key, shown = (
            StockKey(*place, Sku(node.product.code or "")),
            Shown(node.product.key.replace("\x00", ""), None, raw=row.raw),
        )
        try:
            shown.balance = believable(node, territory.tenant.available_less)
        except Unreadable as refusal:
            shown.fault = f"{refusal.reason}: {refusal}"
        before = self.shown.get(key)
        self.shown[key] = shown if before is None else _lesser(before, shown)
        return before is not None


def _is_name(text: str | None) -> bool:
    """Something that can be a name in the books."""
    return bool(text) and len(text or "") <= MAX_NAME and "\x00" not in (text or "")


def _lesser(one: Shown, other: Shown) -> Shown:
    """Of a balance that came twice; one that is not believed casts its doubt on the other."""
    if one.balance is None or other.balance is None:
        return one if one.balance is None else other
    return one if least_of(one.balance, other.balance) is one.balance else other
