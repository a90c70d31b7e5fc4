"""Where EDI files come from and go to. A file that is named has come whole; one put appears whole or not at all."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
HIDDEN = (".", "~")
PARTIAL = (".tmp", ".part", ".filepart")
"""What uploaders call a file that is not whole yet."""


class SpoolTrouble(Exception):
    """The place cannot be reached or refuses us: nothing is known of what was under way."""


class TooLarge(Exception):
    """A file beyond what we take; it stays where it is."""


class Waiting(NamedTuple):
    """A file that waits to be fetched. `size` in bytes."""

    name: str
    size: int


class Spool(Protocol):
    """One partner's two folders. Every method raises `SpoolTrouble` where the place fails it."""

    async def waiting(self) -> Sequence[Waiting]:
        """Whole files to fetch, by name; what is being written still is left out."""
        ...

    async def fetch(self, name: str, most: int) -> bytes:
        """The file's bytes; `TooLarge` where there are more than `most`."""
        ...

    async def remove(self, name: str) -> None:
        """Take a fetched file away; one that is gone already is no trouble."""
        ...

    async def put(self, name: str, content: bytes) -> None:
        """Write a file under its final name. Put again under the same name, it is the same file."""
        ...


def is_whole(name: str) -> bool:
    """By its name alone: hidden files and those that uploaders mark as unfinished are not."""
    return not name.startswith(HIDDEN) and not name.lower().endswith(PARTIAL)


@dataclass(frozen=True, slots=True)
class FolderSpool:
    """Two folders of this machine: a gateway (AS2, VAN) or a person fills one and empties the other."""

    inbox: Path
    outbox: Path

    async def waiting(self) -> Sequence[Waiting]:
        return await _at_disk(self._waiting)

    def _waiting(self) -> list[Waiting]:
        found = [entry for entry in os.scandir(self.inbox) if entry.is_file(follow_symlinks=False)]
        return sorted(Waiting(entry.name, entry.stat().st_size) for entry in found if is_whole(entry.name))

    async def fetch(self, name: str, most: int) -> bytes:
        return await _at_disk(self._fetch, name, most)

    def _fetch(self, name: str, most: int) -> bytes:
        with (self.inbox / name).open("rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise TooLarge(f"{self.inbox / name} has more than {most:,} bytes")
        return content

    async def remove(self, name: str) -> None:
        await _at_disk(self._remove, name)

    def _remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            (self.inbox / name).unlink()

    async def put(self, name: str, content: bytes) -> None:
        await _at_disk(self._put, name, content)

    def _put(self, name: str, content: bytes) -> None:
        hidden = self.outbox / f".{name}.tmp"
        with hidden.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(self.outbox / name)
        _flush_folder(self.outbox)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _at_disk(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except OSError as error:
        raise SpoolTrouble(f"{error.filename or ''}: {error.strerror or error}") from error
