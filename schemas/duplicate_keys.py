"""Names that stand twice in one JSON object: RFC 8259 leaves open which one counts, so neither may.

The usual decoders keep the last and say nothing. What a decoder has kept is written out again: where a name was
dropped, a colon went with it. That costs little more than a microsecond a message; only where the colons differ, or
could be hidden behind escapes, is the text read once more in the slow and exact way.
"""

import json
from collections.abc import Sequence

import msgspec

HIDDEN_COLONS = (b"\\u003a", b"\\u003A")

_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


class _Twice(Exception):
    """The name that stands twice."""


def duplicate_key(body: bytes) -> str | None:
    """The first name that stands twice in one object, at any depth; None when there is none.

    `body` must be JSON; of a body that is not, nothing is said.
    """
    if _is_written_back_whole(body):
        return None
    try:
        json.loads(body, object_pairs_hook=_keep_each, parse_int=str, parse_float=str)
    except _Twice as twice:
        return str(twice)
    except (ValueError, RecursionError):
        return None
    return None


def _is_written_back_whole(body: bytes) -> bool:
    if any(hidden in body for hidden in HIDDEN_COLONS):
        return False
    try:
        again = _encoder.encode(_decoder.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError, ValueError):
        return False
    return again.count(b":") == body.count(b":")


def _keep_each(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for place, name in enumerate(names) if name in names[:place]))
    return found
