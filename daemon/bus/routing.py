"""Where the embedded bus sends a message: exchanges and bindings, no queue contents."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from zlib import crc32

from daemon.bus.port import BusError
from daemon.topology import Binding, Exchange


@dataclass(slots=True)
class _Declared:
    exchange: Exchange
    bindings: list[Binding] = field(default_factory=list[Binding])


class Routing:
    """Exchanges as declared. A message reaches each queue at most once, whatever the number of ways there."""

    def __init__(self) -> None:
        self._exchanges: dict[str, _Declared] = {}

    def __contains__(self, exchange: str) -> bool:
        return exchange in self._exchanges

    def declare(self, exchange: Exchange) -> None:
        """Idempotent. Raises BusError if it exists with another type or other arguments."""
        known = self._exchanges.setdefault(exchange.name, _Declared(exchange)).exchange
        if (known.kind, dict(known.arguments)) != (exchange.kind, dict(exchange.arguments)):
            raise BusError(
                f"exchange {exchange.name!r} exists on the embedded bus with another type or other arguments: "
                "give the new one another name, or start the process anew"
            )

    def bind(self, binding: Binding) -> None:
        bindings = self._exchanges[binding.source].bindings
        if binding not in bindings:
            bindings.append(binding)

    def queues_for(self, exchange: str, routing_key: str, headers: Mapping[str, object]) -> list[str]:
        """The queues that a message published there reaches, in the order of declaration."""
        queues: dict[str, None] = {}
        seen, to_visit = {exchange}, [exchange]
        while to_visit:
            for binding in self._steps(to_visit.pop(0), routing_key, headers):
                if binding.to == "queue":
                    queues[binding.target] = None
                elif binding.target not in seen:
                    seen.add(binding.target)
                    to_visit.append(binding.target)
        return list(queues)

    def _steps(self, name: str, routing_key: str, headers: Mapping[str, object]) -> list[Binding]:
        """The bindings that match, else the way to the alternate exchange."""
        declared = self._exchanges.get(name)
        if declared is None:
            return []
        alternate = declared.exchange.arguments.get("alternate-exchange")
        matching = list(_matching(declared, routing_key, headers))
        if not matching and isinstance(alternate, str):
            return [Binding(name, alternate, routing_key, to="exchange")]
        return matching


def _matching(declared: _Declared, routing_key: str, headers: Mapping[str, object]) -> Iterator[Binding]:
    match declared.exchange.kind:
        case "fanout":
            yield from declared.bindings
        case "topic":
            yield from (one for one in declared.bindings if _pattern(one.key).fullmatch(routing_key))
        case "x-consistent-hash":
            yield from _by_hash(declared, routing_key, headers)


def _by_hash(declared: _Declared, routing_key: str, headers: Mapping[str, object]) -> list[Binding]:
    """One binding, the same for equal values; a message without the header shares one with all such messages."""
    by_weight = [binding for binding in declared.bindings for _ in range(int(binding.key))]
    header = declared.exchange.arguments.get("hash-header")
    value = headers.get(header, "") if isinstance(header, str) else routing_key
    return [by_weight[crc32(str(value).encode()) % len(by_weight)]] if by_weight else []


@lru_cache(maxsize=1024)
def _pattern(key: str) -> re.Pattern[str]:
    """A topic binding: `*` is one word, `#` any number of words, none included."""
    pattern = ""
    for number, word in enumerate(key.split(".")):
        if word == "#":
            pattern += r"(?:[^.]*(?:\.[^.]*)*)?" if number == 0 else r"(?:\.[^.]*)*"
        else:
            dot = r"\." if number else ""
            pattern += dot + (r"[^.]*" if word == "*" else re.escape(word))
    return re.compile(pattern if not key.startswith("#.") else r"(?:.*\.)?" + _pattern(key[2:]).pattern)
