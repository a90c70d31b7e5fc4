"""What retailers have paid, and where each invoice stands."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from daemon.store.database import Connection, query
from handlers.remittances import Account, Payment, Standing, digest_of
from schemas.invoice import Invoice
from schemas.remittance import Remittance
from schemas.terms import ChannelAccount


class Line(NamedTuple):
    """An invoice as people list it."""

    number: str
    channel_account: str
    purchase_order: str
    issued_at: datetime
    currency: str
    total: Decimal
    state: str
    paid: Decimal
    given_up: bool


async def known(connection: Connection, account: ChannelAccount, reference: str) -> str | None:
    """The digest of the remittance that has this reference."""
    found: str | None = await connection.fetchval(query("remittance_known"), account, reference)
    return found


async def save(connection: Connection, given: Remittance, at: datetime) -> None:
    key = given.channel_account, given.reference
    await connection.execute(
        query("remittance_save"), *key, digest_of(given), given, given.currency, given.total, given.paid_on, at
    )
    await connection.execute(query("remittance_items_save"), *key, list(given.items))


async def strangers(connection: Connection, account: ChannelAccount, numbers: Collection[str]) -> set[str]:
    """Those that are numbers of no document of ours."""
    rows = await connection.fetch(query("invoice_numbers_known"), account, sorted(numbers))
    return set(numbers) - {row["number"] for row in rows}


async def named(connection: Connection, account: ChannelAccount, numbers: Collection[str]) -> list[str]:
    """The invoices that these are, or are credit notes against, locked."""
    rows = await connection.fetch(query("invoices_named"), account, sorted(numbers))
    return [row["number"] for row in rows]


async def account_of(connection: Connection, channel_account: ChannelAccount, number: str) -> Account:
    """An invoice with all that was credited and paid."""
    documents = await connection.fetch(query("invoice_account"), channel_account, number)
    invoice, *credited = (msgspec.convert(row["document"], Invoice, strict=False) for row in documents)
    paid = await connection.fetch(query("invoice_payments"), channel_account, number)
    payments = (msgspec.convert(dict(row.items()), Payment, strict=False) for row in paid)
    return Account(
        channel_account=channel_account, invoice=invoice, credits=tuple(credited), payments=tuple(payments)
    )


async def credited_since(connection: Connection, account: ChannelAccount, limit: int) -> list[str]:
    """Invoices that stand otherwise than is written down."""
    return [row["number"] for row in await connection.fetch(query("invoices_credited_since"), account, limit)]


async def save_standing(connection: Connection, number: str, found: Standing, at: datetime) -> None:
    await connection.execute(
        query("invoice_standing_save"), number, found.state, found.owed, found.paid, found.discount, at
    )


async def find(connection: Connection, number: str) -> Account | None:
    """Of an invoice, or of the invoice that a credit note is against."""
    row = await connection.fetchrow(query("invoice_account_of"), number)
    if row is None:
        return None
    return await account_of(connection, ChannelAccount(row["channel_account"]), row["number"])


async def listed(connection: Connection, account: str, state: str, limit: int) -> list[Line]:
    """Invoices, newest first; an empty word means any."""
    return [Line(*row) for row in await connection.fetch(query("invoices_list"), account, state, limit)]
