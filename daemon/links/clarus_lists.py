"""Lists at Clarus whose fields are settings: a page by filter, several filters at once, and what a schema lacks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from daemon.links.answer import Done, Reading, Unavailable
from daemon.links.clarus import ClarusLink
from daemon.links.paging import Page, of_parents
from schemas.clarus_goods_outs import (
    Filter,
    ListOf,
    Node,
    NodePage,
    each_query,
    each_variables,
    page_query,
    page_variables,
    read_each,
    read_page,
)

MOST_PAGES = 200
"""Of one list; more is no answer to a question by name."""


Nodes = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a list by one filter. `pages` above 1: rows may have moved from one to another meanwhile."""

    nodes: tuple[Node, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class ClarusLists:
    """The lists of one tenant."""

    link: ClarusLink

    async def page(self, wanted: ListOf, by: Filter, after: str | None = None) -> Reading[NodePage]:
        variables = page_variables(by, self.link.tenant.page_size, after)
        return await self.link.query(page_query(wanted), variables, partial(read_page, name=wanted.name))

    async def all(self, wanted: ListOf, by: Filter) -> Reading[Rows]:
        """Every page; an answer that never ends is no answer."""
        nodes, after = list[Node](), None
        for pages in range(1, MOST_PAGES + 1):
            answer = await self.page(wanted, by, after)
            if not isinstance(answer, Done):
                return answer
            nodes += answer.value.nodes
            if answer.value.after is None:
                return Done(Rows(tuple(nodes), pages))
            if answer.value.after == after:
                return Unavailable(f"{wanted.name}: the next page is said to begin where this one did")
            after = answer.value.after
        return Unavailable(f"{wanted.name}: more than {MOST_PAGES} pages")

    async def of_parents(self, wanted: ListOf, name: str, parents: Sequence[str], more: Filter) -> Reading[Nodes]:
        """All rows of these parents, whose ids the filter takes as `name`; nobody's are cut by a page."""

        async def first(some: Sequence[str]) -> Reading[Page[Node]]:
            answer = await self.page(wanted, {**more, name: {"in": list(some)}})
            if not isinstance(answer, Done):
                return answer
            page: Page[Node] = answer.value
            return Done(page)

        async def every(parent: str) -> Reading[Nodes]:
            rows = await self.all(wanted, {**more, name: {"in": [parent]}})
            return Done(rows.value.nodes) if isinstance(rows, Done) else rows

        return await of_parents(parents, first, every)

    async def each(self, wanted: ListOf, filters: Sequence[Filter]) -> Reading[tuple[NodePage, ...]]:
        """One page by each filter, asked at once: rows that do not name their parent are told apart by it."""
        variables = each_variables(filters, self.link.tenant.page_size)
        read = partial(read_each, name=wanted.name, count=len(filters))
        return await self.link.query(each_query(wanted, len(filters)), variables, read)

    async def missing(self, wanted: Iterable[tuple[ListOf, Sequence[str]]]) -> Reading[tuple[str, ...]]:
        """What the schema lacks of these lists and of these fields of their filters."""
        return await self.link.missing_in(
            [(one.selection, one.filter_type, tuple(filters)) for one, filters in wanted]
        )
