"""What a person's choice does."""

from datetime import UTC, datetime

import msgspec
import pytest

from handlers.alerts import AlertKind
from handlers.decisions import (
    CONFIRM_AGAIN,
    CONFIRMED_BY_HAND,
    DESPATCH_UNKNOWN,
    GIVE_UP,
    Decision,
    MoveEffect,
    Refused,
    carry_out,
    check_choice,
    meaning,
)
from handlers.notes import ResolveAlert

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
OPTIONS = (CONFIRM_AGAIN, CONFIRMED_BY_HAND, GIVE_UP)
ASKED = Decision(
    id=7, kind=DESPATCH_UNKNOWN, subject="parcel:ACME/D-1/P-1", owner="operations", question="Did it arrive?",
    options=OPTIONS, raised_at=AT, detail={"effect_id": 42},
)  # fmt: skip


def answered(option: str, question: Decision = ASKED) -> Decision:
    return msgspec.structs.replace(question, decided=option, decided_by="ann", decided_at=AT)


@pytest.mark.parametrize(
    ("option", "state"), [(CONFIRM_AGAIN, "waiting"), (CONFIRMED_BY_HAND, "accepted"), (GIVE_UP, "refused")]
)
def test_an_unknown_confirmation_goes_where_the_person_says(option: str, state: str) -> None:
    done = carry_out(answered(option))
    assert [(what.effect_id, what.state) for what in done if isinstance(what, MoveEffect)] == [(42, state)]


@pytest.mark.parametrize("option", OPTIONS)
def test_any_answer_ends_the_alert(option: str) -> None:
    assert ResolveAlert(AlertKind.DESPATCH_UNKNOWN, ASKED.subject) in carry_out(answered(option))


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_says_what_it_does(option: str) -> None:
    assert "recorded; the team" not in meaning(DESPATCH_UNKNOWN, option)


def test_an_option_that_was_not_offered_is_refused() -> None:
    with pytest.raises(Refused, match="choose from confirm_again, confirmed_by_hand, give_up"):
        check_choice(ASKED, "shrug")


def test_a_closed_question_is_refused_and_says_who_closed_it() -> None:
    with pytest.raises(Refused, match="ann decided 'give_up'"):
        check_choice(answered(GIVE_UP), GIVE_UP)


def test_a_question_of_another_kind_is_only_recorded() -> None:
    assert carry_out(answered("yes", msgspec.structs.replace(ASKED, kind="something_else"))) == []


def test_a_question_that_names_no_effect_cannot_be_carried_out() -> None:
    with pytest.raises(Refused, match="names no effect"):
        carry_out(answered(GIVE_UP, msgspec.structs.replace(ASKED, detail={})))
