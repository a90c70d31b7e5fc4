"""What we send to Clarus, and what the simulator answers, held against the vendor's own OpenAPI file."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from daemon.links.answer import Done
from daemon.links.clarus_orders import ClarusOrders
from daemon.settings import Clarus, ClarusGoodsOuts
from schemas.clarus import BALANCES_FILTER, BalanceFilter
from schemas.clarus_goods_outs import FILTER_TYPES, NEEDED_OF, ListOf, each_query
from schemas.clarus_graph import Selection, lacks, read_selection
from schemas.clarus_order_lists import LINES_FILTER, ORDERS_FILTER
from schemas.clarus_orders import LIMITS
from simulators.clarus.graphql import parse
from tests.daemon.clarus_bodies import EVERYTHING, amendment, found_in
from tests.daemon.clarus_rig import rig
from tests.simulators.clarus_orders import ORDER

VARIABLE = "GOODSOUT_CLARUS_API"
FILE = Path(os.environ.get(VARIABLE) or Path(__file__).parents[3] / "shared/reference/clarus-api/clarus-api.json")
pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason=f"Clarus's description is not at {FILE}: name the file in {VARIABLE}"
)


@cache
def vendor() -> Any:
    return msgspec.json.decode(FILE.read_bytes())


def schema_of(path: str, method: str, *keys: str) -> Any:
    found: Any = vendor()["paths"][path][method]
    for key in (*keys, "content", "application/json", "schema"):
        found = found[key]
    return found | {"components": vendor()["components"]}


def check(instance: object, schema: Any) -> None:
    # OpenAPI 3.0 writes `exclusiveMinimum: true`, as draft 4 did.
    jsonschema.Draft4Validator(schema).validate(instance)


async def sent(tmp_path: Path) -> tuple[Any, Any]:
    """A request of ours for balances as it arrived, and the simulator's answer."""
    async with rig(tmp_path) as given:
        given.clarus.world.set_balance("A", available=5)
        asked = BalanceFilter(given.everything.warehouse_ids, skus=("A",), product_ids=("102",))
        answer = await given.link.balances(asked)
        assert isinstance(answer, Done)
        return given.clarus.world.heard[-1].body, asked


async def test_a_request_for_balances_is_what_the_vendor_describes(tmp_path: Path) -> None:
    body, _ = await sent(tmp_path)
    check(body, schema_of("/graphql#ListStockBalances", "post", "requestBody"))


async def test_the_filters_are_documented_with_the_operators_that_we_use(tmp_path: Path) -> None:
    body, _ = await sent(tmp_path)
    page = vendor()["paths"]["/graphql#ListStockBalances"]["post"]["x-mint"]["content"]
    for name, operators in body["variables"]["filter"].items():
        row = re.search(rf"^\| `{name}` \|.*$", page, re.MULTILINE)
        assert row, name
        assert all(f"`{operator}`" in row[0] for operator in operators), row[0]
    assert BALANCES_FILTER in page


def test_the_fields_asked_for_by_default_are_the_documented_ones() -> None:
    tenant = Clarus(subdomain="a", client_id="b", client_secret_file="c")
    chosen = (
        ("ListStockBalances", tenant.balance_fields), ("ListAutomations", tenant.automation_fields),
        ("ListGoodsOuts", tenant.order_fields), ("ListGoodsOutLines", tenant.order_line_fields),
        ("ListIntegrations", tenant.integration_fields),
    )  # fmt: skip
    for path, fields in chosen:
        operation = vendor()["paths"][f"/graphql#{path}"]["post"]
        example = operation["requestBody"]["content"]["application/json"]["example"]["query"]
        documented = read_selection(re.sub(r"\([^)]*\)", "", example))["query"]
        [connection] = documented.values()
        assert lacks(connection["all"]["edges"]["node"], paths_of(read_selection(fields))) == []


def paths_of(selection: Selection, above: str = "") -> tuple[str, ...]:
    inner = [(f"{above}{name}", fields) for name, fields in selection.items()]
    return tuple(path for name, fields in inner for path in (paths_of(fields, f"{name}.") if fields else (name,)))


async def test_the_simulator_takes_orders_as_the_vendor_describes_them() -> None:
    check(ORDER, schema_of("/api/goods_outs", "post", "requestBody"))
    broken = msgspec.json.decode(msgspec.json.encode(ORDER))
    del broken["data"]["attributes"]["reference"]
    with pytest.raises(jsonschema.ValidationError):
        check(broken, schema_of("/api/goods_outs", "post", "requestBody"))


async def orders_sent(tmp_path: Path) -> dict[str, Any]:
    """Each kind of change as it arrived, by its operation."""
    async with rig(tmp_path) as given:
        link = ClarusOrders(given.link)
        made = await link.create(EVERYTHING)
        assert isinstance(made, Done)
        [found] = found_in(await link.look_up(("A-1",), 7))
        assert isinstance(await link.amend(made.value, amendment(int(found.lines[0].id))), Done)
        assert isinstance(await link.cancel(made.value), Done)
        return {heard.operation: heard.body for heard in given.clarus.world.heard}


async def test_orders_that_we_send_are_what_the_vendor_describes(tmp_path: Path) -> None:
    sent = await orders_sent(tmp_path)
    check(sent["goods_outs.create"], schema_of("/api/goods_outs", "post", "requestBody"))
    # What must be there of a new order need not be there of a change: the vendor's own example leaves it out.
    changed = sent["goods_outs.change"]["data"]["attributes"]
    lines = vendor()["components"]["schemas"]["GoodsOutAttributes"]["properties"]["lines_changes"]
    check(changed["lines_changes"], lines | {"components": vendor()["components"]})
    described = vendor()["components"]["schemas"]["GoodsOutAttributes"]["properties"]
    assert set(changed) <= set(described)
    assert sent["goods_outs.cancel"] is None, "no request body"


async def test_look_ups_of_orders_filter_by_what_is_documented(tmp_path: Path) -> None:
    sent = await orders_sent(tmp_path)
    for operation, path in (("goods_outs", "ListGoodsOuts"), ("goods_out_lines", "ListGoodsOutLines")):
        page = vendor()["paths"][f"/graphql#{path}"]["post"]["x-mint"]["content"]
        for name, operators in sent[operation]["variables"]["filter"].items():
            row = re.search(rf"^\| `{name}` \|.*$", page, re.MULTILINE)
            assert row and all(f"`{operator}`" in row[0] for operator in operators), name
    assert ORDERS_FILTER in sent["goods_outs"]["query"] and LINES_FILTER in sent["goods_out_lines"]["query"]


def test_the_lengths_that_we_keep_to_are_the_documented_ones() -> None:
    described = vendor()["components"]["schemas"]["Address"]["properties"]
    limits = {name: field["maxLength"] for name, field in described.items() if "maxLength" in field}
    assert limits == {
        **{f"address_{number}": 80 for number in range(1, 6)}, "postcode": 10, "country_code": 6,
        "email_address": 254, "phone_number": 50,
    }  # fmt: skip
    assert dict(LIMITS) == limits


LISTS_OF_GOODS_OUTS = {
    "goods_outs": "ListGoodsOuts", "goods_out_lines": "ListGoodsOutLines", "shipments": "ListShipments",
    "packages": "ListPackages",
}  # fmt: skip
PRESUMED = {"external_system_reference1", "alt_line_reference"}
"""Fields that REST has and no page on lists shows: settings, and asked of the schema at start."""


def example_of(operation: str) -> Selection:
    found = vendor()["paths"][f"/graphql#{operation}"]["post"]
    text = found["requestBody"]["content"]["application/json"]["example"]["query"]
    [connection] = read_selection(re.sub(r"\([^)]*\)", "", text))["query"].values()
    return connection["all"]["edges"]["node"]


@pytest.mark.parametrize("name", LISTS_OF_GOODS_OUTS)
def test_what_is_asked_of_goods_outs_is_documented_or_known_to_be_presumed(name: str) -> None:
    section = ClarusGoodsOuts()
    fields = {"goods_outs": section.goods_out_fields, "goods_out_lines": section.line_fields,
              "shipments": section.shipment_fields, "packages": section.package_fields}[name]  # fmt: skip
    asked = read_selection(fields)
    assert set(lacks(example_of(LISTS_OF_GOODS_OUTS[name]), paths_of(asked))) <= PRESUMED
    assert lacks(asked, NEEDED_OF[name]) == []


@pytest.mark.parametrize(
    ("name", "filters"),
    [
        ("goods_outs", {"reference": "in", "goods_out_status_code": "in", "warehouse_id": "in",
                        "expected_date_of_dispatch": "from"}),
        ("goods_out_lines", {"goods_out_id": "in"}),
        ("shipments", {"goods_out_id": "eq"}),
        ("packages", {"shipment_id": "in"}),
    ],
)  # fmt: skip
def test_the_filters_of_goods_outs_are_documented(name: str, filters: dict[str, str]) -> None:
    page = vendor()["paths"][f"/graphql#{LISTS_OF_GOODS_OUTS[name]}"]["post"]["x-mint"]["content"]
    assert FILTER_TYPES[name] in page
    for field, operator in filters.items():
        row = re.search(rf"^\| `{field}` \|.*$", page, re.MULTILINE)
        assert row and f"`{operator}`" in row[0], field


def test_shipments_of_several_goods_outs_are_asked_for_in_one_query_of_the_grammar() -> None:
    text = each_query(ListOf("shipments", FILTER_TYPES["shipments"], "id status"), 2)
    read = parse(text, {"f0": {}, "f1": {}, "first": 5})
    assert read.declared == {"f0": "ShipmentFilterType", "f1": "ShipmentFilterType", "first": "Int"}
    assert [(one.alias, one.name) for one in read.fields[0].fields] == [("a0", "all"), ("a1", "all")]
