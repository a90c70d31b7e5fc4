"""The morning after a wrong export: what Amazon shows while the brake is on, and after each decision."""

import json
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.bus.port import Publication
from daemon.settings import Role
from daemon.store.decisions import Choice, decide
from simulators.amazon import UK
from tests.journeys.rig import Rig, running, until

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "watch")
FALSE = [f"FALSE-{number:04}" for number in range(4_000)]
TRUE = [f"TRUE-{number:02}" for number in range(40)]

pytestmark = [pytest.mark.live, pytest.mark.long]


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[Rig]:
    async with running(tmp_path, database_url, ROLES) as rig:
        yield rig


async def open_shop(rig: Rig, skus: Sequence[str], quantity: int = 50) -> None:
    """As it stood an hour ago: every listing told, accepted and live, every SKU with its level in the stream."""
    told_at = datetime.now(UTC) - timedelta(hours=1)
    read_at = told_at - timedelta(minutes=1)
    for sku in skus:
        rig.seller.add_listing(sku, quantity=quantity, lead_time=2)
    await rig.books.execute(
        "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
        " select 'shop', $2, name, 'acme', name, $3 from unnest($1::text[]) as name",
        list(skus), UK, told_at,
    )  # fmt: skip
    await rig.books.execute(
        "insert into publication (listing_id, desired, told, told_at, accepted, accepted_at, live, live_at)"
        " select id, $2, $2, $1, $2, $1, $2, $1 from listing",
        told_at, quantity,
    )  # fmt: skip
    await rig.books.execute(
        "insert into stock (account, warehouse, sku, source, applied, number, available, last_time, level_time)"
        " select 'acme', 'W1', name, '/warehouse', 0, 1, $2, $3, $3 from unnest($1::text[]) as name",
        list(skus), quantity, read_at,
    )  # fmt: skip
    await rig.books.execute(
        "insert into stock_stream"
        " select row_number() over (), id, 1, 0, 0, 'level', sku, $1, $1, available, 0, 0, 0, 0, 0"
        " from stock",
        read_at,
    )
    await rig.books.execute("select setval('stock_batch', 10)")


async def hear(rig: Rig, false: Sequence[str], true: Sequence[str]) -> None:
    """The export of nothing, a hundred levels at a time, and between them the movements of what is truly gone."""
    every = len(false) // len(true)
    for place, sku in enumerate(true):
        part = false[place * every : (place + 1) * every]
        levels = [_event("inventory.level", one, 0, {"available": 0}) for one in part]
        moved: dict[str, object] = {"kind": "picked", "delta": {"available": -50}}
        assert all(await rig.bus.publish([*levels, _event("inventory.moved", sku, 1, moved)]))


def _event(key: str, sku: str, sequence: int, more: dict[str, object]) -> Publication:
    data = {"account": "acme", "warehouse": "W1", "sku": sku, **more}
    body = {
        "specversion": "1.0", "id": str(uuid.uuid4()), "source": "/warehouse", "type": f"{key}.v1",
        "time": datetime.now(UTC).isoformat(), "sequence": str(sequence), "data": data,
    }  # fmt: skip
    headers = {"partitionkey": f"acme/{sku}"}
    return Publication("clarus", key, json.dumps(body).encode(), str(uuid.uuid4()), headers=headers)


def shows(rig: Rig, skus: Sequence[str], quantity: int) -> int:
    return sum(rig.seller.listing(sku).live == quantity for sku in skus)


async def answer(rig: Rig, option: str, *named: str, kind: str = "mass_zero") -> None:
    find = "select id from decision where kind = $1 and decided is null"
    decision = await rig.books.fetchval(find, kind)
    async with rig.books.transaction():
        await decide(rig.books, decision, Choice(option, "ann", "", named), datetime.now(UTC), {})


async def test_four_thousand_false_zeroes_are_held_and_forty_true_ones_are_told_at_once(rig: Rig) -> None:
    await open_shop(rig, [*FALSE, *TRUE])
    await hear(rig, FALSE, TRUE)

    async def true_ones() -> object:
        return shows(rig, TRUE, 0) == len(TRUE)

    await until(true_ones, 60)

    async def all_held() -> object:
        return await rig.books.fetchval("select count(*) = 4000 from publication where zero_hold = 'brake'")

    await until(all_held, 30)
    assert shows(rig, FALSE, 50) == len(FALSE), "not one false zero"

    async def asked() -> object:
        held = "select question like '4000 listings%' from decision where kind = 'mass_zero' and decided is null"
        levels = "select count(*) = 4000 from level_request"
        return await rig.books.fetchval(held) and await rig.books.fetchval(levels)

    await until(asked, 60)
    kinds = await rig.books.fetch("select kind from alert where resolved_at is null")
    assert "mass_zero_held" in {row["kind"] for row in kinds}

    gone = FALSE[:30]
    await answer(rig, "release_list", *gone)

    async def released() -> object:
        return shows(rig, gone, 0) == len(gone)

    await until(released, 30)

    async def asked_again() -> object:
        return await rig.books.fetchval(
            "select question like '3970 listings%' from decision where kind = 'mass_zero' and decided is null"
        )

    await until(asked_again)
    back = FALSE[30:60]
    for sku in back:
        ask = "select command_id from stock_trouble t join stock s on s.id = stock_id where sku = $1"
        data = {"account": "acme", "warehouse": "W1", "sku": sku, "available": 45}
        await rig.tell("inventory.level", {**data, "command_id": await rig.books.fetchval(ask, sku)})

    async def lifted() -> object:
        return shows(rig, back, 45) == len(back)

    await until(lifted, 30)
    await answer(rig, "refuse")

    async def refused() -> object:
        return await rig.books.fetchval("select count(*) = 3940 from publication where zero_hold = 'refused'")

    await until(refused, 30)
    assert shows(rig, FALSE[60:], 50) == len(FALSE) - 60
    told = {sku for sku in FALSE if 0 in rig.amazon.journal.told("SELLER1", sku)}
    assert told == set(gone), "a zero went out that nobody released"
    assert shows(rig, TRUE, 0) == len(TRUE)
