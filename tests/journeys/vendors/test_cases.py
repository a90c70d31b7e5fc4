"""Every journey by every transport: no chargeback, and equal books whichever way the documents went."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from daemon.settings import Database as DatabaseSettings
from daemon.store.database import open_database
from schemas.purchase_order import Transport
from tests.journeys.vendors.cases import JOURNEYS, Seen, ends, seen
from tests.journeys.vendors.house import ByEdi, House, opened
from tests.journeys.vendors.page import page
from tests.services.postgres import Databases

pytestmark = pytest.mark.live

PAGE = Path(__file__).parents[3] / "docs/vendor-journeys.md"
TRANSPORTS: tuple[Transport, ...] = ("sp_api", "x12", "edifact")


class Played(msgspec.Struct):
    """How a journey ended; of one by EDI, what is odd about our control numbers and what we left unanswered."""

    seen: Seen
    irregular: tuple[str, ...] = ()
    unanswered: tuple[int, ...] = ()
    refused_syntax: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_url(postgres_server: Databases) -> AsyncIterator[str]:
    """One database for all journeys: each has an account of its own."""
    async with postgres_server.fresh_database(await postgres_server.migrated_template()) as url:
        yield url


@pytest.fixture(scope="module")
def played() -> dict[tuple[str, Transport], Played]:
    """What was played already: a comparison plays no journey again."""
    return {}


async def play(
    case: str, transport: Transport, url: str, folder: Path, played: dict[tuple[str, Transport], Played]
) -> Played:
    if (case, transport) not in played:
        database = await open_database(url, DatabaseSettings(url=url), 3)
        place = folder / transport
        place.mkdir(parents=True, exist_ok=True)
        try:
            agreed = case == "back_order" and transport == "edifact"
            async with opened(f"{case}-{transport}", transport, database, place, backorders=agreed) as house:
                try:
                    await JOURNEYS[case](house)
                except Exception as trouble:
                    trouble.add_note(await _told(house))
                    raise
                await ends(house)
                played[case, transport] = await _ended(house)
        finally:
            await database.close()
    return played[case, transport]


async def _told(house: House) -> str:
    """What the retailer thinks of our documents, for whoever has to find out why a journey failed."""
    refused = [f"{one.kind} {one.subject}: {one.faults}" for one in house.vendor.documents if one.faults]
    heard = house.exchange.partner.heard if isinstance(house.exchange, ByEdi) else []
    unread = [f"{one.code} {one.subject}: {fault}" for one in heard for fault in one.form]
    alerts = await house.fetch(
        "select kind, text from alert where resolved_at is null and cause like $1", f"{house.name}%"
    )
    return "\n".join([*refused, *unread, *(f"{kind}: {text}" for kind, text in alerts)])


async def _ended(house: House) -> Played:
    found = Played(await seen(house))
    if isinstance(house.exchange, ByEdi):
        partner = house.exchange.partner
        found.irregular, found.unanswered = tuple(partner.irregular()), tuple(partner.unanswered())
        found.refused_syntax = tuple(f"{one.code} {fault.text}" for one in partner.heard for fault in one.form)
        rows = await house.fetch(
            "select code, state from edi_document where partner = $1 and direction = 'out' "
            "and state in ('waiting', 'put', 'overdue', 'rejected')", house.name,
        )  # fmt: skip
        found.unread = tuple(f"{code} {state}" for code, state in rows)
    return found


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("case", JOURNEYS)
async def test_a_purchase_orders_journey_ends_without_a_chargeback(
    case: str, transport: Transport, shared_url: str, tmp_path: Path, played: dict[tuple[str, Transport], Played]
) -> None:
    found = await play(case, transport, shared_url, tmp_path, played)
    assert found.seen.chargebacks == {}
    assert found.refused_syntax == (), "the partner could read all of ours"
    assert found.irregular == () and found.unanswered == ()
    assert found.unread == ()


@pytest.mark.parametrize("case", JOURNEYS)
async def test_the_same_order_by_each_transport_ends_in_equal_books_and_equal_acknowledged_quantities(
    case: str, shared_url: str, tmp_path: Path, played: dict[tuple[str, Transport], Played]
) -> None:
    by_api, *by_edi = [await play(case, transport, shared_url, tmp_path, played) for transport in TRANSPORTS]
    for one in by_edi:
        assert one.seen == by_api.seen


async def test_the_page_shows_what_the_journeys_end_in(
    shared_url: str, tmp_path: Path, played: dict[tuple[str, Transport], Played]
) -> None:
    ended = {case: (await play(case, "sp_api", shared_url, tmp_path / case, played)).seen for case in JOURNEYS}
    if os.environ.get("GOODSOUT_WRITE_PAGES"):
        PAGE.write_text(page(ended))
    assert PAGE.read_text() == page(ended), "GOODSOUT_WRITE_PAGES=1 writes it anew"
