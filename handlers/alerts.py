"""All alerts: their kinds, what each means, and who owns it, which is configuration."""

from collections.abc import Mapping
from typing import Final

from handlers import alerts_of_links, alerts_of_orders, alerts_of_stock, alerts_of_vendors
from handlers.alert_kinds import OWNERS, SEVERITIES, AlertKind, Entry, Owner, Severity

__all__ = ["CATALOGUE", "OWNERS", "SEVERITIES", "AlertKind", "Entry", "Owner", "Severity", "owner_of"]

_ENTRIES = {
    **alerts_of_stock.ENTRIES,
    **alerts_of_orders.ENTRIES,
    **alerts_of_vendors.ENTRIES,
    **alerts_of_links.ENTRIES,
}
CATALOGUE: Final[Mapping[AlertKind, Entry]] = {kind: _ENTRIES[kind] for kind in AlertKind}


def owner_of(kind: AlertKind, owners: Mapping[str, str]) -> str:
    """The team that owns a kind: as configured, else the default."""
    return owners.get(kind.value, CATALOGUE[kind].owner)
