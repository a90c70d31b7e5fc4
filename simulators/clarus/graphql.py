"""As much of GraphQL's grammar as queries for lists need: one query, variables, arguments, nested fields."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\$?[_A-Za-z]\w*|-?\d+(?:\.\d+)?|[{}()\[\]:!=]|[^\s,]')
_NAME = re.compile(r"[_A-Za-z]\w*")


class GraphFault(Exception):
    """A query that cannot be run; the whole of it fails."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    alias: str
    arguments: dict[str, Any]
    fields: "tuple[Field, ...]"


@dataclass(frozen=True, slots=True)
class Query:
    declared: dict[str, str]
    """Variable -> its type, as written."""
    fields: tuple[Field, ...]


@dataclass(slots=True)
class _Reader:
    tokens: list[str]
    variables: dict[str, Any]
    at: int = 0
    declared: dict[str, str] = field(default_factory=dict[str, str])

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise GraphFault(f'Parse error on "{token}", expected {wanted or "more"}')
        self.at += 1
        return token

    def name(self) -> str:
        token = self.take()
        if not _NAME.fullmatch(token):
            raise GraphFault(f'Parse error on "{token}", expected a name')
        return token

    def query(self) -> Query:
        if self.peek() == "query":
            self.take()
            if _NAME.fullmatch(self.peek()):
                self.take()
            if self.peek() == "(":
                self.declare()
        fields = self.selection()
        if self.peek():
            raise GraphFault(f'Parse error on "{self.peek()}", expected the end')
        return Query(self.declared, fields)

    def declare(self) -> None:
        self.take("(")
        while self.peek() != ")":
            name = self.take().removeprefix("$")
            self.take(":")
            self.declared[name] = self.type()
        self.take(")")

    def type(self) -> str:
        if self.peek() == "[":
            self.take()
            found = f"[{self.type()}]"
            self.take("]")
        else:
            found = self.name()
        if self.peek() == "!":
            self.take()
            found += "!"
        return found

    def selection(self) -> tuple[Field, ...]:
        self.take("{")
        fields = list[Field]()
        while self.peek() != "}":
            fields.append(self.field())
        self.take("}")
        if not fields:
            raise GraphFault('Parse error on "}", expected a field')
        return tuple(fields)

    def field(self) -> Field:
        alias = name = self.name()
        if self.peek() == ":":
            self.take()
            name = self.name()
        arguments = dict[str, Any]()
        if self.peek() == "(":
            self.take()
            while self.peek() != ")":
                key = self.name()
                self.take(":")
                arguments[key] = self.value()
            self.take(")")
        return Field(name, alias, arguments, self.selection() if self.peek() == "{" else ())

    def value(self) -> Any:
        taken = self.take()
        if taken.startswith("$"):
            if taken[1:] not in self.declared:
                raise GraphFault(f"Variable {taken} is used but not declared")
            return self.variables.get(taken[1:])
        if taken == "[":
            return self._items()
        return self._object() if taken == "{" else self._scalar(taken)

    def _scalar(self, token: str) -> Any:
        words = {"true": True, "false": False, "null": None}
        if token in words:
            return words[token]
        if _NAME.fullmatch(token):
            return token
        try:
            return json.loads(token)
        except json.JSONDecodeError:
            raise GraphFault(f'Parse error on "{token}", expected a value') from None

    def _items(self) -> list[Any]:
        items = list[Any]()
        while self.peek() != "]":
            items.append(self.value())
        self.take("]")
        return items

    def _object(self) -> dict[str, Any]:
        made = dict[str, Any]()
        while self.peek() != "}":
            key = self.name()
            self.take(":")
            made[key] = self.value()
        self.take("}")
        return made


def parse(text: str, variables: dict[str, Any]) -> Query:
    """Raises GraphFault."""
    return _Reader(_TOKEN.findall(text), variables).query()
