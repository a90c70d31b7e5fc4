"""Labels of one selling account, bought before its orders are released; a few orders at a time, under a lease.

A request that changes something stands in the ledger before it leaves. Whoever takes over from a process that died
finds its row `sent` and repeats it by the same idempotency key, which cannot buy twice.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from daemon.budget import BUY_LABEL, CANCEL_LABEL, FETCH_LABEL, GET_RATES, Budget, Plan, buckets
from daemon.label_books import LabelBooks, Work
from daemon.links import answer as answers
from daemon.links.amazon_shipping import AmazonShippingLink
from daemon.settings import SellerAccount
from daemon.telemetry import Telemetry
from handlers import label_answers
from handlers import labels as rules
from handlers.label_choice import LabelTerms, NoLabel, choose, package_of
from handlers.labels import LabelEffect, Rules, Settled
from handlers.sales_orders import Key
from schemas.amazon_shipping import Purchase, Rates, to_amazon

IDLE = 0.5
"""Real seconds between two looks at the books when there was nothing."""
AT_ONCE = 8
"""Orders worked on at a time: each is some calls, one after the other."""


@dataclass(slots=True)
class LabelBuying:
    """Buys, fetches and takes back the labels of one selling account."""

    books: LabelBooks
    seller: SellerAccount
    link: AmazonShippingLink
    budget: Budget
    telemetry: Telemetry
    terms: LabelTerms
    rules: Rules
    longest: float
    """Real seconds after which a request whose row stands is not sent any more: others may have taken it over."""
    buys: bool = True
    """Without it, what is under way is settled and what is not wanted is taken back; nothing new is bought."""

    async def round(self) -> float:
        """A few orders; returns the real seconds until the next are worth while."""
        due = await self.books.due(AT_ONCE, buys=self.buys)
        if not due:
            await self.books.resolve_missing()
            return IDLE
        async with asyncio.TaskGroup() as group:
            under_way = [group.create_task(self._one(key)) for key in due]
        return min(task.result() for task in under_way)

    async def _one(self, key: Key) -> float:
        """Real seconds until it is worth while to look again."""
        work = await self.books.work(key)
        if work is None:
            return 0.0
        match work.step:
            case "buy":
                return await self._buy(work)
            case "repeat":
                return await self._repeat(work)
            case "fetch":
                return await self._fetch(work)
            case "compare" | "cancel":
                return await self._take_back(work)
            case "use":
                await self.books.use(work)
            case "forget":
                await self.books.write(work, label_answers.forgotten(work.label))
            case "wait":
                await self.books.write(work, rules.put_off(work.label, self._now(), self.rules))
        return 0.0

    # Buying.

    async def _buy(self, work: Work) -> float:
        package = package_of(work.order, self.terms, rules.package_reference(work.label))
        if isinstance(package, NoLabel):
            return await self._not_bought(work, package)
        if wait := await self._wait(GET_RATES):
            return wait
        begun = self.books.clock.monotonic()
        reading = await self.link.rates(to_amazon(work.order.order.channel_order_id, self.terms.ship_from, package))
        self._called(GET_RATES, reading, begun)
        match reading:
            case answers.Done(value=rates):
                return await self._choose(work, rates)
            case answers.Refused(code=code, text=text):
                return await self._not_bought(work, NoLabel(code, f"Amazon gives no rates: {text}"))
            case answers.Denied(reason=reason):
                return await self._not_bought(
                    work, NoLabel("denied", f"Amazon turns the application away: {reason}", "access")
                )
            case _:
                return await self._not_bought(work, NoLabel("no_rates", "Amazon gives no rates", "amazon"))

    async def _choose(self, work: Work, rates: Rates) -> float:
        choice = choose(rates, work.order, self.terms)
        if isinstance(choice, NoLabel):
            return await self._not_bought(work, choice)
        if wait := await self._wait(BUY_LABEL):
            return wait
        asked = rules.purchase(work.order, work.label, choice, rates.request_token, self._now())
        written = await self.books.write_purchase(work, asked)
        if written is not None and written.effect is not None:
            await self._ask(work.order.key, written.effect)
        return 0.0

    async def _not_bought(self, work: Work, why: NoLabel) -> float:
        await self.books.write(work, label_answers.not_bought(work.label, work.order, why, self._now(), self.rules))
        return 0.0

    async def _repeat(self, work: Work) -> float:
        """The same request by the same key: nobody saw the end of the last."""
        assert work.effect is not None
        if wait := await self._wait(BUY_LABEL if work.effect.kind == "buy_label" else CANCEL_LABEL):
            return wait
        again = rules.repeated(work.effect, self._now())
        if await self.books.write(work, Settled(label=work.label, effect=again)):
            await self._ask(work.order.key, again)
        return 0.0

    async def _take_back(self, work: Work) -> float:
        if wait := await self._wait(CANCEL_LABEL):
            return wait
        if work.step == "compare":
            settled = await self.books.follow(work, self.rules)
        else:
            settled = rules.cancellation(work.label, self._now(), "order_gone")
            settled = settled if await self.books.write(work, settled) else None
        if settled is not None and settled.effect is not None:
            await self._ask(work.order.key, settled.effect)
        return 0.0

    # Asking, and what is answered.

    async def _ask(self, key: Key, effect: LabelEffect) -> None:
        """Once its row is committed."""
        if effect.payload.purchase is not None:
            await self._purchase(key, effect)
        else:
            await self._cancel(key, effect)

    async def _purchase(self, key: Key, effect: LabelEffect) -> None:
        assert effect.payload.purchase is not None
        answer: answers.Answer[Purchase] = answers.NeverLeft("it was too late to send it")
        if not self._is_late(effect):
            begun = self.books.clock.monotonic()
            answer = await self.link.purchase(effect.payload.purchase, effect.unique_key)
            self._called(BUY_LABEL, answer, begun)
        await self.books.answered(
            key, effect,
            lambda found, stored, now: label_answers.after_purchase(
                found.label, stored, answer, found.order, now, self.rules
            ),
            is_done=isinstance(answer, answers.Done),
            bought=answer.value.shipment_id if isinstance(answer, answers.Done) else "",
        )  # fmt: skip

    async def _cancel(self, key: Key, effect: LabelEffect) -> None:
        answer: answers.Answer[None] = answers.NeverLeft("it was too late to send it")
        if not self._is_late(effect):
            begun = self.books.clock.monotonic()
            answer = await self.link.cancel(effect.payload.shipment_id)
            self._called(CANCEL_LABEL, answer, begun)
        await self.books.answered(
            key, effect,
            lambda found, stored, now: label_answers.after_cancellation(found.label, stored, answer, now, self.rules),
            is_done=isinstance(answer, answers.Done), bought="",
        )  # fmt: skip

    def _is_late(self, effect: LabelEffect) -> bool:
        """We have slept, and others may have taken it over."""
        return (
            self._now() - (effect.sent_at or effect.received_at)
        ).total_seconds() > self.longest * self.books.clock.factor

    async def _fetch(self, work: Work) -> float:
        if wait := await self._wait(FETCH_LABEL):
            return wait
        label, begun = work.label, self.books.clock.monotonic()
        reading = await self.link.documents(label.shipment_id, label.package, label.format)
        self._called(FETCH_LABEL, reading, begun)
        parcel = reading.value.package_document_detail if isinstance(reading, answers.Done) else None
        settled = label_answers.with_file(label, parcel, self._now())
        if settled.file is None:
            why = "it cannot be read" if parcel is not None else type(reading).__name__.lower()
            settled = label_answers.without_file(label, work.order, why, self._now(), self.rules)
        await self.books.write(work, settled)
        return 0.0

    # What all share.

    def _now(self) -> datetime:
        return self.books.clock.now()

    async def _wait(self, plan: Plan) -> float:
        """Real seconds until the budget has room for such a call; 0: it was taken."""
        async with self.books.database.transaction() as connection:
            wanted = buckets(plan, self.books.account, self.seller.application)
            granted = await self.budget.take(connection, wanted, 1)
        return 0.0 if granted.granted else granted.wait

    def _called(self, plan: Plan, answer: object, begun: float) -> None:
        word = type(answer).__name__.lower()
        self.telemetry.called(self.books.account, plan.operation, word, self.books.clock.monotonic() - begun)
