"""Questions to people: the list, the answer, and the defaults that policy takes when nobody answers in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from daemon.store import notices_by_hand, purchase_order_decisions
from daemon.store.database import Connection, query
from daemon.store.notes import write_notes
from daemon.store.zero_answers import carry_out_deed
from daemon.topology import OUTCOMES
from handlers.decisions import POLICY, Decision, MoveEffect, Refused, What, carry_out, check_choice
from handlers.notes import Announce, Note
from handlers.purchase_order_desk import PoDeed
from handlers.ship_desk import NoticeDeed
from handlers.zero_questions import KeepHeld, ZeroDeed
from schemas.outgoing import OUTCOME, OutcomeData

AT_ONCE = 100
"""Defaults taken in one transaction at most."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who chose which option, and why."""

    option: str
    by: str
    note: str = ""
    named: tuple[str, ...] = ()
    """What it is about, where it is about some of many."""


async def list_decisions(
    connection: Connection,
    *,
    closed: bool | None = False,
    kind: str | None = None,
    owner: str | None = None,
    limit: int = 100,
) -> list[Decision]:
    """Questions, the most urgent default first. `closed` None gives open and closed ones."""
    rows = await connection.fetch(query("list_decisions"), closed, kind, owner, None, limit)
    return [_decision(row) for row in rows]


async def find_decision(connection: Connection, decision_id: int) -> Decision | None:
    row = await connection.fetchrow(query("list_decisions"), None, None, None, decision_id, 1)
    return _decision(row) if row else None


def _decision(row: asyncpg.Record) -> Decision:
    values: dict[str, Any] = dict(row.items())
    values["detail"] = msgspec.json.decode(row["detail"], type=dict[str, object])
    values["options"] = tuple(row["options"])
    return Decision(**values)


async def decide(
    connection: Connection, decision_id: int, choice: Choice, at: datetime, owners: Mapping[str, str]
) -> list[What]:
    """Record a choice and carry it out, in the caller's transaction. Returns what it did.

    Raises Refused when there is no such question, it is closed, or it has no such option.
    """
    await _lock_orders(connection, [decision_id])
    row = await connection.fetchrow(query("lock_decision"), decision_id)
    if row is None:
        raise Refused(f"there is no decision {decision_id}; `goodsout decisions list` shows the open ones")
    return await _take(connection, _decision(row), choice, at, owners)


async def _lock_orders(connection: Connection, decision_ids: Sequence[int]) -> None:
    """Orders are locked before their questions, as a look at an order does that closes its own."""
    if decision_ids:
        await connection.execute(query("lock_orders_of_decisions"), decision_ids)


async def take_defaults(connection: Connection, at: datetime, owners: Mapping[str, str]) -> list[Decision]:
    """Decide by policy what nobody decided by its time, in the caller's transaction. Returns those decisions."""
    await _lock_orders(connection, [row["id"] for row in await connection.fetch(query("decisions_due"), at, AT_ONCE)])
    rows = await connection.fetch(query("lock_decisions_due"), at, AT_ONCE)
    return [decision for row in rows if await _take_default(connection, decision := _decision(row), at, owners)]


async def _take_default(connection: Connection, decision: Decision, at: datetime, owners: Mapping[str, str]) -> bool:
    choice = Choice(decision.default_option or "", POLICY, "nobody decided in time")
    try:
        await _take(connection, decision, choice, at, owners)
    except Refused:
        return False  # a default that cannot be carried out stays a question for a person
    return True


async def _take(
    connection: Connection, decision: Decision, choice: Choice, at: datetime, owners: Mapping[str, str]
) -> list[What]:
    check_choice(decision, choice.option)
    whats = carry_out(chosen(decision, choice, at))
    await _record(connection, decision, choice, whats, at)
    done: list[What] = []
    notes: list[Note] = []
    for what in whats:
        if isinstance(what, PoDeed):
            if not await purchase_order_decisions.decided(connection, what, at):
                continue
        elif isinstance(what, ZeroDeed):
            if not await carry_out_deed(connection, what, at):
                continue
        elif isinstance(what, NoticeDeed):
            if not await notices_by_hand.told(connection, what, at):
                continue
        elif not isinstance(what, MoveEffect):
            notes.append(what)
        elif (told := await _move(connection, what, decision.id, choice, at)) is None:
            continue  # it moved on by itself: there is nothing left to do about it
        else:
            notes.append(told)
        done.append(what)
    await write_notes(connection, notes, at, owners)
    return done


async def _record(
    connection: Connection, decision: Decision, choice: Choice, whats: Sequence[What], at: datetime
) -> None:
    """Close the question; one whose answer is to wait stays open until it is asked again."""
    again = [what.again_at for what in whats if isinstance(what, KeepHeld)]
    if again:
        await connection.execute(query("decision_prolong"), decision.id, again[0])
    else:
        await connection.execute(query("record_decision"), decision.id, choice.option, choice.by, at, choice.note)


def chosen(decision: Decision, choice: Choice, at: datetime) -> Decision:
    """The question with this answer, as `carry_out` wants it."""
    return msgspec.structs.replace(
        decision, decided=choice.option, decided_by=choice.by, decided_at=at, note=choice.note, named=choice.named
    )


async def _move(
    connection: Connection, move: MoveEffect, decision_id: int, choice: Choice, at: datetime
) -> Announce | None:
    """Move the effect; returns the outcome to announce, None when the effect is no longer there to be moved."""
    text = f"{choice.by} decided {choice.option}" + (f": {choice.note}" if choice.note else "")
    row = await connection.fetchrow(query("move_effect"), move.effect_id, move.state, move.reason, text, at)
    if row is None:
        return None
    data = OutcomeData(
        kind=row["kind"],
        subject=row["subject"],
        account=row["account"],
        outcome=move.state,
        reason=move.reason,
        detail=text,
        effect_id=row["id"],
        attempt=row["attempt"],
        request_id=row["request_id"],
    )
    return Announce(
        exchange=OUTCOMES,
        routing_key=f"{row['lane']}.{move.state}",
        type=OUTCOME,
        message_id=f"outcome-decision-{decision_id}",
        data=msgspec.to_builtins(data),
    )
