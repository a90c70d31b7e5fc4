"""Gauges from the books: how true each account is, by class."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.clock import Clock
from daemon.figures import show_figures
from daemon.store.database import Database
from daemon.telemetry import Telemetry

pytestmark = pytest.mark.live

NOW = datetime.now(UTC)
LISTINGS = (
    # name, velocity class, publication
    ("true", "fast", "desired = 40, accepted = 40, live = 40, proven_at = now()"),
    ("unread", "fast", "desired = 40, accepted = 40"),
    ("low", "fast", "desired = 2, accepted = 2, live = 2, proven_at = now()"),
    ("odd class", "made up", "desired = 40, accepted = 40, live = 40, proven_at = now()"),
    ("waiting", "", "desired = 40, accepted = 30, untold_since = now() - interval '50 s'"),
    ("late", "", "desired = 40, accepted = 40, accepted_since = now() - interval '90 s', live = 7, read_backs = 2"),
    (
        "theirs",
        "",
        "desired = 40, accepted = 40, accepted_since = now() - interval '30 s', live = 9, foreign_value = 9",
    ),
    ("silent", "", "desired = null"),
)


async def test_listings_are_counted_by_class_and_by_what_is_known_of_them(database: Database) -> None:
    columns = "channel_account, marketplace, seller_sku, account, sku, velocity_class, imported_at"
    new = f"insert into listing ({columns}) values ('shop', 'UK', $1, 'acme', $1, $2, $3) returning id"
    async with database.connection() as connection:
        for name, velocity, standing in LISTINGS:
            listing = await connection.fetchval(new, name, velocity, NOW)
            await connection.execute("insert into publication (listing_id) values ($1)", listing)
            await connection.execute(f"update publication set {standing} where listing_id = $1", listing)
    telemetry = Telemetry()
    await show_figures(database, Clock(), telemetry, near_zero=5, classes=["fast", "slow"])

    def listings(kind: str, truth: str) -> float | None:
        labels = {"account": "shop", "class": kind, "truth": truth}
        return telemetry.registry.get_sample_value("goodsout_listings_truth", labels)

    assert listings("fast", "true") == listings("fast", "unread") == listings("near_zero", "true") == 1
    assert [listings("stocked", truth) for truth in ("true", "untold", "not_live", "foreign", "silent")] == [1] * 5
    assert listings("made up", "true") is None, "labels are counted on fingers"
    oldest = telemetry.registry.get_sample_value(
        "goodsout_untrue_oldest_seconds", {"account": "shop", "class": "stocked"}
    )
    assert oldest is not None
    assert timedelta(seconds=89) < timedelta(seconds=oldest) < timedelta(seconds=120)
