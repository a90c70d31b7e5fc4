"""Clarus's lists of orders, their lines and products, a page at a time.

What is read is read a row at a time, and a word for a status that nobody knows stays a word.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

import msgspec

from schemas.clarus import Ref, UnreadableAnswer, decoded, in_data

ORDERS_FILTER: Final = "GoodsOutsFilterType"
LINES_FILTER: Final = "GoodsOutLineFilterType"
PRODUCTS_FILTER: Final = "ProductsFilterType"

Status = Literal["draft", "pending", "allocated", "part_allocated", "picking", "completed", "cancelled", "unknown"]
STATUSES: Final[dict[str, Status]] = {
    "DRAFT": "draft", "PENDING": "pending", "ALLOCATED": "allocated", "PART_ALLOCATED": "part_allocated",
    "PART": "part_allocated", "PICK": "picking", "COMPLETED": "completed", "CANCELLED": "cancelled",
}  # fmt: skip


class StatusWord(msgspec.Struct, frozen=True):
    code: str | None = None


class OrderNode(msgspec.Struct, frozen=True):
    """An order as a list shows it."""

    id: str | int
    reference: str
    goods_out_status: StatusWord = StatusWord()
    account: Ref = Ref()
    warehouse: Ref = Ref()

    @property
    def key(self) -> str:
        return str(self.id)

    @property
    def status_word(self) -> str:
        return self.goods_out_status.code or ""

    @property
    def status(self) -> Status:
        return STATUSES.get(self.status_word.upper(), "unknown")


class LineNode(msgspec.Struct, frozen=True):
    """A line as a list shows it; quantities are numbers that may have a fraction."""

    id: str | int
    goods_out: Ref
    order_quantity: int | Decimal | None = None
    allocated_quantity: int | Decimal | None = None
    pick_quantity: int | Decimal | None = None
    dispatch_quantity: int | Decimal | None = None
    product: Ref = Ref()
    alt_line_reference: str | None = None
    external_system_reference1: str | None = None


class Found(msgspec.Struct, frozen=True):
    """An order as a look-up shows it, from a replica that may be behind."""

    order: OrderNode
    lines: tuple[LineNode, ...] = ()


class ProductNode(msgspec.Struct, frozen=True):
    id: str | int
    code: str


class _PageInfo(msgspec.Struct, frozen=True, rename="camel"):
    has_next_page: bool
    end_cursor: str | None = None


class _Edge(msgspec.Struct, frozen=True):
    node: msgspec.Raw


class _Connection(msgspec.Struct, frozen=True):
    edges: tuple[_Edge, ...]
    page_info: _PageInfo = msgspec.field(name="pageInfo")


class _All(msgspec.Struct, frozen=True):
    all: _Connection


class OrderPage(msgspec.Struct, frozen=True):
    rows: tuple[OrderNode, ...]
    after: str | None


class LinePage(msgspec.Struct, frozen=True):
    rows: tuple[LineNode, ...]
    after: str | None


class ProductPage(msgspec.Struct, frozen=True):
    rows: tuple[ProductNode, ...]
    after: str | None


def list_query(name: str, filter_type: str, fields: str) -> str:
    return (
        f"query($filter: {filter_type}, $first: Int, $after: String) {{ {name} {{"
        " all(filter: $filter, first: $first, after: $after) {"
        f" pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {fields} }} }} }} }} }}"
    )


def by_reference(references: Sequence[str], account_id: int) -> dict[str, object]:
    return {"reference": {"in": list(references)}, "account_id": {"eq": str(account_id)}}


def read_orders(body: bytes) -> OrderPage:
    """Raises GraphErrors or UnreadableAnswer."""
    edges, after = _page(body, "goods_outs")
    return OrderPage(tuple(decoded(bytes(edge.node), OrderNode) for edge in edges), after)


def read_lines(body: bytes) -> LinePage:
    """Raises GraphErrors or UnreadableAnswer."""
    edges, after = _page(body, "goods_out_lines")
    return LinePage(tuple(decoded(bytes(edge.node), LineNode) for edge in edges), after)


def read_products(body: bytes) -> ProductPage:
    """Raises GraphErrors or UnreadableAnswer."""
    edges, after = _page(body, "products")
    return ProductPage(tuple(decoded(bytes(edge.node), ProductNode) for edge in edges), after)


def _page(body: bytes, name: str) -> tuple[tuple[_Edge, ...], str | None]:
    lists: dict[str, _All] = decoded(in_data(body), dict[str, _All])
    if name not in lists:
        raise UnreadableAnswer(f"the answer has no {name}")
    connection = lists[name].all
    info = connection.page_info
    if info.has_next_page and not info.end_cursor:
        raise UnreadableAnswer("the page does not say where the next one begins")
    return connection.edges, info.end_cursor if info.has_next_page else None
