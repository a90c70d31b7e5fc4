"""Rows of several parents are whole although pages are counted and the list moves under them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from daemon.links.answer import Done, Reading, Unavailable
from daemon.links.paging import Page, of_parents

Row = tuple[str, int]


@dataclass(frozen=True)
class Rows:
    rows: tuple[Row, ...]
    after: str | None


class List:
    """Parents with so many rows each, two to a page."""

    def __init__(self, **counts: int) -> None:
        self.counts, self.asked = counts, list[tuple[str, ...]]()

    async def first(self, parents: Sequence[str]) -> Reading[Page[Row]]:
        self.asked.append(tuple(parents))
        rows = self.rows(parents)
        return Done(Rows(rows[:2], "2" if len(rows) > 2 else None))

    async def every(self, parent: str) -> Reading[tuple[Row, ...]]:
        self.asked.append((parent,))
        return Done(self.rows([parent]))

    def rows(self, parents: Sequence[str]) -> tuple[Row, ...]:
        return tuple((name, number) for name in parents for number in range(self.counts.get(name, 0)))


@pytest.mark.parametrize("counts", [{}, {"a": 1}, {"a": 1, "b": 1}, {"a": 1, "b": 3, "c": 2}, {"a": 0, "b": 9}])
async def test_every_row_of_every_parent_comes_and_no_answer_of_two_pages_is_used_for_two(
    counts: dict[str, int],
) -> None:
    given = List(**counts)
    assert await of_parents(list(counts), given.first, given.every) == Done(given.rows(list(counts)))
    used = [some for some in given.asked if len(some) == 1 or len(given.rows(some)) <= 2]
    assert sorted(name for some in used for name in some) == sorted(counts)


async def test_parents_whose_rows_do_not_fit_are_asked_for_fewer_at_a_time() -> None:
    given = List(a=1, b=1, c=1, d=1)
    await of_parents("abcd", given.first, given.every)
    assert given.asked == [("a", "b", "c", "d"), ("a", "b"), ("c", "d")]


async def test_a_page_that_cannot_be_had_fails_the_whole() -> None:
    async def fails(_: object) -> Unavailable:
        return Unavailable("away")

    given = List(a=1, b=1)
    assert await of_parents("ab", fails, given.every) == Unavailable("away")
    assert await of_parents("a", given.first, fails) == Unavailable("away")
