"""The simulated Clarus's back door: the steps of a warehouse, and what it says where one makes no sense."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from simulators.clarus import ClarusSimulator, Control, PackingDesk


@pytest.fixture
async def clarus() -> AsyncIterator[ClarusSimulator]:
    simulated = ClarusSimulator()
    desk = PackingDesk(simulated)
    simulated.more_routes = tuple(Control(desk).routes())
    async with simulated:
        for name in ("O-1", "O-2"):
            desk.enter(name, [("CHAIR", 2, "1")])
        yield simulated


async def asked(clarus: ClarusSimulator, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{clarus.url}/_simulator/goods_outs/{path}") as answer,
    ):
        return answer.status, await answer.text()


async def test_a_despatch_leaves_with_a_tracked_parcel_and_only_once(clarus: ClarusSimulator) -> None:
    assert (await asked(clarus, "O-1/despatch"))[0] == 200
    assert await asked(clarus, "O-1/despatch") == (409, "goods out O-1 is COMPLETED: no despatch\n")
    [shipment] = clarus.world.shipments
    assert [package.tracking_number for package in shipment.packages] == ["TRACK-000001"]
    assert (await asked(clarus, "O-1/take-back"))[0] == 200
    async with aiohttp.ClientSession() as session, session.get(f"{clarus.url}/_simulator/goods_outs") as listed:
        shown = {one["reference"]: (one["status"], one["lines"]) for one in await listed.json()}
    assert shown == {"O-1": ("PICK", {"CHAIR": 2}), "O-2": ("PENDING", {"CHAIR": 2})}


async def test_what_cannot_be_done_says_what_can(clarus: ClarusSimulator) -> None:
    assert (await asked(clarus, "O-2/take-back"))[0] == 409
    status, text = await asked(clarus, "O-2/paint")
    assert status == 404 and "allocate, pick, pack, complete, take-back, cancel, despatch" in text
    assert (await asked(clarus, "O-2/cancel"))[0] == 200
    status, text = await asked(clarus, "O-2/pick")
    assert status == 404 and "no goods out 'O-2'" in text
