"""What became of a request to a partner: a value, never an exception.

`Answer` is for requests that change something, `Reading` for those that do not. Each is a closed union: match on
all of it. What may be repeated without a thought: NeverLeft and Unavailable. What never: Unknown.
"""

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The partner took it. `rate` is the calls per second it says we have, when it says so."""

    value: T
    request_id: str = ""
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The partner will not take it, and nothing has changed there. `code` is our word, `text` the partner's own."""

    code: str
    text: str
    request_id: str = ""
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too many calls; nothing has changed there. An alarm on our arithmetic."""

    request_id: str
    text: str


@dataclass(frozen=True, slots=True)
class NeverLeft:
    """No byte of the request reached the partner: safe to repeat."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have taken effect: to be settled by reading before it is repeated."""

    reason: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Denied:
    """Our credentials were turned away even after they were read and fetched anew; nothing has changed there."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A read brought nothing usable: safe to repeat, later."""

    reason: str
    request_id: str = ""


Answer: TypeAlias = Done[T] | Refused | Throttled | NeverLeft | Unknown | Denied
Reading: TypeAlias = Done[T] | Refused | Throttled | NeverLeft | Unavailable | Denied
