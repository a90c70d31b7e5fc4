"""Invoices and credit notes, the series of their numbers, and which orders are to be looked at."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.invoice_clocks import InvoiceClock
from handlers.invoicing import Billed
from schemas.invoice import Invoice
from schemas.purchase_order import PoLineNumber


class Issued(msgspec.Struct, frozen=True):
    """`taken`: the retailer has it and has not refused it."""

    number: str
    kind: str
    credits: str
    document: Invoice
    taken: bool


async def due(connection: Connection, account: str, now: datetime, limit: int) -> list[tuple[str, list[str]]]:
    """Orders to be looked at, locked, each with the words of what it lacked last."""
    rows = await connection.fetch(query("invoicing_due"), account, now, limit)
    return [(row["number"], list(row["lacks"])) for row in rows]


async def touch(connection: Connection, account: str, numbers: Collection[str], at: datetime) -> None:
    """Something of what these orders may be invoiced for has changed."""
    if numbers:
        await connection.execute(query("invoicing_touch"), account, sorted(numbers), at)


async def done(connection: Connection, account: str, number: str) -> None:
    await connection.execute(query("invoicing_done"), account, number)


async def later(connection: Connection, account: str, number: str, at: datetime, lacks: Sequence[str]) -> None:
    await connection.execute(query("invoicing_later"), account, number, at, list(lacks))


async def next_number(connection: Connection, series: str) -> int:
    """Counted in this transaction: without the invoice that bears it, it is not taken."""
    issued: int = await connection.fetchval(query("invoice_series_next"), series)
    return issued


async def add(connection: Connection, account: str, order: str, invoice: Invoice, key: str, now: datetime) -> None:
    await connection.execute(
        query("invoice_add"), invoice.number, account, order, invoice.kind, invoice.credits, invoice, key, now
    )


async def issued(connection: Connection, account: str, order: str) -> list[Issued]:
    """What was asked for and credited of an order, oldest first."""
    rows = await connection.fetch(query("invoices_of_order"), account, order)
    return [msgspec.convert(dict(row.items()), Issued) for row in rows]


def billed_by_line(documents: Iterable[Issued]) -> dict[PoLineNumber, tuple[Billed, ...]]:
    """What was asked for of each line less what was credited, by line; oldest invoice first."""
    found: dict[PoLineNumber, dict[str, Billed]] = {}
    for one in documents:
        name, sign = (one.number, 1) if one.kind == "invoice" else (one.credits, -1)
        for line in one.document.lines:
            of_line = found.setdefault(line.line, {})
            had = of_line[name].amount if name in of_line else 0
            of_line[name] = Billed(name, had + sign * line.quantity.amount, line.net_cost)
    return {line: tuple(each.values()) for line, each in found.items()}


async def given_up(connection: Connection, account: str, now: datetime) -> list[str]:
    """Cancel the invoices that a person has given up; the orders they were for."""
    return [row["purchase_order"] for row in await connection.fetch(query("invoices_given_up"), account, now)]


async def clock_running(connection: Connection, account: str, order: str) -> InvoiceClock | None:
    row = await connection.fetchrow(query("invoice_clock_running"), account, order)
    return None if row is None else msgspec.convert(dict(row.items()), InvoiceClock)


async def clock_set(
    connection: Connection, account: str, order: str, clock: InvoiceClock | None, now: datetime
) -> None:
    """This one runs from now on, and no other."""
    began = clock.started_at if clock else None
    await connection.execute(query("invoice_clock_stop"), account, order, began, now)
    if clock is not None:
        await connection.execute(
            query("invoice_clock_save"), account, order, clock.started_at, clock.due_at, str(clock.warned),
            clock.breached_at,
        )  # fmt: skip
