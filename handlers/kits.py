r"""Kits in a cell of a spreadsheet: `2 x CHAIR-01; 1 x TABLE-07`.

SKUs are opaque text: what stands after `x ` is one to the letter. A `;` in it is written `\;`, a `\` is written `\\`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from handlers.sellable_stock import Component
from schemas.terms import Sku

MAX_COMPONENTS: Final = 50
MAX_QUANTITY: Final = 100_000
MAX_NAME: Final = 200

_ONE: Final = re.compile(r"\s*([0-9]{1,9})\s*[xX] (.*)", re.DOTALL)


def components(cell: str) -> tuple[Component, ...]:
    """The components of a kit, in the order of their SKUs. Raises ValueError."""
    found = [_component(text) for text in _split(cell)]
    names = [one.sku for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"names the component {twice[0]!r} twice; add the quantities up")
    if len(found) > MAX_COMPONENTS:
        raise ValueError(f"has {len(found)} components; at most {MAX_COMPONENTS} are possible")
    return tuple(sorted(found))


def write_components(kit: Iterable[Component]) -> str:
    """The cell that reads back as the same components."""
    return "; ".join(f"{one.quantity} x {_escaped(one.sku)}" for one in kit)


def _component(text: str) -> Component:
    found = _ONE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text.strip()!r} is no component, such as 2 x CHAIR-01")
    quantity, sku = int(found[1]), found[2]
    if not 1 <= quantity <= MAX_QUANTITY:
        raise ValueError(f"{quantity} of {sku!r} is not between 1 and {MAX_QUANTITY}")
    if not sku.strip() or not sku.isprintable() or len(sku) > MAX_NAME:
        raise ValueError(f"{sku!r} is no SKU: 1 to {MAX_NAME} characters that can be seen")
    return Component(Sku(sku), quantity)


def _split(cell: str) -> Iterator[str]:
    """The parts between semicolons, their escapes undone."""
    part, marks = "", iter(cell)
    for mark in marks:
        if mark == "\\":
            part += _escape(next(marks, ""))
        elif mark == ";":
            yield part
            part = ""
        else:
            part += mark
    yield part


def _escape(mark: str) -> str:
    if mark not in ("\\", ";"):
        raise ValueError("a \\ stands only before ; or another \\")
    return mark


def _escaped(sku: str) -> str:
    return sku.replace("\\", "\\\\").replace(";", "\\;")
