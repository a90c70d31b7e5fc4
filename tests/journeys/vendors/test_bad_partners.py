"""A partner by EDI on its bad days: late, twice, cut off, out of order, joined, counted wrong, silent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.settings import Database as DatabaseSettings
from daemon.store.database import open_database
from edi.partner import Standard
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber
from simulators.amazon.vendor_books import Change
from simulators.edi_partner import EdiPlan
from tests.journeys.vendors.cases import ends, seen
from tests.journeys.vendors.goods import PO, line, order
from tests.journeys.vendors.house import ByEdi, House, opened

pytestmark = pytest.mark.live

BAD = EdiPlan(
    syntax_lag=(0, 1_200), verdict_lag=(0, 1_200), untold=0.0, agrees=0.3, short_answers=0.5, delayed=0.4,
    delay=(60, 1_200), twice=0.4, truncated=0.25, miscounted=0.2, joined=0.4, again_after=900.0,
)  # fmt: skip
both = pytest.mark.parametrize("house", ["x12", "edifact"], indirect=True)


@pytest.fixture
async def house(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    standard: Standard = request.param
    database = await open_database(database_url, DatabaseSettings(url=database_url), 3)
    async with opened(f"bad-{standard}", standard, database, tmp_path) as made:
        yield made
    await database.close()


def behave(house: House, plan: EdiPlan) -> ByEdi:
    assert isinstance(house.exchange, ByEdi)
    house.exchange.partner.behave(plan)
    return house.exchange


@both
async def test_whatever_happens_to_files_every_order_is_answered_once_and_right(house: House) -> None:
    exchange = behave(house, BAD)
    numbers = [PurchaseOrderNumber(f"4Z32PAB{at}") for at in range(5)]
    await house.stock(MUG=200)
    await house.place(*(order(house, number=number) for number in numbers))
    await house.change(numbers[0], Change(quantities={PoLineNumber("1"): 6}))
    await house.wait(*[15] * 8)
    for number in numbers:
        wanted = {"1": (6 if number == numbers[0] else 24, 0, 0)}
        assert await house.our_answer(number) == house.their_answer(number) == wanted
    assert await house.held() == {"MUG": 6 + 4 * 24}
    await ends(house)
    assert set((await seen(house)).chargebacks) <= {"acknowledged_not_supplied"}, "nothing was sent, and all answered"
    assert exchange.partner.irregular() == [], "duplicates and refusals take their numbers, and none is skipped"
    assert [one.form for one in exchange.partner.heard if one.form] == []


@both
async def test_an_order_that_comes_after_its_own_change_undoes_nothing(house: House) -> None:
    await house.stock(MUG=40)
    behave(house, EdiPlan(delayed=1.0, delay=(3_600, 3_600)))
    await house.place(order(house))
    behave(house, EdiPlan())
    await house.change(PO, Change(quantities={PoLineNumber("1"): 12}))
    await house.wait(20, 45)
    assert await house.our_answer(PO) == house.their_answer(PO) == {"1": (12, 0, 0)}
    assert await house.held() == {"MUG": 12}


@both
async def test_a_change_of_lines_that_comes_before_its_order_waits_for_it(house: House) -> None:
    await house.stock(MUG=40, JUG=40)
    behave(house, EdiPlan(delayed=1.0, delay=(3_600, 3_600), changes_as="change"))
    await house.place(order(house, line(), line("2", sku="JUG")))
    behave(house, EdiPlan(changes_as="change"))
    await house.change(PO, Change(quantities={PoLineNumber("1"): 12}, cancelled=(PoLineNumber("2"),)))
    await house.wait(20, 45, 20)
    assert house.their_answer(PO) == {"1": (12, 0, 0)} and await house.held() == {"MUG": 12}


@both
async def test_a_partner_that_never_says_that_it_read_anything_is_raised_and_the_order_stands(house: House) -> None:
    await house.stock(MUG=40)
    behave(house, EdiPlan(unread=1.0))
    await house.place(order(house))
    assert house.their_answer(PO) == {"1": (24, 0, 0)}
    assert await house.fetch("select kind from alert where resolved_at is null") == []
    await house.wait(24 * 60 + 1)
    assert await house.fetch("select kind from alert where resolved_at is null") == [("edi_unacknowledged",)]
    assert len([one for one in house.vendor.documents if one.kind == "acknowledgement"]) == 1, (
        "not said again and again"
    )
