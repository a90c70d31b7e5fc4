"""Where a listing stands and why its turn comes when it does: the same decisions as the publisher's, asked again."""

from dataclasses import dataclass
from datetime import UTC, datetime

from daemon.settings import Publication
from daemon.store import publication
from daemon.store.database import Connection
from daemon.store.story import ListingStory
from daemon.store.supply import inputs_for
from daemon.turns import columns, policy_of, sending
from handlers.publication import Send, next_for, urgency
from handlers.sellable_stock import Listing
from handlers.supply import Rules, sellable_of
from handlers.turn_reasons import in_words, turn_of

EVERYTHING = 2_000_000
"""No account has more listings."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a listing should show, how that was reckoned, and what comes next."""

    should: str
    steps: tuple[tuple[str, int], ...] = ()
    next: tuple[str, ...] = ()


async def standing_of(
    connection: Connection,
    found: ListingStory,
    rules: Rules,
    settings: Publication,
    half_life: float,
    now: datetime,
    *,
    by_update: bool = False,
) -> Standing:
    """`half_life`: seconds until a sale counts half in measured demand. `by_update`: its account has no patches."""
    row = found.listing
    standings = await publication.lock(connection, [row["id"]])
    if not standings:
        return Standing("nothing was reckoned for it yet", (), (f"its warehouses never reported {row['sku']}",))
    standing = standings[0]
    result = sellable_of(standing.listing, await inputs_for(connection, [standing.listing]), rules)
    if result is None:
        why = f"no warehouse that {row['channel_account']} sells from ever reported {row['sku']} of {row['account']}"
        return Standing("may show nothing", (), (f"{why}; the channel keeps what it shows until one does",))
    doubt = "" if result.may_rise else " (in doubt: the lesser of what was told and what is sellable)"
    should = f"should show {standing.desired}{doubt}" if standing.desired is not None else "nothing may be said"
    ahead = _ahead(result.pool, standing, settings)
    steps = (*result.steps, *ahead)
    return Standing(should, steps, await _next(connection, standing, settings, half_life, now, by_update=by_update))


def _ahead(pool: int, standing: publication.Standing, settings: Publication) -> tuple[tuple[str, int], ...]:
    """What foresight made of it, where it is on, and what is held back while lowerings wait."""
    if standing.desired is None or (settings.foresight <= 0 and not standing.held_back):
        return ()
    held = (("held back: others may take them before this listing's next turn", -standing.held_back),)
    return (
        ("backed by", pool),
        *held * bool(standing.held_back),
        ("shown ahead of sales elsewhere", standing.desired),
    )


async def _next(
    connection: Connection,
    standing: publication.Standing,
    settings: Publication,
    half_life: float,
    now: datetime,
    *,
    by_update: bool,
) -> tuple[str, ...]:
    move = next_for(standing.told, standing.desired, now, settings.near_zero)
    if isinstance(move, Send):
        kind = urgency(standing.told.told, move.value, settings.near_zero)
        if by_update:
            return (f"tell {move.value} ({_CLASSES[kind]})", "by the next update of its warehouse")
        why = await _why_now(connection, standing.listing, settings, half_life, now)
        return (f"tell {move.value} ({_CLASSES[kind]})", *why)
    until = f", until {move.until.astimezone(UTC):%H:%M:%S}" if move.until else ""
    return (f"nothing to send: {_WAITS.get(move.why, move.why)}{until}",)


async def _why_now(
    connection: Connection, listing: Listing, settings: Publication, half_life: float, now: datetime
) -> tuple[str, ...]:
    """Its place among all that wait for the account's budget, by the publisher's own policy."""
    account, near_zero = listing.channel_account, settings.near_zero
    found = await publication.candidates(connection, account, now, near_zero, EVERYTHING, half_life)
    sends = sending(found, now, near_zero)
    place = next((n for n, (waiting, _) in enumerate(sends) if waiting.listing_id == listing.id), None)
    if place is None:
        return ()
    policy = policy_of(settings)
    turn = turn_of(place, columns(sends, settings, half_life), now.timestamp(), policy)
    return in_words(turn, policy.patch_rate)


_CLASSES = {
    "near_zero": "a lowering to nearly nothing: these go first",
    "lowering": "a lowering",
    "raise": "a raise",
    "again": "once more, because something may have overtaken it",
}

_WAITS = {
    "told": "the newest value was told",
    "nothing may be said": "nothing may be said",
    "refused before": "the channel refused this value; it is told again when something changes, or after some hours",
    "in flight": "a request is under way, and a raise waits for its end",
    "backed off": "the channel turned us away for a while",
}
