"""`goodsout parked`"""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daemon.bus import open_bus
from daemon.bus.port import Delivery
from daemon.commands.parked import parked
from daemon.settings import Bus
from daemon.store.database import Connection
from daemon.store.parked import park_all
from daemon.store.sealing import erase_subject
from daemon.topology import CLARUS, DESPATCH_QUEUE, TOPOLOGY
from handlers.parking import Parking, parking
from tests.daemon.books_rig import Rig

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
DESPATCH = (
    b'{"specversion":"1.0","id":"d1","source":"/clarus","type":"despatch.completed.v1","data":{"to":"Mrs Jones"}}'
)
LEVEL = b'{"specversion":"1.0","id":"e1","source":"/clarus","type":"inventory.level.v1","data":{"sku":"\\u001b[31m"}}'
SEALED, OPEN = 1, 2


def unusable(body: bytes, key: str, subject: str, reason: str) -> Parking:
    return parking(
        exchange=CLARUS, routing_key=key, headers={"partitionkey": subject}, body=body,
        content_type="application/cloudevents+json", delivery_count=0, origin=DESPATCH_QUEUE, reason=reason,
        detail="it is wrong",
    )  # fmt: skip


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Rig:
    made = Rig(database_url, tmp_path)
    fill(made)
    return made


def fill(rig: Rig) -> None:
    async def something(connection: Connection) -> list[int]:
        messages = [
            unusable(DESPATCH, "despatch.completed", "ACME/ORDER-7", "invalid_data"),
            unusable(LEVEL, "inventory.level", "OTHER/0042", "negative_quantity"),
        ]
        return await park_all(connection, messages, AT, ring=rig.ring)

    assert rig.write(something) == [SEALED, OPEN]


def states(rig: Rig) -> dict[int, str]:
    return {one["id"]: one["state"] for one in json.loads(rig.told(parked, "list", "--state", "any", "--json"))}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], [SEALED, OPEN]),
        (["--reason", "invalid_data"], [SEALED]),
        (["--origin", DESPATCH_QUEUE], [SEALED, OPEN]),
        (["--origin", "elsewhere"], []),
        (["--account", "OTHER"], [OPEN]),
        (["--account", "ACME/ORDER-7"], [SEALED]),
        (["--since", "2026-03-01T08:00"], [SEALED, OPEN]),
        (["--since", "2026-03-01T10:00+00:00"], []),
        (["--since", "99999d"], [SEALED, OPEN]),
        (["--limit", "1"], [SEALED]),
    ],
)
def test_the_list_is_filtered(rig: Rig, options: list[str], found: list[int]) -> None:
    assert [one["id"] for one in json.loads(rig.told(parked, "list", "--json", *options))] == found


def test_the_list_is_plain_text_in_a_pipe(rig: Rig) -> None:
    head, *rows = rig.told(parked, "list").splitlines()
    assert head.split("\t")[:3] == ["id", "parked at", "reason"]
    assert [row.split("\t")[2] for row in rows] == ["invalid_data", "negative_quantity"]


def test_a_time_that_is_none_is_explained(rig: Rig) -> None:
    result = rig.run(parked, "list", "--since", "yesterday")
    assert (result.exit_code, "90m, 12h, 3d" in result.output) == (2, True)


def test_a_sealed_body_is_shown_only_when_it_is_asked_for(rig: Rig) -> None:
    assert "Mrs Jones" not in rig.told(parked, "show", SEALED)
    assert "Mrs Jones" in rig.told(parked, "show", SEALED, "--unseal")
    assert json.loads(rig.told(parked, "show", SEALED, "--unseal", "--json"))["body_text"] == DESPATCH.decode()


def test_a_body_of_inventory_is_shown(rig: Rig) -> None:
    output = rig.told(parked, "show", OPEN)
    assert LEVEL.decode() in output
    assert "it is wrong" in output


def test_an_erased_body_says_that_it_was_erased(rig: Rig) -> None:
    async def erase(connection: Connection) -> None:
        await erase_subject(connection, "ACME/ORDER-7")

    rig.write(erase)
    result = rig.run(parked, "show", SEALED, "--unseal")
    assert (result.exit_code, "was dropped" in result.output) == (1, True)


def test_a_dry_run_shows_what_would_be_published_and_changes_nothing(rig: Rig) -> None:
    output = rig.told(parked, "replay", SEALED, OPEN, "--dry-run")
    for shown in ("clarus", "despatch.completed", "ACME/ORDER-7", f"{len(DESPATCH)} bytes, sealed here", "2 of 2"):
        assert shown in output
    assert "Mrs Jones" not in output
    assert set(states(rig).values()) == {"parked"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name the messages"),
        (["--limit", "5"], "name the messages"),
        (["--reason", "x", "--again"], "--again needs the IDs"),
        (["1", "2", "--body-file", __file__, "--by", "ann", "--note", "x"], "exactly one ID"),
        (["1", "--body-file", __file__], "--by NAME and --note WHY"),
    ],
)
def test_a_careless_replay_is_refused(rig: Rig, arguments: list[str], says: str) -> None:
    result = rig.run(parked, "replay", *arguments)
    assert (result.exit_code, says in result.output) == (2, True)


def test_a_message_that_is_not_there_stops_the_whole_replay(rig: Rig) -> None:
    result = rig.run(parked, "replay", OPEN, 999)
    assert (result.exit_code, "no such parked message: 999" in result.output) == (1, True)


def test_a_bus_inside_another_process_is_not_published_to_in_vain(rig: Rig) -> None:
    result = rig.run(parked, "replay", OPEN)
    assert (result.exit_code, "embedded bus" in result.output) == (1, True)
    assert states(rig)[OPEN] == "parked"


def test_discarding_needs_a_name_and_a_reason_and_can_be_tried(rig: Rig) -> None:
    assert rig.run(parked, "discard", OPEN, "--by", "ann").exit_code == 2
    assert rig.run(parked, "discard", OPEN, "--note", "why").exit_code == 2
    tried = rig.told(parked, "discard", "--account", "OTHER", "--by", "ann", "--note", "a test", "--dry-run")
    assert "would discard 1" in tried
    assert states(rig)[OPEN] == "parked"
    assert "discarded 1: 2" in rig.told(parked, "discard", OPEN, "--by", "ann", "--note", "a test")
    assert states(rig) == {SEALED: "parked", OPEN: "discarded"}


def test_a_replay_reaches_the_real_queue_and_a_second_one_must_be_asked_for(
    database_url: str, amqp_url: str, tmp_path: Path
) -> None:
    rig = Rig(database_url, tmp_path, amqp_url)
    fill(rig)
    asyncio.run(declare(amqp_url))
    assert "replayed 1: 1" in rig.told(parked, "replay", SEALED, "--by", "ann")
    assert "would be published" in rig.told(parked, "replay", SEALED, "--again", "--dry-run")
    again = rig.run(parked, "replay", SEALED)
    assert (again.exit_code, "--again" in again.output) == (1, True)
    [delivery] = asyncio.run(take(amqp_url))
    assert (delivery.body, delivery.routing_key) == (DESPATCH, "despatch.completed")
    assert delivery.headers["partitionkey"] == "ACME/ORDER-7"


async def declare(url: str) -> None:
    async with open_bus(Bus(url=url), None) as bus:
        await bus.declare(TOPOLOGY)


async def take(url: str) -> list[Delivery]:
    async with open_bus(Bus(url=url), None) as bus:
        subscription = await bus.subscribe(DESPATCH_QUEUE, 10)
        taken = await subscription.take(10, 0.2)
        await subscription.close()
        return taken
