"""What becomes of a delivery: done, ignored, retry after, park. Decided here and only here; others execute it."""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import asyncpg

from daemon.store.sealing import SealingFault
from schemas.envelope import Unreadable

ATTEMPTS = 3
"""A message that breaks the program this often is parked with its trace."""
LONGEST = 5.0
"""Real seconds between two tries while the database does not answer."""


class Decided(Protocol):
    """A handler's decision, as far as the delivery goes."""

    @property
    def outcome(self) -> Literal["done", "ignored"]: ...

    @property
    def word(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Done:
    """In the books."""

    word: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Understood, and nothing to do; the word says why."""

    word: str


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Not the message's fault: again, in place, after real `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Park:
    """Trying again will not help."""

    reason: str
    detail: str


Outcome: TypeAlias = Done | Ignored | RetryAfter | Park


def outcome_of(what: Decided | Exception, attempt: int) -> Outcome:
    """`attempt` counts from 1, for this delivery alone."""
    if not isinstance(what, Exception):
        return Done(what.word) if what.outcome == "done" else Ignored(what.word)
    if isinstance(what, Unreadable):
        return Park(what.reason, str(what))
    if is_trouble(what):
        return RetryAfter(min(LONGEST, 0.05 * 2 ** min(attempt, 10)))
    if attempt < ATTEMPTS:
        return RetryAfter(0.05 * attempt)
    return Park("unexpected", f"{type(what).__name__}: {what}")


TROUBLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the driver met a backend's end while it was asking
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    SealingFault,
    OSError,
    TimeoutError,
)


def is_trouble(error: BaseException) -> bool:
    """It is the database or the keys, not the message. What asyncpg cannot encode is the message's own fault."""
    return isinstance(error, TROUBLE) and not isinstance(error, ValueError)
