"""What the daemon's books say of each thing that the retailer charged for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from daemon.store.database import Database
from simulators.amazon.vendor import Vendor
from simulators.amazon.vendor_chargebacks import Chargeback
from tests.bench.vendor_week.trace import Week


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rows as they stood at the end."""

    alerts: list[asyncpg.Record]
    said: list[asyncpg.Record]
    loads: list[asyncpg.Record]
    documents: list[asyncpg.Record]


async def gathered(database: Database) -> Evidence:
    async with database.connection() as connection:
        return Evidence(
            await connection.fetch("select kind, cause, text, raised_at, resolved_at from alert order by id"),
            await connection.fetch(
                "select number, sequence, decided_by, state, text, sent_at, explained::text from purchase_order_said "
                "order by number, sequence"
            ),
            await connection.fetch(
                "select shipment, load_key, lacks, first_at, accepted, documents, due_at, breached_at from ship_load"
            ),
            await connection.fetch(
                "select kind, subject, state, reason, detail, attempt, sent_at from effect "
                "where lane = 'vendor_documents' order by id"
            ),
        )


def told(charge: Chargeback, evidence: Evidence, vendors: Iterable[Vendor], week: Week) -> Iterator[str]:
    """A chargeback, and everything around it."""
    yield f"{charge.kind} {charge.subject} {charge.line} {charge.quantity} at {_at(charge.at, week)}: {charge.text}"
    for row in evidence.said:
        if row["number"] == charge.subject:
            sent = _at(row["sent_at"], week)
            yield f"    said {row['sequence']} by {row['decided_by']} {sent}: {row['state']} {row['text']}"
    for row in evidence.loads:
        if charge.subject in (row["shipment"], f"unannounced/{row['load_key']}") or _same(charge, row["load_key"]):
            yield (
                f"    load {row['load_key']}: lacks {row['lacks']}, first {_at(row['first_at'], week)},"
                f" due {_at(row['due_at'], week)}, {row['documents']} documents, accepted {row['accepted']}"
            )
            yield from _documents(row["load_key"], evidence, week)
    for row in evidence.alerts:
        if charge.subject in row["cause"] or _same(charge, row["cause"]):
            times = f"{_at(row['raised_at'], week)} to {_at(row['resolved_at'], week)}"
            yield f"    alert {row['kind']} {times}: {row['text'][:260]}"
    for vendor in vendors:
        for one in vendor.documents:
            if one.subject == charge.subject:
                faults = [f"{fault.code}: {fault.message}" for fault in one.faults]
                yield f"    {one.kind} heard {_at(one.at, week)}, lost {one.lost}: {faults}"


def _same(charge: Chargeback, name: str) -> bool:
    """Of a load that was never announced."""
    parts = charge.subject.removeprefix("unannounced/").split("/")
    return charge.subject.startswith("unannounced/") and (
        "-".join(parts[:2]) in name or (len(parts) > 2 and parts[2] in name)
    )


def _documents(load: str, evidence: Evidence, week: Week) -> Iterator[str]:
    tail = load.split("/")[-1]
    for row in evidence.documents:
        if tail in row["subject"]:
            yield (
                f"    {row['kind']} {row['state']} {row['reason']} try {row['attempt']} {_at(row['sent_at'], week)}:"
                f" {row['detail']}"
            )


def _at(moment: datetime | None, week: Week) -> str:
    if moment is None:
        return "never"
    since = moment - week.beginning
    hours = (since % week.calendar.day) / week.calendar.hour
    return f"day {since // week.calendar.day} {hours:05.2f} h"
