"""Requests of which nobody saw the end: read back, never told twice, and in the end a person's to settle."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from daemon.clock import Clock
from daemon.despatch_calls import ReadOrder, Tell
from daemon.links.answer import Unknown
from daemon.performer import Performer
from daemon.store.decisions import Choice, decide, list_decisions
from tests.controls import despatches as control
from tests.controls.despatches import data, parcel
from tests.live.ledger_rig import SETTINGS, Books, Channel, opened_books

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


async def test_a_crash_between_sent_and_answer_is_read_back_and_never_told_twice(books: BooksAndChannel) -> None:
    await books.hear()
    [call] = await books.performer.take()
    assert isinstance(call, Tell)
    assert call.effect.payload.ready is not None
    books.channel.answers = [RuntimeError("killed")]
    with contextlib.suppress(RuntimeError):
        await books.performer.perform(call)
    await books.execute("delete from replica")
    await books.watch()
    assert await books.rows() == [("unknown", "sender_lost")]
    books.later(seconds=4)
    await books.perform()
    assert await books.rows() == [("live", "found_by_reading")]
    assert len(books.channel.told) == 1


async def test_a_crash_before_the_request_left_is_told_again_once_it_can_no_longer_happen(
    books: BooksAndChannel,
) -> None:
    await books.hear()
    await books.performer.take()
    await books.execute("delete from replica")
    await books.watch()
    await books.execute("insert into replica values ('me', '{despatch}', clock_timestamp())")
    books.later(seconds=60)
    await books.perform()
    assert (await books.rows())[0][0] == "unknown"
    assert books.channel.told == []
    books.later(seconds=80)
    await books.perform()
    await books.perform()
    assert await books.rows("state, attempt") == [("accepted", 2)]
    assert len(books.channel.told) == 1


async def test_a_sender_that_is_alive_is_left_to_its_request(books: BooksAndChannel) -> None:
    await books.hear()
    await books.performer.take()
    await books.watch()
    assert await books.rows("state") == [("sent",)]
    books.later(seconds=46)
    await books.watch()
    assert await books.rows("state") == [("unknown",)]


async def test_a_request_taken_too_long_ago_does_not_leave(books: BooksAndChannel) -> None:
    await books.hear()
    [call] = await books.performer.take()
    books.later(seconds=25)
    await books.performer.perform(call)
    assert await books.rows("state, reason") == [("waiting", "never_left")]
    assert books.channel.told == []


async def test_an_answer_that_comes_after_the_row_was_given_up_still_counts(books: BooksAndChannel) -> None:
    await books.hear()
    [call] = await books.performer.take()
    await books.execute("delete from replica")
    await books.watch()
    await books.performer.perform(call)
    assert await books.rows("state") == [("accepted",)]


async def test_an_unknown_answer_is_settled_by_reading(books: BooksAndChannel) -> None:
    books.channel.answers = [Unknown("reset")]
    await books.hear()
    await books.perform()
    assert await books.rows("state") == [("unknown",)]
    assert await books.perform() == 0
    books.later(seconds=4)
    await books.perform()
    assert await books.rows("state") == [("live",)]
    assert (len(books.channel.told), books.channel.reads) == (1, 1)


async def test_reads_that_fail_end_with_a_person_whose_word_is_carried_out(books: BooksAndChannel) -> None:
    books.channel.answers, books.channel.unreadable = [Unknown("reset")], True
    await books.hear()
    await books.perform()
    for _ in range(SETTINGS.unknown_reads):
        books.later(minutes=2)
        await books.perform()
    assert await books.rows("state") == [("held",)]
    async with books.database.transaction() as connection:
        [question] = await list_decisions(connection)
        await decide(connection, question.id, Choice("confirm_again", "ann"), books.clock.now(), {})
    books.channel.unreadable = False
    await books.perform()
    assert await books.rows("state, attempt") == [("accepted", 2)]


async def test_one_read_serves_all_parcels_of_an_order(books: BooksAndChannel) -> None:
    lines = [control.line(line_reference=None)]
    await books.hear(data([parcel(f"P{n}", tracking_number=str(n), lines=lines) for n in range(3)]))
    [call] = await books.performer.take()
    assert isinstance(call, ReadOrder)
    assert len(call.effects) == 3
    await books.performer.perform(call)
    assert books.channel.reads == 1
    assert await books.perform() == 3
    assert await books.rows("state") == [("accepted",)] * 3


async def test_who_reads_an_order_reads_it_alone(books: BooksAndChannel) -> None:
    await books.hear(data([parcel(lines=[control.line(line_reference=None)])]))
    assert len(await books.performer.take()) == 1
    assert await Performer(books.calls, "other").take() == []
    books.later(seconds=41)
    assert len(await Performer(books.calls, "other").take()) == 1


async def test_a_decision_to_repeat_what_was_taken_back_meanwhile_is_not_carried_out(books: BooksAndChannel) -> None:
    await books.hear()
    await books.execute("update effect set state = 'waiting', called_off = true")
    assert await books.perform() == 0
    await books.watch()
    assert await books.rows() == [("withdrawn", "undone")]


async def test_an_unknown_request_that_was_undone_is_not_repeated(books: BooksAndChannel) -> None:
    books.channel.answers, books.channel.takes_effect = [Unknown("reset")], False
    await books.hear()
    await books.perform()
    await books.hear(data(revision=2), "undone")
    books.later(minutes=3)
    await books.perform()
    assert await books.rows() == [("withdrawn", "undone")]
    assert books.channel.told == []
