"""Rows of many parents in pages that cut nothing apart.

Pages are counted from the start of a list: a row that goes, or that one replica has and the next has not, moves all
that follow. Who reads a second page may miss a row, and a line that is missed is added once more. So no answer of
several pages is believed about several parents.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from daemon.links.answer import Done, Reading

Row = TypeVar("Row")
RowOut = TypeVar("RowOut", covariant=True)


class Page(Protocol[RowOut]):
    """A page of a list; `after` None: nothing follows."""

    @property
    def rows(self) -> tuple[RowOut, ...]: ...

    @property
    def after(self) -> str | None: ...


async def of_parents(
    parents: Sequence[str],
    first: Callable[[Sequence[str]], Awaitable[Reading[Page[Row]]]],
    every: Callable[[str], Awaitable[Reading[tuple[Row, ...]]]],
) -> Reading[tuple[Row, ...]]:
    """`first`: the first page of some parents' rows. `every`: all pages of one's. Fewer at a time until they fit."""
    rows, rest, size = list[Row](), list(parents), len(parents)
    while rest:
        some = rest[:size]
        if len(some) == 1:
            answer = await every(some[0])
            if not isinstance(answer, Done):
                return answer
            rows += answer.value
        else:
            page = await first(some)
            if not isinstance(page, Done):
                return page
            if page.value.after is not None:
                size = max(1, len(some) // 2)
                continue
            rows += page.value.rows
        rest = rest[size:]
    return Done(tuple(rows))
