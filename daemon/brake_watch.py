"""The watch's part in zeroes and brakes: asks people, asks the warehouse, and ends what is over.

What is held is a fact in the books from the moment it is computed; all that is done here follows from the books,
so that whatever dies in between is done by the next round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from daemon.brakes import catch_up
from daemon.level_requests import put_in_doubt
from daemon.settings import Intake, Zeroes
from daemon.store import stock
from daemon.store.database import Connection, query
from daemon.watch import Task, standing
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert
from handlers.zero_questions import ask_about_brake, ask_about_zero
from schemas.terms import Account, Sku

LEVELS = 500
"""Levels asked for in one round."""
QUESTIONS = 200
DOUBT = "zero_held"


@dataclass(frozen=True, slots=True)
class BrakeWatch:
    """Tasks for `daemon/watch.py`, each in a transaction of its own."""

    settings: Zeroes
    intake: Intake
    owners: Mapping[str, str]

    def tasks(self) -> tuple[Task, ...]:
        return (
            self.judge_again,
            self.ask_for_levels,
            self.ask_about_brakes,
            self.ask_about_zeroes,
            self.end_what_is_over,
            self.raise_zeroes,
            self.end_restores,
        )

    async def judge_again(self, connection: Connection, at: datetime) -> list[Note]:
        """Zeroes of which somebody has decided, and those held for long: computed anew."""
        await catch_up(connection, at)
        return []

    async def ask_for_levels(self, connection: Connection, at: datetime) -> list[Note]:
        """A fresh level of each: one that contradicts the zero ends its hold, one that agrees confirms it."""
        rows = await connection.fetch(query("zeroes_to_ask"), LEVELS)
        if not rows:
            return []
        names = sorted({(Account(row["account"]), Sku(row["sku"])) for row in rows})
        await put_in_doubt(connection, await stock.keys_of(connection, names), DOUBT, at, self.intake, self.owners)
        await connection.execute(query("zeroes_asked"), [row["listing_id"] for row in rows], at)
        return []

    async def ask_about_brakes(self, connection: Connection, at: datetime) -> list[Note]:
        """One open question for each brake that is on, and the alerts about it."""
        brakes = await connection.fetch(query("brakes_on"))
        within = timedelta(seconds=self.settings.brake_decide_within)
        notes = list[Note]()
        for row in brakes:
            ask = ask_about_brake(row["channel_account"], row["id"], row["held"], at + within, within)
            if row["decision"] is None and row["held"]:
                notes.append(ask)
            elif row["decision"] is not None and row["question"] != ask.question:
                await connection.execute(query("decision_reword"), row["decision"], ask.question)
        held = [_mass_held(row) for row in brakes if row["held"]]
        late = [_undecided(row) for row in brakes if row["held"] and row["escalated"]]
        notes += await standing(connection, AlertKind.MASS_ZERO_HELD, held)
        return notes + await standing(connection, AlertKind.MASS_ZERO_UNDECIDED, late)

    async def ask_about_zeroes(self, connection: Connection, at: datetime) -> list[Note]:
        del at
        rows = await connection.fetch(query("zeroes_to_question"), QUESTIONS)
        return [
            ask_about_zero(row["name"], row["listing_id"], row["zero_since"], row["zero_rule_until"], row["told"])
            for row in rows
        ]

    async def end_what_is_over(self, connection: Connection, at: datetime) -> list[Note]:
        """Brakes that hold nothing any more, and questions that nothing waits for."""
        await connection.execute(query("brakes_over"), at, at - timedelta(seconds=self.settings.brake_window))
        await connection.execute(query("zero_questions_withdraw"), at)
        return []

    async def end_restores(self, connection: Connection, at: datetime) -> list[Note]:
        """A restore whose time is over: its listings go by the books alone again, and then it is closed."""
        await connection.execute(query("restores_over"), at)
        await connection.execute(query("restores_end"), at)
        return []

    async def raise_zeroes(self, connection: Connection, at: datetime) -> list[Note]:
        """One alert per channel account, with the list."""
        rows = await connection.fetch(query("zeroes_standing"), at)
        held = [row for row in rows if row["why"] in ("rule", "refused")]
        notes = await standing(connection, AlertKind.ZERO_HELD, _by_account(AlertKind.ZERO_HELD, held, "are held"))
        told = [row for row in rows if row["why"] == "told"]
        return notes + await standing(
            connection, AlertKind.ZERO_TOLD, _by_account(AlertKind.ZERO_TOLD, told, "were told")
        )


def _by_account(kind: AlertKind, rows: Sequence[asyncpg.Record], what: str) -> list[RaiseAlert]:
    raised = list[RaiseAlert]()
    for account in sorted({row["account"] for row in rows}):
        own = [row for row in rows if row["account"] == account]
        count, since = sum(row["listings"] for row in own), min(row["since"] for row in own)
        skus = [sku for row in own for sku in row["skus"]]
        text = f"{count} zeroes of {account} {what}, the oldest since {since:%F %T} UTC"
        raised.append(RaiseAlert(kind, account, account, text, {"seller_skus": skus}))
    return raised


def _mass_held(row: asyncpg.Record) -> RaiseAlert:
    account = row["channel_account"]
    text = (
        f"{row['held']} zeroes of {account} are held since {row['began_at']:%F %T} UTC: nothing explains them;"
        f" {row['confirmed']} are confirmed by fresh levels. `goodsout decisions list --kind mass_zero`"
    )
    return RaiseAlert(AlertKind.MASS_ZERO_HELD, account, account, text, {"event": row["id"]}, row["default_at"])


def _undecided(row: asyncpg.Record) -> RaiseAlert:
    account = row["channel_account"]
    text = (
        f"nobody has decided about {row['held']} held zeroes of {account}, asked {row['escalated'] + 1} times;"
        " they stay held, and fresh levels were asked for"
    )
    return RaiseAlert(AlertKind.MASS_ZERO_UNDECIDED, account, account, text, {"event": row["id"]}, row["default_at"])
