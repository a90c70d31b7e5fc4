"""Goods outs at Clarus: created, changed, taken back, and looked up with their lines.

A refusal is told by its symbol and the field that it is about: the partner's own text may repeat an address.
Looking up goes by references and the stock owner's id, many at a time; Clarus keeps no two orders of one reference
apart, so one look-up may find several.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from daemon.links.answer import Answer, Denied, Done, NeverLeft, Reading, Refused, Throttled, Unavailable, Unknown
from daemon.links.clarus import TRANSIENT, Asked, ClarusLink, Settled, list_selection
from daemon.links.exchange import Arrived, NoAnswer
from daemon.links.paging import Page, of_parents
from schemas.clarus import UnreadableAnswer, read_symbols
from schemas.clarus_order_lists import (
    LINES_FILTER,
    ORDERS_FILTER,
    PRODUCTS_FILTER,
    Found,
    LineNode,
    OrderNode,
    ProductNode,
    by_reference,
    list_query,
    read_lines,
    read_orders,
    read_products,
)
from schemas.clarus_orders import GoodsOut, read_made, write_order

MOST_PAGES = 1_000
"""Of one list; more is no answer to a look-up by reference."""

PRODUCT_FIELDS = "id code"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClarusOrders:
    """The orders of one tenant."""

    link: ClarusLink

    async def create(self, order: GoodsOut) -> Answer[str]:
        """The new order's id. Clarus takes the same reference twice: look it up first."""
        return _made(await self._ask("POST", "", write_order(order)))

    async def amend(self, goods_out_id: str, change: GoodsOut) -> Answer[str]:
        return _made(await self._ask("PATCH", f"/{goods_out_id}", write_order(change)))

    async def delete(self, goods_out_id: str) -> Answer[None]:
        """Of what has not begun; refused for any other."""
        return _gone(await self._ask("DELETE", f"/{goods_out_id}"))

    async def cancel(self, goods_out_id: str) -> Answer[None]:
        """Deletes what has not begun, cancels what is allocated or being picked, refused once completed."""
        return _gone(await self._ask("POST", f"/{goods_out_id}/cancel"))

    async def process_picks(self, goods_out_id: str) -> Answer[None]:
        """Have it allocated and picked. Taken is not done: a look shows what was allocated."""
        body = msgspec.json.encode({"ids": [int(goods_out_id)]})
        path = f"{self.link.tenant.rest_prefix}/goods_out_processes/process_picks_async"
        return _gone(await self.link.ask(Asked("POST", path, body)))

    async def look_up(self, references: Sequence[str], account_id: int) -> Reading[tuple[Found, ...]]:
        """What there is of these references: none, one, or several of each."""
        tenant = self.link.tenant
        wanted = list_query("goods_outs", ORDERS_FILTER, tenant.order_fields)
        found = await self._of_each(wanted, references, lambda some: by_reference(some, account_id), read_orders)
        if not isinstance(found, Done):
            return found
        named = set(references)
        orders = {one.key: one for one in found.value if one.reference in named and _owned(one, account_id)}
        lines = await self._lines(sorted(orders))
        if not isinstance(lines, Done):
            return lines
        return Done(tuple(Found(orders[key], lines.value.get(key, ())) for key in sorted(orders)))

    async def product_ids(self, codes: Sequence[str]) -> Reading[dict[str, int]]:
        """Of those codes that the tenant has; exact text."""
        wanted = list_query("products", PRODUCTS_FILTER, PRODUCT_FIELDS)
        found: Reading[tuple[ProductNode, ...]] = await self._all(
            wanted, {"code": {"in": list(codes)}}, read_products
        )
        if not isinstance(found, Done):
            return found
        asked = set(codes)
        return Done({one.code: int(one.id) for one in found.value if one.code in asked})

    async def missing(self) -> Reading[tuple[str, ...]]:
        """What the schema lacks of what look-ups ask for; empty when all is there."""
        tenant = self.link.tenant
        return await self.link.missing_in(
            [
                (list_selection("goods_outs", tenant.order_fields), ORDERS_FILTER, ("reference", "account_id")),
                (list_selection("goods_out_lines", tenant.order_line_fields), LINES_FILTER, ("goods_out_id",)),
                (list_selection("products", PRODUCT_FIELDS), PRODUCTS_FILTER, ("code",)),
            ]
        )

    async def _lines(self, ids: Sequence[str]) -> Reading[dict[str, tuple[LineNode, ...]]]:
        wanted = list_query("goods_out_lines", LINES_FILTER, self.link.tenant.order_line_fields)
        found = await self._of_each(wanted, ids, lambda some: {"goods_out_id": {"in": list(some)}}, read_lines)
        if not isinstance(found, Done):
            return found
        by_order: dict[str, dict[str, LineNode]] = {}
        for line in found.value:
            by_order.setdefault(line.goods_out.key, {})[str(line.id)] = line
        return Done({key: tuple(lines[one] for one in sorted(lines)) for key, lines in by_order.items()})

    async def _of_each(
        self,
        wanted: str,
        parents: Sequence[str],
        chosen: Callable[[Sequence[str]], dict[str, object]],
        read: Callable[[bytes], Page[T]],
    ) -> Reading[tuple[T, ...]]:
        return await of_parents(
            parents,
            lambda some: self._page(wanted, chosen(some), None, read),
            lambda one: self._all(wanted, chosen([one]), read),
        )

    async def _page(
        self, wanted: str, chosen: dict[str, object], after: str | None, read: Callable[[bytes], Page[T]]
    ) -> Reading[Page[T]]:
        variables: dict[str, object] = {"filter": chosen, "first": self.link.tenant.page_size}
        return await self.link.query(wanted, variables | ({"after": after} if after else {}), read)

    async def _all(
        self, wanted: str, chosen: dict[str, object], read: Callable[[bytes], Page[T]]
    ) -> Reading[tuple[T, ...]]:
        """Every page; a set that changes meanwhile repeats rows, which the caller knows by their ids."""
        rows, after = list[T](), None
        for _ in range(MOST_PAGES):
            page = await self._page(wanted, chosen, after, read)
            if not isinstance(page, Done):
                return page
            rows += page.value.rows
            after = page.value.after
            if after is None:
                return Done(tuple(rows))
        return Unavailable(f"the list does not end within {MOST_PAGES} pages")

    async def _ask(self, method: str, place: str, body: bytes | None = None) -> Settled:
        return await self.link.ask(Asked(method, f"{self.link.tenant.rest_prefix}/goods_outs{place}", body))


def _owned(order: OrderNode, account_id: int) -> bool:
    return order.account.key in ("", str(account_id))


def _made(settled: Settled) -> Answer[str]:
    if not isinstance(settled, Arrived) or not 200 <= settled.status < 300:
        return _not_done(settled)
    try:
        return Done(read_made(settled.body or b""))
    except UnreadableAnswer:
        return Unknown(f"HTTP {settled.status} with an answer that cannot be read")


def _gone(settled: Settled) -> Answer[None]:
    if isinstance(settled, Arrived) and 200 <= settled.status < 300:
        return Done(None)
    return _not_done(settled)


def _not_done(settled: Settled) -> Refused | Throttled | NeverLeft | Unknown | Denied:
    if isinstance(settled, NoAnswer):
        return Unknown(settled.reason)
    if not isinstance(settled, Arrived):
        return settled
    text = f"HTTP {settled.status}"
    if settled.status == 429:
        return Throttled("", text)
    if settled.status in TRANSIENT or not 300 <= settled.status < 500:
        return Unknown(text)
    symbols = read_symbols(settled.body or b"")
    told = ", ".join(f"{symbol} ({source})" if source else symbol for symbol, source in symbols)
    return Refused(_word(settled.status, symbols), f"{text}: {told}" if told else text)


def _word(status: int, symbols: Sequence[tuple[str, str]]) -> str:
    if status < 400:
        return "redirected"
    if status == 404:
        return "not_found"
    return symbols[0][0] if symbols else "refused"
