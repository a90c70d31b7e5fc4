"""What was given, held against the fields of `Settings`: unknown keys, missing keys, wrong types.

Faults name places and types, never values: a value in the wrong place may be a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias, cast, get_args, get_origin

import msgspec

from daemon.config_hints import PREFIX, Key, as_section, fields_of, meant, named_tables, nearest, variable
from daemon.settings import Section, Settings


@dataclass(frozen=True, slots=True)
class Given:
    """A value and the place that gave it. `text`: it came as text, from a variable."""

    value: object
    place: str
    text: bool = False


Tree: TypeAlias = dict[str, "Tree | Given"]


@dataclass(frozen=True, slots=True)
class Found:
    """A value of the right type, for the field `field` (a key in which every name of ours is `*`)."""

    field: str
    value: object
    place: str


@dataclass(slots=True)
class Reading:
    """What of the tree is sound, and what is not."""

    values: dict[Key, Found]
    faults: list[str]
    missing: list[str]


def read_shape(tree: Tree) -> Reading:
    """Hold a tree against Settings. Reads on after a fault, so that all are told at once."""
    reading = Reading({}, [], [])
    _read_section(tree, Settings, (), (), reading)
    return reading


def as_tables(values: Mapping[Key, Found]) -> dict[str, object]:
    """The nested tables that msgspec converts to Settings."""
    tables: dict[str, object] = {}
    for key, found in values.items():
        table = tables
        for name in key[:-1]:
            table = cast("dict[str, object]", table.setdefault(name, {}))
        table[key[-1]] = found.value
    return tables


def _read_section(tree: Tree, section: type[Section], key: Key, field: Key, reading: Reading) -> None:
    fields = fields_of(section)
    for name in [name for name in tree if name not in fields]:
        reading.faults += [_unknown(place, name, fields, key) for place in _places(tree[name], (*key, name))]
    for name, info in fields.items():
        _read_field(tree.get(name), info, (*key, name), (*field, name), reading)


def _read_field(
    given: Tree | Given | None, info: msgspec.structs.FieldInfo, key: Key, field: Key, reading: Reading
) -> None:
    if given is None and info.required and as_section(info.type) is None:
        reading.missing.append(f"{'.'.join(key)}: missing; write it in the file or set {variable(key)}")
    elif given is not None or info.required:
        _read_kind(given if given is not None else {}, info.type, key, field, reading)


def _read_kind(given: Tree | Given, kind: object, key: Key, field: Key, reading: Reading) -> None:
    section, named = as_section(kind), named_tables(kind)
    if section is None and named is None:
        _read_leaf(given, kind, key, field, reading)
    elif isinstance(given, Given):
        reading.faults.append(f"{given.place}: {'.'.join(key)} is a table of keys, not a single value")
    elif section is not None:
        _read_section(given, section, key, field, reading)
    else:
        for name, inner in given.items():
            _read_kind(inner, named, (*key, name), (*field, "*"), reading)


def _read_leaf(given: Tree | Given, kind: object, key: Key, field: Key, reading: Reading) -> None:
    if not isinstance(given, Given):
        reading.faults += [f"{place}: must be {expectation(kind)}, found a table" for place in _places(given, key)]
        return
    try:
        value = _converted(given, kind)
    except (msgspec.MsgspecError, ValueError):
        reading.faults.append(f"{given.place}: must be {expectation(kind)}{_misread(given.value, kind)}")
    else:
        reading.values[key] = Found(".".join(field), value, given.place)


def _converted(given: Given, kind: object) -> object:
    value = given.value
    if given.text:
        return _from_text(str(value), kind)
    if isinstance(value, datetime | date):  # TOML has times of its own; ours are ISO 8601 text
        value = value.isoformat()
    return cast("object", msgspec.convert(value, kind))


def _from_text(text: str, kind: object) -> object:
    if get_origin(kind) is tuple:
        return cast("object", msgspec.convert(_listed(text), kind))
    if kind in (int, float, bool):
        return cast("object", msgspec.convert(text.strip(), kind, strict=False))
    return None if not text and type(None) in get_args(kind) else cast("object", msgspec.convert(text, kind))


def _listed(text: str) -> object:
    if text.lstrip().startswith("["):
        return cast("object", msgspec.json.decode(text))
    return [item.strip() for item in text.split(",")] if text.strip() else []


def _choices(kind: object) -> tuple[str, ...]:
    return tuple(choice for choice in get_args(kind) if isinstance(choice, str))


def expectation(kind: object) -> str:
    """A type in words."""
    if get_origin(kind) is tuple:
        return "a list of texts"
    if _choices(kind):
        return f"one of {', '.join(_choices(kind))}"
    return {int: "a whole number", float: "a number", bool: "true or false"}.get(cast("type", kind), "text")


def _misread(value: object, kind: object) -> str:
    if _choices(kind) and isinstance(value, str):
        near = nearest(value, _choices(kind))
        return f"; did you mean {near}?" if near else ", found something else"
    words = {str: "text", bool: "true or false", int: "a whole number", float: "a number", list: "a list"}
    return f", found {words.get(type(value), 'something else')}"


def _places(tree: Tree | Given, key: Key) -> list[str]:
    """Who gave this part of the tree: each variable by its name, all that the file says by its key."""
    given = _givens(tree)
    variables = [one.place for one in given if one.text]
    return variables if variables and len(variables) == len(given) else [".".join(key), *variables]


def _givens(tree: Tree | Given) -> list[Given]:
    return [tree] if isinstance(tree, Given) else [one for inner in tree.values() for one in _givens(inner)]


def _unknown(place: str, name: str, known: Mapping[str, object], key: Key) -> str:
    near = meant(name, key, known)
    if place.startswith(PREFIX):
        return f"{place}: no such setting" + (f"; did you mean {variable(near)}?" if near else "")
    return f"{place}: unknown key" + (f"; did you mean {'.'.join(near)}?" if near else "")
