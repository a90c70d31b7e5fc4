"""Where a listing stands and why its turn comes when it does: the same decisions as the publisher's, asked again."""

from dataclasses import dataclass
from datetime import UTC, datetime

from daemon.settings import Publication
from daemon.store import publication
from daemon.store.database import Connection
from daemon.store.story import ListingStory
from daemon.store.supply import inputs_for
from handlers.publication import Send, next_for, urgency
from handlers.supply import Rules, sellable_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What a listing should show, how that was reckoned, and what comes next."""

    should: str
    steps: tuple[tuple[str, int], ...] = ()
    next: tuple[str, ...] = ()


async def standing_of(
    connection: Connection, found: ListingStory, rules: Rules, settings: Publication, now: datetime
) -> Standing:
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
    return Standing(should, result.steps, _next(standing, found, settings, now))


def _next(
    standing: publication.Standing, found: ListingStory, settings: Publication, now: datetime
) -> tuple[str, ...]:
    move = next_for(standing.told, standing.desired, now, settings.near_zero)
    if isinstance(move, Send):
        kind = urgency(standing.told.told, move.value, settings.near_zero)
        turn = found.turn
        return (f"tell {move.value} ({_CLASSES[kind]}); {turn['older']} of {turn['waiting']} that wait are older",)
    until = f", until {move.until.astimezone(UTC):%H:%M:%S}" if move.until else ""
    return (f"nothing to send: {_WAITS.get(move.why, move.why)}{until}",)


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
