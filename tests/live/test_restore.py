"""`goodsout restore`, on real books: shown first, done on request, resumed, expired."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result

from daemon.commands.restore import restore
from daemon.settings import Zeroes
from handlers.explained import History
from handlers.restoring import less_outflows
from handlers.sellable_stock import Listing
from schemas.terms import Sku
from tests.daemon.books_rig import Rig as Commands
from tests.live.brake_rig import SHOP, BrakeRig, brake_rig

pytestmark = pytest.mark.live

SKUS = [f"SKU-{number:02}" for number in range(30)]
OFF = Zeroes(brake_minimum=1_000_000, brake_look_first=0)
"""The brake would hold what these tests let happen."""


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[BrakeRig]:
    async with brake_rig(database_url, OFF) as rig:
        yield rig


@pytest.fixture
def commands(database_url: str, tmp_path: Path) -> Commands:
    found = Commands(database_url, tmp_path)
    for name in ("client-secret", "refresh-token"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o600)
    seller = {
        "ACCOUNT": "acme", "SELLER_ID": "A1", "ENDPOINT": "http://127.0.0.1:1", "CLIENT_ID": "c",
        "CLIENT_SECRET_FILE": str(tmp_path / "client-secret"),
        "REFRESH_TOKEN_FILE": str(tmp_path / "refresh-token"), "MARKETPLACES": "A1F83G8C2ARO7P", "WAREHOUSES": "W1",
    }  # fmt: skip
    found.environ |= {f"GOODSOUT_SELLERS__{SHOP.upper()}__{key}": value for key, value in seller.items()}
    return found


async def run(commands: Commands, *arguments: object) -> Result:
    return await asyncio.to_thread(commands.run, restore, *arguments)


async def yesterday(rig: BrakeRig, then: int = 50, now: int = 0) -> datetime:
    """A shop that showed `then`, of which three were sold, and that a wrong export brought to `now`."""
    rig.later(hours=-10)
    await rig.list_skus(SKUS)
    await rig.level(SKUS, then)
    assert set((await rig.tell()).values()) == {then}
    rig.later(hours=1)
    moment = rig.clock.now()
    rig.later(hours=1)
    await rig.moved(SKUS, -3)
    await rig.level(SKUS, now)
    assert set((await rig.tell()).values()) == {now}
    rig.later(hours=8)
    return moment


async def told(rig: BrakeRig) -> set[int]:
    rows = await rig.value("select array_agg(distinct told) from publication")
    return set(rows)


async def test_a_dry_run_shows_what_each_listing_would_go_back_to_and_does_nothing(
    rig: BrakeRig, commands: Commands
) -> None:
    moment = await yesterday(rig)
    result = await run(commands, "--to", moment.isoformat())
    assert result.exit_code == 0, result.output
    assert "A1F83G8C2ARO7P\tSKU-00\t0\t50\t47" in result.output
    assert "dry run: 30 listings of shop would go back" in result.output
    assert await rig.value("select count(*) from restore") == 0
    assert await rig.value("select count(*) from level_request") == 0


async def test_with_fresh_readings_each_goes_to_the_lesser_of_old_less_outflows_and_the_reading(
    rig: BrakeRig, commands: Commands
) -> None:
    moment = await yesterday(rig)
    result = await run(commands, "--to", moment.isoformat(), "--apply", "--by", "ann")
    assert "30 listings are being restored" in result.output, result.output
    assert await rig.value("select count(*) from level_request") == 30
    assert await rig.tell() == {}, "nothing before a fresh reading"
    await rig.level(SKUS[:10], 44, answers=True)
    await rig.level(SKUS[10:], 900, answers=True)
    assert await rig.tell() == dict.fromkeys(SKUS[:10], 44) | dict.fromkeys(SKUS[10:], 47)
    await rig.moved(SKUS[:1], -4)
    await rig.moved(SKUS[-1:], -4)
    assert await rig.tell() == {SKUS[0]: 40, SKUS[-1]: 43}
    again = await run(commands, "--to", moment.isoformat(), "--apply", "--by", "ann")
    assert "30 listings, 30 read afresh, 0 by decision, 30 told" in again.output, again.output


async def test_nothing_counts_as_read_afresh_before_it_was(rig: BrakeRig, commands: Commands) -> None:
    moment = await yesterday(rig)
    shown = await run(commands, "--to", moment.isoformat(), "--apply", "--by", "ann")
    assert "30 listings, 0 read afresh" in shown.output


async def test_an_inflated_shop_comes_down_and_what_was_none_is_none_again(rig: BrakeRig, commands: Commands) -> None:
    moment = await yesterday(rig, 3, 9_000)
    rig.settings = Zeroes()
    await run(commands, "--to", moment.isoformat(), "--apply", "--by", "ann")
    await rig.level(SKUS, 9_000, answers=True)
    assert await rig.tell() == dict.fromkeys(SKUS, 0), "the brake does not hold what a person asked for"


async def test_without_a_reading_a_named_decision_restores_for_an_hour_and_no_longer(
    rig: BrakeRig, commands: Commands
) -> None:
    moment = await yesterday(rig)
    given = ("--to", moment.isoformat(), "--apply", "--by", "ann", "--unread")
    assert (await run(commands, *given)).exit_code == 2, "it needs a note"
    result = await run(commands, *given, "--note", "counted by hand")
    assert "for one hour, listings without a fresh reading are restored too, by ann" in result.output, result.output
    assert await rig.value("select decided_by || ': ' || note from decision") == "ann: counted by hand"
    assert await rig.tell() == dict.fromkeys(SKUS, 47)
    await rig.moved(SKUS[:1], -7)
    assert await rig.tell() == {SKUS[0]: 40}
    rig.later(seconds=3_601)
    rig.settings = Zeroes()
    await rig.watch()
    assert set((await rig.tell()).values()) == {0}, "no brake holds what has expired"
    await rig.watch()
    assert await rig.value("select count(*) from restore where ended_at is null") == 0


async def test_a_decision_taken_later_restores_what_still_waits(rig: BrakeRig, commands: Commands) -> None:
    moment = await yesterday(rig)
    await run(commands, "--to", moment.isoformat(), "--apply", "--by", "ann")
    await rig.level(SKUS[:5], 20, answers=True)
    assert await rig.tell() == dict.fromkeys(SKUS[:5], 20)
    await rig.decide("allow", kind="restore_unread")
    assert await rig.tell() == dict.fromkeys(SKUS[5:], 47)


async def test_a_restore_that_died_half_way_goes_on_and_asks_no_level_twice(
    rig: BrakeRig, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = await yesterday(rig)
    monkeypatch.setattr("daemon.restoring.PIECE", 12)
    monkeypatch.setattr("daemon.restoring.less_outflows", _dying_after(12))
    await run(commands, "--to", moment.isoformat(), "--apply", "--by", "ann")
    half = await rig.value("select count(*) from publication where restore_id is not null")
    assert 0 < half < 30
    monkeypatch.undo()
    await run(commands, "--to", moment.isoformat(), "--apply", "--by", "ann")
    assert await rig.value("select count(*) from publication where restore_id is not null") == 30
    assert await rig.value("select count(*) from level_request") == 30
    assert await rig.value("select (listings, complete) = (30, true) from restore")


def _dying_after(listings: int) -> Callable[..., int | None]:
    seen = 0

    def counted(old: int, listing: Listing, histories: Mapping[Sku, History]) -> int | None:
        nonlocal seen
        seen += 1
        if seen > listings:
            raise RuntimeError("killed")
        return less_outflows(old, listing, histories)

    return counted


async def test_a_second_restore_to_another_time_is_refused_while_one_is_open(
    rig: BrakeRig, commands: Commands
) -> None:
    moment = await yesterday(rig)
    await run(commands, "--to", moment.isoformat(), "--apply", "--by", "ann")
    result = await run(commands, "--to", "2026-01-01T00:00", "--apply", "--by", "bob")
    assert result.exit_code == 1
    assert "is being restored to" in result.output and "by ann" in result.output
