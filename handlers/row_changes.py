"""What an import of a mapping changes: each row by its key, as the books have it and as the file has it."""

from collections.abc import Callable, Iterable
from typing import Generic, Literal, TypeAlias, TypeVar

import msgspec

Row = TypeVar("Row")
Key: TypeAlias = tuple[str, ...]


class Change(msgspec.Struct, Generic[Row], frozen=True):
    """One row of the difference between the file and the books."""

    what: Literal["new", "changed", "absent", "same"]
    key: Key
    before: Row | None
    after: Row | None


def compare(books: Iterable[Row], file: Iterable[Row], key_of: Callable[[Row], Key]) -> list[Change[Row]]:
    """Every row of either, in the order of their keys."""
    before, after = {key_of(row): row for row in books}, {key_of(row): row for row in file}
    return [_change(key, before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]


def _change(key: Key, before: Row | None, after: Row | None) -> Change[Row]:
    if before is None:
        return Change("new", key, before, after)
    if after is None:
        return Change("absent", key, before, after)
    return Change("same" if before == after else "changed", key, before, after)


def written(changes: Iterable[Change[Row]]) -> list[Row]:
    """The rows that are to be saved."""
    return [change.after for change in changes if change.what in ("new", "changed") and change.after is not None]


def missing(changes: Iterable[Change[Row]]) -> list[Row]:
    """The rows that the file does not have."""
    return [change.before for change in changes if change.what == "absent" and change.before is not None]
