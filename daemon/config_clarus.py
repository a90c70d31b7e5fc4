"""What the tables `[clarus.*]` and `[warehouses.*]` must agree on, in words that repeat no value."""

from collections.abc import Iterator, Mapping

from daemon.config_hints import Key, nearest
from daemon.config_shape import Found

LEAST_TOKEN = 32
"""Characters of a webhook's token at least: nothing else tells Clarus from anybody."""


def clarus_faults(values: Mapping[Key, Found]) -> list[str]:
    """Unknown tenants, warehouses that cannot be read, and what is named twice."""
    tenants = {key[1] for key in values if key[0] == "clarus"}
    names = dict.fromkeys(key[1] for key in values if key[0] == "warehouses")
    faults = [fault for name in names for fault in _warehouse(values, name, tenants)]
    return [*faults, *_read_twice(values, names), *_posted_twice(values)]


def _warehouse(values: Mapping[Key, Found], name: str, tenants: set[str]) -> Iterator[str]:
    place, tenant = f"warehouses.{name}", values.get(("warehouses", name, "clarus"))
    if tenant is None:
        if _value(values, "warehouses", name, "authority") == "clarus":
            yield f"{place}.clarus: missing; under authority clarus it must name the tenant that is read"
        return
    if tenant.value not in tenants:
        near = nearest(str(tenant.value), tenants)
        yield f"{tenant.place}: no such tenant; " + (f"did you mean {near}?" if near else "add its [clarus.NAME]")
    if _value(values, "warehouses", name, "warehouse_id") is None:
        yield f"{place}.warehouse_id: missing; Clarus's balances name a warehouse by its id alone"
    if not any(key[:3] == ("warehouses", name, "accounts") for key in values):
        yield f"{place}.accounts: missing; give each stock owner its account code at Clarus"


def _read_twice(values: Mapping[Key, Found], names: Mapping[str, None]) -> Iterator[str]:
    """Two warehouses behind one id, or two owners behind one code, would count the same stock twice."""
    first: dict[tuple[object, object], str] = {}
    for name in names:
        ours = _value(values, "warehouses", name, "clarus"), _value(values, "warehouses", name, "warehouse_id")
        if None not in ours and first.setdefault(ours, name) != name:
            yield f"warehouses.{name}.warehouse_id: is the same as that of warehouses.{first[ours]}"
    owners: dict[tuple[object, object], str] = {}
    for key, found in values.items():
        if key[0] == "warehouses" and key[2] == "accounts":
            other = owners.setdefault((key[1], found.value), key[3])
            if other != key[3]:
                yield f"{found.place}: names the same account at Clarus as {other}"


def _posted_twice(values: Mapping[Key, Found]) -> Iterator[str]:
    first: dict[tuple[str, object], str] = {}
    for key, found in values.items():
        if key[0] == "clarus" and key[-1] == "automation_id":
            other = first.setdefault((key[1], found.value), found.place)
            if other != found.place:
                yield f"{found.place}: the same automation as {other}"


def token_fault(field: str, token: str, used_before: bool) -> str | None:
    """What is wrong with a webhook's token, if `field` is one."""
    if field != "clarus.*.hooks.*.token_file":
        return None
    if used_before:
        return "holds the token of another: each automation needs one of its own"
    if len(token) < LEAST_TOKEN or not token.isascii() or not token.isalnum():
        return (
            f"holds no token that nobody can guess: at least {LEAST_TOKEN} letters and digits, such as"
            " `openssl rand -hex 32` makes"
        )
    return None


def _value(values: Mapping[Key, Found], *key: str) -> object:
    found = values.get(key)
    return None if found is None else found.value
