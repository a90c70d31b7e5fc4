"""What gauges and `goodsout status` say of retailers: documents by EDI, partners out of reach, clocks against us."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from daemon.commands.status_vendors import clock_rows, document_rows, partner_rows
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import open_database
from daemon.store.edi import listed
from daemon.store.vendor_figures import VendorFigures, vendor_figures
from daemon.telemetry import Telemetry
from daemon.vendor_figures import set_gauges, show_vendor_figures
from tests.handlers.vendor_orders import VENDOR, order
from tests.live.vendor_rig import VendorRig

pytestmark = pytest.mark.live
HOUR = timedelta(hours=1)
DOCUMENTS = (
    # way, kind, state, hours ago
    ("in", "850", "taken", 1), ("in", "850", "taken", 2), ("in", "850", "refused", 3), ("in", "850", "taken", 30),
    ("in", "XYZ", "unhandled", 1), ("out", "855", "put", 5), ("out", "855", "overdue", 40), ("out", "855", "read", 1),
    ("out", "856", "denied", 2), ("out", "856", "waiting", 1), ("out", "856", "accepted", 50),
)  # fmt: skip
FILE = """
insert into edi_file (partner, direction, name, content, sha256, at, state)
values ('amazon', $1, $2, '', decode(md5($2), 'hex'), $3, $4) returning id
"""
INTERCHANGE = """
insert into edi_interchange (file_id, partner, direction, sender, number, test, at, content_hash, state)
values ($1, 'amazon', 'out', 'US', '1', false, $2, '', 'made') returning id
"""
DOCUMENT = """
insert into edi_document (interchange_id, partner, direction, code, interchange, group_number, number, state, at)
values ($1, 'amazon', $2, $3, '1', '1', '1', $4, $5)
"""
LOAD = """
insert into ship_load (channel_account, load_key, shipment, started_at, due_at, warned, effect_key, accepted,
    breached_at, changed_at)
values ('acme', $1, $1, $2, $3, $4, $5, $6, $7, $2)
"""
EFFECT = """
insert into effect (
    kind, subject, unique_key, lane, account, state, payload, due, request_id, received_at, created_at
)
values ('ship_notice', $1, $1, 'vendor_documents', 'acme', 'accepted', '{}', $2, 'T1', $2, $2)
"""
CLOCK = """
insert into invoice_clock (channel_account, number, started_at, due_at, warned, breached_at, stopped_at)
values ('acme', $1, $2, $3, 0, $4, $5)
"""


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[VendorRig]:
    database = await open_database(database_url, DatabaseSettings(url=database_url), 2)
    yield VendorRig(database)
    await database.close()


async def found(rig: VendorRig, *exchanges: str) -> VendorFigures:
    async with rig.database.connection() as connection:
        return await vendor_figures(connection, exchanges, rig.now)


async def exchange(rig: VendorRig) -> None:
    async with rig.database.transaction() as connection:
        file = await connection.fetchval(FILE, "out", "a", rig.now, "put")
        interchange = await connection.fetchval(INTERCHANGE, file, rig.now)
        for way, kind, state, hours in DOCUMENTS:
            await connection.execute(DOCUMENT, interchange, way, kind, state, rig.now - hours * HOUR)


async def test_documents_of_a_day_are_counted_and_the_unanswered_of_any_age(rig: VendorRig) -> None:
    await exchange(rig)
    telemetry = Telemetry()
    set_gauges(await found(rig, "amazon"), rig.now, telemetry)

    def gauge(name: str, **labels: str) -> float | None:
        return telemetry.registry.get_sample_value(f"goodsout_edi_{name}", {"partner": "amazon", **labels})

    assert gauge("documents", way="in", kind="850", state="taken") == 2, "yesterday's do not count"
    assert gauge("documents", way="in", kind="other", state="unhandled") == 1, "a partner's own word is no label"
    assert gauge("documents", way="out", kind="855", state="overdue") is None
    assert (gauge("unanswered", kind="855"), gauge("unanswered", kind="856")) == (2, 1)
    assert gauge("unanswered_oldest_seconds", kind="855") == 40 * 3600
    rows = {(row["way"], row["kind"]): row for row in document_rows((await found(rig)).documents)}
    assert [rows["in", "850"][name] for name in ("taken_or_read", "refused", "unanswered")] == [2, 1, 0]
    assert [rows["out", "855"][name] for name in ("taken_or_read", "refused", "unanswered")] == [1, 0, 2]
    assert rows["out", "855"]["oldest_unanswered"] == rig.now - 40 * HOUR
    assert [rows["out", "856"][name] for name in ("taken_or_read", "refused", "unanswered")] == [0, 1, 1]


async def test_interchanges_of_which_nothing_was_taken_are_counted_and_listed(rig: VendorRig) -> None:
    await exchange(rig)
    left_out = INTERCHANGE.replace("'out', 'US'", "'in', 'THEM'").replace("'made'", "$3")
    async with rig.database.transaction() as connection:
        file = await connection.fetchval(FILE, "in", "b", rig.now, "refused")
        for state, hours in (("duplicate", 1), ("reused", 2), ("rejected", 30)):
            await connection.execute(left_out, file, rig.now - hours * HOUR, state)
    counted = {one.state: one.documents for one in (await found(rig)).documents if one.kind == "all"}
    assert counted == {"duplicate": 1, "reused": 1}
    [row] = [row for row in document_rows((await found(rig)).documents) if row["kind"] == "all"]
    assert (row["refused"], row["taken_or_read"]) == (1, 0)
    async with rig.database.connection() as connection:
        every = await listed(connection, "", "", "", 100)
        newest = await listed(connection, "amazon", "", "", 2)
        [reused] = await listed(connection, "", "", "reused", 100)
    assert len(every) == len(DOCUMENTS) + 3 and [one.at for one in every] == sorted([one.at for one in every])[::-1]
    assert [one.at for one in newest] == [rig.now - HOUR] * 2
    assert reused.code == "all" and "nothing of this was taken" in reused.text and reused.file == file


async def test_a_partner_out_of_reach_is_named_with_what_waits_for_it_and_others_are_not(rig: VendorRig) -> None:
    alert = (
        "insert into alert (kind, cause, subject, owner, severity, text, raised_at, last_at)"
        " values ('edi_unreachable', 'amazon', 'amazon', 'technical', 'error', 'no route', $1, $1)"
    )
    async with rig.database.transaction() as connection:
        await connection.fetchval(FILE, "out", "a", rig.now - 2 * HOUR, "waiting")
        await connection.fetchval(FILE, "in", "b", rig.now - HOUR, "fetched")
        await connection.execute(alert, rig.now - HOUR)
    telemetry = Telemetry()
    await show_vendor_figures(rig.database, rig.now, ["quiet", "amazon"], telemetry)
    sample = telemetry.registry.get_sample_value
    assert sample("goodsout_edi_unreachable", {"partner": "amazon"}) == 1
    assert sample("goodsout_edi_unreachable", {"partner": "quiet"}) == 0
    assert sample("goodsout_edi_files_waiting", {"partner": "amazon", "way": "out"}) == 1
    assert sample("goodsout_edi_files_waiting", {"partner": "quiet", "way": "out"}) == 0
    [row, quiet] = partner_rows((await found(rig, "quiet", "amazon")).partners)
    assert (row["files_not_read"], row["files_not_put"], row["oldest_file"]) == (1, 1, rig.now - 2 * HOUR)
    assert row["out_of_reach_since"] == rig.now - HOUR and quiet["out_of_reach_since"] is None


async def clocks(rig: VendorRig) -> None:
    now = rig.now

    def clock(began: int, due: int) -> tuple[datetime, datetime]:
        return now + began * HOUR, now + due * HOUR

    async with rig.database.transaction() as connection:
        await connection.execute(LOAD, "runs", *clock(-1, 3), "0", "", False, None)
        await connection.execute(LOAD, "warned", *clock(-9, 1), "0.9", "", False, None)
        await connection.execute(LOAD, "over", *clock(-9, -2), "1", "", False, now - 2 * HOUR)
        await connection.execute(LOAD, "taken", *clock(-9, -1), "0.9", "effect", False, None)
        await connection.execute(EFFECT, "effect", now)
        await connection.execute(LOAD, "accepted", *clock(-60, -40), "1", "", True, now - 40 * HOUR)
        await connection.execute(CLOCK, "PO1", *clock(-1, 23), None, None)
        await connection.execute(CLOCK, "PO2", *clock(-30, -6), now - 6 * HOUR, now - HOUR)


async def test_clocks_are_told_by_document_until_what_they_are_of_is_taken(rig: VendorRig) -> None:
    await clocks(rig)
    await rig.tell(order())
    rows = {row["document"]: row for row in clock_rows((await found(rig)).clocks, (await found(rig)).breaches)}
    assert [rows["ship_notice"][name] for name in ("running", "warned", "over", "late_in_a_day")] == [1, 1, 1, 1]
    assert rows["ship_notice"]["first_due"] == f"{rig.now - 2 * HOUR:%F %T} UTC"
    assert [rows["invoice"][name] for name in ("running", "warned", "over", "late_in_a_day")] == [1, 0, 0, 1]
    assert (rows["acknowledgement"]["account"], rows["acknowledgement"]["running"]) == (VENDOR, 1)
    telemetry = Telemetry()
    set_gauges(await found(rig), rig.now, telemetry)
    sample = telemetry.registry.get_sample_value
    notice = {"account": "acme", "document": "ship_notice"}
    assert sample("goodsout_vendor_clock_left_seconds", notice) == -2 * 3600
    assert sample("goodsout_vendor_clocks", {**notice, "state": "over"}) == 1
    assert sample("goodsout_vendor_breaches", notice) == 1, "that of the day before yesterday is none of the last day"


async def test_an_order_that_nobody_answers_is_warned_of_then_over_and_its_breach_counted_for_a_day(
    rig: VendorRig,
) -> None:
    await rig.tell(order())
    told = list[tuple[str, int]]()
    for hours in (0, 13, 12, 24):
        rig.hand.on(hours * 3600)
        [clock] = (await found(rig)).clocks
        told.append((clock.state, sum(one.breaches for one in (await found(rig)).breaches)))
    assert told == [("running", 0), ("warned", 0), ("over", 1), ("over", 0)]
