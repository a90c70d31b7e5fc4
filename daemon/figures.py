"""Gauges from the books: what is behind, in doubt, blocked, and waiting for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

import asyncpg

from daemon.clock import Clock
from daemon.store.database import Database, query
from daemon.telemetry import Telemetry

Rows: TypeAlias = Sequence[asyncpg.Record]

EVERY = 5.0
"""Real seconds between two looks."""


class Found(NamedTuple):
    """What one look at the books brought."""

    one: asyncpg.Record
    """Of what there is one figure for the whole house."""
    listings: Rows
    truth: Rows
    feeds: Rows
    effects: Rows
    labels: Rows
    zeroes: Rows
    lines: Rows
    cursors: Rows
    people: Rows


async def show_figures(
    database: Database, clock: Clock, telemetry: Telemetry, near_zero: int, classes: Sequence[str]
) -> float:
    """Read the books once and set the gauges; returns the real seconds until the next look."""
    now = clock.now()
    found = await _looked(database, now, near_zero, classes)
    _show_stream(telemetry, found.one, now)
    _show_listings(telemetry, found, now)
    _show_requests(telemetry, found, now)
    _show_people(telemetry, found.people)
    return EVERY


async def _looked(database: Database, now: datetime, near_zero: int, classes: Sequence[str]) -> Found:
    async with database.connection() as connection:
        one = await connection.fetchrow(query("figures"))
        assert one is not None
        return Found(
            one=one,
            listings=await connection.fetch(query("figures_listings"), near_zero),
            truth=await connection.fetch(query("figures_truth"), near_zero, list(classes)),
            feeds=await connection.fetch(query("figures_feeds")),
            effects=await connection.fetch(query("figures_effects")),
            labels=await connection.fetch(query("figures_labels")),
            zeroes=await connection.fetch(query("zeroes_standing"), now),
            lines=await connection.fetch(query("figures_lines")),
            cursors=await connection.fetch(query("order_cursors")),
            people=await connection.fetch(query("figures_people"), now),
        )


def _show_stream(telemetry: Telemetry, one: asyncpg.Record, now: datetime) -> None:
    telemetry.doubts.set(one["doubts"])
    telemetry.gaps.set(one["gaps"])
    telemetry.outbox_waiting.set(one["outbox_waiting"])
    oldest = one["relay_oldest"]
    telemetry.relay_lag.set((now - oldest).total_seconds() if oldest else 0.0)
    telemetry.parked_messages.set(one["parked"])


def _show_listings(telemetry: Telemetry, found: Found, now: datetime) -> None:
    telemetry.untold_are(
        {
            (row["account"], row["class"]): (row["listings"], (now - row["oldest"]).total_seconds())
            for row in found.listings
        }
    )
    telemetry.truth_is(
        {(row["account"], row["class"], row["truth"]): row["listings"] for row in found.truth},
        {
            (row["account"], row["class"]): (now - row["since"]).total_seconds()
            for row in found.truth
            if _is_wrong(row)
        },
    )
    held = ((row["account"], row["why"], row["listings"]) for row in found.zeroes if row["why"] != "told")
    telemetry.zeroes_are({(account, why): listings for account, why, listings in held})
    telemetry.open_lines_are({row["account"]: row["lines"] for row in found.lines})
    telemetry.read_lags_are({r["channel_account"]: (now - r["read_from"]).total_seconds() for r in found.cursors})


def _show_requests(telemetry: Telemetry, found: Found, now: datetime) -> None:
    telemetry.feeds_are(
        {(row["account"], row["state"]): (row["feeds"], (now - row["oldest"]).total_seconds()) for row in found.feeds}
    )
    telemetry.effects_are({(row["lane"], row["state"]): row["effects"] for row in found.effects})
    telemetry.labels_are({(row["account"], row["state"]): row["labels"] for row in found.labels})


def _show_people(telemetry: Telemetry, rows: Rows) -> None:
    telemetry.alerts_are({(r["severity"], r["owner"]): r["n"] for r in rows if r["what"] == "alert"})
    telemetry.decisions_are({row["owner"]: row["n"] for row in rows if row["what"] == "decision"})
    telemetry.overdue_are({row["owner"]: row["n"] for row in rows if row["what"] == "promise"})


def _is_wrong(row: asyncpg.Record) -> bool:
    """Told, read, and the channel shows something else."""
    return row["since"] is not None and row["truth"] in {"not_live", "foreign"}
