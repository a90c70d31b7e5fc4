"""Gauges from the books: what is behind, in doubt, blocked, and waiting for people."""

from collections.abc import Sequence

import asyncpg

from daemon.clock import Clock
from daemon.store.database import Database, query
from daemon.telemetry import Telemetry

EVERY = 5.0
"""Real seconds between two looks."""


async def show_figures(
    database: Database, clock: Clock, telemetry: Telemetry, near_zero: int, classes: Sequence[str]
) -> float:
    """Read the books once and set the gauges; returns the real seconds until the next look."""
    now = clock.now()
    async with database.connection() as connection:
        figures = await connection.fetchrow(query("figures"))
        listings = await connection.fetch(query("figures_listings"), near_zero)
        truth = await connection.fetch(query("figures_truth"), near_zero, list(classes))
        feeds = await connection.fetch(query("figures_feeds"))
        effects = await connection.fetch(query("figures_effects"))
        labels = await connection.fetch(query("figures_labels"))
        zeroes = await connection.fetch(query("zeroes_standing"), now)
        lines = await connection.fetch(query("figures_lines"))
        cursors = await connection.fetch(query("order_cursors"))
        people = await connection.fetch(query("figures_people"), now)
    assert figures is not None
    telemetry.doubts.set(figures["doubts"])
    telemetry.gaps.set(figures["gaps"])
    telemetry.outbox_waiting.set(figures["outbox_waiting"])
    oldest = figures["relay_oldest"]
    telemetry.relay_lag.set((now - oldest).total_seconds() if oldest else 0.0)
    telemetry.parked_messages.set(figures["parked"])
    telemetry.untold_are(
        {(row["account"], row["class"]): (row["listings"], (now - row["oldest"]).total_seconds()) for row in listings}
    )
    telemetry.truth_is(
        {(row["account"], row["class"], row["truth"]): row["listings"] for row in truth},
        {(row["account"], row["class"]): (now - row["since"]).total_seconds() for row in truth if _is_wrong(row)},
    )
    held = ((row["account"], row["why"], row["listings"]) for row in zeroes if row["why"] != "told")
    telemetry.zeroes_are({(account, why): listings for account, why, listings in held})
    telemetry.open_lines_are({row["account"]: row["lines"] for row in lines})
    telemetry.read_lags_are({r["channel_account"]: (now - r["read_from"]).total_seconds() for r in cursors})
    telemetry.feeds_are(
        {(row["account"], row["state"]): (row["feeds"], (now - row["oldest"]).total_seconds()) for row in feeds}
    )
    telemetry.effects_are({(row["lane"], row["state"]): row["effects"] for row in effects})
    telemetry.labels_are({(row["account"], row["state"]): row["labels"] for row in labels})
    telemetry.alerts_are({(r["severity"], r["owner"]): r["n"] for r in people if r["what"] == "alert"})
    telemetry.decisions_are({row["owner"]: row["n"] for row in people if row["what"] == "decision"})
    telemetry.overdue_are({row["owner"]: row["n"] for row in people if row["what"] == "promise"})
    return EVERY


def _is_wrong(row: asyncpg.Record) -> bool:
    """Told, read, and the channel shows something else."""
    return row["since"] is not None and row["truth"] in {"not_live", "foreign"}
