"""What a buyer chose, in the channel's words, and the warehouse's carrier and service that fulfil it. Exact text."""

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

ANY: Final = "*"


class ServiceRow(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One row of the mapping that operations own; `*` stands for any."""

    channel_account: str
    service: str
    programme: str = ANY
    country: str = ANY
    """ISO 3166-1 alpha-2, of the delivery."""
    carrier: str
    carrier_service: str = ""
    """As the warehouse writes it; empty: the carrier's default."""


def service_for(
    rows: Iterable[ServiceRow], account: str, service: str, programmes: Collection[str], country: str
) -> ServiceRow | None:
    """The most specific row: the account before any, the service, then the programme, then the country.

    None where none fits, and where two programmes of the order ask for different ones: nothing is guessed.
    """
    fits = [row for row in rows if _fits(row, account, service, programmes, country)]
    best = max(map(_rank, fits), default=None)
    found = {(row.carrier, row.carrier_service): row for row in fits if _rank(row) == best}
    return next(iter(found.values())) if len(found) == 1 else None


def _fits(row: ServiceRow, account: str, service: str, programmes: Collection[str], country: str) -> bool:
    return (
        row.channel_account in (account, ANY)
        and row.service in (service, ANY)
        and (row.programme == ANY or row.programme in programmes)
        and row.country in (country, ANY)
    )


def _rank(row: ServiceRow) -> tuple[bool, bool, bool, bool]:
    return row.channel_account != ANY, row.service != ANY, row.programme != ANY, row.country != ANY


def near_services(rows: Iterable[ServiceRow], account: str, service: str) -> tuple[str, ...]:
    """Mapped services whose names differ only in case, spaces or punctuation: shown, never used."""
    loose = _loose(service)
    names = {row.service for row in rows if row.channel_account in (account, ANY) and row.service != service}
    return tuple(sorted(name for name in names if _loose(name) == loose))


def _loose(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
