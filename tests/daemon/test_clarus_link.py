"""The link to Clarus: its login, what it believes of an answer, and what it says of the rest."""

import asyncio
from pathlib import Path

import pytest

from daemon.links.answer import Denied, Done, NeverLeft, Refused, Throttled, Unavailable
from schemas.clarus import BalanceFilter, BalancePage
from simulators.clarus import Fault, FaultPlan
from simulators.clarus.faults import Kind
from tests.daemon.clarus_rig import Rig, rig


async def page(rig: Rig, after: str | None = None) -> BalancePage:
    answer = await rig.link.balances(rig.everything, after)
    assert isinstance(answer, Done), answer
    return answer.value


def codes(found: BalancePage) -> list[str | None]:
    return [row.node.product.code if row.node else None for row in found.rows]


async def test_all_balances_come_page_by_page(tmp_path: Path) -> None:
    async with rig(tmp_path, page_size=2) as given:
        for sku in ("A", "B", "C"):
            given.clarus.world.set_balance(sku, available=5)
        first = await page(given)
        assert (codes(first), first.after) == (["A", "B"], "Mg")
        assert (codes(last := await page(given, first.after)), last.after) == (["C"], None)


async def test_a_read_may_ask_for_products_by_name(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        for sku in ("A", "B", "a"):
            given.clarus.world.set_balance(sku, available=5)
        wanted = BalanceFilter(given.everything.warehouse_ids, skus=("a", "B"))
        answer = await given.link.balances(wanted)
        assert isinstance(answer, Done) and codes(answer.value) == ["B", "a"]


async def test_each_request_names_the_tenant_and_holds_the_token(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        await page(given)
        heard = given.clarus.world.heard[-1]
        assert heard.headers["x-clarus-subdomain"] == "acme-warehouse"
        assert heard.headers["authorization"].startswith("Bearer simulated-")


async def test_callers_who_come_together_share_one_token(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        await asyncio.gather(*(page(given) for _ in range(6)))
        assert given.clarus.world.login.fetches == [200]


async def test_no_more_calls_are_under_way_than_allowed(tmp_path: Path) -> None:
    leaving: list[int] = []

    async def gate() -> None:
        leaving.append(1)
        await asyncio.sleep(0.01)

    async with rig(tmp_path, concurrent_calls=1) as given:
        given.link.gate = gate
        given.clarus.faults.script(Fault("slow", seconds=30.0))
        held = asyncio.create_task(page(given))
        other = asyncio.create_task(page(given))
        while not leaving:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert len(leaving) == 1, "the second left while the first was under way"
        held.cancel()
        await other


async def test_a_session_that_ended_elsewhere_is_settled_by_one_more_call(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        await page(given)
        given.clarus.world.login.login_elsewhere(given.tenant.client_id)
        await page(given)
        assert [heard.status for heard in given.clarus.world.heard] == [200, 401, 200]
        assert given.clarus.world.login.fetches == [200, 200]


async def test_an_access_that_is_turned_away_twice_is_denied(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        given.clarus.faults.script(Fault("unauthorised", times=2))
        answer = await given.link.balances(given.everything)
        assert isinstance(answer, Denied) and "nobody logs in with it" in answer.reason
        assert len(given.clarus.world.heard) == 2


async def test_a_secret_that_is_rotated_is_read_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        await page(given)
        given.clarus.world.login.rotate(given.tenant.client_id, "another-secret")
        given.clarus.world.login.login_elsewhere(given.tenant.client_id)
        denied = await given.link.balances(given.everything)
        assert isinstance(denied, Denied) and "another-secret" not in denied.reason
        given.write_secret("another-secret")
        await page(given)


@pytest.mark.parametrize("style", ["form", "basic"])
async def test_the_credentials_travel_as_the_settings_say(tmp_path: Path, style: str) -> None:
    async with rig(tmp_path, credentials_in=style) as given:
        given.clarus.world.login.takes = style  # type: ignore[assignment]
        await page(given)
        other = "basic" if style == "form" else "form"
        given.clarus.world.login.takes = other  # type: ignore[assignment]
        given.clarus.world.login.login_elsewhere(given.tenant.client_id)
        assert isinstance(await given.link.balances(given.everything), Denied)


@pytest.mark.parametrize("tells_life", [True, False])
async def test_a_token_is_renewed_before_it_ends(tmp_path: Path, tells_life: bool) -> None:
    async with rig(tmp_path, token_life=0.4, refresh_early=0.2) as given:
        given.clarus.world.login.tells_life = tells_life
        given.link.login.tenant = given.tenant
        await page(given)
        await asyncio.sleep(0.25)
        await page(given)
        assert [heard.status for heard in given.clarus.world.heard] == [200, 200]
        assert given.clarus.world.login.fetches == ([200, 200] if tells_life else [200])


async def test_errors_beside_data_are_not_believed(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        given.clarus.world.set_balance("A", available=5)
        given.clarus.faults.script(Fault("errors_beside_data"))
        answer = await given.link.balances(given.everything)
        assert answer == Refused("graphql_errors", "Timeout on StockBalance.available")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("errors_alone", Refused),
        ("error", Unavailable),
        ("reset", Unavailable),
        ("garbled", Unavailable),
        ("throttle", Throttled),
    ],
)
async def test_what_an_answer_comes_to(tmp_path: Path, kind: Kind, expected: type[object]) -> None:
    async with rig(tmp_path) as given:
        given.clarus.world.set_balance("A", available=5)
        given.clarus.faults.script(Fault(kind))
        assert isinstance(await given.link.balances(given.everything), expected)
        assert codes(await page(given)) == ["A"]


async def test_an_answer_that_is_too_slow_is_unavailable(tmp_path: Path) -> None:
    async with rig(tmp_path, request_timeout=0.1) as given:
        given.clarus.faults.script(Fault("slow", seconds=5.0))
        assert isinstance(await given.link.balances(given.everything), Unavailable)


async def test_what_never_left_says_so(tmp_path: Path) -> None:
    async with rig(tmp_path, host="http://127.0.0.1:1") as given:
        assert isinstance(await given.link.balances(given.everything), NeverLeft)


async def test_a_row_that_lacks_a_field_does_not_cost_the_rows_beside_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        given.clarus.world.set_balance("A", available=5)
        given.clarus.world.set_balance("B", available=6)
        given.clarus.faults.script(Fault("missing_field", field="product"))
        rows = (await page(given)).rows
        assert [row.node.product.code if row.node else "none" for row in rows] == [None, "B"]
        given.clarus.world.set_balance("A", available=[3])
        rows = (await page(given)).rows
        assert [row.node.available if row.node else 0 for row in rows] == [None, 6]
        assert '"available":[3]' in rows[0].raw


async def test_the_schema_is_asked_for_every_field_that_we_need(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        assert await given.link.missing_fields() == Done(())


async def test_a_field_that_the_schema_lacks_is_named_by_its_path(tmp_path: Path) -> None:
    async with rig(tmp_path, balance_fields="available on_hold product { code sku }") as given:
        given.clarus.world.schema.remove("StockBalance", "available")
        answer = await given.link.missing_fields()
        assert isinstance(answer, Done)
        node = "stock_balances.all.edges.node"
        assert set(answer.value) == {f"{node}.available", f"{node}.on_hold", f"{node}.product.sku"}
        refused = await given.link.balances(given.everything)
        assert isinstance(refused, Refused) and "doesn't exist on type" in refused.text


async def test_a_schema_that_cannot_be_read_is_no_missing_field(tmp_path: Path) -> None:
    faults = FaultPlan()
    async with rig(tmp_path, faults=faults) as given:
        faults.script(Fault("error", operation="__type"))
        assert isinstance(await given.link.missing_fields(), Unavailable)


async def test_the_automations_are_read_with_their_events(tmp_path: Path) -> None:
    async with rig(tmp_path) as given:
        given.clarus.world.add_automation("stock", "picked", "http://127.0.0.1:1/")
        answer = await given.link.automations()
        assert isinstance(answer, Done)
        assert [(one.resource_name, one.event, one.enabled) for one in answer.value] == [("stock", "picked", True)]
