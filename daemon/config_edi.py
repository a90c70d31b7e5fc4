"""What the tables `[edi.*]` and `[vendors.*]` must agree on, in words that repeat no value."""

from collections.abc import Iterator, Mapping

from daemon.config_hints import Key, nearest
from daemon.config_shape import Found

FOLDERS = (("inbox",), ("outbox",))
SERVER = tuple(("server", field) for field in ("host", "user", "key_file", "known_hosts_file"))


def edi_faults(values: Mapping[Key, Found]) -> list[str]:
    """Vendor accounts that are named nowhere else or trade by no way, and exchanges without a way for their files."""
    vendors = dict.fromkeys(key[1] for key in values if key[0] == "vendors")
    names = dict.fromkeys(key[1] for key in values if key[0] == "edi")
    faults = [fault for name in names for fault in _exchange(values, name, set(vendors))]
    by_edi = {str(found.value) for key, found in values.items() if key[0] == "edi" and key[2:] == ("vendor",)}
    faults += [fault for name in dict.fromkeys(key[1] for key in values if key[0] == "stock_reports")
               for fault in _reports(values, name, set(names))]  # fmt: skip
    return [*faults, *(fault for name in vendors for fault in _vendor(values, name, by_edi))]


def _reports(values: Mapping[Key, Found], name: str, exchanges: set[str]) -> Iterator[str]:
    """An exchange that is there has to carry them."""
    found = values.get(("stock_reports", name, "exchange"))
    if found is not None and str(found.value) not in exchanges:
        near = nearest(str(found.value), exchanges)
        hint = f"did you mean {near}?" if near else "add its [edi.NAME]"
        yield f"{found.place}: no such exchange; {hint}"


def _vendor(values: Mapping[Key, Found], name: str, by_edi: set[str]) -> Iterator[str]:
    if ("vendors", name, "endpoint") not in values:
        if name not in by_edi:
            yield f"vendors.{name}: it has neither an endpoint nor an exchange that names it: add one, or [edi.NAME]"
        return
    for field in ("client_id", "client_secret_file", "refresh_token_file"):
        if ("vendors", name, field) not in values:
            yield f"vendors.{name}.{field}: missing; the endpoint asks for it"


def _exchange(values: Mapping[Key, Found], name: str, vendors: set[str]) -> Iterator[str]:
    found = values.get(("edi", name, "vendor"))
    if found is not None and str(found.value) not in vendors:
        near = nearest(str(found.value), vendors)
        hint = f"did you mean {near}?" if near else "add its [vendors.NAME]"
        yield f"{found.place}: no such vendor account; {hint}"
    transport = values.get(("edi", name, "transport"))
    by_server = transport is not None and transport.value == "sftp"
    for field in SERVER if by_server else FOLDERS:
        if ("edi", name, *field) not in values:
            yield f"edi.{name}.{'.'.join(field)}: missing; files have no way without it"
