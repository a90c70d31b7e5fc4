"""The warehouse's answers to our commands."""

import pytest

from handlers.alerts import AlertKind
from handlers.command_answers import Answered, Asked, What, answer_of, decide
from handlers.notes import RaiseAlert
from schemas.envelope import Unreadable
from schemas.order import CommandAnswer
from schemas.terms import Account, CommandId, Sku, Warehouse
from tests.controls.despatches import AT

COMMAND = CommandId("c-1")
ASKED = Asked(COMMAND, Account("acme"), Warehouse("W1"), Sku("KETTLE"), answered=False)


def test_a_refused_level_is_settled_and_raised() -> None:
    decision = decide("refused", CommandAnswer(COMMAND, "no such SKU"), ASKED, AT)
    assert decision.answered == Answered(COMMAND, "refused: no such SKU", AT)
    [alert] = decision.notes
    assert isinstance(alert, RaiseAlert)
    assert (alert.kind, alert.cause) == (AlertKind.LEVEL_REFUSED, "acme/W1/KETTLE")
    assert "no such SKU" in alert.text


def test_an_accepted_level_is_settled_by_the_level_itself() -> None:
    decision = decide("accepted", CommandAnswer(COMMAND), ASKED, AT)
    assert decision.answered == Answered(COMMAND, "accepted", None)
    assert decision.notes == ()


def test_an_answer_to_nothing_that_we_asked_is_ignored() -> None:
    decision = decide("refused", CommandAnswer(COMMAND), None, AT)
    assert (decision.outcome, decision.word) == ("ignored", "unknown_command")


def test_a_second_answer_is_ignored() -> None:
    answered = Asked(COMMAND, ASKED.account, ASKED.warehouse, ASKED.sku, answered=True)
    decision = decide("refused", CommandAnswer(COMMAND), answered, AT)
    assert (decision.outcome, decision.word) == ("ignored", "duplicate")


@pytest.mark.parametrize(
    ("event_type", "what"), [("command.accepted.v1", "accepted"), ("command.refused.v1", "refused")]
)
def test_the_type_says_which_answer_it_is(event_type: str, what: What) -> None:
    assert answer_of(event_type) == what


def test_an_answer_that_is_not_spoken_here_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        answer_of("command.pondered.v1")
