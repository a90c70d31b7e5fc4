"""Put, read and accepted are three things; silence is told; a word against what was presumed is believed."""

from datetime import timedelta

import pytest

from handlers.alerts import AlertKind
from handlers.edi_documents import Rules, SentDocument, State, after_syntax, after_word, came, when_due
from handlers.notes import RaiseAlert, ResolveAlert
from tests.controls.stock import AT

RULES = Rules(acknowledged_within=timedelta(hours=24), presumed_after=timedelta(hours=1))


def document(state: State = "put") -> SentDocument:
    return SentDocument(id=1, partner="amazon", code="855", key="4Z32PABC", number="0007", state=state)


def test_a_read_syntax_is_no_acceptance_and_is_presumed_only_after_its_time() -> None:
    read = after_syntax(document(), True, AT, RULES, "")
    assert read.document.state == "read" and read.document.look_at == AT + RULES.presumed_after
    assert read.notes == (ResolveAlert(AlertKind.EDI_UNACKNOWLEDGED, "amazon/855/4Z32PABC"),)
    assert when_due(read.document).document.state == "presumed"


def test_a_refused_syntax_is_told_with_the_partners_codes() -> None:
    settled = after_syntax(document(), False, AT, RULES, "AK9 R 4")
    assert settled.document.state == "rejected" and settled.document.look_at is None
    assert [note.kind for note in settled.notes] == [AlertKind.EDI_UNACKNOWLEDGED, AlertKind.EDI_REFUSED]  # type: ignore[union-attr]
    assert "AK9 R 4" in settled.document.text


def test_silence_is_told_and_a_late_answer_is_taken_all_the_same() -> None:
    silent = when_due(document())
    assert silent.document.state == "overdue" and isinstance(silent.notes[0], RaiseAlert)
    assert after_syntax(silent.document, True, AT, RULES, "").document.state == "read"


@pytest.mark.parametrize("state", ["put", "overdue", "read", "presumed"])
def test_a_word_against_it_is_believed_however_late(state: State) -> None:
    settled = after_word(document(state), False, "848 incorrect data PO1")
    assert settled.document.state == "denied" and "848" in settled.document.text
    assert any(isinstance(note, RaiseAlert) and note.kind == AlertKind.EDI_REFUSED for note in settled.notes)


@pytest.mark.parametrize("state", ["denied", "rejected", "accepted", "waiting"])
@pytest.mark.parametrize("accepted", [True, False])
def test_what_is_settled_stays_as_it_is(state: State, accepted: bool) -> None:
    assert after_word(document(state), accepted, "late").document.state == state


@pytest.mark.parametrize("state", ["waiting", "read", "presumed", "accepted", "denied", "rejected"])
def test_a_syntax_answer_that_comes_twice_or_too_early_changes_nothing(state: State) -> None:
    assert after_syntax(document(state), False, AT, RULES, "AK9 R").document.state == state


def test_an_answer_that_does_not_tell_of_this_document_changes_nothing() -> None:
    assert after_syntax(document(), None, AT, RULES, "").document == document()


def test_a_word_that_is_neither_yes_nor_no_goes_to_a_person() -> None:
    settled = after_word(document("read"), None, "024 other")
    assert settled.document.state == "read" and isinstance(settled.notes[0], RaiseAlert)


@pytest.mark.parametrize(
    ("sender", "test", "known", "word"),
    [
        ("AMAZON", False, None, "new"),
        ("AMAZON", False, b"same", "duplicate"),
        ("AMAZON", False, b"other", "reused"),
        ("AMAZONDS", False, None, "stranger"),
        ("AMAZON", True, None, "stranger"),
    ],
)
def test_an_interchange_is_new_once(sender: str, test: bool, known: bytes | None, word: str) -> None:
    assert came(sender, "AMAZON", test, False, known, b"same") == word
