"""Connectors of the warehouse's own system: which of them may import a channel's orders beside us.

The list names no selling account, so every connector of the channel that is not switched off counts, until the
settings say that it is for another account: an order that waits can be freed, one that is sent twice cannot.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import msgspec

CHANNEL: Final = "amazon"
"""The channel that our selling accounts sell on, as connectors name it."""
CARRIERS: Final = frozenset({"carrier"})
"""Types that bring no orders, whatever their name: a channel may be a courier too."""


class Connector(msgspec.Struct, frozen=True):
    """`name`: for people."""

    id: str
    name: str


def importing(nodes: Iterable[Mapping[str, Any]], others: Collection[str] = ()) -> tuple[Connector, ...]:
    """Those that may import our orders. `others`: ids of connectors that are known to be for other accounts."""
    found = [_connector(node) for node in nodes if _may_import(node)]
    return tuple(sorted((one for one in found if one.id not in others), key=lambda one: one.id))


def _may_import(node: Mapping[str, Any]) -> bool:
    words = (_text(node, "integration_provider"), _text(node, "name"))
    is_ours = any(CHANNEL in word.lower() for word in words)
    return is_ours and node.get("enabled") is not False and _text(node, "integration_type").lower() not in CARRIERS


def _connector(node: Mapping[str, Any]) -> Connector:
    name = _text(node, "name") or _text(node, "integration_provider")
    return Connector(_text(node, "id") or name, name)


def _text(node: Mapping[str, Any], name: str) -> str:
    value = node.get(name)
    return "" if value is None else str(value)


def named(connectors: Iterable[Connector]) -> str:
    """For people: what they are called there, each with its id."""
    return ", ".join(f"{one.name!r} ({one.id})" for one in connectors)
