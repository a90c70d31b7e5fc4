"""Bytes that arrive in chunks, seen as Latin-1 text and cut at a terminator; each segment knows its byte.

Latin-1 gives each byte one character, so that places in the text are places in the bytes and nothing is decoded
before it is cut. The tape holds a chunk and the segment that is being read, however long the input is.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, cast

CHUNK: Final = 1 << 18
"""Bytes that are looked at together."""
WINDOW: Final = 1 << 13
"""Characters that are cut into segments together."""
LAYOUT: Final = " \t\r\n"
"""What may stand between a terminator and the next segment."""
NOTHING: Final = LAYOUT + "\x00\x1a"
"""What may stand outside an interchange and mean nothing: padding, and the end-of-file sign of old systems."""
BOM: Final = "\xef\xbb\xbf"


def cut(data: bytes) -> Iterator[bytes]:
    """Bytes as chunks, so that long ones are never held twice."""
    return (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))


@lru_cache(maxsize=8)
def _any_of(signs: str) -> Callable[[str, int], re.Match[str]]:
    return cast("Callable[[str, int], re.Match[str]]", re.compile(f"[{re.escape(signs)}]*").match)


class TooLong(Exception):
    """No terminator within the longest segment: raised to the readers, never beyond them."""


class Tape:
    """The unread rest of the input. `start` is the byte at which the line given last begins."""

    __slots__ = (
        "_before",
        "_chunks",
        "_limit",
        "_pieces",
        "_window",
        "at",
        "release",
        "start",
        "terminator",
        "text",
        "unterminated",
    )

    def __init__(self, chunks: Iterable[bytes], limit: int) -> None:
        self._chunks = iter(chunks)
        self._pieces: Iterator[bytes] = iter(())
        self._before = 0
        self._limit = limit
        self._window = min(WINDOW, limit)
        self.text = ""
        self.at = 0
        self.start = 0
        self.terminator = "~"
        self.release = ""
        self.unterminated = False
        """Whether the line given last had no terminator."""

    @property
    def offset(self) -> int:
        """Bytes read so far."""
        return self._before + self.at

    def more(self) -> bool:
        """Forget what was read and take the next chunk; False at the end of the input."""
        pieces, length = [self.text[self.at :]], 0
        while length < CHUNK and (piece := self._piece()):
            pieces.append(piece.decode("latin-1"))
            length += len(piece)
        self._before += self.at
        self.text, self.at = "".join(pieces), 0
        return length > 0

    def _piece(self) -> bytes:
        """Bytes that are not empty, of one chunk; empty at the end."""
        while True:
            if piece := next(self._pieces, b""):
                return piece
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._pieces = cut(chunk)

    def ahead(self, wanted: int) -> str:
        """The next characters, `wanted` of them if there are as many, without moving."""
        while len(self.text) - self.at < wanted and self.more():
            pass
        return self.text[self.at : self.at + wanted]

    def skip(self, signs: str) -> bool:
        """Move over any of `signs`; False where the input ends."""
        run = _any_of(signs)
        while True:
            self.at = run(self.text, self.at).end()
            if self.at < len(self.text):
                return True
            if not self.more():
                return False

    def seek(self, wanted: str) -> bool:
        """Move to the next place that reads `wanted`; False, at the end of the input, where there is none."""
        while True:
            found = self.text.find(wanted, self.at)
            if found >= 0:
                self.at = found
                return True
            self.at = max(self.at, len(self.text) - len(wanted) + 1)
            if not self.more():
                self.at = len(self.text)
                return False

    def line(self) -> str | None:
        """The next segment alone; None at the end. Raises `TooLong`."""
        return next(self.lines(), None)

    def lines(self) -> Iterator[str]:
        """The segments without their terminators and the layout before them, to the end. Raises `TooLong`.

        Between two of them `start` and `at` are those of the one given last, so that a reader may stop at any.
        """
        width = len(self.terminator)
        while pieces := self._pieces_ahead():
            for piece in pieces:
                line = piece.lstrip(LAYOUT)
                self.at = at = self.at + len(piece) + width
                self.start = self._before + at - width - len(line)
                yield line
        if last := self._last():
            yield last

    def _pieces_ahead(self) -> list[str]:
        """Some whole segments, layout before them included, without moving; none where no terminator is left."""
        at, text = self.at, self.text
        end = text.rfind(self.terminator, at, at + self._window)
        if end < 0 or (self.release and self._released(end)):
            end = self._far_end()
            return [self.text[self.at : end]] if end >= 0 else []
        if not self.release or text.find(self.release, at, end) < 0:
            return text[at:end].split(self.terminator)
        return split(text[at:end], self.terminator, self.release)

    def back(self) -> None:
        """Stand again where the line given last begins."""
        self.at = self.start - self._before

    def _far_end(self) -> int:
        """Where the terminator is that is not released, reading on for it; -1 where none is left."""
        looked = 0
        while True:
            end = self.text.find(self.terminator, self.at + looked)
            if end >= 0 and not self._released(end):
                if end - self.at > self._limit:
                    raise TooLong
                return end
            looked = (end + 1 if end >= 0 else max(self.at, len(self.text) - len(self.terminator) + 1)) - self.at
            if looked > self._limit:
                raise TooLong
            if end < 0 and not self.more():
                return -1

    def _released(self, end: int) -> bool:
        """Whether an odd number of release characters stands before `end`."""
        if not self.release:
            return False
        return is_released(self.text[self.at : end], self.release)

    def _last(self) -> str:
        """What follows the last terminator; empty where nothing does."""
        rest = self.text[self.at :]
        if len(rest) > self._limit:
            raise TooLong
        line = rest.strip(NOTHING)
        self.start = self.offset + len(rest) - len(rest.lstrip(NOTHING))
        self.at = len(self.text)
        self.unterminated = bool(line)
        return line


def split(text: str, sign: str, release: str) -> list[str]:
    """Cut at each `sign` that is not released; the pieces keep their release characters."""
    pieces = text.split(sign)
    if not release or release not in text:
        return pieces
    whole = [pieces[0]]
    for piece in pieces[1:]:
        if is_released(whole[-1], release):
            whole[-1] += sign + piece
        else:
            whole.append(piece)
    return whole


def is_released(before: str, release: str) -> bool:
    """Whether what follows `before` is data: an odd number of release characters ends it."""
    return (len(before) - len(before.rstrip(release))) % 2 == 1
