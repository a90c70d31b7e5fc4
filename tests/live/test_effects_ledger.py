"""The ledger on a real PostgreSQL: a row before it is a request, one per subject at a time, its history kept."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from daemon.budget import CONFIRM_DESPATCH, buckets
from daemon.clock import Clock
from daemon.despatch_calls import Tell
from daemon.links.answer import Answer, Done
from daemon.performer import Performer
from daemon.store import effects as ledger
from daemon.store.effects import Wanted
from schemas.amazon_orders import ConfirmShipment
from schemas.terms import ChannelOrderId
from tests.controls import despatches as control
from tests.controls.despatches import data, line, parcel
from tests.live.ledger_rig import SELLER, Books, Channel, opened_books

pytestmark = pytest.mark.live


@dataclass
class BooksAndChannel(Books):
    """With the channel that answers."""

    channel: Channel


@pytest.fixture
async def books(database_url: str) -> AsyncIterator[BooksAndChannel]:
    channel = Channel()
    async with opened_books(database_url, Clock(), channel) as books:
        yield BooksAndChannel(books.database, books.clock, books.calls, books.performer, channel)


async def test_a_row_is_committed_as_sent_before_its_request_leaves(books: BooksAndChannel) -> None:
    seen: list[tuple[Any, ...]] = []

    async def peek(order_id: ChannelOrderId, confirmation: ConfirmShipment) -> Answer[None]:
        seen.extend(await books.rows("state, attempt, holder"))
        return Done(None)

    books.channel.confirm_despatch = peek  # type: ignore[method-assign]
    await books.hear()
    await books.perform()
    assert seen == [("sent", 1, "me")]
    assert await books.rows("state, attempt") == [("accepted", 1)]


async def test_one_subject_has_one_request_at_a_time_in_order(books: BooksAndChannel) -> None:
    await books.hear()
    [first] = await books.performer.take()
    await books.hear(data([parcel(tracking_number="NEW")], revision=2))
    assert await books.performer.take() == []
    await books.performer.perform(first)
    assert await books.perform() == 1
    assert await books.rows("state") == [("accepted",), ("accepted",)]
    assert [told.package_detail.tracking_number for told in books.channel.told] == [control.TRACKING, "NEW"]
    assert len({told.package_detail.package_reference_id for told in books.channel.told}) == 1


async def test_units_are_given_up_by_one_parcel_before_another_takes_them_over(books: BooksAndChannel) -> None:
    await books.hear(data([parcel("P2", lines=[line(quantity=2)])]))
    await books.perform()
    await books.hear(data([parcel("P1", tracking_number="1"), parcel("P2", tracking_number="2")], revision=2))
    [first] = await books.performer.take()
    assert isinstance(first, Tell)
    assert first.effect.payload.parcel_id == "P2"
    await books.performer.perform(first)
    await books.perform()
    assert [told.package_detail.tracking_number for told in books.channel.told] == [control.TRACKING, "2", "1"]


async def test_other_subjects_go_on_while_one_is_blocked(books: BooksAndChannel) -> None:
    await books.hear(data([parcel("P1", tracking_number=""), parcel("P2")]))
    await books.perform()
    assert await books.rows("subject, state") == [("acme/D1/P1", "blocked"), ("acme/D1/P2", "accepted")]


async def test_two_performers_never_take_the_same_row(books: BooksAndChannel) -> None:
    await books.hear(data([parcel(f"P{n}", tracking_number=str(n)) for n in range(6)]))
    performers = [Performer(books.calls, f"replica-{n}") for n in range(4)]
    taken = [call for calls in await asyncio.gather(*(one.take() for one in performers)) for call in calls]
    for call in await books.performer.take():
        taken.append(call)
    subjects = [call.effect.subject for call in taken if isinstance(call, Tell)]
    assert len(subjects) == len(set(subjects)) == 6


async def test_a_row_that_another_transaction_holds_is_passed_over(books: BooksAndChannel) -> None:
    await books.hear(data([parcel("P1"), parcel("P2")]))
    async with books.database.transaction() as connection:
        [held, _] = await ledger.due(connection, [Wanted("shop", "tell", 2)], books.clock.now())
        await connection.execute("select pg_sleep(0)")
        async with books.database.transaction() as other:
            assert await ledger.due(other, [Wanted("shop", "tell", 2)], books.clock.now()) == []
    assert held.subject == "acme/D1/P1"


async def test_the_nearest_deadline_goes_first(books: BooksAndChannel) -> None:
    await books.hear(data(despatch_id="LATER"))
    earlier = (control.AT - timedelta(hours=1)).isoformat()
    await books.hear(data(despatch_id="EARLIER", despatched_at=earlier))
    calls = await books.performer.take()
    assert [call.effect.payload.despatch_id for call in calls if isinstance(call, Tell)] == ["EARLIER", "LATER"]


async def test_what_the_budget_does_not_grant_waits_and_holds_no_connection(books: BooksAndChannel) -> None:
    await books.hear(data([parcel(f"P{n}", tracking_number=str(n)) for n in range(40)]))
    bucket = buckets(CONFIRM_DESPATCH, "shop", SELLER.application)[0]
    begun = before = books.clock.monotonic()
    told = await books.perform()
    assert told == int(bucket.burst)
    while more := await books.perform():
        told, before = told + more, books.clock.monotonic()
    assert told <= bucket.burst + bucket.rate * (books.clock.monotonic() - begun)
    states = [state for (state,) in await books.rows("state")]
    assert (states.count("accepted"), states.count("waiting")) == (told, 40 - told)
    assert books.performer._not_before["shop", "tell"] > before


@pytest.mark.parametrize(
    ("content", "missing", "put_right"),
    [
        (
            data([parcel(carrier="PIGEON")]),
            "carrier:shop/PIGEON/NEXT",
            "insert into carrier (channel_account, carrier, service, carrier_code, imported_at)"
            " values ('shop', 'PIGEON', 'NEXT', 'DPD', $1)",
        ),
        (
            data([parcel(lines=[control.line("TOASTER")])]),
            "listing:shop/TOASTER",
            "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
            f" values ('shop', '{control.UK}', 'T', 'acme', 'TOASTER', $1)",
        ),
    ],
)
async def test_what_is_blocked_goes_on_by_itself_and_its_alert_closes(
    books: BooksAndChannel, content: dict[str, Any], missing: str, put_right: str
) -> None:
    await books.hear(content)
    await books.watch()
    assert await books.rows("state, waits_for") == [("blocked", missing)]
    await books.execute(put_right, books.clock.now())
    await books.watch()
    await books.perform()
    assert await books.rows("state") == [("accepted",)]
    async with books.database.connection() as connection:
        assert await connection.fetchval("select count(*) from alert where resolved_at is null") == 0
        assert await connection.fetchval("select count(*) from alert") == 1


async def test_a_pack_size_put_right_frees_what_was_no_whole_number_of_packs(books: BooksAndChannel) -> None:
    await books.execute("update listing set pack_size = 6")
    await books.hear(data([parcel(lines=[control.line(quantity=4)])]))
    assert await books.rows("state") == [("blocked",)]
    await books.execute("update listing set pack_size = 2, imported_at = $1", books.clock.now())
    await books.watch()
    await books.perform()
    assert [told.package_detail.order_items[0].quantity for told in books.channel.told] == [2]


async def test_an_import_has_what_is_blocked_looked_at_twice_at_most_and_its_alert_stands_still(
    books: BooksAndChannel,
) -> None:
    columns = "channel_account, marketplace, seller_sku, account, sku, imported_at"
    values = f"'shop', '{control.UK}', 'LAMP-1', 'acme', 'LAMP', $1"
    await books.execute(f"insert into listing ({columns}) values ({values})", books.clock.now())
    await books.hear(data([parcel(lines=[control.line("LAMP", line_reference=None)])]))
    await books.perform()
    assert await books.rows() == [("blocked", "order_unknown")]
    for _ in range(30):
        books.later(seconds=5)
        await books.watch()
        await books.perform()
    assert await books.rows() == [("blocked", "order_unknown")]
    assert books.channel.reads == 2
    async with books.database.connection() as connection:
        assert await connection.fetchval("select count(*) from alert_history") == 1, "raised once, and never closed"
    await books.execute("update listing set seller_sku = 'KETTLE-2' where sku = 'KETTLE'")
    await books.execute(
        "update listing set seller_sku = 'KETTLE-1', imported_at = $1 where sku = 'LAMP'", books.clock.now()
    )
    await books.watch()
    await books.perform()
    await books.perform()
    assert await books.rows("state") == [("accepted",)]
    async with books.database.connection() as connection:
        assert await connection.fetchval("select count(*) from alert where resolved_at is null") == 0


async def test_every_change_of_state_is_in_the_history(books: BooksAndChannel) -> None:
    await books.hear()
    await books.perform()
    async with books.database.connection() as connection:
        rows = await connection.fetch("select state from effect_history order by at, state desc")
    assert sorted(row["state"] for row in rows) == ["accepted", "sent", "waiting"]


async def test_two_revisions_at_once_leave_the_higher_one(books: BooksAndChannel) -> None:
    numbers = [3, 1, 2, 5, 4]
    await asyncio.gather(
        *(books.hear(data([parcel(tracking_number=str(number))], revision=number)) for number in numbers)
    )
    await books.perform()
    assert [told.package_detail.tracking_number for told in books.channel.told] == ["5"]
    states = [state for (state,) in await books.rows("state")]
    assert states.count("accepted") == 1
    assert set(states) <= {"accepted", "withdrawn"}


async def test_no_two_parcels_ever_share_a_reference(books: BooksAndChannel) -> None:
    await asyncio.gather(*(books.hear(data([parcel("P1"), parcel("P2")], despatch_id=f"D{n}")) for n in range(5)))
    references = [reference for (reference,) in await books.rows("payload ->> 'package_reference'")]
    assert len(references) == len(set(references)) == 10
    assert all(reference.isdigit() for reference in references)
