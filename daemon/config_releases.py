"""What the tables `[releases]`, `[labels.*]` and `[warehouses.*]` must agree on, in words that repeat no value."""

from collections.abc import Iterator, Mapping

from daemon.config_hints import Key, nearest
from daemon.config_shape import Found


def release_faults(values: Mapping[Key, Found]) -> list[str]:
    """Accounts and warehouses that are named nowhere else, and owners without an id where orders need one."""
    warehouses = {key[1] for key in values if key[0] == "warehouses"}
    sellers = {key[1] for key in values if key[0] == "sellers"}
    vendors = dict.fromkeys(key[1] for key in values if key[0] == "vendors")
    names = dict.fromkeys(key[2] for key in values if key[:2] == ("releases", "accounts"))
    faults = [fault for name in names for fault in _account(values, name, warehouses, sellers | set(vendors))]
    faults += [fault for name in vendors for fault in _vendor(values, name)]
    labelled = dict.fromkeys(key[1] for key in values if key[0] == "labels")
    return [*faults, *(_unsold(f"labels.{name}", name, sellers) for name in labelled if name not in sellers)]


def _account(values: Mapping[Key, Found], name: str, warehouses: set[str], sellers: set[str]) -> Iterator[str]:
    place = f"releases.accounts.{name}"
    if name not in sellers:
        yield _unsold(place, name, sellers)
    found = values.get(("releases", "accounts", name, "warehouse"))
    if found is None:
        return
    warehouse = str(found.value)
    if warehouse not in warehouses:
        near = nearest(warehouse, warehouses)
        hint = f"did you mean {near}?" if near else "add its [warehouses.NAME]"
        yield f"{found.place}: no such warehouse; {hint}"
        return
    at_clarus = values.get(("warehouses", warehouse, "authority"))
    if at_clarus is not None and at_clarus.value == "clarus" and not _has_ids(values, warehouse):
        yield f"warehouses.{warehouse}.account_ids: missing; orders name a stock owner at Clarus by its id alone"


def _vendor(values: Mapping[Key, Found], name: str) -> Iterator[str]:
    """What a retailer's orders are secured by, and where they leave from."""
    mode, to = values.get(("vendors", name, "secure_by")), values.get(("releases", "accounts", name, "warehouse"))
    process = mode is not None and mode.value == "process"
    if to is None:
        if process:
            yield f"vendors.{name}.secure_by: nothing is allocated without [releases.accounts.{name}]: add it"
        return
    pool = values.get(("vendors", name, "warehouses"))
    if pool is not None and list(pool.value) != [to.value]:  # type: ignore[call-overload]
        yield f"{pool.place}: must be the one warehouse of [releases.accounts.{name}]: its goods leave from there"
    tenant = values.get(("warehouses", str(to.value), "clarus"))
    read = values.get(("clarus", str(tenant.value), "goods_outs", "read")) if tenant else None
    if process and tenant is not None and not (read is not None and read.value is True):
        yield f"vendors.{name}.secure_by: what is allocated is read with goods_outs.read of its tenant: switch it on"


def _unsold(place: str, name: str, sellers: set[str]) -> str:
    near = nearest(name, sellers)
    return f"{place}: no such selling account; " + (f"did you mean {near}?" if near else "add its [sellers.NAME]")


def _has_ids(values: Mapping[Key, Found], warehouse: str) -> bool:
    return any(key[:3] == ("warehouses", warehouse, "account_ids") for key in values)
