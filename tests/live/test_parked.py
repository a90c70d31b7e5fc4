"""A message nobody could act on: parked once, told once, sealed, and published again as it came."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from daemon.bus.embedded import EmbeddedBus
from daemon.bus.port import Publication
from daemon.replay import Replay, plan, replay
from daemon.store.alerts import list_alerts
from daemon.store.database import Connection, Database
from daemon.store.parked import Settlement, park, park_all, resolve_emptied, settle
from daemon.store.parked_search import Filter, ParkedMessage, find_parked, list_parked, read_body
from daemon.store.sealing import Erased, KeyRing, SealingFault, erase_subject
from daemon.topology import CLARUS, DESPATCH_QUEUE, TOPOLOGY
from handlers.parking import Parking, parking

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
RING = KeyRing((os.urandom(32),))
DESPATCH = (
    b'{"specversion":"1.0","id":"d1","source":"/clarus","type":"despatch.completed.v1","data":{"to":"Mrs Jones"}}'
)
LEVEL = b'{"specversion":"1.0","id":"e1","source":"/clarus","type":"inventory.level.v1","data":{"sku":"0042"}}'
REPLAYED = Settlement("replayed", "ann")
DISCARDED = Settlement("discarded", "ann", "a test message")


def unusable(body: bytes = DESPATCH, key: str = "despatch.completed", reason: str = "invalid_data") -> Parking:
    return parking(
        exchange=CLARUS,
        routing_key=key,
        headers={"partitionkey": "ACME/ORDER-7", "x-delivery-count": 1, "attempts": 3},
        body=body,
        content_type="application/cloudevents+json",
        delivery_count=0,
        origin=DESPATCH_QUEUE,
        reason=reason,
        detail="revision is missing",
    )


async def notices(connection: Connection) -> list[tuple[str, dict[str, object]]]:
    rows = await connection.fetch(
        "select routing_key, body from outbox where exchange = 'goodsout.dead-letters' order by id"
    )
    return [(row["routing_key"], msgspec.json.decode(row["body"])["data"]) for row in rows]


async def parked_one(database: Database, one: Parking) -> ParkedMessage:
    async with database.transaction() as connection:
        [number] = await park_all(connection, [one], AT, ring=RING)
        found = await find_parked(connection, number)
    assert found is not None
    return found


async def test_the_same_message_parked_twice_is_one_row_that_counts(database: Database) -> None:
    async with database.transaction() as connection:
        first = await park_all(
            connection, [unusable(), unusable(LEVEL, "inventory.level"), unusable()], AT, ring=RING
        )
        again = await park_all(connection, [unusable()], LATER, ring=RING)
        found = await find_parked(connection, first[0])
        told = await notices(connection)
    assert first[0] == first[2] == again[0] != first[1]
    assert found is not None and (found.deliveries, found.parked_at) == (3, AT)
    assert len(told) == 2


async def test_the_notice_shows_the_body_only_where_its_kind_holds_no_buyer_data(database: Database) -> None:
    async with database.transaction() as connection:
        await park_all(connection, [unusable(), unusable(LEVEL, "inventory.level")], AT, ring=RING)
        told = await notices(connection)
        stored = await connection.fetch("select body, body_sealed from parked order by id")
    assert [key for key, _ in told] == [f"invalid_data.{DESPATCH_QUEUE}"] * 2
    assert [data["body_text"] for _, data in told] == [None, LEVEL.decode()]
    assert all(data["body_hash"] and data["parked_id"] for _, data in told)
    assert b"Mrs Jones" not in stored[0]["body"] and stored[0]["body_sealed"]
    assert stored[1]["body"] == LEVEL and not stored[1]["body_sealed"]


async def test_dropping_the_orders_key_erases_its_parked_bodies(database: Database) -> None:
    message = await parked_one(database, unusable())
    async with database.transaction() as connection:
        assert await read_body(connection, message.id, RING) == DESPATCH
        await erase_subject(connection, "ACME/ORDER-7")
        with pytest.raises(Erased):
            await read_body(connection, message.id, RING)
        [one] = await plan(connection, [message], ring=RING)
    assert one.publication is None and "was dropped" in one.refusal


async def test_a_body_that_must_be_sealed_is_not_parked_without_a_key(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.store.sealing._ring", [])
    with pytest.raises(SealingFault, match="no master key"):
        async with database.transaction() as connection:
            await park(connection, unusable(), AT)


async def test_there_is_one_alert_per_queue_and_reason_until_nothing_of_it_is_parked(database: Database) -> None:
    other = unusable(DESPATCH + b" ")
    async with database.transaction() as connection:
        await park_all(connection, [unusable(), other], AT, ring=RING)
        [alert] = await list_alerts(connection)
        assert (alert.kind, alert.cause, alert.times) == ("message_parked", f"{DESPATCH_QUEUE}:invalid_data", 2)
        first, second = await list_parked(connection, Filter())
        await settle(connection, [first], DISCARDED, LATER, {})
        assert len(await list_alerts(connection)) == 1
        await settle(connection, [second], DISCARDED, LATER, {})
        assert await list_alerts(connection) == []


async def test_an_alert_whose_messages_were_parked_anew_for_another_reason_is_resolved(database: Database) -> None:
    async with database.transaction() as connection:
        await park_all(connection, [unusable(reason="invalid_data")], AT, ring=RING)
        await park_all(connection, [unusable(reason="broken")], LATER, ring=RING)
        await resolve_emptied(connection, LATER, {})
        assert [alert.cause for alert in await list_alerts(connection)] == [f"{DESPATCH_QUEUE}:broken"]


async def test_the_list_is_filtered_by_reason_queue_time_account_and_order(database: Database) -> None:
    async with database.transaction() as connection:
        await park_all(connection, [unusable()], AT, ring=RING)
        await park_all(connection, [unusable(b"{", reason="malformed")], LATER, ring=RING)
        cases = (
            (Filter(reason="malformed"), 1),
            (Filter(origin=DESPATCH_QUEUE), 2),
            (Filter(origin="elsewhere"), 0),
            (Filter(since=LATER), 1),
            (Filter(account="ACME"), 2),
            (Filter(account="ACME/ORDER-7"), 2),
            (Filter(account="ACM"), 0),
            (Filter(limit=1), 1),
            (Filter(state="replayed"), 0),
        )
        assert [len(await list_parked(connection, wanted)) for wanted, _ in cases] == [count for _, count in cases]


class Deaf(EmbeddedBus):
    """A bus that never confirms."""

    async def publish(self, messages: Sequence[Publication]) -> list[bool]:
        return [False for _ in messages]


async def planned(database: Database, *messages: ParkedMessage, again: bool = False) -> list[Replay]:
    async with database.connection() as connection:
        return await plan(connection, messages, again=again, ring=RING)


async def test_a_replay_brings_the_message_back_to_its_queue_as_it_came(database: Database) -> None:
    message = await parked_one(database, unusable())
    async with EmbeddedBus("replay-as-it-came") as bus:
        await bus.declare(TOPOLOGY)
        done = await replay(bus, database, await planned(database, message), REPLAYED, LATER, {}, RING)
        [delivery] = await (await bus.subscribe(DESPATCH_QUEUE, 10)).take(10, 0)
    assert done.replayed == (message.id,)
    assert (delivery.body, delivery.exchange, delivery.routing_key) == (DESPATCH, CLARUS, "despatch.completed")
    assert delivery.content_type == "application/cloudevents+json"
    assert dict(delivery.headers) == {"partitionkey": "ACME/ORDER-7", "attempts": "3"}
    async with database.connection() as connection:
        [settled] = await list_parked(connection, Filter(state="replayed"))
        assert (settled.settled_by, settled.settled_at) == ("ann", LATER)
        assert await list_alerts(connection) == []


async def test_a_message_is_not_replayed_twice_unless_asked(database: Database) -> None:
    message = await parked_one(database, unusable())
    async with database.transaction() as connection:
        await settle(connection, [message], REPLAYED, LATER, {})
        [settled] = await list_parked(connection, Filter(state=None))
    [refused] = await planned(database, settled)
    assert refused.publication is None and "--again" in refused.refusal
    [allowed] = await planned(database, settled, again=True)
    assert allowed.publication is not None


async def test_what_the_bus_does_not_confirm_stays_parked(database: Database) -> None:
    message = await parked_one(database, unusable())
    async with Deaf("deaf") as bus:
        done = await replay(bus, database, await planned(database, message), REPLAYED, LATER, {}, RING)
    assert (done.replayed, done.unconfirmed) == ((), (message.id,))
    async with database.connection() as connection:
        assert len(await list_parked(connection, Filter())) == 1
        assert len(await list_alerts(connection)) == 1


async def test_a_corrected_body_is_replayed_and_kept_sealed_with_who_and_why(database: Database) -> None:
    message = await parked_one(database, unusable(b"{"))
    why = Settlement("replayed", "ann", "a brace was missing", DESPATCH)
    async with EmbeddedBus("replay-corrected") as bus:
        await bus.declare(TOPOLOGY)
        async with database.connection() as connection:
            plans = await plan(connection, [message], corrected_body=DESPATCH, ring=RING)
        await replay(bus, database, plans, why, LATER, {}, RING)
        [delivery] = await (await bus.subscribe(DESPATCH_QUEUE, 10)).take(10, 0)
    assert delivery.body == DESPATCH
    async with database.connection() as connection:
        kept = await connection.fetchrow("select body, corrected_body, settled_by, note from parked")
        assert kept is not None and b"Mrs Jones" not in kept["corrected_body"]
        assert (kept["settled_by"], kept["note"]) == ("ann", "a brace was missing")
        assert await read_body(connection, message.id, RING) == DESPATCH


async def test_a_message_that_is_parked_again_while_it_is_replayed_stays_parked(database: Database) -> None:
    message = await parked_one(database, unusable())
    async with database.transaction() as connection:
        await park_all(connection, [unusable()], LATER, ring=RING)
        assert await settle(connection, [message], REPLAYED, LATER, {}) == []
        assert len(await list_parked(connection, Filter())) == 1


async def test_a_replayed_message_that_fails_again_is_open_and_told_again(database: Database) -> None:
    message = await parked_one(database, unusable())
    async with database.transaction() as connection:
        await settle(connection, [message], REPLAYED, LATER, {})
        assert await park_all(connection, [unusable()], LATER, ring=RING) == [message.id]
        [again] = await list_parked(connection, Filter())
        assert (again.deliveries, again.parked_at) == (2, LATER)
        assert len(await notices(connection)) == 2
