"""Every request of the vendor link, path, query and body, held against Amazon's models; and its budget."""

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from jsonschema import Draft4Validator
from yarl import URL

from daemon import budget
from daemon.links.amazon_vendor import VendorLink
from daemon.links.answer import Answer, NeverLeft, Reading
from daemon.links.exchange import Arrived
from handlers.order_window import Window
from schemas.purchase_order import PurchaseOrderNumber
from simulators.amazon import buckets
from tests.controls import vendor as made
from tests.daemon.amazon_rig import rig as amazon_rig
from tests.schemas.amazon_models import VENDOR_INVOICES as INVOICES
from tests.schemas.amazon_models import VENDOR_ORDERS as ORDERS
from tests.schemas.amazon_models import VENDOR_SHIPMENTS as SHIPMENTS
from tests.schemas.amazon_models import VENDOR_TRANSACTIONS as TRANSACTIONS
from tests.schemas.amazon_models import faults, model, needs_models

pytestmark = needs_models
T = TypeVar("T")
WEEK = Window(made.NINE, made.NINE + timedelta(days=7))
PLANS = (
    budget.FIND_PURCHASE_ORDERS, budget.READ_PURCHASE_ORDER, budget.READ_PURCHASE_ORDER_STATUS, budget.ACKNOWLEDGE,
    budget.NOTIFY_SHIPMENT, budget.SUBMIT_INVOICE, budget.READ_VENDOR_TRANSACTION,
)  # fmt: skip


class Written(VendorLink):
    """Keeps what it would send."""

    sent: tuple[str, str, URL, bytes | None]

    async def _write(
        self,
        operation: str,
        method: str,
        url: URL,
        body: bytes,
        read: Callable[[Arrived], Answer[T]],
        more: Mapping[str, str] | None = None,
    ) -> Answer[T]:
        self.sent = operation, method, url, body
        return NeverLeft("it was never meant to")

    async def _read(
        self, operation: str, url: URL, read: Callable[[Arrived], Reading[T]], body: bytes | None = None
    ) -> Reading[T]:
        self.sent = operation, "GET", url, body
        return NeverLeft("it was never meant to")


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[Written]:
    async with amazon_rig(tmp_path) as rig:
        yield Written(rig.session, rig.account, rig.login, 2.0, made.ACCOUNT)


def described(path: str, operation: str) -> tuple[str, str, dict[str, Any]]:
    """Path, method and description of an operation."""
    for url, methods in model(path)["paths"].items():
        for method, told in methods.items():
            if isinstance(told, dict) and told.get("operationId") == operation:
                return url, method, told
    raise KeyError(operation)


def request_faults(path: str, sent: tuple[str, str, URL, bytes | None]) -> list[str]:
    """What of a request does not hold against its operation."""
    operation, method, url, body = sent
    template, wanted, told = described(path, operation)
    pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
    found = [] if re.fullmatch(pattern, url.raw_path) and method.lower() == wanted else [f"{method} {url.raw_path}"]
    known = {parameter["name"]: parameter for parameter in told["parameters"] if parameter["in"] == "query"}
    for name, value in url.query.items():
        found += query_faults(name, value, known.get(name))
    for parameter in told["parameters"]:
        if parameter["in"] == "body":
            definition = parameter["schema"]["$ref"].rsplit("/", 1)[-1]
            found += faults(path, definition, json.loads(body or b"null"))
    return found


def query_faults(name: str, value: str, parameter: dict[str, Any] | None) -> list[str]:
    if parameter is None:
        return [f"{name} is no parameter"]
    if parameter.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        return [f"{name} has no zone"]
    schema = {key: parameter[key] for key in ("type", "enum", "minimum", "maximum") if key in parameter}
    read: object = int(value) if schema.get("type") == "integer" else value
    return [error.message for error in Draft4Validator(schema).iter_errors(read)]


Ask = Callable[[Written], Any]


@pytest.mark.parametrize(
    ("path", "operation", "ask"),
    [
        (ORDERS, "getPurchaseOrders", lambda link: link.purchase_orders(WEEK, "created")),
        (ORDERS, "getPurchaseOrders", lambda link: link.purchase_orders(WEEK, "changed")),
        (ORDERS, "getPurchaseOrders", lambda link: link.purchase_orders(
            Window(WEEK.changed_from, WEEK.changed_before, "MDAwMDAwMDAwMQ=="), "created")),
        (ORDERS, "getPurchaseOrder", lambda link: link.purchase_order(PurchaseOrderNumber("4Z/32 PABC"))),
        (ORDERS, "submitAcknowledgement", lambda link: link.acknowledge(made.answer())),
        (ORDERS, "getPurchaseOrdersStatus", lambda link: link.statuses(WEEK, "created")),
        (ORDERS, "getPurchaseOrdersStatus", lambda link: link.statuses(WEEK, "changed")),
        (ORDERS, "getPurchaseOrdersStatus", lambda link: link.status(made.NUMBER)),
        (SHIPMENTS, "SubmitShipmentConfirmations", lambda link: link.notify_shipment(made.notice())),
        (INVOICES, "submitInvoices", lambda link: link.invoice(made.invoice())),
        (TRANSACTIONS, "getTransaction", lambda link: link.transaction("20190904190535-eef8cad8")),
    ],
)  # fmt: skip
async def test_every_request_holds_against_its_model(link: Written, path: str, operation: str, ask: Ask) -> None:
    await ask(link)
    assert link.sent[0] == operation
    assert request_faults(path, link.sent) == []


def test_the_judge_finds_what_is_wrong_with_a_request() -> None:
    odd = URL("/vendor/orders/v1/purchaseOrder?limit=101&createdAfter=2026-03-02T09:00:00&colour=red")
    found = request_faults(ORDERS, ("getPurchaseOrders", "GET", odd, None))
    assert len(found) == 4 and "colour is no parameter" in found and "createdAfter has no zone" in found


async def test_a_token_is_sent_as_it_came_with_all_that_it_belongs_to(link: Written) -> None:
    await link.purchase_orders(Window(WEEK.changed_from, WEEK.changed_before, "a+b/c=="), "changed")
    assert dict(link.sent[2].query) == {
        "changedAfter": "2026-03-02T09:00:00Z", "changedBefore": "2026-03-09T09:00:00Z", "nextToken": "a+b/c==",
        "limit": "100", "includeDetails": "true",
    }  # fmt: skip


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.operation)
def test_our_budget_and_the_simulator_s_are_the_published_ones(plan: budget.Plan) -> None:
    named = f'"operationId": "{plan.operation}"'
    path = next(one for one in (ORDERS, SHIPMENTS, INVOICES, TRANSACTIONS) if named in json.dumps(model(one)))
    published = re.search(r"\| (\d+) \| (\d+) \|", described(path, plan.operation)[2]["description"])
    assert published is not None
    simulated = buckets.PLANS[plan.operation]
    assert (plan.rate, plan.burst) == (simulated.rate, simulated.burst)
    assert (plan.rate, plan.burst) == tuple(float(number) for number in published.groups())
