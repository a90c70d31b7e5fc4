"""Alerts, questions, promises and messages, written with the fact that they belong to."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from daemon.store.alerts import find_alert, list_alerts
from daemon.store.database import Connection, Database
from daemon.store.decisions import Choice, decide, find_decision, list_decisions, take_defaults
from daemon.store.notes import write_notes
from handlers.alerts import AlertKind
from handlers.decisions import CONFIRM_AGAIN, CONFIRMED_BY_HAND, DESPATCH_UNKNOWN, GIVE_UP, POLICY, Refused
from handlers.notes import Announce, AskPerson, KeepPromise, MakePromise, Note, RaiseAlert, ResolveAlert
from schemas.outgoing import OutcomeData

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
KIND = AlertKind.CARRIER_UNMAPPED
RAISE = RaiseAlert(KIND, "carrier:DPD/NEXT-DAY", "ACME/D-1", "DPD NEXT-DAY is not mapped", {"held": 1})
RESOLVE = ResolveAlert(KIND, RAISE.cause)


async def published(connection: Connection) -> list[tuple[str, str, dict[str, object]]]:
    rows = await connection.fetch("select exchange, routing_key, body from outbox order by id")
    return [(row["exchange"], row["routing_key"], msgspec.json.decode(row["body"])) for row in rows]


async def test_raising_an_alert_again_counts_it_and_says_the_newest_text(database: Database) -> None:
    async with database.transaction() as connection:
        await write_notes(connection, [RAISE], AT, {})
        newer = msgspec.structs.replace(RAISE, text="2 despatches wait", detail={"held": 2})
        await write_notes(connection, [newer, newer], LATER, {})
        [alert] = await list_alerts(connection)
    assert (alert.times, alert.text, alert.detail) == (3, "2 despatches wait", {"held": 2})
    assert (alert.raised_at, alert.last_at) == (AT, LATER)


async def test_an_alert_is_told_when_raised_first_and_when_resolved_and_not_between(database: Database) -> None:
    async with database.transaction() as connection:
        for _ in range(3):
            await write_notes(connection, [RAISE], AT, {"carrier_unmapped": "logistics"})
        await write_notes(connection, [RESOLVE], LATER, {})
        await write_notes(connection, [RESOLVE], LATER, {})
        told = await published(connection)
    assert [(exchange, key, event["type"]) for exchange, key, event in told] == [
        ("goodsout.alerts", "error.logistics.carrier_unmapped", "alert.raised.v1"),
        ("goodsout.alerts", "error.logistics.carrier_unmapped", "alert.resolved.v1"),
    ]
    assert all(event["source"] == "/goodsout" and event["specversion"] == "1.0" for _, _, event in told)


async def test_a_cause_that_comes_back_opens_a_new_alert_with_its_history(database: Database) -> None:
    async with database.transaction() as connection:
        await write_notes(connection, [RAISE], AT, {})
        await write_notes(connection, [RESOLVE], LATER, {})
        await write_notes(connection, [RAISE], LATER + timedelta(hours=1), {})
        [alert] = await list_alerts(connection)
        found = await find_alert(connection, alert.id)
        assert found is not None
        assert [event.what for event in found[1]] == ["raised", "resolved", "raised"]
        assert len(await list_alerts(connection, resolved=True)) == 1


async def test_of_several_words_on_one_alert_in_a_transaction_the_last_holds(database: Database) -> None:
    async with database.transaction() as connection:
        await write_notes(connection, [RAISE, RESOLVE], AT, {})
        assert await list_alerts(connection) == []
        await write_notes(connection, [RESOLVE, RAISE], AT, {})
        assert len(await list_alerts(connection)) == 1


async def test_alerts_that_cross_in_two_transactions_never_deadlock(database: Database) -> None:
    causes = [f"cause-{number}" for number in range(20)]
    up = [msgspec.structs.replace(RAISE, cause=cause) for cause in causes]
    down = [ResolveAlert(KIND, cause) for cause in reversed(causes)]

    async def churn(first: bool) -> None:
        for turn in range(15):
            here: list[Note] = [*up[:10], *down[:10]]
            there: list[Note] = [*down[10:], *up[10:]]
            async with database.transaction() as connection:
                await write_notes(connection, here if (turn % 2 == 0) is first else there, AT, {})

    await asyncio.gather(churn(True), churn(False), churn(True))
    async with database.connection() as connection:
        open_rows = await connection.fetch("select cause from alert where resolved_at is null")
    assert len(open_rows) == len({row["cause"] for row in open_rows}) <= len(causes)


async def test_text_that_the_database_would_refuse_is_cleaned_and_not_lost(database: Database) -> None:
    async with database.transaction() as connection:
        odd = msgspec.structs.replace(RAISE, text="a\x00b \ud800", detail={"source": "\x00"})
        await write_notes(connection, [odd], AT, {})
        [alert] = await list_alerts(connection)
    assert alert.text.startswith("a\N{REPLACEMENT CHARACTER}b")


async def test_a_promise_made_twice_keeps_its_first_deadline_and_is_kept_once(database: Database) -> None:
    first = MakePromise("despatch_told", "P-1", "operations", LATER)
    async with database.transaction() as connection:
        await write_notes(connection, [first, msgspec.structs.replace(first, subject="P-2")], AT, {})
        await write_notes(connection, [msgspec.structs.replace(first, deadline=AT)], AT, {})
        await write_notes(connection, [KeepPromise("despatch_told", "P-1")], AT, {})
        await write_notes(connection, [KeepPromise("despatch_told", "P-1")], LATER, {})
        rows = await connection.fetch("select subject, deadline, settled_at from promise order by subject")
    assert [tuple(row) for row in rows] == [("P-1", LATER, AT), ("P-2", LATER, None)]


async def test_an_announcement_goes_out_as_a_cloud_event_of_ours(database: Database) -> None:
    note = Announce("goodsout.outcomes", "despatch.accepted", "outcome.v1", "outcome-1", {"subject": "P-1"})
    async with database.transaction() as connection:
        await write_notes(connection, [note], AT, {})
        [(exchange, key, event)] = await published(connection)
    assert (exchange, key) == ("goodsout.outcomes", "despatch.accepted")
    assert event["id"] == "outcome-1" and event["data"] == {"subject": "P-1"}


async def test_what_is_rolled_back_is_never_told(database: Database) -> None:
    with pytest.raises(RuntimeError, match="no"):
        async with database.transaction() as connection:
            await write_notes(connection, [RAISE], AT, {})
            raise RuntimeError("no")
    async with database.connection() as connection:
        assert await published(connection) == []


async def asked(connection: Connection, **changes: object) -> int:
    """An unknown confirmation, held, with its question; returns the decision's id."""
    effect_id = await connection.fetchval(
        "insert into effect (kind, subject, unique_key, lane, account, state, payload, due, received_at, created_at) "
        "values ('confirm', 'P-1', 'k', 'despatch', 'amz', 'held', '{}'::text::jsonb, $1, $1, $1) returning id",
        AT,
    )
    ask = AskPerson(
        DESPATCH_UNKNOWN, "P-1", "operations", "Did Amazon take it?", (CONFIRM_AGAIN, CONFIRMED_BY_HAND, GIVE_UP),
        detail={"effect_id": effect_id},
    )  # fmt: skip
    await write_notes(connection, [msgspec.structs.replace(ask, **changes)], AT, {})
    await write_notes(connection, [RaiseAlert(AlertKind.DESPATCH_UNKNOWN, "P-1", "P-1", "unknown")], AT, {})
    [decision] = await list_decisions(connection)
    return decision.id


async def test_a_question_is_asked_once_while_it_is_open(database: Database) -> None:
    async with database.transaction() as connection:
        await asked(connection)
        again = AskPerson(DESPATCH_UNKNOWN, "P-1", "operations", "Again?", ("a",))
        await write_notes(connection, [again], LATER, {})
        assert [one.question for one in await list_decisions(connection)] == ["Did Amazon take it?"]


@pytest.mark.parametrize(
    ("option", "state"), [(CONFIRM_AGAIN, "waiting"), (CONFIRMED_BY_HAND, "accepted"), (GIVE_UP, "refused")]
)
async def test_a_decision_is_recorded_and_carried_out(database: Database, option: str, state: str) -> None:
    async with database.transaction() as connection:
        number = await asked(connection)
        await decide(connection, number, Choice(option, "ann", "looked at the order"), LATER, {})
        decision = await find_decision(connection, number)
        assert decision is not None
        assert (decision.decided, decision.decided_by, decision.decided_at) == (option, "ann", LATER)
        effect = await connection.fetchrow("select state, due from effect")
        history = await connection.fetchval("select note from effect_history")
        assert await list_alerts(connection) == []
        told = [event for exchange, _, event in await published(connection) if exchange == "goodsout.outcomes"]
    assert effect is not None and tuple(effect) == (state, LATER)
    assert history == f"ann decided {option}: looked at the order"
    assert [event["data"] for event in told] == [msgspec.json.decode(msgspec.json.encode(outcome_of(option, state)))]


def outcome_of(option: str, state: str) -> OutcomeData:
    return OutcomeData(
        "confirm", "P-1", "amz", state, option, f"ann decided {option}: looked at the order", effect_id=1, attempt=0
    )


async def test_a_closed_question_is_not_decided_again(database: Database) -> None:
    async with database.transaction() as connection:
        number = await asked(connection)
        await decide(connection, number, Choice(GIVE_UP, "ann"), AT, {})
        with pytest.raises(Refused, match="is closed"):
            await decide(connection, number, Choice(CONFIRM_AGAIN, "bob"), LATER, {})


async def test_a_decision_leaves_an_effect_alone_that_settled_meanwhile(database: Database) -> None:
    async with database.transaction() as connection:
        number = await asked(connection)
        await connection.execute("update effect set state = 'withdrawn'")
        await decide(connection, number, Choice(CONFIRM_AGAIN, "ann"), AT, {})
        assert await connection.fetchval("select state from effect") == "withdrawn"


async def test_what_nobody_decides_in_time_is_decided_by_policy(database: Database) -> None:
    async with database.transaction() as connection:
        number = await asked(connection, default=GIVE_UP, default_at=LATER)
        assert await take_defaults(connection, AT, {}) == []
        taken = await take_defaults(connection, LATER, {})
        assert [one.id for one in taken] == [number]
        decision = await find_decision(connection, number)
        assert decision is not None and (decision.decided, decision.decided_by) == (GIVE_UP, POLICY)
        assert await take_defaults(connection, LATER, {}) == []


async def test_a_default_that_cannot_be_carried_out_stays_a_question(database: Database) -> None:
    async with database.transaction() as connection:
        await asked(connection, default="shrug", default_at=AT)
        assert await take_defaults(connection, LATER, {}) == []
        assert len(await list_decisions(connection)) == 1
