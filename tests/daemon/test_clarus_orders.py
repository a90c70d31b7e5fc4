"""Orders at Clarus: what is sent, what an answer means, and what a look-up finds."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.links.answer import Denied, Done, NeverLeft, Refused, Throttled, Unavailable, Unknown
from daemon.links.clarus_orders import ClarusOrders
from schemas.clarus_orders import Address, Attributes, GoodsOut, LineChange, new_order, write_order
from simulators.clarus import Fault, FaultPlan
from simulators.clarus.faults import Kind
from tests.daemon.clarus_bodies import EVERYTHING, OWNER, amendment, found_in, line
from tests.daemon.clarus_rig import rig


def order(reference: str, *lines: LineChange) -> GoodsOut:
    attributes = Attributes(
        goods_out_type="sales_order",
        account_id=OWNER,
        reference=reference,
        expected_date_of_dispatch="2026-11-21T12:00:00Z",
        lines_changes=lines or (line(9, 2),),
    )
    return new_order(attributes, None)


async def test_an_order_that_was_created_is_found_with_its_lines(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        orders = ClarusOrders(given.link)
        made = await orders.create(order("A-1", line(9, 2), line(10, 3, "L-2")))
        assert isinstance(made, Done)
        [found] = found_in(await orders.look_up(("A-1",), OWNER))
        assert (found.order.key, found.order.status) == (made.value, "pending")
        assert [(one.product.key, one.order_quantity) for one in found.lines] == [("9", 2), ("10", 3)]


async def test_a_look_up_names_many_finds_twins_and_passes_over_other_owners(tmp_path: Path) -> None:
    async with rig(tmp_path, page_size=2) as given:
        orders = ClarusOrders(given.link)
        for reference in ("A-1", "A-1", "A-2", "a-1"):
            assert isinstance(await orders.create(order(reference)), Done)
        found = found_in(await orders.look_up(("A-1", "A-2", "A-3"), OWNER))
        assert sorted(one.order.reference for one in found) == ["A-1", "A-1", "A-2"]
        assert all(len(one.lines) == 1 for one in found)
        assert found_in(await orders.look_up(("A-1",), OWNER + 1)) == ()


class Replicas(FaultPlan):
    """Three that answer in turn, all but the third half an hour behind."""

    turn = 0

    def lag(self) -> float:
        self.turn += 1
        return 1_800.0 if self.turn % 3 else 0.0


async def test_lines_are_whole_although_replicas_differ_in_what_was_deleted(tmp_path: Path) -> None:
    async with rig(tmp_path, faults=Replicas(), page_size=3) as given:
        now = given.clarus.world.time.now()
        names = ("A-1", "A-2", "A-3")
        for name in names:
            assert isinstance(
                await ClarusOrders(given.link).create(order(name, line(9, 2), line(10, 3, "L-2"))), Done
            )
        for one in given.clarus.world.goods_outs.values():
            one.past = [(now - timedelta(hours=1), "PENDING")]
            one.contents = [replace(content, since=now - timedelta(hours=1)) for content in one.contents]
        next(iter(given.clarus.world.goods_outs.values())).past.append((now - timedelta(minutes=1), ""))
        for _ in range(4):
            found = found_in(await ClarusOrders(given.link).look_up(names, OWNER))
            there = {one.order.reference: len(one.lines) for one in found}
            assert (there["A-2"], there["A-3"]) == (2, 2)


@pytest.mark.parametrize(
    ("fault", "outcome", "there"),
    [
        (Fault("error", "goods_outs.create"), Unknown, 0),
        (Fault("error", "goods_outs.create", status=408), Unknown, 0),
        (Fault("error_after", "goods_outs.create", status=502), Unknown, 1),
        (Fault("reset", "goods_outs.create"), Unknown, 0),
        (Fault("reset_after", "goods_outs.create"), Unknown, 1),
        (Fault("garbled", "goods_outs.create"), Unknown, 0),
        (Fault("throttle", "goods_outs.create"), Throttled, 0),
        (Fault("refused", "goods_outs.create"), Refused, 0),
        (Fault("unauthorised", "goods_outs.create"), Done, 1),
        (Fault("unauthorised", "goods_outs.create", times=2), Denied, 0),
        (Fault("slow", "goods_outs.create", seconds=1.0), Unknown, 0),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
async def test_what_an_answer_means_for_a_new_order(tmp_path: Path, fault: Fault, outcome: type, there: int) -> None:
    async with rig(tmp_path, request_timeout=0.3) as given:
        given.clarus.faults.script(*(Fault(fault.kind, fault.operation, fault.seconds, fault.status),) * fault.times)
        answer = await ClarusOrders(given.link).create(order("A-1"))
        assert isinstance(answer, outcome), answer
        assert len(given.clarus.world.goods_outs) == there


async def test_a_request_that_cannot_leave_says_so(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        assert isinstance(await given.link.automations(), Done)
        given.link.tenant = msgspec.structs.replace(given.tenant, host="http://127.0.0.1:1")
        assert isinstance(await ClarusOrders(given.link).create(order("A-1")), NeverLeft)


async def test_a_refusal_is_told_by_its_symbol_and_never_by_the_partners_text(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        orders = ClarusOrders(given.link)
        assert await orders.amend("12", amendment(1)) == Refused("not_found", "HTTP 404: not_found")
        made = await orders.create(order("A-1"))
        assert isinstance(made, Done)
        given.clarus.orders.by_hand(int(made.value), "COMPLETED", given.clarus.world.time.now())
        told = Refused("goods_out_not_cancellable", "HTTP 422: goods_out_not_cancellable")
        assert await orders.cancel(made.value) == told


async def test_what_has_begun_is_not_deleted(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        orders = ClarusOrders(given.link)
        made = await orders.create(order("A-1"))
        assert isinstance(made, Done)
        given.clarus.orders.by_hand(int(made.value), "PICK", given.clarus.world.time.now())
        assert isinstance(await orders.delete(made.value), Refused)
        given.clarus.orders.by_hand(int(made.value), "PENDING", given.clarus.world.time.now())
        assert await orders.delete(made.value) == Done(None)
        assert found_in(await orders.look_up(("A-1",), OWNER)) == ()


@pytest.mark.parametrize("kind", ["error", "reset", "garbled", "errors_beside_data", "errors_alone"])
async def test_a_look_up_that_fails_finds_nothing_and_says_that_it_failed(tmp_path: Path, kind: Kind) -> None:
    async with rig(tmp_path) as given:
        given.clarus.faults.script(Fault(kind, "goods_outs"))
        answer = await ClarusOrders(given.link).look_up(("A-1",), OWNER)
        assert isinstance(answer, Unavailable | Refused), answer


async def test_products_are_found_by_their_exact_code(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        world = given.clarus.world
        wanted = {code: int(world.product_id(code)) for code in ("0012", "12", "ab")}
        answer = await ClarusOrders(given.link).product_ids(("0012", "ab", "AB"))
        assert answer == Done({"0012": wanted["0012"], "ab": wanted["ab"]})


def test_what_is_unknown_is_left_out_and_never_sent_empty() -> None:
    sent = write_order(order("A-1")).decode()
    assert "null" not in sent and '""' not in sent and "relationships" not in sent


@pytest.mark.parametrize(
    ("name", "length"), [("address_1", 80), ("postcode", 10), ("country_code", 6), ("phone_number", 50)]
)
def test_an_address_that_clarus_would_cut_is_never_made(name: str, length: int) -> None:
    assert getattr(Address(**{name: "x" * length}), name)
    for text in ("x" * (length + 1), ""):
        with pytest.raises(ValueError, match=name):
            Address(**{name: text})


def test_the_repr_of_an_order_shows_no_buyer() -> None:
    assert "Uyer" not in repr(EVERYTHING) and "Lane" not in repr(EVERYTHING)


def test_an_order_without_lines_or_with_a_long_reference_is_never_made() -> None:
    with pytest.raises(ValueError, match="lines"):
        new_order(
            Attributes(goods_out_type="sales_order", account_id=1, reference="A", expected_date_of_dispatch="x"), None
        )
    with pytest.raises(ValueError, match="reference"):
        order("x" * 51)
    with pytest.raises(ValueError, match="above 0"):
        line(1, 0)
