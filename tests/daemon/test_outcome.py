"""What becomes of a delivery, as a table."""

import asyncpg
import pytest

from daemon.outcome import ATTEMPTS, LONGEST, Done, Ignored, Outcome, Park, RetryAfter, is_trouble, outcome_of
from daemon.store.sealing import SealingFault
from handlers.order_standing import Decision
from schemas.envelope import Unreadable


class EncodingFault(asyncpg.InterfaceError, ValueError):
    """As asyncpg raises it for a value that does not fit its column."""


@pytest.mark.parametrize(
    ("what", "attempt", "outcome"),
    [
        (Decision("done", "picking"), 1, Done("picking")),
        (Decision("ignored", "duplicate"), 1, Ignored("duplicate")),
        (Unreadable("malformed", "not JSON"), 1, Park("malformed", "not JSON")),
        (KeyError("x"), 1, RetryAfter(0.05)),
        (KeyError("x"), ATTEMPTS - 1, RetryAfter(0.1)),
        (KeyError("x"), ATTEMPTS, Park("unexpected", "KeyError: 'x'")),
        (EncodingFault("too big"), ATTEMPTS, Park("unexpected", "EncodingFault: too big")),
        (asyncpg.PostgresConnectionError("gone"), 1, RetryAfter(0.1)),
        (asyncpg.PostgresConnectionError("gone"), 1000, RetryAfter(LONGEST)),
        (asyncpg.DeadlockDetectedError("ring"), 1000, RetryAfter(LONGEST)),
        (asyncpg.ReadOnlySQLTransactionError("standby"), 1000, RetryAfter(LONGEST)),
        (SealingFault("no key"), 1000, RetryAfter(LONGEST)),
        (TimeoutError(), 1000, RetryAfter(LONGEST)),
        (ConnectionRefusedError(), 1000, RetryAfter(LONGEST)),
    ],
)
def test_what_becomes_of_a_delivery(what: Decision | Exception, attempt: int, outcome: Outcome) -> None:
    assert outcome_of(what, attempt) == outcome


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (asyncpg.InterfaceError("pool closed"), True),
        (asyncpg.QueryCanceledError("statement timeout"), True),
        (EncodingFault("too big"), False),
        (asyncpg.UniqueViolationError("twice"), False),
        (asyncpg.UntranslatableCharacterError("NUL"), False),
    ],
)
def test_trouble_of_the_database_is_told_from_trouble_with_the_message(error: Exception, trouble: bool) -> None:
    assert is_trouble(error) is trouble
