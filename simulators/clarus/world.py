"""Everything the simulated Clarus holds for one tenant. Balances keep their past, for the replicas that lag."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulators.clarus.execute import Among
from simulators.clarus.faults import FaultPlan
from simulators.clarus.login import Login
from simulators.clarus.orders import GoodsOut
from simulators.clarus.schema import Schema
from simulators.clarus.shipments import Shipment
from simulators.time import SimulatorTime, WallTime

OF_SHIPMENTS = frozenset({"shipments", "packages", "tasks"})
COLUMNS = ("available", "allocated", "ordered", "received", "picked")


@dataclass(slots=True)
class Record:
    """Anything with an id and a code."""

    id: int
    code: str

    def node(self) -> dict[str, Any]:
        return {"id": str(self.id), "code": self.code, "name": self.code, "description": self.code}


@dataclass(slots=True)
class Balance:
    """A product of an account in a warehouse. `past` is (since when, the columns; None: no row)."""

    product: Record
    account: Record
    warehouse: Record
    past: list[tuple[datetime, dict[str, Any] | None]] = field(
        default_factory=list[tuple[datetime, dict[str, Any] | None]]
    )

    @property
    def columns(self) -> dict[str, Any]:
        return dict(self.past[-1][1] or {}) if self.past else {}

    def at(self, when: datetime) -> dict[str, Any] | None:
        return next((columns for since, columns in reversed(self.past) if since <= when), None)

    def body(self) -> dict[str, Any]:
        return {**self.columns, "product": self.product.node(), "account": self.account.node(),
                "warehouse": self.warehouse.node()}  # fmt: skip


@dataclass(slots=True)
class Automation:
    """A webhook that fires on (resource, event)."""

    id: int
    resource: str
    event: str
    url: str
    enabled: bool = True
    name: str = ""

    def node(self) -> dict[str, Any]:
        return {
            "id": str(self.id), "name": self.name, "resource_name": self.resource, "event": self.event,
            "enabled": self.enabled, "integration_id": None,
        }  # fmt: skip


@dataclass(slots=True)
class Integration:
    """A connector of the tenant's own, or a link to a courier or a ledger."""

    id: int
    name: str
    provider: str
    kind: str = "marketplace"
    enabled: bool = True

    def node(self) -> dict[str, Any]:
        return {
            "id": str(self.id), "name": self.name, "integration_provider": self.provider,
            "integration_type": self.kind, "enabled": self.enabled, "created_at": "2026-01-10T12:00:00Z",
            "status": "active" if self.enabled else "inactive",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """One request that came in, for the tests to judge."""

    at: datetime
    operation: str
    status: int
    body: Any
    headers: Mapping[str, str]
    fault: str = ""
    path: str = ""


@dataclass(slots=True)
class World:
    subdomain: str = "acme-warehouse"
    time: SimulatorTime = field(default_factory=WallTime)
    faults: FaultPlan = field(default_factory=FaultPlan)
    login: Login = field(default_factory=Login)
    schema: Schema = field(default_factory=Schema)
    products: dict[str, Record] = field(default_factory=dict[str, Record])
    product_facts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """By code: barcode, case_barcode, units_per_case."""
    accounts: dict[str, Record] = field(default_factory=dict[str, Record])
    warehouses: dict[str, Record] = field(default_factory=dict[str, Record])
    balances: list[Balance] = field(default_factory=list[Balance])
    automations: list[Automation] = field(default_factory=list[Automation])
    integrations: list[Integration] = field(default_factory=list[Integration])
    goods_outs: dict[int, GoodsOut] = field(default_factory=dict[int, GoodsOut])
    shipments: list[Shipment] = field(default_factory=list[Shipment])
    """None is ever taken out."""
    heard: list[Heard] = field(default_factory=list[Heard])
    _shipments_of: dict[str, list[Shipment]] = field(default_factory=dict[str, list[Shipment]])
    """By goods out, the first `_known_shipments` of them."""
    _known_shipments: int = 0
    _last_id: int = 100

    def new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def product_id(self, code: str) -> str:
        """Made when there is none of this code."""
        return str(self._record(self.products, code).id)

    def account_id(self, code: str) -> str:
        return str(self._record(self.accounts, code).id)

    def warehouse_id(self, code: str) -> str:
        """As a setting names it; made when there is none of this code."""
        return str(self._record(self.warehouses, code).id)

    def set_balance(
        self,
        sku: str,
        *,
        account: str = "ACME",
        warehouse: str = "WH1",
        front: bool = False,
        ago: float = 0.0,
        **columns: Any,
    ) -> Balance:
        """From now on; columns that are not named stay, and a new row has 0 in them. `front`: a new row comes first,
        and moves every page behind it. `ago`: it has been so for simulated seconds."""
        balance = self.balance(sku, account=account, warehouse=warehouse)
        if balance is None:
            records = (
                self._record(self.products, sku),
                self._record(self.accounts, account),
                self._record(self.warehouses, warehouse),
            )
            balance = Balance(*records)
            self.balances.insert(0 if front else len(self.balances), balance)
        before = {name: float(value) if isinstance(value, int) else value for name, value in columns.items()}
        since = self.time.now() - timedelta(seconds=ago)
        balance.past.append((since, {**dict.fromkeys(COLUMNS, 0.0), **balance.columns, **before}))
        return balance

    def hide(self, sku: str, *, account: str = "ACME", warehouse: str = "WH1") -> None:
        """The row is no longer shown: a right was taken away, or nothing is left of it."""
        balance = self.balance(sku, account=account, warehouse=warehouse)
        assert balance is not None
        balance.past.append((self.time.now(), None))

    def balance(self, sku: str, *, account: str = "ACME", warehouse: str = "WH1") -> Balance | None:
        for one in self.balances:
            if (one.product.code, one.account.code, one.warehouse.code) == (sku, account, warehouse):
                return one
        return None

    def add_automation(self, resource: str, event: str, url: str) -> Automation:
        automation = Automation(self.new_id(), resource, event, url, name=f"{resource} {event}")
        self.automations.append(automation)
        return automation

    def add_integration(self, name: str, provider: str, **more: Any) -> Integration:
        integration = Integration(self.new_id(), name, provider, **more)
        self.integrations.append(integration)
        return integration

    def nodes(self, name: str, among: Among) -> list[dict[str, Any]]:
        """The rows of a list, as a replica behind by some lag has them; orders are found by what is asked of them."""
        when = self.time.now() - timedelta(seconds=self.faults.lag())
        shipments = self._shipments(among) if name in OF_SHIPMENTS else []
        match name:
            case "stock_balances":
                return [
                    {**columns, "product": one.product.node(), "account": one.account.node(),
                     "warehouse": one.warehouse.node()}
                    for one in self.balances
                    if (columns := one.at(when)) is not None
                ]  # fmt: skip
            case "products":
                account = {"id": self.account_id("ACME")}
                return [
                    {**product.node(), **self.product_facts.get(product.code, {}), "account": account}
                    for product in self.products.values()
                ]
            case "automations":
                return [automation.node() for automation in self.automations]
            case "integrations":
                return [integration.node() for integration in self.integrations]
            case "goods_out_lines":
                codes = {str(product.id): product.code for product in self.products.values()}
                return [line for one in self._orders(among) for line in one.line_nodes_at(when, codes)]
            case "shipments":
                return [node for one in shipments if (node := one.node_at(when)) is not None]
            case "packages":
                return [node for one in shipments for node in one.package_nodes_at(when)]
            case "tasks":
                return [node for one in shipments for node in one.task_nodes_at(when)]
            case _:
                codes = {str(one.id): one.code for one in self.accounts.values()}
                return [_coded(node, codes) for one in self._orders(among) if (node := one.node_at(when))]

    def _orders(self, among: Among) -> list[GoodsOut]:
        ids, references = among.get("goods_out.id"), among.get("reference")
        if ids is not None:
            numbers = sorted(int(one) for one in ids if one.isdigit())
            return [self.goods_outs[number] for number in numbers if number in self.goods_outs]
        return [one for one in self.goods_outs.values() if references is None or one.was_named(references)]

    def _shipments(self, among: Among) -> list[Shipment]:
        """In one order whatever is asked: pages are cut from it."""
        for one in self.shipments[self._known_shipments :]:
            self._shipments_of.setdefault(str(one.goods_out), []).append(one)
        self._known_shipments = len(self.shipments)
        goods_outs, ids = among.get("goods_out.id"), among.get("shipment.id")
        found = self.shipments
        if goods_outs is not None:
            found = [one for order in sorted(goods_outs) for one in self._shipments_of.get(order, ())]
        return [one for one in found if ids is None or str(one.id) in ids]

    def reads(self, operation: str = "stock_balances") -> list[Heard]:
        """Requests for one list that were answered with 200."""
        return [heard for heard in self.heard if heard.operation == operation and heard.status == 200]

    def _record(self, there: dict[str, Record], code: str) -> Record:
        return there.setdefault(code, Record(self.new_id(), code))


def _coded(node: dict[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    """Goods outs name their account by its id; lists show its code too."""
    account = str(node["account"]["id"])
    return {**node, "account": {"id": account, "code": codes.get(account)}}
