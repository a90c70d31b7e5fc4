"""Rows of Clarus's lists as one goods out: what is believed of them, and what is not."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.clarus_goods_out_nodes import ContentPaths, Paths, Rows, read_goods_out, text_at
from handlers.clarus_goods_outs import WORDS, Content, GoodsOut
from schemas.clarus import GraphErrors, UnreadableAnswer
from schemas.clarus_goods_outs import ListOf, each_query, read_each, read_page
from schemas.terms import Account, Warehouse

PATHS = Paths(words=WORDS)
HEADER = {
    "id": "900", "reference": "SO-1", "external_system_reference1": "203-1234567-1234567",
    "goods_out_status": {"code": "completed"}, "account": {"code": "ACME"}, "warehouse": {"id": 2},
}  # fmt: skip
LINE = {
    "id": "1", "order_quantity": Decimal(3), "allocated_quantity": Decimal(0), "pick_quantity": Decimal(2),
    "dispatch_quantity": Decimal(2), "alt_line_reference": "L1", "product": {"code": "00123"},
}  # fmt: skip
SHIPMENT = {"id": 5, "status": "dispatched", "packages_count": 1, "carrier": {"code": "DPD"}}
PACKAGE = {"id": "7", "tracking_number": "T1", "shipment": {"id": "5"}, "storage_unit": {"id": 70}}


def read(paths: Paths = PATHS, header: Any = HEADER, **rows: Any) -> GoodsOut:
    found: dict[str, Any] = {"lines": [LINE], "shipments": [SHIPMENT], "packages": [PACKAGE], **rows}
    return read_goods_out(header, Rows(**found), Account("acme"), Warehouse("W1"), paths)


def line(**changes: object) -> dict[str, object]:
    return {**LINE, **changes}


def test_names_survive_and_statuses_are_compared_without_case() -> None:
    found = read()
    assert (found.id, found.reference, found.word) == ("900", "SO-1", "completed")
    assert found.channel_order_id == "203-1234567-1234567"
    [one] = found.lines
    assert (one.sku, one.line_reference, one.ordered, one.allocated, one.picked, one.despatched) == (
        "00123", "L1", 3, 2, 2, 2,
    )  # fmt: skip
    assert found.boxes is not None
    [box] = found.boxes
    assert (box.parcel_id, box.tracking_number, box.carrier, box.left) == ("7", "T1", "DPD", True)
    assert found.faults == ()


def test_what_is_picked_is_added_where_clarus_takes_it_off_what_is_allocated() -> None:
    paths = msgspec.structs.replace(PATHS, picked_leaves_allocated=True)
    [one] = read(paths, lines=[line(allocated_quantity=1, pick_quantity=2, dispatch_quantity=0)]).lines
    assert (one.allocated, one.picked) == (3, 2)


@pytest.mark.parametrize(
    "quantity", [Decimal("2.5"), Decimal(-1), Decimal("1e30"), Decimal("1e999999999"), True, "2", [2]]
)
def test_quantities_that_cannot_be_are_faults(quantity: object) -> None:
    assert "dispatch_quantity" in " ".join(read(lines=[line(dispatch_quantity=quantity)]).faults)


def test_a_line_without_a_product_or_a_quantity_is_a_fault() -> None:
    assert "names no product" in read(lines=[line(product=None)]).faults[0]
    assert "no quantity ordered" in read(lines=[line(order_quantity=None)]).faults[0]


def test_a_completed_goods_out_without_lines_is_a_fault() -> None:
    assert "no line of it is shown" in read(lines=[]).faults[0]


def test_a_row_that_came_on_two_pages_is_one_row_in_whatever_order() -> None:
    other = line(id="10", product={"code": "MUG"})
    assert read(lines=[other, LINE, other]) == read(lines=[LINE, other])
    assert [one.sku for one in read(lines=[other, LINE]).lines] == ["00123", "MUG"]


def test_packages_of_a_cancelled_shipment_count_for_nothing() -> None:
    void = {**SHIPMENT, "id": "6", "status": "Cancelled"}
    old = {**PACKAGE, "id": "6", "shipment": {"id": "6"}}
    found = read(shipments=[void, SHIPMENT], packages=[old, PACKAGE])
    assert found.boxes is not None and [box.parcel_id for box in found.boxes] == ["7"]


def test_a_shipment_that_counts_more_packages_than_are_shown_is_a_fault() -> None:
    assert "counts 2 packages and 1 are shown" in read(shipments=[{**SHIPMENT, "packages_count": 2}]).faults[0]


def test_shipments_that_were_not_asked_for_are_not_none_at_all() -> None:
    assert read(shipments=None).boxes is None and read(shipments=[]).boxes == ()


SOURCE = ContentPaths(
    "storage_unit_to.id", "storage_unit.id", "product.code", "confirmed_quantity", "goods_out_line.id"
)
WITH_SOURCE = msgspec.structs.replace(PATHS, contents=SOURCE)


def task(number: int, units: int, unit: int = 70, line_id: str = "1") -> dict[str, object]:
    return {
        "id": number, "confirmed_quantity": units, "product": {"code": "00123"}, "storage_unit_to": {"id": unit},
        "goods_out_line": {"id": line_id},
    }  # fmt: skip


def test_contents_are_added_up_by_package_and_named_by_the_lines_own_reference() -> None:
    found = read(WITH_SOURCE, contents=[task(1, 1), task(2, 1), task(3, 9, unit=71), task(1, 1)])
    assert found.boxes is not None
    assert found.boxes[0].contents == (Content("00123", 2, "L1"),)  # type: ignore[arg-type]


def test_a_package_that_no_row_names_has_contents_that_nobody_knows() -> None:
    found = read(WITH_SOURCE, contents=[task(3, 9, unit=71)])
    assert found.boxes is not None and found.boxes[0].contents is None


def test_a_moment_needs_a_zone_and_a_time_of_day() -> None:
    assert read(header={**HEADER, "actual_date_of_dispatch": "2026-11-21"}).despatched_at is None
    assert read(header={**HEADER, "actual_date_of_dispatch": "2026-11-21T10:00:00"}).despatched_at is None
    assert read(header={**HEADER, "actual_date_of_dispatch": "2026-11-21T10:00:00Z"}).despatched_at is not None


def test_a_rule_recognises_a_channel_by_a_value_at_a_path() -> None:
    paths = msgspec.structs.replace(PATHS, channels={"shop": ("order_type.code", frozenset({"AMZ"}))})
    assert read(paths, header={**HEADER, "order_type": {"code": "AMZ"}}).channel == "shop"
    assert read(paths).channel == ""


@pytest.mark.parametrize("text", ["x" * 201, "a\x00b", "", "  ", True, None, {"a": 1}, 1.5])
def test_what_cannot_be_a_name_is_no_name(text: object) -> None:
    assert text_at({"reference": text}, ("reference",)) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "code", "product"]), inner),
    max_leaves=4,
)
ROW = st.dictionaries(st.sampled_from([*LINE, *PACKAGE, *SHIPMENT]), JSON)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws rows slowly
@given(ROW, st.lists(ROW, max_size=3), st.lists(ROW, max_size=2), st.lists(ROW, max_size=3))
def test_no_row_breaks_the_reader(header: Any, lines: Any, shipments: Any, packages: Any) -> None:
    found = read(WITH_SOURCE, header, lines=lines, shipments=shipments, packages=packages, contents=packages)
    assert len(found.picture) == 32
    assert all(one.ordered >= 0 and one.despatched >= 0 for one in found.lines)


PAGE = b'{"pageInfo": {"hasNextPage": false, "endCursor": null}, "edges": [{"node": {"id": "1"}}]}'


def test_errors_beside_data_are_not_believed() -> None:
    with pytest.raises(GraphErrors):
        read_page(b'{"data": {"shipments": {"all": ' + PAGE + b'}}, "errors": [{"message": "x"}]}', "shipments")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"data": null}', b'{"data": {"shipments": {}}}',
     b'{"data": {"shipments": {"all": {"edges": []}}}}',
     b'{"data": {"shipments": {"all": {"pageInfo": {"hasNextPage": true}, "edges": []}}}}',
     b'{"data": {"shipments": {"all": {"pageInfo": {"hasNextPage": false}, "edges": [{"node": 1}]}}}}'],
)  # fmt: skip
def test_another_shape_is_no_answer(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        read_page(body, "shipments")


def test_each_list_is_asked_for_and_read_under_its_own_name() -> None:
    wanted = ListOf("shipments", "ShipmentFilterType", "id")
    assert "a1: all(filter: $f1, first: $first)" in each_query(wanted, 2)
    body = b'{"data": {"shipments": {"a1": ' + PAGE.replace(b'"1"', b'"2"') + b', "a0": ' + PAGE + b"}}}"
    assert [page.nodes[0]["id"] for page in read_each(body, "shipments", 2)] == ["1", "2"]
