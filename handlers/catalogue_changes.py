"""What a comparison of catalogue, listings and products found, against what it had found before."""

from collections.abc import Sequence

import msgspec

from handlers.alerts import AlertKind
from handlers.catalogue_comparison import KINDS, Difference
from handlers.notes import Note, RaiseAlert, ResolveAlert

SHOWN = 10


class Changes(msgspec.Struct, frozen=True):
    """`gone`: what agrees again. A difference is the same as long as its kind and name are."""

    new: tuple[Difference, ...]
    gone: tuple[Difference, ...]


def changes(known: Sequence[Difference], found: Sequence[Difference]) -> Changes:
    before, now = {_key(one) for one in known}, {_key(one) for one in found}
    return Changes(
        tuple(one for one in found if _key(one) not in before), tuple(one for one in known if _key(one) not in now)
    )


def _key(difference: Difference) -> tuple[str, str]:
    return difference.kind, difference.name


def note(account: str, marketplace: str, found: Sequence[Difference], changed: Changes) -> Note | None:
    """Raised when something new appears, closed when all agrees; None: people know what there is."""
    cause = f"{account}/{marketplace}"
    if not found:
        return ResolveAlert(AlertKind.CATALOGUE_DIFFERS, cause)
    if not changed.new:
        return None
    counts = {kind: sum(one.kind == kind for one in found) for kind in KINDS}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    names = ", ".join(f"{one.kind} {one.name}" for one in changed.new[:SHOWN])
    more = f" and {len(changed.new) - SHOWN} more" if len(changed.new) > SHOWN else ""
    text = f"{cause}: {told}; new: {names}{more}. All of them: `goodsout compare {account}`"
    return RaiseAlert(AlertKind.CATALOGUE_DIFFERS, cause, account, text, {"new": len(changed.new)})
