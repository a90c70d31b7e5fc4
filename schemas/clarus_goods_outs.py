"""Clarus's words for what leaves a warehouse: lists of any kind, asked for by filter, their rows as they came.

Which fields a row has is a setting, so rows stay maps here; `handlers/clarus_goods_outs.py` reads them by path.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec

from schemas.clarus import GraphErrors, UnreadableAnswer
from schemas.clarus_graph import Selection, read_selection

Node: TypeAlias = Mapping[str, Any]
Filter: TypeAlias = Mapping[str, object]

FILTER_TYPES: Final[Mapping[str, str]] = {
    "goods_outs": "GoodsOutsFilterType",
    "goods_out_lines": "GoodsOutLineFilterType",
    "shipments": "ShipmentFilterType",
    "packages": "PackageFilterType",
}
"""The lists that documents name, with the type of their filter: the names are irregular."""

NEEDED_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "goods_outs": ("id", "reference", "goods_out_status.code", "account.code", "warehouse.id"),
    "goods_out_lines": ("id", "order_quantity", "dispatch_quantity", "product.code", "goods_out.id"),
    "shipments": ("id",),
    "packages": ("id", "shipment.id"),
}
"""What a row is nothing without."""


class ListOf(msgspec.Struct, frozen=True):
    """A list of the root, and what is asked of its rows."""

    name: str
    filter_type: str
    fields: str

    @property
    def selection(self) -> Selection:
        """As a check of the schema walks it."""
        page: Selection = {
            "pageInfo": {"hasNextPage": {}, "endCursor": {}},
            "edges": {"node": read_selection(self.fields)},
        }
        return {self.name: {"all": page}}


class NodePage(msgspec.Struct, frozen=True):
    nodes: tuple[Node, ...]
    after: str | None
    """Where the next page begins; None on the last."""

    @property
    def rows(self) -> tuple[Node, ...]:
        return self.nodes


_PAGE: Final = "pageInfo { hasNextPage endCursor } edges { node { %s } }"
_answer: Final = msgspec.json.Decoder(float_hook=Decimal)


def page_query(wanted: ListOf) -> str:
    return (
        f"query($filter: {wanted.filter_type}, $first: Int, $after: String) {{ {wanted.name} {{"
        f" all(filter: $filter, first: $first, after: $after) {{ {_PAGE % wanted.fields} }} }} }}"
    )


def each_query(wanted: ListOf, count: int) -> str:
    """One list by `count` filters at once, each under its own name: rows need not say which filter they passed."""
    declared = ", ".join(f"$f{place}: {wanted.filter_type}" for place in range(count))
    asked = " ".join(
        f"a{place}: all(filter: $f{place}, first: $first) {{ {_PAGE % wanted.fields} }}" for place in range(count)
    )
    return f"query({declared}, $first: Int) {{ {wanted.name} {{ {asked} }} }}"


def page_variables(wanted: Filter, first: int, after: str | None) -> dict[str, object]:
    variables: dict[str, object] = {"filter": wanted, "first": first}
    return variables if after is None else {**variables, "after": after}


def each_variables(filters: Sequence[Filter], first: int) -> dict[str, object]:
    return {"first": first, **{f"f{place}": one for place, one in enumerate(filters)}}


def read_page(body: bytes, name: str) -> NodePage:
    """Raises GraphErrors or UnreadableAnswer."""
    return _page(_lists(body, name).get("all"))


def read_each(body: bytes, name: str, count: int) -> tuple[NodePage, ...]:
    """The pages of `each_query`, in its order. Raises GraphErrors or UnreadableAnswer."""
    lists = _lists(body, name)
    return tuple(_page(lists.get(f"a{place}")) for place in range(count))


def _lists(body: bytes, name: str) -> Node:
    try:
        answer = _answer.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableAnswer(str(error)) from None
    if not isinstance(answer, dict):
        raise UnreadableAnswer("the answer is no object")
    if answer.get("errors"):
        raise GraphErrors(str(answer["errors"])[:2_000])
    lists = at(answer, f"data.{name}")
    if not isinstance(lists, dict):
        raise UnreadableAnswer(f"the answer has no {name}")
    return lists


def _page(found: object) -> NodePage:
    edges, info = at(found, "edges"), at(found, "pageInfo")
    if not isinstance(edges, list) or not isinstance(info, dict):
        raise UnreadableAnswer("a page has no edges, or does not say whether there are more")
    nodes = [at(edge, "node") for edge in edges]
    more, after = info.get("hasNextPage"), info.get("endCursor")
    if not all(isinstance(node, dict) for node in nodes) or not isinstance(more, bool):
        raise UnreadableAnswer("a page holds something that is no row")
    if more and not (isinstance(after, str) and after):
        raise UnreadableAnswer("the page does not say where the next one begins")
    return NodePage(tuple(nodes), after if more else None)


def at(node: object, path: str) -> Any:
    """What stands at a dotted path; None where there is nothing."""
    for name in path.split("."):
        node = node.get(name) if isinstance(node, Mapping) else None
    return node
