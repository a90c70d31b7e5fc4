"""Labels of one selling account, bought before its orders are released. One order after the other, under a lease.

A request that changes something stands in the ledger before it leaves. Whoever takes over from a process that died
finds its row `sent` and repeats it by the same idempotency key, which cannot buy twice.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from daemon.budget import BUY_LABEL, CANCEL_LABEL, FETCH_LABEL, GET_RATES, Budget, Plan, buckets
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon_shipping import AmazonShippingLink
from daemon.log import fact
from daemon.settings import SellerAccount
from daemon.store import labels as store
from daemon.store import sales_orders
from daemon.store.database import Connection, Database
from daemon.telemetry import Telemetry
from handlers import labels as rules
from handlers.label_choice import LabelTerms, NoLabel, choose, package_of
from handlers.labels import Label, LabelEffect, Rules, Settled
from handlers.sales_orders import Key, StoredOrder
from schemas.amazon_shipping import to_amazon
from schemas.terms import ChannelAccount

IDLE = 0.5
"""Real seconds between two looks at the books when there was nothing."""
TROUBLED = 5.0
"""Real seconds until the next try after rates that could not be read."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """One order that is due."""

    order: StoredOrder
    label: Label
    effect: LabelEffect | None
    step: rules.Step


@dataclass(slots=True)
class LabelBuying:
    """Buys, fetches and takes back the labels of one selling account."""

    name: str
    seller: SellerAccount
    link: AmazonShippingLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    terms: LabelTerms
    rules: Rules
    owners: Mapping[str, str]

    async def round(self) -> float:
        """One order; returns the real seconds until the next is worth while."""
        work = await self._next()
        if work is None:
            return IDLE
        match work.step:
            case "buy":
                return await self._buy(work)
            case "repeat":
                return await self._repeat(work)
            case "fetch":
                return await self._fetch(work.label)
            case "cancel":
                return await self._cancel(work)
            case "nothing":
                await self._save(Settled(label=msgspec.structs.replace(work.label, look_at=None)))
                return 0.0

    async def _next(self) -> Work | None:
        account = ChannelAccount(self.name)
        async with self.database.transaction() as connection:
            order_id = await store.due(connection, account, self.clock.now())
            if order_id is None:
                return None
            return await self._load(connection, (account, order_id))

    async def _load(self, connection: Connection, key: Key) -> Work | None:
        """Under the order's lock, its address left where it is."""
        order = await sales_orders.locked(connection, *key)
        if order is None:
            return None
        label, effect = await store.load(connection, key)
        label = label or rules.fresh(order)
        return Work(order, label, effect, rules.step_of(order, label, effect))

    # Buying.

    async def _buy(self, work: Work) -> float:
        package = package_of(work.order, self.terms, rules.package_reference(work.label))
        if isinstance(package, NoLabel):
            return await self._not_bought(work, package)
        if wait := await self._wait(GET_RATES):
            return wait
        request = to_amazon(work.order.order.channel_order_id, self.terms.ship_from, package)
        begun = self.clock.monotonic()
        reading = await self.link.rates(request)
        self._called(GET_RATES, reading, begun)
        match reading:
            case answers.Done(value=rates):
                choice = choose(rates, work.order, self.terms)
                if isinstance(choice, NoLabel):
                    return await self._not_bought(work, choice)
                if wait := await self._wait(BUY_LABEL):
                    return wait
                now = self.clock.now()
                return await self._send(
                    work, rules.purchase(work.order, work.label, choice, rates.request_token, now)
                )
            case answers.Refused(code=code, text=text):
                return await self._not_bought(work, NoLabel(code, f"Amazon gives no rates: {text}"))
            case answers.Denied(reason=reason):
                return await self._not_bought(work, NoLabel("denied", reason))
            case _:
                log.warning("no rates", extra=fact("label_rates_failed", account=self.name))
                return TROUBLED

    async def _not_bought(self, work: Work, why: NoLabel) -> float:
        await self._save(rules.not_bought(work.label, work.order, why, self.clock.now(), self.rules))
        return 0.0

    async def _send(self, work: Work, settled: Settled) -> float:
        """Commit the row, ask, write the answer. An order that has changed since is left for the next round."""
        async with self.database.transaction() as connection:
            found = await self._load(connection, work.order.key)
            if found is None or (found.order.version, found.label) != (work.order.version, work.label):
                return 0.0
            await store.save(connection, settled, self.clock.now(), self.owners)
        assert settled.effect is not None
        await self._ask(work.order, settled.label, settled.effect)
        return 0.0

    async def _repeat(self, work: Work) -> float:
        """The same request by the same key: nobody saw the end of the last."""
        assert work.effect is not None
        if wait := await self._wait(BUY_LABEL if work.effect.kind == "buy_label" else CANCEL_LABEL):
            return wait
        return await self._send(work, Settled(label=work.label, effect=rules.repeated(work.effect, self.clock.now())))

    async def _ask(self, order: StoredOrder, label: Label, effect: LabelEffect) -> None:
        begun = self.clock.monotonic()
        if effect.payload.purchase is not None:
            bought = await self.link.purchase(effect.payload.purchase, effect.unique_key)
            self._called(BUY_LABEL, bought, begun)
            settled = rules.after_purchase(label, effect, bought, order, self.clock.now(), self.rules)
        else:
            gone = await self.link.cancel(effect.payload.shipment_id)
            self._called(CANCEL_LABEL, gone, begun)
            settled = rules.after_cancellation(label, effect, gone, self.clock.now(), self.rules)
        await self._save(settled)

    async def _cancel(self, work: Work) -> float:
        if wait := await self._wait(CANCEL_LABEL):
            return wait
        return await self._send(work, rules.cancellation(work.label, self.clock.now()))

    # Fetching.

    async def _fetch(self, label: Label) -> float:
        if wait := await self._wait(FETCH_LABEL):
            return wait
        begun = self.clock.monotonic()
        reading = await self.link.documents(label.shipment_id, label.package, label.format)
        self._called(FETCH_LABEL, reading, begun)
        parcel = reading.value.package_document_detail if isinstance(reading, answers.Done) else None
        now = self.clock.now()
        settled = rules.with_file(label, parcel, now)
        if settled.file is None:
            settled = Settled(label=msgspec.structs.replace(label, look_at=now + self.rules.soon))
        await self._save(settled)
        return 0.0

    # What all share.

    async def _save(self, settled: Settled) -> None:
        async with self.database.transaction() as connection:
            await store.save(connection, settled, self.clock.now(), self.owners)

    async def _wait(self, plan: Plan) -> float:
        """Real seconds until the budget has room for such a call; 0: it was taken."""
        async with self.database.transaction() as connection:
            wanted = buckets(plan, self.name, self.seller.application)
            granted = await self.budget.take(connection, wanted, 1)
        return 0.0 if granted.granted else granted.wait

    def _called(self, plan: Plan, answer: object, begun: float) -> None:
        word = type(answer).__name__.lower()
        self.telemetry.called(self.name, plan.operation, word, self.clock.monotonic() - begun)
