"""Channels' orders on their way into the books: what each answer changes of what they hold, written in one statement.

`hear_each` locks the orders and compares; what it found may be judged in the same transaction; `save` writes both.

Locks: orders in the order of their ids, before open lines and dirty marks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from daemon.store import buyer_access, labels
from daemon.store.database import Connection, query
from daemon.store.sales_orders import Verdict, stored_of
from daemon.store.sealing import Erased, KeyRing, current_keys, open_body, seal_bodies
from handlers.label_following import as_open
from handlers.sales_orders import Heard, StoredOrder, Word, hear, subject_of
from schemas.sales_order import SalesOrder, ShipTo
from schemas.terms import ChannelAccount, ChannelOrderId


class Told(msgspec.Struct, frozen=True):
    """An order as the channel just told it, and its own words."""

    order: SalesOrder
    raw: bytes


class Hearing(msgspec.Struct, frozen=True):
    """What some answers were, each by its order, and what they move in the books. Holds buyer data."""

    words: Mapping[ChannelOrderId, Word]
    moved: Sequence[tuple[Told, Heard]]


async def take(
    connection: Connection, account: ChannelAccount, told: Sequence[Told], at: datetime, ring: KeyRing | None = None
) -> dict[Word, int]:
    """Write what these answers change, and make what changed due to be judged. Late answers change nothing."""
    hearing = await hear_each(connection, account, told, at, ring)
    await save(connection, hearing, {}, at, ring)
    return dict(Counter(hearing.words.values()))


async def hear_each(
    connection: Connection, account: ChannelAccount, told: Sequence[Told], at: datetime, ring: KeyRing | None = None
) -> Hearing:
    """Compare these answers with the books; of several about one order the newest counts. The orders are locked."""
    told = await _with_labels(connection, account, told)
    newest = {
        item.order.channel_order_id: _by_now(item, at)
        for item in sorted(told, key=lambda item: item.order.updated_at)
    }
    known = await _locked(connection, account, list(newest))
    words, compared, moved = dict[ChannelOrderId, Word](), list[str](), list[tuple[Told, Heard]]()
    for order_id, item in newest.items():
        before = known.get(order_id)
        had = None if before is None else await _address_of(connection, item.order, before, ring)
        if had is not None and before is not None:
            compared.append(before[1])
        heard = hear(item.order, None if before is None else before[0], had)
        words[order_id] = heard.word
        if before is None or heard.after != before[0]:
            moved.append((item, heard))
    await buyer_access.note(connection, compared, "compare", at)
    return Hearing(words, moved)


async def save(
    connection: Connection,
    hearing: Hearing,
    verdicts: Mapping[ChannelOrderId, Verdict],
    at: datetime,
    ring: KeyRing | None = None,
) -> None:
    """Write what moved, with the channel's words, and the address where it gave one, sealed. What has no verdict is
    due to be judged."""
    moved = hearing.moved
    if not moved:
        return
    ring = ring or current_keys()
    kept = [(subject_of(*heard.after.key), item) for item, heard in moved if _is_kept(item, heard)]
    raws = [(subject, item.raw) for subject, item in kept]
    given = [(subject, item.order.ship_to) for subject, item in kept]
    addresses = [(subject, msgspec.json.encode(ship_to)) for subject, ship_to in given if ship_to is not None]
    sealed = await seal_bodies(connection, raws + addresses, at, ring)
    raw_of = dict(zip((subject for subject, _ in raws), sealed, strict=False))
    address_of = dict(zip((subject for subject, _ in addresses), sealed[len(raws) :], strict=True))
    subjects = [subject_of(*heard.after.key) for _, heard in moved]
    bodies = [raw_of.get(subject) for subject in subjects], [address_of.get(subject) for subject in subjects]
    rows = [_plain(heard.after, verdicts.get(heard.after.order.channel_order_id), at) for _, heard in moved]
    await connection.execute(query("sales_orders_save"), rows, *bodies, at)


def _by_now(told: Told, at: datetime) -> Told:
    """A change in the future would make all that follow it stale: it has happened now."""
    if told.order.updated_at <= at:
        return told
    return Told(msgspec.structs.replace(told.order, updated_at=at), told.raw)


async def _with_labels(connection: Connection, account: ChannelAccount, told: Sequence[Told]) -> Sequence[Told]:
    """An order counts as despatched once its label is sold: those that have not left us are open all the same."""
    sent = [item.order.channel_order_id for item in told if item.order.status == "despatched"]
    here = await labels.not_left(connection, account, sent) if sent else set[ChannelOrderId]()
    return [Told(as_open(item.order), item.raw) if item.order.channel_order_id in here else item for item in told]


def _is_kept(item: Told, heard: Heard) -> bool:
    """Whether the channel's words, and its address if it gave one, take the place of those in the books."""
    return heard.word in ("new", "changed") or (heard.word == "unchanged" and item.order.ship_to is not None)


Known = tuple[StoredOrder, str, bytes | None]
"""An order, its subject and its sealed address."""


async def _locked(connection: Connection, account: str, order_ids: Sequence[str]) -> dict[str, Known]:
    rows = await connection.fetch(query("sales_orders_lock"), account, order_ids)
    return {row["channel_order_id"]: (stored_of(row), row["subject"], row["ship_to"]) for row in rows}


async def _address_of(connection: Connection, order: SalesOrder, known: Known, ring: KeyRing | None) -> ShipTo | None:
    """The address in the books, where there is another to compare it with."""
    _, subject, sealed = known
    if order.ship_to is None or sealed is None:
        return None
    try:
        return msgspec.json.decode(await open_body(connection, subject, sealed, ring), type=ShipTo)
    except Erased:
        return None


def _plain(stored: StoredOrder, verdict: Verdict | None, at: datetime) -> dict[str, object]:
    """Every column of an order that is stored in clear."""
    order: dict[str, object] = msgspec.to_builtins(msgspec.structs.replace(stored.order, ship_to=None))
    more = {
        "order_reference": stored.order_reference, "version": stored.version, "content_hash": stored.content_hash,
        "ship_to_of": stored.ship_to_of, "subject": subject_of(*stored.key), "check_at": at, "state": stored.state,
    }  # fmt: skip
    if verdict is None:
        return order | more
    cleared_version = verdict.version if verdict.cleared else None
    judged = {"state": verdict.state, "cleared": verdict.cleared, "check_at": verdict.check_at}
    return order | more | judged | {"cleared_version": cleared_version}
