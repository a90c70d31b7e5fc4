"""Looks at listings that fall to zero or move by much, in the transaction that computes what they should show.

1. Which of them moved so: pure, and for most batches the end of it.
2. What explains it: the stock's stream since the channel was last told, despatches, order lines.
3. Whether an account's brake goes on: how many moved so and nothing explains it.
4. What each zero waits for (`handlers/zeroes.py`), saved with it: every route to a channel goes by that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec

from daemon.settings import SellerAccount, Zeroes
from daemon.store import zeroes as store
from daemon.store.database import Connection, query
from daemon.store.publication import Desired, Standing
from daemon.store.zero_history import Suspect, past_of
from daemon.store.zeroes import Judged
from handlers.brake import BrakeRules, Count, Swing, goes_on, look_for, moved_much, swing_of
from handlers.explained import NOTHING, Finding, explain
from handlers.supply import Inputs
from handlers.supply import Rules as SellingRules
from handlers.supply_without import shows
from handlers.zeroes import (
    AHEAD,
    DEFAULTS,
    FIRST,
    MOVEMENTS,
    RESTORE_OVER,
    RESTORED,
    STOPPED,
    UNEXPLAINED,
    Event,
    Hold,
    Rules,
    Zero,
    decide,
    fallen,
    rule_of,
)
from schemas.terms import ChannelAccount

Classes: TypeAlias = Mapping[int, str]
"""Listing id -> the velocity class that was measured."""

LOOK_AGAIN = timedelta(minutes=1)
"""Between two looks at whether something explains what is held."""


@dataclass(slots=True)
class Case:
    """One listing under examination."""

    standing: Standing
    wanted: int
    doubtful: bool
    swing: Swing | None
    moved: bool = False
    """It moved by much, and did not count before in this window."""
    fell: bool = False
    """Its zero is new."""
    finding: Finding = NOTHING

    @property
    def account(self) -> ChannelAccount:
        return self.standing.listing.channel_account

    @property
    def shown(self) -> int | None:
        return self.standing.told.told

    @property
    def counts(self) -> bool:
        return self.moved and self.finding.cause == UNEXPLAINED

    @property
    def needs_history(self) -> bool:
        """What was never told cannot fall, and what was explained stays so while it is zero."""
        zero = self.standing.known.zero
        again = zero is not None and zero.cause == UNEXPLAINED and self.shown != 0
        return self.shown is not None and (self.fell or self.moved or again)

    def suspects(self) -> list[Suspect]:
        known, listing = self.standing.known, self.standing.listing
        basis = known.zero.basis if known.zero is not None and not self.fell else None
        told_at = basis or known.told_at  # a zero of a listing that had been told nothing has no basis
        assert told_at is not None
        return [Suspect(listing.id, listing.account, need.sku, told_at) for need in listing.needs]


@dataclass(frozen=True, slots=True)
class Brakes:
    """The rules of every account, and the one entry: `judge`."""

    rules: Mapping[ChannelAccount, Rules]
    brake: BrakeRules
    selling: SellingRules
    unconfigured: Rules = field(default_factory=Rules)

    async def judge(
        self,
        connection: Connection,
        standings: Sequence[Standing],
        desired: Sequence[Desired],
        inputs: Inputs,
        now: datetime,
    ) -> bool:
        """Examine what these listings should show from now on; their rows are locked. True: a brake went on."""
        found = [self._case(*pair, now) for pair in zip(standings, desired, strict=True)]
        cases = [case for case in found if case is not None]
        await self._find(connection, cases, inputs, now)
        looks, began = await self._brake(connection, cases, now)
        judged = [self._judged(case, looks.get(case.account), inputs.classes, now) for case in cases]
        held = [
            (one.listing_id, case.account, one.zero.since)
            for one, case in zip(judged, cases, strict=True)
            if one.zero is not None and one.zero.cause == UNEXPLAINED
        ]
        events = await store.events_of(connection, held) if held else {}
        decided = [_decided(j, c, events.get(j.listing_id), now) for j, c in zip(judged, cases, strict=True)]
        changed = [one for one, case in zip(decided, cases, strict=True) if _has_news(one, case)]
        await store.save(connection, changed, now)
        return began

    def _case(self, standing: Standing, wanted: Desired, now: datetime) -> Case | None:
        """None where there is nothing to look at and nothing to forget."""
        known, shown, value = standing.known, standing.told.told, wanted.desired
        if value is None or (value == shown and known.zero is None):
            return None
        swing = swing_of(known.swing, shown, now, self.brake)
        much = swing is not None and moved_much(swing.start, value, self.brake)
        counted = swing is not None and known.swung_at is not None and known.swung_at >= swing.since
        fell = value == 0 and known.zero is None and shown != 0
        return Case(standing, value, wanted.doubtful, swing, much and not counted, fell)

    async def _find(self, connection: Connection, cases: Sequence[Case], inputs: Inputs, now: datetime) -> None:
        """Find out what explains each of them. What a person asked for explains itself."""
        asked = list[Case]()
        for case in cases:
            if (word := _asked_for(case, now)) is not None:
                case.finding = Finding(word, case.wanted)
            elif case.needs_history:
                asked.append(case)
        if asked:
            past = await past_of(connection, [suspect for case in asked for suspect in case.suspects()])
            for case in asked:
                asks = shows(case.standing.listing, inputs, self.selling)
                if case.wanted == 0 and asks({}) > 0:
                    case.finding = Finding(AHEAD, 0)
                    continue
                histories = past.histories(case.standing.listing, inputs, self.selling)
                found = explain(histories, asks)
                case.finding = found if case.wanted == 0 else self._accounted(case, found)

    def _accounted(self, case: Case, found: Finding) -> Finding:
        """Of a move that is not to zero: explained where what nothing accounts for is not much by itself."""
        if found.quantity is None or case.swing is None:
            return NOTHING
        part = self.brake.move * max(case.swing.start, 1)
        return Finding(UNEXPLAINED if abs(case.wanted - found.quantity) * 100 > part else MOVEMENTS, found.quantity)

    async def _brake(
        self, connection: Connection, cases: Sequence[Case], now: datetime
    ) -> tuple[dict[ChannelAccount, timedelta], bool]:
        """How long an unexplained zero of each account waits for the brake to look; whether a brake went on."""
        looks, began = dict[ChannelAccount, timedelta](), False
        for account in sorted({case.account for case in cases if case.counts}):
            if await store.brake_is_on(connection, account):
                continue
            new = sum(case.counts for case in cases if case.account == account)
            before = await store.count(connection, account, now - self.brake.window)
            count = Count(before.listings, before.moved + new)
            if goes_on(count, self.brake):
                began |= await store.begin_brake(connection, account, now - self.brake.window, now, count)
            else:
                looks[account] = look_for(count, self.brake)
        return looks, began

    def _judged(self, case: Case, look: timedelta | None, classes: Classes, now: datetime) -> Judged:
        known, listing = case.standing.known, case.standing.listing
        swung_at = now if case.counts else known.swung_at
        zero = self._zero(case, look, classes, now) if case.wanted == 0 else None
        return Judged(listing.id, case.swing, swung_at, zero, None)

    def _zero(self, case: Case, look: timedelta | None, classes: Classes, now: datetime) -> Zero | None:
        known = case.standing.known
        if case.fell:
            return self._fallen(case, look, classes, now)
        if known.zero is None:
            return None
        if not case.needs_history:
            return known.zero
        confirmed = known.zero.asked_at is not None and known.zero.confirmed_at is None and not case.doubtful
        return msgspec.structs.replace(
            known.zero, cause=case.finding.cause, instead=case.finding.quantity or None,
            confirmed_at=now if confirmed else known.zero.confirmed_at,
        )  # fmt: skip

    def _fallen(self, case: Case, look: timedelta | None, classes: Classes, now: datetime) -> Zero:
        known, rules = case.standing.known, self.rules.get(case.account, self.unconfigured)
        cause = FIRST if case.shown is None else case.finding.cause
        listing = case.standing.listing
        velocity = listing.velocity_class or classes.get(listing.id, "")
        zero = fallen(now, cause, rule_of(listing.zero_rule, (velocity,), rules), rules)
        look_until = now + look if look and cause == UNEXPLAINED else None
        return msgspec.structs.replace(
            zero, look_until=look_until, basis=known.told_at, instead=case.finding.quantity or None
        )


async def catch_up(connection: Connection, at: datetime) -> None:
    """Hold what a brake covers that went on after it was computed, and mark the zeroes whose hold is another by now.

    Rows that somebody else works on are left to the next round: `still_braked` stands before every request.
    """
    await connection.execute(query("zeroes_to_judge"), at, at - LOOK_AGAIN)
    await connection.execute(query("brake_hold"))


async def still_braked(connection: Connection, standings: Sequence[Standing], now: datetime) -> set[int]:
    """Of listings about to be told zero: those that a brake covers by now, whatever their row says yet."""
    found = {
        one.listing.id: (zero, one.listing.channel_account)
        for one in standings
        if (zero := one.known.zero) is not None and zero.cause == UNEXPLAINED and one.told.told != 0
    }
    if not found:
        return set()
    events = await store.events_of(connection, [(id_, account, zero.since) for id_, (zero, account) in found.items()])
    return {id_ for id_, (zero, _) in found.items() if isinstance(decide(zero, events.get(id_), now), Hold)}


def brakes_of(settings: Zeroes, sellers: Mapping[str, SellerAccount], selling: SellingRules) -> Brakes:
    """As the settings want it."""
    brake = BrakeRules(
        settings.brake_share,
        settings.brake_move,
        timedelta(seconds=settings.brake_window),
        settings.brake_minimum,
        timedelta(seconds=settings.brake_look),
        timedelta(seconds=settings.brake_look_first),
    )
    rules = {ChannelAccount(name): _rules(settings, seller) for name, seller in sellers.items()}
    return Brakes(rules, brake, selling)


def _rules(settings: Zeroes, seller: SellerAccount) -> Rules:
    default, sent_on_timeout = DEFAULTS[seller.kind]
    hold_for = timedelta(seconds=settings.hold_for)
    return Rules(seller.zero_rule or default, settings.classes, hold_for, sent_on_timeout)


def _asked_for(case: Case, now: datetime) -> str | None:
    """A stop, or a restore: its value, and that its time is over."""
    if case.standing.listing.stopped:
        return STOPPED
    restore = case.standing.known.restore
    if restore is None:
        return None
    if now >= restore.until:
        return RESTORE_OVER
    return RESTORED if case.wanted == restore.value else None


def _has_news(judged: Judged, case: Case) -> bool:
    known = case.standing.known
    zeroes = judged.zero is not None or known.zero is not None
    return zeroes or (judged.swing, judged.swung_at) != (known.swing, known.swung_at)


def _decided(judged: Judged, case: Case, event: Event | None, now: datetime) -> Judged:
    """With what holds its zero; nothing where the zero has been told already."""
    if judged.zero is None or case.shown == 0:
        return judged
    verdict = decide(judged.zero, event, now)
    return msgspec.structs.replace(judged, hold=verdict) if isinstance(verdict, Hold) else judged
