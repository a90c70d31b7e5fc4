"""EDIFACT's service characters, and cutting and joining by them with the release character in mind."""

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec


class Signs(msgspec.Struct, frozen=True):
    """As a UNA tells them. `release` and `repetition` are empty where there is none."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = ""
    terminator: str = "'"


DEFAULT = Signs()
VERSION_4 = Signs(repetition="*")
LEVEL_B = Signs(component="\x1f", element="\x1d", release="", terminator="\x1c")
"""The separators of UNOB without a UNA: control characters, and no release."""


def default(version: str) -> Signs:
    """What holds where no UNA says otherwise."""
    return VERSION_4 if version == "4" else DEFAULT


def unreleased(text: str, release: str) -> str:
    """The value without its release characters."""
    if not release or release not in text:
        return text
    return _release(release)(r"\1", text)


@lru_cache(maxsize=16)
def _release(release: str) -> Callable[[str, str], str]:
    return re.compile(re.escape(release) + "(.)", re.DOTALL).sub


def released(value: str, signs: Signs) -> str:
    """The value as it is written: each service character released."""
    marks = signs.release + signs.element + signs.component + signs.terminator + signs.repetition
    return re.sub(f"([{re.escape(marks)}])", lambda found: signs.release + found.group(), value)
