"""Runs a query against the world: filters, pages by offset, and nothing that the schema does not have."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from simulators.clarus.graphql import Field, GraphFault, parse
from simulators.clarus.schema import FILTER_PATHS, LISTS, OPERATORS, Schema

Among = Mapping[str, frozenset[str]]
"""Path into a node -> the only values that are asked for."""
Nodes = Callable[[str, Among], Sequence[Mapping[str, Any]]]
"""From a list of the root to its rows, as the replica that answers has them, without some that are not asked for."""

MOST = 1_000
"""Rows of a page, whatever is asked for."""


def run(schema: Schema, nodes: Nodes, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    """`data` of the answer. Raises GraphFault."""
    query = parse(text, variables)
    answered = dict[str, Any]()
    for asked in query.fields:
        if asked.name == "__schema":
            answered[asked.alias] = _picked({"queryType": {"name": "Query"}}, asked.fields)
        elif asked.name == "__type":
            found = schema.described(str(asked.arguments.get("name")))
            answered[asked.alias] = None if found is None else _picked(found, asked.fields)
        else:
            schema.check("Query", (asked,))
            answered[asked.alias] = _lists(asked, nodes, query.declared)
    return answered


def _lists(asked: Field, nodes: Nodes, declared: Mapping[str, str]) -> dict[str, Any]:
    _, filter_type, inputs = LISTS[asked.name]
    used = [kind for kind in declared.values() if kind.endswith("FilterType") and kind != filter_type]
    if used:
        raise GraphFault(f"Type mismatch on variable: {used[0]} / {filter_type}")
    tests = {one.alias: _tests(one, inputs) for one in asked.fields}
    return {
        one.alias: _page(one, _passing(nodes(asked.name, _among(tests[one.alias])), tests[one.alias]))
        for one in asked.fields
    }


Test = tuple[str, str, Any]
"""(path into a node, operator, operand)."""


def _tests(asked: Field, inputs: Mapping[str, str]) -> list[Test]:
    tests = list[Test]()
    for name, operators in (asked.arguments.get("filter") or {}).items():
        if name not in inputs:
            raise GraphFault(f"InputObject doesn't accept argument '{name}'")
        for operator, operand in operators.items():
            if operator not in OPERATORS[inputs[name]]:
                raise GraphFault(f"InputObject '{inputs[name]}' doesn't accept argument '{operator}'")
            among = frozenset(map(str, operand)) if operator == "in" else operand
            tests.append((FILTER_PATHS.get(name, name), operator, among))
    return tests


def _among(tests: Sequence[Test]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {path: operand for path, operator, operand in tests if operator == "in"}
    return found | {path: frozenset({str(operand)}) for path, operator, operand in tests if operator == "eq"}


def _passing(nodes: Sequence[Mapping[str, Any]], tests: Sequence[Test]) -> list[Mapping[str, Any]]:
    return [
        node for node in nodes if all(_holds(operator, _at(node, path), operand) for path, operator, operand in tests)
    ]


def _holds(operator: str, value: Any, operand: Any) -> bool:
    match operator:
        case "eq":
            return _same(value, operand)
        case "in":
            return str(value) in operand
        case "filled":
            return (value is not None) is bool(operand)
        case "like" | "ilike":
            flags = re.IGNORECASE if operator == "ilike" else 0
            return re.search(re.escape(str(operand).strip("%")), str(value), flags) is not None
        case "from" | "to":
            day, bound = str(value)[:10], str(operand)[:10]
            return day >= bound if operator == "from" else day <= bound
        case "between":
            return _number(operand[0]) <= _number(value) <= _number(operand[1])
        case _:
            left, right = _number(value), _number(operand)
            compared = {"gt": left > right, "gteq": left >= right, "lt": left < right, "lteq": left <= right}
            return compared[operator]


def _same(value: Any, operand: Any) -> bool:
    return str(value) == str(operand) if not isinstance(operand, bool) else value is operand


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")


def _page(asked: Field, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Cursors are offsets, so a row that comes or goes before them moves all that follow."""
    start = _offset(asked.arguments.get("after"))
    first = asked.arguments.get("first")
    end = start + min(MOST, len(rows) if first is None else int(first))
    edges = [{"cursor": _cursor(place), "node": node} for place, node in enumerate(rows[start:end], start=start + 1)]
    info = {"hasNextPage": end < len(rows), "endCursor": edges[-1]["cursor"] if edges else None}
    page: dict[str, Any] = _picked({"pageInfo": info, "edges": edges}, asked.fields)
    return page


def _cursor(place: int) -> str:
    return base64.b64encode(str(place).encode()).decode().rstrip("=")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.b64decode(cursor + "=" * (-len(cursor) % 4), validate=True))
    except ValueError:
        raise GraphFault(f"Invalid cursor: {cursor!r}") from None


def _picked(value: Any, fields: Sequence[Field]) -> Any:
    if isinstance(value, list):
        return [_picked(one, fields) for one in value]
    if value is None or not fields:
        return value
    return {one.alias: _picked(value.get(one.name), one.fields) for one in fields}


def _at(node: Mapping[str, Any], path: str) -> Any:
    found: Any = node
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
