"""What the tables `[edi.*]` must agree on with others, in words that repeat no value."""

from collections.abc import Iterator, Mapping

from daemon.config_hints import Key, nearest
from daemon.config_shape import Found


def edi_faults(values: Mapping[Key, Found]) -> list[str]:
    """Vendor accounts that are named nowhere else, and exchanges without a way for their files."""
    vendors = {key[1] for key in values if key[0] == "vendors"}
    names = dict.fromkeys(key[1] for key in values if key[0] == "edi")
    return [fault for name in names for fault in _exchange(values, name, vendors)]


def _exchange(values: Mapping[Key, Found], name: str, vendors: set[str]) -> Iterator[str]:
    found = values.get(("edi", name, "vendor"))
    if found is not None and str(found.value) not in vendors:
        near = nearest(str(found.value), vendors)
        hint = f"did you mean {near}?" if near else "add its [vendors.NAME]"
        yield f"{found.place}: no such vendor account; {hint}"
    folders = [key for key in (("edi", name, "inbox"), ("edi", name, "outbox")) if key in values]
    served = any(key[:3] == ("edi", name, "server") for key in values)
    if served and folders:
        yield f"edi.{name}: give either inbox and outbox, or server: files have one way"
    if not served and len(folders) < 2:
        yield f"edi.{name}: inbox and outbox are missing; name both, or give server"
