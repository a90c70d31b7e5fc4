"""Gauges from the books: what is behind, in doubt, blocked, and waiting for people."""

from daemon.clock import Clock
from daemon.store.database import Database, query
from daemon.telemetry import Telemetry

EVERY = 5.0
"""Real seconds between two looks."""


async def show_figures(database: Database, clock: Clock, telemetry: Telemetry) -> float:
    """Read the books once and set the gauges; returns the real seconds until the next look."""
    now = clock.now()
    async with database.connection() as connection:
        figures = await connection.fetchrow(query("figures"))
        listings = await connection.fetch(query("figures_listings"))
        effects = await connection.fetch(query("figures_effects"))
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
    telemetry.effects_are({(row["lane"], row["state"]): row["effects"] for row in effects})
    telemetry.alerts_are({(r["severity"], r["owner"]): r["n"] for r in people if r["what"] == "alert"})
    telemetry.decisions_are({row["owner"]: row["n"] for row in people if row["what"] == "decision"})
    telemetry.overdue_are({row["owner"]: row["n"] for row in people if row["what"] == "promise"})
    return EVERY
