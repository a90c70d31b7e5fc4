"""Segments taken apart into loops: what stands before the first, and each from its opening segment on."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...


S = TypeVar("S", bound=Named)


def own_name(segment: Named) -> str:
    return segment.name


def loops(segments: Iterable[S], opener: str, named: Callable[[S], str] = own_name) -> tuple[list[S], list[list[S]]]:
    """The segments before the first `opener`, and the loops that each begin with one."""
    head, found = list[S](), list[list[S]]()
    for segment in segments:
        if named(segment) == opener:
            found.append([segment])
        elif found:
            found[-1].append(segment)
        else:
            head.append(segment)
    return head, found
