"""A process that buys labels may die at any step: who comes after pays once, says it once, and loses nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.live.label_kills import Countdown, dying, until_killed
from tests.live.label_rig import LabelRig, label_rig

MOST = 60


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[LabelRig]:
    async with label_rig(tmp_path, database_url) as given:
        yield given


async def killed_at_each_step(
    rig: LabelRig, before: Callable[[str], Awaitable[None]], after: Callable[[str], Awaitable[None]]
) -> list[str]:
    """`before` makes the work of an order, `after` looks at what came of it; returns the steps of a whole run."""
    for at in range(1, MOST):
        name, countdown = f"202-{at}", Countdown(at)
        await before(name)
        died = await until_killed(dying(rig, countdown))
        rig.release.hand.on(60)
        await rig.buy()
        await after(name)
        if not died:
            return countdown.passed
    raise AssertionError(f"still dying after {MOST} steps")


def names_of(steps: list[str], *operations: str) -> bool:
    return all(f"{when} {operation}" in steps for when in ("before", "after") for operation in operations)


async def test_a_purchase_and_its_file_survive_a_kill_at_every_step(rig: LabelRig) -> None:
    rig.shipping.without_documents = True

    async def after(name: str) -> None:
        assert await rig.label(name) == ("ready", "")
        assert len([one for one in rig.shipping.shipments.values() if one.order_id == name]) == 1
        assert await rig.said(name) == ["label.ready"]

    async def before(name: str) -> None:
        await rig.sell(name)

    steps = await killed_at_each_step(rig, before, after)
    assert names_of(steps, "getRates", "purchaseShipment", "getShipmentDocuments") and len(steps) > 20


async def test_a_label_taken_back_for_another_survives_a_kill_at_every_step(rig: LabelRig) -> None:
    async def before(name: str) -> None:
        await rig.sell(name)
        await rig.buy()
        await rig.sell(name, 2)

    async def after(name: str) -> None:
        assert await rig.label(name) == ("ready", "")
        sold = [one.cancelled for one in rig.shipping.shipments.values() if one.order_id == name]
        assert sold == [True, False]
        assert await rig.said(name) == ["label.ready", "label.void", "label.ready"]

    steps = await killed_at_each_step(rig, before, after)
    assert names_of(steps, "cancelShipment", "getRates", "purchaseShipment") and len(steps) > 25


async def test_a_label_of_a_cancelled_order_survives_a_kill_at_every_step(rig: LabelRig) -> None:
    async def before(name: str) -> None:
        await rig.sell(name)
        await rig.buy()
        await rig.release.become(name, "cancelled")

    async def after(name: str) -> None:
        assert await rig.label(name) == ("cancelled", "order_gone")
        assert rig.shipping.of_order(name) == []
        assert await rig.said(name) == ["label.ready", "label.void"]

    steps = await killed_at_each_step(rig, before, after)
    assert names_of(steps, "cancelShipment") and len(steps) > 8
