"""GraphQL as Clarus speaks it: selection sets, and whether the schema has what they ask for."""

import re
from collections.abc import Mapping
from typing import TypeAlias

import msgspec

Selection: TypeAlias = "Mapping[str, Selection]"
"""Field -> what is asked of it; a leaf asks for nothing more."""

_TOKEN = re.compile(r"[_A-Za-z][_0-9A-Za-z]*|[{}]|\S")
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")

TYPE_QUERY = (
    "query($name: String!) { __type(name: $name) { name inputFields { name } fields { name args { name }"
    " type { name ofType { name ofType { name ofType { name } } } } } } }"
)
ROOT_QUERY = "query { __schema { queryType { name } } }"


def read_selection(text: str) -> Selection:
    """The fields of a selection set, without its outer braces. Raises ValueError, saying what is wrong."""
    tokens = _TOKEN.findall(text)
    found, rest = _fields(tokens, 0)
    if rest != len(tokens):
        raise ValueError("a closing brace has no opening one")
    return found


def _fields(tokens: list[str], at: int) -> tuple[dict[str, Selection], int]:
    fields: dict[str, Selection] = {}
    while at < len(tokens) and tokens[at] != "}":
        name = tokens[at]
        inner: Selection = {}
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no field name")
        at += 1
        if at < len(tokens) and tokens[at] == "{":
            inner, at = _inner(tokens, at + 1, name)
        fields[name] = inner
    if not fields:
        raise ValueError("names no field")
    return fields, at


def _inner(tokens: list[str], at: int, name: str) -> tuple[dict[str, Selection], int]:
    fields, at = _fields(tokens, at)
    if at >= len(tokens):
        raise ValueError(f"the brace after {name} is never closed")
    return fields, at + 1


def lacks(selection: Selection, paths: tuple[str, ...]) -> list[str]:
    """Which of these dotted paths a selection does not ask for."""
    return [path for path in paths if not _asks(selection, path.split("."))]


def _asks(selection: Selection, path: list[str]) -> bool:
    return path[0] in selection and (len(path) == 1 or _asks(selection[path[0]], path[1:]))


class Named(msgspec.Struct, frozen=True):
    name: str


class TypeRef(msgspec.Struct, frozen=True, rename="camel"):
    """A type, or what wraps one (a list, a non-null)."""

    name: str | None = None
    of_type: "TypeRef | None" = None

    @property
    def inside(self) -> str:
        """The name at the heart; empty for a schema that hides it deeper than anybody nests."""
        return self.name or (self.of_type.inside if self.of_type else "")


class FieldInfo(msgspec.Struct, frozen=True):
    name: str
    type: TypeRef = TypeRef()
    args: tuple[Named, ...] = ()


class TypeInfo(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    fields: tuple[FieldInfo, ...] | None = None
    input_fields: tuple[Named, ...] | None = None

    def field(self, name: str) -> FieldInfo | None:
        return next((field for field in self.fields or () if field.name == name), None)

    def has_input(self, name: str) -> bool:
        return any(field.name == name for field in self.input_fields or ())
