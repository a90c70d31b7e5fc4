"""The environment's part of the configuration: `GOODSOUT_BUS__URL` over `bus.url`, and whose names we leave alone."""

import re
from collections.abc import Mapping

from daemon.config_hints import PREFIX
from daemon.config_shape import Given, Tree

CONFIG = PREFIX + "CONFIG"
RESERVED = PREFIX + "TEST_"
"""For the tests' own switches."""

_KUBERNETES = re.compile(
    r"GOODSOUT_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)", re.IGNORECASE
)
"""What Kubernetes sets in every pod beside a Service whose name begins with `goodsout`."""


def overlay(tree: Tree, environ: Mapping[str, str]) -> list[str]:
    """Put the variables over the tree, in place; returns the faults."""
    faults: list[str] = []
    taken: dict[tuple[str, ...], str] = {}
    for name, text in sorted(item for item in environ.items() if names_a_setting(*item)):
        path = tuple(part.lower() for part in name[len(PREFIX) :].split("__"))
        if path in taken:
            faults.append(f"{name}: says the same as {taken[path]}; keep one of them")
            continue
        taken[path] = name
        faults += _put(tree, path, Given(text, name, text=True))
    return faults


def names_a_setting(name: str, text: str) -> bool:
    """Whether a variable is meant for the settings: ours, and neither the tests' nor the platform's."""
    upper = name.upper()
    return upper.startswith(PREFIX) and upper != CONFIG and not _of_others(upper, text)


def _of_others(upper: str, text: str) -> bool:
    if upper.startswith(RESERVED) or _KUBERNETES.fullmatch(upper):
        return True
    return upper.endswith("_PORT") and re.match(r"(tcp|udp|sctp)://", text) is not None


def _put(tree: Tree, path: tuple[str, ...], given: Given) -> list[str]:
    """Put one value at its path. The file's own spelling of a name wins: `my-shop` is reached as `MY_SHOP`."""
    if not all(path):
        return [f"{given.place}: an empty name; it reads {PREFIX}SECTION__KEY"]
    names = _matching(tree, path[0])
    if len(names) > 1:
        return [f"{given.place}: may mean any of {', '.join(names)}; rename all but one of them in the file"]
    name = names[0] if names else path[0]
    return _put_at(tree, name, path[1:], given)


def _put_at(tree: Tree, name: str, rest: tuple[str, ...], given: Given) -> list[str]:
    there = tree.get(name)
    if not rest:
        if isinstance(there, dict):
            return [f"{given.place}: {name} is a table; name one of its keys, such as {given.place}__KEY"]
        tree[name] = given
        return []
    if isinstance(there, Given):
        return [f"{given.place}: {name} is a single value, it holds no {rest[0]}"]
    below: Tree = there or {}
    tree[name] = below
    return _put(below, rest, given)


def _matching(tree: Tree, part: str) -> list[str]:
    return [name for name in tree if name.lower().replace("-", "_") == part]
