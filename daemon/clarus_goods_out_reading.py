"""One read of goods outs by name: headers, lines, shipments, packages and what is in them, put together.

Five lists are five moments, and replicas differ: what comes of it is only a picture. `handlers/clarus_goods_outs.py`
says when a picture is proved.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from daemon.clarus_goods_out_rules import Plan
from daemon.clarus_trouble import Failure
from daemon.links.answer import Done, NeverLeft, Reading, Refused, Unavailable
from daemon.links.clarus_lists import ClarusLists
from handlers.clarus_despatches import all_picked
from handlers.clarus_goods_out_nodes import Rows as RowsOfOne
from handlers.clarus_goods_out_nodes import key_of, read_goods_out, text_at
from handlers.clarus_goods_outs import GoodsOut
from schemas.clarus_goods_outs import Filter, ListOf, Node, NodePage

T = TypeVar("T")
U = TypeVar("U")

TOGETHER = 25
"""Goods outs whose shipments are asked for in one request."""


class Unread(Exception):
    """An answer that cannot be used: raised and caught within one read."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(repr(failure))
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Found:
    """What is not in it was not there."""

    goods_outs: tuple[GoodsOut, ...]


@dataclass(frozen=True, slots=True)
class GoodsOutReading:
    """Reads the goods outs of one tenant by name."""

    plan: Plan
    lists: ClarusLists

    async def named(self, references: Sequence[str]) -> Found | Failure:
        """Every goods out of ours with one of these names."""
        try:
            return await self._named(references)
        except Unread as unread:
            return unread.failure

    async def _named(self, references: Sequence[str]) -> Found:
        headers = await self._of(self.plan.goods_outs, "reference", references)
        nodes = {key_of(node): node for node in headers if self._is_ours(node) and key_of(node)}
        if not nodes:
            return Found(())
        lines = await self._lines(list(nodes))
        seen = [self._read(node, RowsOfOne(lines=lines.get(key, ()))) for key, node in nodes.items()]
        gone = [one.id for one in seen if self._may_have_left(one)]
        contents, (shipments, packages) = await _both(self._contents(gone), self._parcels(gone))
        read = [self._read(nodes[one.id], _rows(one.id, lines, shipments, packages, contents)) for one in seen]
        return Found(tuple(read))

    def _is_ours(self, node: Node) -> bool:
        return self.plan.place_of(node) is not None

    def _read(self, node: Node, rows: RowsOfOne) -> GoodsOut:
        place = self.plan.place_of(node)
        assert place is not None
        return read_goods_out(node, rows, *place, self.plan.paths)

    def _may_have_left(self, shown: GoodsOut) -> bool:
        """Whose parcels matter: of what has left, or is ready to leave and told at manifest."""
        left = any(line.despatched for line in shown.lines)
        if shown.ended or (left and self.plan.rules.part_despatch == "tell"):
            return left or shown.word == "completed"
        return bool(self.plan.rules.at_manifest) and all_picked(shown)

    async def _of(
        self, wanted: ListOf, name: str, parents: Sequence[str], more: Filter | None = None
    ) -> tuple[Node, ...]:
        return await _answered(lambda: self.lists.of_parents(wanted, name, parents, more or {}))

    async def _lines(self, ids: Sequence[str]) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in await self._of(self.plan.lines, "goods_out_id", ids):
            found.setdefault(text_at(node, ("goods_out.id",)), []).append(node)
        return found

    async def _parcels(self, ids: Sequence[str]) -> "tuple[dict[str, _Shipments], tuple[Node, ...]]":
        shipments = await self._shipments(ids)
        return shipments, await self._packages(node for found in shipments.values() for node in found.nodes)

    async def _shipments(self, ids: Sequence[str]) -> "dict[str, _Shipments]":
        """Rows need not name their goods out, so each is asked for under its own name."""
        found: dict[str, _Shipments] = {}
        for start in range(0, len(ids), TOGETHER):
            some = ids[start : start + TOGETHER]
            for one, page in zip(some, await self._shipments_of(some), strict=True):
                found[one] = _Shipments(page.nodes, page.after is not None)
        return found

    async def _shipments_of(self, some: Sequence[str]) -> tuple[NodePage, ...]:
        filters: list[Filter] = [{"goods_out_id": {"eq": one}} for one in some]
        return await _answered(lambda: self.lists.each(self.plan.shipments, filters))

    async def _packages(self, shipments: Iterable[Node]) -> tuple[Node, ...]:
        ids = sorted({key_of(node) for node in shipments} - {""})
        return await self._of(self.plan.packages, "shipment_id", ids)

    async def _contents(self, ids: Sequence[str]) -> tuple[Node, ...]:
        source = self.plan.contents
        if source is None or not ids:
            return ()
        more: Filter = {name: {"eq": value} for name, value in self.plan.settings.contents.filters.items()}
        return await self._of(source, "goods_out_id", ids, more)


async def _answered(ask: Callable[[], Awaitable[Reading[T]]]) -> T:
    """What one list says. Asked for a second time when its answer cannot be used, so that one bad answer of many does
    not cost the whole read. Raises Unread."""
    answer = await ask()
    if isinstance(answer, Refused | Unavailable | NeverLeft):
        answer = await ask()
    if not isinstance(answer, Done):
        raise Unread(answer)
    return answer.value


async def _both(one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """At the same time. Raises what the first of them to fail raised; the other one ends with it."""
    try:
        async with asyncio.TaskGroup() as group:
            first, second = group.create_task(one), group.create_task(other)
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return first.result(), second.result()


@dataclass(frozen=True, slots=True)
class _Shipments:
    nodes: tuple[Node, ...]
    cut: bool


def _rows(
    key: str,
    lines: Mapping[str, Sequence[Node]],
    shipments: Mapping[str, _Shipments],
    packages: Sequence[Node],
    contents: Sequence[Node],
) -> RowsOfOne:
    found = shipments.get(key)
    cut = ("it has more shipments than one page shows",) if found and found.cut else ()
    return RowsOfOne(
        lines=lines.get(key, ()),
        shipments=found.nodes if found else None,
        packages=packages,
        contents=contents,
        faults=cut,
    )
