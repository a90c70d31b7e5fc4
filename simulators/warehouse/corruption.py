"""Messages as nobody can read them, in every way that a reader has to survive."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from simulators.warehouse.messages import WireMessage

Ruin = Callable[[bytes, random.Random], bytes]


def spoilt(message: WireMessage, draw: random.Random, kind: str | None = None) -> WireMessage:
    """The message as nobody can read it, in a `kind` of KINDS or any of them.

    Its partition key still says whose it was. In structured mode no two bodies are the same.
    """
    ruin = KINDS[kind] if kind else draw.choice(list(KINDS.values()))
    return msgspec.structs.replace(message, body=ruin(message.body, draw))


def _cut(body: bytes, draw: random.Random) -> bytes:
    return body[: draw.randint(len(body) // 2, len(body) - 2)]


def _not_text(body: bytes, draw: random.Random) -> bytes:
    place = draw.randint(2, len(body) - 2)
    return body[:place] + b"\xff\xfe\xff" + body[place:]


def _nested(body: bytes, draw: random.Random) -> bytes:
    del draw
    return body[:-1] + b', "notes": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"


def _doubled(body: bytes, draw: random.Random) -> bytes:
    del draw
    return body + body


def _changed(change: Callable[[dict[str, Any]], None]) -> Ruin:
    """Valid JSON whose data is wrong; works on either mode's body."""

    def ruin(body: bytes, draw: random.Random) -> bytes:
        del draw
        content = json.loads(body)
        change(content["data"] if "specversion" in content else content)
        return json.dumps(content).encode()

    return ruin


def _wrong_type(data: dict[str, Any]) -> None:
    data["warehouse" if "warehouse" in data else next(iter(data))] = {"code": 17}


def _nothing_known(data: dict[str, Any]) -> None:
    for name in [name for name in data if name != "sku"]:
        data[f"x_{name}"] = data.pop(name)


def _nul(data: dict[str, Any]) -> None:
    data["warehouse"] = "W\x00"


def _absurd(data: dict[str, Any]) -> None:
    _quantities(data)["available"] = 5_012_345_678_900


def _fraction(data: dict[str, Any]) -> None:
    _quantities(data)["available"] = "2.5"


def _quantities(data: dict[str, Any]) -> dict[str, Any]:
    """Where the event holds quantities; an event without any is given nonsense for its warehouse."""
    if "delta" not in data and "available" not in data:
        _wrong_type(data)
    found: dict[str, Any] = data.get("delta", data)
    return found


KINDS: Final[Mapping[str, Ruin]] = {
    "cut": _cut,
    "not_text": _not_text,
    "nested": _nested,
    "doubled": _doubled,
    "wrong_type": _changed(_wrong_type),
    "nothing_known": _changed(_nothing_known),
    "nul": _changed(_nul),
    "absurd": _changed(_absurd),
    "fraction": _changed(_fraction),
}
