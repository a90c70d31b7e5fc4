"""Remittances on a real database: each payment once, and invoices that stand by all of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from daemon.commands.invoices import invoices
from daemon.remittances import Remittances
from daemon.store import remittances as store
from daemon.store.database import Database, query
from schemas.invoice import Invoice
from schemas.purchase_order import Party
from schemas.remittance import Adjustment, Paid, Remittance
from schemas.terms import ChannelAccount
from tests.daemon.books_rig import Rig
from tests.live.clarus_rig import Hand, HandClock

pytestmark = pytest.mark.live

VENDOR = ChannelAccount("acme-vendor")
START = datetime(2026, 11, 1, tzinfo=UTC)


async def invoiced(database: Database, number: str, total: str, credits: str = "", at: datetime = START) -> None:
    document = Invoice(
        kind="credit_note" if credits else "invoice", number=number, issued_at=at, vendor=Party(party_id="ACME1"),
        remit_to=Party(party_id="ACME1"), currency="GBP", total=Decimal(total), lines=(), credits=credits,
    )  # fmt: skip
    async with database.transaction() as connection:
        await connection.execute(
            query("invoice_add"), number, VENDOR, "4Z32PABC", document.kind, credits, document, f"key-{number}", at
        )


def remittance(reference: str, *items: Paid) -> Remittance:
    total = sum((one.paid for one in items), Decimal(0))
    return Remittance(
        channel_account=VENDOR, transport="x12", reference=reference, currency="GBP", total=total, items=items
    )


async def standings(database: Database) -> dict[str, tuple[str, Decimal]]:
    async with database.connection() as connection:
        return {one.number: (one.state, one.paid) for one in await store.listed(connection, VENDOR, "", 100)}


async def alerts(database: Database) -> list[str]:
    async with database.connection() as connection:
        rows = await connection.fetch("select kind from alert where resolved_at is null order by kind")
    return [row["kind"] for row in rows]


async def test_a_payment_counts_once_and_a_short_one_heals_by_the_rest_or_by_a_credit_note(
    database: Database,
) -> None:
    hand = Hand(START + timedelta(days=30))
    books = Remittances(database, HandClock(hand), {})
    await invoiced(database, "OH1", "100")
    await invoiced(database, "OH2", "50")
    await invoiced(database, "OH3", "25")
    short = Paid(number="OH2", paid=Decimal("40.5"), adjustments=(Adjustment(amount=Decimal("-9.5"), code="06"),))
    first = remittance("PAY-1", Paid(number="OH1", paid=Decimal(100)), short)
    assert [await books.take(first), await books.take(first)] == ["taken", "duplicate"]
    assert await standings(database) == {
        "OH1": ("paid", Decimal(100)), "OH2": ("short_paid", Decimal("40.5")), "OH3": ("open", Decimal(0)),
    }  # fmt: skip
    assert await alerts(database) == ["invoice_short_paid"]
    other = remittance("PAY-1", Paid(number="OH3", paid=Decimal(25)))
    assert await books.take(other) == "contradicts" and (await standings(database))["OH3"][0] == "open"
    hand.at += timedelta(days=1)
    await invoiced(database, "OH4", "9.5", credits="OH2", at=hand.at)
    hand.at += timedelta(minutes=1)
    assert [await books.look(VENDOR), await books.look(VENDOR)] == [1, 0]
    assert (await standings(database))["OH2"] == ("paid", Decimal("40.5"))
    assert "invoice_short_paid" not in await alerts(database)
    await books.take(remittance("PAY-2", Paid(what="credit_note", number="OH4", paid=Decimal("-9.5"))))
    assert (await standings(database))["OH2"] == ("short_paid", Decimal(31)), "it was taken off twice, and is owed"


async def test_what_pays_for_nothing_of_ours_is_kept_and_raised_and_the_ledger_is_told(database: Database) -> None:
    books = Remittances(database, HandClock(Hand(START)), {})
    assert await books.take(remittance("PAY-9", Paid(number="OLD1", paid=Decimal(40)))) == "taken"
    assert await alerts(database) == ["remittance_unmatched"]
    async with database.connection() as connection:
        rows = await connection.fetch("select routing_key from outbox where exchange = 'goodsout.finance'")
    assert [row["routing_key"] for row in rows] == ["journal.ready"]


async def test_people_see_what_is_paid_and_why_the_rest_is_not(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    books = Remittances(database, HandClock(Hand(START)), {})
    await invoiced(database, "OH2", "50")
    kept = Adjustment(amount=Decimal("-9.5"), code="06", reference="SC1")
    await books.take(remittance("PAY-1", Paid(number="OH2", paid=Decimal("40.5"), adjustments=(kept,))))
    rig = Rig(database_url, tmp_path)
    listed, shown = await asyncio.to_thread(
        lambda: (rig.told(invoices, "list", "--state", "short_paid"), rig.told(invoices, "show", "OH2"))
    )
    assert "OH2\tacme-vendor\t4Z32PABC" in listed and "short_paid" in listed
    assert "quantity contested (SC1)" in shown and "9.5 GBP" in shown
    missing = await asyncio.to_thread(lambda: rig.run(invoices, "show", "OH9"))
    assert missing.exit_code == 1 and "there is no invoice OH9" in missing.output
