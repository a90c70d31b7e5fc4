"""Clarus's words for stock: the queries that we send, and its answers, read one row at a time.

A row that cannot be read is a value of its own: it must not cost the rows beside it.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from schemas.clarus_graph import TypeInfo

MAX_RAW: Final = 2_000
"""Characters of a row that are kept of one that could not be believed."""

NEEDED: Final = ("available", "product.code", "account.code", "warehouse.id")
"""What a balance is nothing without."""

BALANCES_FILTER: Final = "StockBalancesFilterType"

Number = int | Decimal | None
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./\[\]-]{1,100}").fullmatch


class Ref(msgspec.Struct, frozen=True):
    """A record that another names: ids come as text or as numbers."""

    id: str | int | None = None
    code: str | None = None

    @property
    def key(self) -> str:
        return "" if self.id is None else str(self.id)


class BalanceNode(msgspec.Struct, frozen=True):
    """A row of `stock_balances`, as it came; quantities may be absent, negative, fractional."""

    available: Number = None
    allocated: Number = None
    ordered: Number = None
    received: Number = None
    picked: Number = None
    product: Ref = Ref()
    account: Ref = Ref()
    warehouse: Ref = Ref()


class BalanceRow(msgspec.Struct, frozen=True):
    """A row with its original. A quantity that is no number is None in `node`; `node` is None for another shape."""

    node: BalanceNode | None
    raw: str


class BalancePage(msgspec.Struct, frozen=True):
    rows: tuple[BalanceRow, ...]
    after: str | None
    """Where the next page begins; None on the last."""


class Automation(msgspec.Struct, frozen=True):
    id: str | int
    resource_name: str = ""
    event: str = ""
    enabled: bool = True
    name: str | None = None


class BalanceFilter(msgspec.Struct, frozen=True):
    """Which balances: of these warehouses (their ids), and of these products alone where any are named."""

    warehouse_ids: tuple[str, ...]
    skus: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()

    def variables(self) -> dict[str, object]:
        asked: dict[str, object] = {"warehouse_id": {"in": list(self.warehouse_ids)}}
        if self.skus:
            asked["product_code"] = {"in": list(self.skus)}
        if self.product_ids:
            asked["product_id"] = {"in": list(self.product_ids)}
        return asked


class GraphErrors(Exception):
    """The answer holds `errors`: whatever stands beside them is not believed."""


class UnreadableAnswer(Exception):
    """Not an answer of the documented shape."""


class _Whose(msgspec.Struct, frozen=True):
    product: Ref = Ref()
    account: Ref = Ref()
    warehouse: Ref = Ref()


class _PageInfo(msgspec.Struct, frozen=True, rename="camel"):
    has_next_page: bool
    end_cursor: str | None = None


class _Edge(msgspec.Struct, frozen=True):
    node: msgspec.Raw = msgspec.Raw(b"null")


class _Connection(msgspec.Struct, frozen=True):
    edges: tuple[_Edge, ...]
    page_info: _PageInfo | None = msgspec.field(default=None, name="pageInfo")


class _All(msgspec.Struct, frozen=True):
    all: _Connection


class _Balances(msgspec.Struct, frozen=True):
    stock_balances: _All


class _Automations(msgspec.Struct, frozen=True):
    automations: _All


class _Answer(msgspec.Struct, frozen=True):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: list[Any] | None = None


class _Type(msgspec.Struct, frozen=True):
    type: TypeInfo | None = msgspec.field(default=None, name="__type")


class _RootName(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""


class _Root(msgspec.Struct, frozen=True, rename="camel"):
    query_type: _RootName


class _Schema(msgspec.Struct, frozen=True):
    schema: _Root = msgspec.field(name="__schema")


class Unauthorised(msgspec.Struct, frozen=True):
    error: str = ""


class Token(msgspec.Struct, frozen=True):
    """The login's answer. Its repr hides the token, so that no log can hold it."""

    access_token: str
    expires_in: float | None = None

    def __repr__(self) -> str:
        return f"Token(expires_in={self.expires_in})"


class _Fault(msgspec.Struct, frozen=True):
    symbol: str | None = None
    details: str | None = None
    code: int | None = None
    source: str | None = None


class _Faults(msgspec.Struct, frozen=True):
    errors: tuple[_Fault, ...] = ()


def balances_query(fields: str) -> str:
    return (
        f"query($filter: {BALANCES_FILTER}, $first: Int, $after: String) {{ stock_balances {{"
        " all(filter: $filter, first: $first, after: $after) {"
        f" pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {fields} }} }} }} }} }}"
    )


def automations_query(fields: str) -> str:
    return f"query {{ automations {{ all {{ edges {{ node {{ {fields} }} }} }} }} }}"


def write_query(query: str, variables: dict[str, object]) -> bytes:
    return msgspec.json.encode({"query": query, "variables": variables})


def read_balances(body: bytes) -> BalancePage:
    """Raises GraphErrors or UnreadableAnswer."""
    connection = decoded(in_data(body), _Balances).stock_balances.all
    info = connection.page_info
    if info is None or (info.has_next_page and not info.end_cursor):
        raise UnreadableAnswer("the page does not say where the next one begins")
    return BalancePage(
        tuple(_row(edge.node) for edge in connection.edges), info.end_cursor if info.has_next_page else None
    )


def read_automations(body: bytes) -> tuple[Automation, ...]:
    """Raises GraphErrors or UnreadableAnswer."""
    edges = decoded(in_data(body), _Automations).automations.all.edges
    return tuple(decoded(bytes(edge.node), Automation) for edge in edges)


def read_type(body: bytes) -> TypeInfo | None:
    """None where the schema has no such type. Raises GraphErrors or UnreadableAnswer."""
    found: _Type = decoded(in_data(body), _Type)
    return found.type


def read_root(body: bytes) -> str:
    """The name of the root type. Raises GraphErrors or UnreadableAnswer."""
    found: _Schema = decoded(in_data(body), _Schema)
    return found.schema.query_type.name


def read_token(body: bytes) -> Token | None:
    try:
        return msgspec.json.decode(body, type=Token)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def read_fault(body: bytes) -> str:
    """Clarus's own text of a refusal, in either of its two shapes; empty when the body is not Clarus's."""
    try:
        faults = msgspec.json.decode(body, type=_Faults).errors
        words = [": ".join(part for part in (fault.symbol, fault.details) if part) for fault in faults]
        return "; ".join(words) or msgspec.json.decode(body, type=Unauthorised).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def read_symbols(body: bytes) -> list[tuple[str, str]]:
    """The symbols of a refusal, each with the field it is about: words that hold no data of anybody's."""
    try:
        faults = msgspec.json.decode(body, type=_Faults).errors
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    named = [(str(fault.symbol or fault.code or ""), fault.source or "") for fault in faults]
    return [(symbol, source) for symbol, source in named if _PLAIN(symbol) and (not source or _PLAIN(source))]


def in_data(body: bytes) -> bytes:
    """What an answer of GraphQL holds. Raises GraphErrors or UnreadableAnswer."""
    answer = decoded(body, _Answer)
    if answer.errors:
        raise GraphErrors(_told(answer.errors))
    return bytes(answer.data)


def _told(errors: Sequence[Any]) -> str:
    """The objects are not specified: `message` where there is one, else what there is."""
    said = [error.get("message", error) if isinstance(error, dict) else error for error in errors]
    return "; ".join(str(text) for text in said)[:MAX_RAW]


def decoded(body: bytes, kind: Any) -> Any:
    """Raises UnreadableAnswer."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableAnswer(str(error)) from None


def _row(node: msgspec.Raw) -> BalanceRow:
    raw = bytes(node).decode("utf-8", "replace")[:MAX_RAW]
    try:
        return BalanceRow(msgspec.json.decode(bytes(node), type=BalanceNode), raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return BalanceRow(_whose(bytes(node)), raw)


def _whose(node: bytes) -> BalanceNode | None:
    try:
        whose = msgspec.json.decode(node, type=_Whose)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return BalanceNode(product=whose.product, account=whose.account, warehouse=whose.warehouse)
