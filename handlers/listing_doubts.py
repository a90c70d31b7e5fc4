"""Listings that can be imported and still look like a mistake: said, never corrected."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from handlers.listings import Changes, Key, key_of
from handlers.sellable_stock import Listing
from schemas.terms import ChannelAccount, Marketplace

Sellers = Mapping[ChannelAccount, tuple[str, tuple[Marketplace, ...]]]
"""Configured channel account -> (its stock owner, its marketplaces)."""

SHORTENED: Final = re.compile(r"\d(\.\d+)?E\+\d+", re.I)
"""How a spreadsheet writes a long number that it took for one."""


def doubts(
    changes: Changes,
    kept: Iterable[Listing],
    sellers: Sellers,
    lines: Mapping[Key, int],
    classes: Collection[str] = (),
) -> list[str]:
    """One line each, about what is added or changed. `kept`: everything that will be in the books. `classes`: the
    velocity classes that are configured."""
    fresh = [*changes.added, *(after for _, after in changes.changed)]
    said = [f"{_where(listing, lines)}: {text}" for listing in fresh for text in _alone(listing, sellers, classes)]
    return [*said, *_near_misses(fresh, list(kept), lines)]


def _alone(listing: Listing, sellers: Sellers, classes: Collection[str]) -> Iterator[str]:
    if listing.velocity_class and listing.velocity_class not in classes:
        yield f"velocity_class {listing.velocity_class!r} is not in the configuration: nothing is kept back for it"
    named = (("component", one.sku) for one in listing.components)
    for column, value in (("seller_sku", listing.seller_sku), ("sku", listing.sku), *named):
        if value != value.strip():
            yield f"{column} {value!r} begins or ends with a space"
        if SHORTENED.fullmatch(value):
            yield f"{column} {value!r} looks like a number that a spreadsheet has shortened"
    found = sellers.get(listing.channel_account)
    if found is None:
        yield f"channel account {listing.channel_account!r} is not in the configuration: nothing is told to it"
        return
    account, marketplaces = found
    if listing.marketplace not in marketplaces:
        yield f"marketplace {listing.marketplace!r} is not one of {', '.join(marketplaces)}"
    if listing.account != account:
        yield f"stock owner {listing.account!r} is not {account!r}, whose stock {listing.channel_account!r} sells"


def _near_misses(fresh: Sequence[Listing], kept: Sequence[Listing], lines: Mapping[Key, int]) -> Iterator[str]:
    """Names that differ from another only in case, in zeros before them, or in spaces around them."""
    seller_skus = _alike((one.channel_account, one.seller_sku) for one in kept)
    skus = _alike((one.account, one.sku) for one in kept)
    for listing in fresh:
        for column, value, alike in (
            ("seller_sku", listing.seller_sku, seller_skus[(listing.channel_account, plain(listing.seller_sku))]),
            ("sku", listing.sku, skus[(listing.account, plain(listing.sku))]),
        ):
            if others := sorted(alike - {value}):
                yield f"{_where(listing, lines)}: {column} {value!r} is nearly {', '.join(map(repr, others))}"


def _alike(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    found = dict[tuple[str, str], set[str]]()
    for owner, value in names:
        found.setdefault((owner, plain(value)), set()).add(value)
    return found


def plain(value: str) -> str:
    """What is left of a name without case, leading zeros and spaces around it."""
    return value.strip().casefold().lstrip("0")


def _where(listing: Listing, lines: Mapping[Key, int]) -> str:
    return f"line {lines[key_of(listing)]}"
