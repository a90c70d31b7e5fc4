"""`goodsout decisions`"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.commands.decisions import decisions
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from handlers.decisions import CONFIRM_AGAIN, CONFIRMED_BY_HAND, DESPATCH_UNKNOWN, GIVE_UP
from handlers.notes import AskPerson
from tests.daemon.books_rig import Rig

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
OPTIONS = (CONFIRM_AGAIN, CONFIRMED_BY_HAND, GIVE_UP)


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Rig:
    async def something(connection: Connection) -> None:
        effect = await connection.fetchval(
            "insert into effect (kind, subject, unique_key, lane, account, state, payload, due, received_at, "
            "created_at) values ('confirm_despatch', 'P-1', 'k', 'despatch', 'amz', 'held', '{}'::text::jsonb, "
            "$1, $1, $1) returning id",
            AT,
        )
        later = AskPerson("split_order", "O-1", "ecommerce", "Split?", ("yes", "no"), "no", AT + timedelta(days=9))
        sooner = AskPerson(
            DESPATCH_UNKNOWN, "P-1", "operations", "Is it there?", OPTIONS, GIVE_UP, AT, {"effect_id": effect}
        )
        await write_notes(connection, [later, sooner], AT, {})

    made = Rig(database_url, tmp_path)
    made.write(something)
    return made


def effect_state(rig: Rig) -> str:
    async def read(connection: Connection) -> str:
        found: str = await connection.fetchval("select state from effect")
        return found

    return rig.write(read)


def numbers(rig: Rig, *options: str) -> dict[str, int]:
    return {one["kind"]: one["id"] for one in json.loads(rig.told(decisions, "list", "--json", *options))}


def test_questions_are_listed_the_next_default_first(rig: Rig) -> None:
    assert list(numbers(rig)) == [DESPATCH_UNKNOWN, "split_order"]
    assert list(numbers(rig, "--owner", "ecommerce")) == ["split_order"]
    assert numbers(rig, "--closed") == {}


def test_a_question_is_shown_with_what_each_option_does(rig: Rig) -> None:
    output = rig.told(decisions, "show", numbers(rig)[DESPATCH_UNKNOWN])
    assert "Is it there?" in output
    assert "confirm_again\tthe confirmation is sent once more" in output


def test_a_dry_run_says_what_it_would_do_and_does_nothing(rig: Rig) -> None:
    number = numbers(rig)[DESPATCH_UNKNOWN]
    output = rig.told(decisions, "decide", number, CONFIRM_AGAIN, "--by", "ann", "--dry-run")
    assert "would be decided: confirm_again, by ann" in output
    assert "becomes waiting" in output
    assert effect_state(rig) == "held"
    assert number in numbers(rig).values()


def test_a_choice_is_carried_out_and_kept_with_who_and_why(rig: Rig) -> None:
    number = numbers(rig)[DESPATCH_UNKNOWN]
    output = rig.told(decisions, "decide", number, CONFIRMED_BY_HAND, "--by", "ann", "--note", "seen there")
    assert "is decided: confirmed_by_hand, by ann" in output
    assert effect_state(rig) == "accepted"
    [closed] = json.loads(rig.told(decisions, "list", "--closed", "--json"))
    assert (closed["decided_by"], closed["note"]) == ("ann", "seen there")


def test_a_question_that_nobody_carries_out_is_recorded_and_says_so(rig: Rig) -> None:
    output = rig.told(decisions, "decide", numbers(rig)["split_order"], "yes", "--by", "ann")
    assert "nothing is sent or stopped by it" in output


@pytest.mark.parametrize("dry", [(), ("--dry-run",)], ids=["for-real", "dry-run"])
def test_what_cannot_be_decided_is_refused(rig: Rig, dry: tuple[str, ...]) -> None:
    number = numbers(rig)[DESPATCH_UNKNOWN]
    refused = rig.run(decisions, "decide", number, "shrug", "--by", "ann", *dry)
    assert (refused.exit_code, "choose from confirm_again" in refused.output) == (1, True)
    rig.told(decisions, "decide", number, GIVE_UP, "--by", "ann")
    closed = rig.run(decisions, "decide", number, CONFIRM_AGAIN, "--by", "bob", *dry)
    assert (closed.exit_code, "is closed: ann decided 'give_up'" in closed.output) == (1, True)
    missing = rig.run(decisions, "decide", 999, GIVE_UP, "--by", "bob", *dry)
    assert (missing.exit_code, "there is no decision 999" in missing.output) == (1, True)


def test_nobody_decides_without_a_name(rig: Rig) -> None:
    number = numbers(rig)[DESPATCH_UNKNOWN]
    assert rig.run(decisions, "decide", number, GIVE_UP).exit_code == 2
    assert rig.run(decisions, "decide", number, GIVE_UP, "--by", " ").exit_code == 2
    assert effect_state(rig) == "held"
