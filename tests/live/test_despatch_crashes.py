"""The despatch lane by chance: events in any order, replicas that end between any two steps, a channel that lies
about what happened and shows it late. Whatever the order, each parcel is told what it is, and nothing twice."""

import itertools
import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from daemon.budget import Budget
from daemon.clock import Clock
from daemon.despatch_calls import Call
from daemon.links.answer import Answer, Done, NeverLeft, Reading, Refused, Unavailable, Unknown
from daemon.performer import Performer
from daemon.store.decisions import Choice, decide, list_decisions
from handlers.decisions import CONFIRM_AGAIN, CONFIRMED_BY_HAND
from schemas.amazon_orders import AmazonOrder, AmazonOrderLine, AmazonParcel, ConfirmShipment, DespatchedLine
from schemas.terms import ChannelOrderId, LineReference, PackageReference, SellerSku
from tests.controls import despatches as control
from tests.live.ledger_rig import SETTINGS, Books, opened_books

pytestmark = [pytest.mark.live, pytest.mark.long]

SEED = int(os.environ.get("GOODSOUT_TEST_SEED", "41"))
STORIES, STEPS, PARCELS = 12, 90, 3
OPEN = "('blocked', 'held', 'waiting', 'sent', 'unknown')"


class Killed(Exception):
    """The process ended here."""


@dataclass
class Moment:
    """A request as it took effect at the channel."""

    at: datetime
    shown_at: datetime
    reference: str
    tracking: str


@dataclass
class LyingChannel:
    """Takes effect or not, now or later, and says something else; or the caller ends before it hears anything."""

    clock: Clock
    draw: random.Random
    lies: bool = True
    effects: list[Moment] = field(default_factory=list[Moment])

    async def confirm_despatch(self, order_id: ChannelOrderId, confirmation: ConfirmShipment) -> Answer[None]:
        del order_id
        fate = self.draw.choice(FATES) if self.lies else "well"
        if fate in ("well", "effect_unheard", "effect_killed"):
            self._take(confirmation, 0.0)
        if fate in ("late_unheard", "late_killed"):
            self._take(confirmation, self.draw.choice((0.1, 0.5, 0.99)) * SETTINGS.late_effect)
        return _told(fate)

    def _take(self, confirmation: ConfirmShipment, later: float) -> None:
        detail = confirmation.package_detail
        at = self.clock.now() + timedelta(seconds=later)
        shown = at + timedelta(seconds=self.draw.choice((0.0, 0.5, 0.99)) * SETTINGS.read_lag)
        self.effects.append(Moment(at, shown, detail.package_reference_id, detail.tracking_number))

    async def read_order(self, order_id: ChannelOrderId) -> Reading[AmazonOrder]:
        if self.lies and self.draw.random() < 0.1:
            return Unavailable("HTTP 503")
        now, parcels = self.clock.now(), dict[str, AmazonParcel]()
        for moment in sorted(self.effects, key=lambda moment: moment.at):
            if moment.shown_at <= now:
                parcels[moment.reference] = _parcel(moment)
        line = AmazonOrderLine(control.LINE, SellerSku("KETTLE-1"), 99, None)
        return Done(
            AmazonOrder(
                order_id=order_id, marketplace=control.UK, status="UNSHIPPED", programs=(), ships_itself=True,
                lines=(line,), parcels=tuple(parcels.values()),
            )
        )  # fmt: skip

    def shown(self) -> set[str]:
        """Tracking numbers that are valid now."""
        return {self.heard(moment.reference)[-1] for moment in self.effects}

    def heard(self, reference: str) -> list[str]:
        """Tracking numbers of a parcel, in the order in which they took effect."""
        moments = sorted(self.effects, key=lambda moment: moment.at)
        return [moment.tracking for moment in moments if moment.reference == reference]


FATES = (
    "well", "well", "effect_unheard", "effect_killed", "late_unheard", "late_killed", "lost_unheard", "lost_killed",
    "never_left", "refused",
)  # fmt: skip


def _told(fate: str) -> Answer[None]:
    if fate.endswith("_killed"):
        raise Killed
    if fate == "never_left":
        return NeverLeft("no route")
    if fate == "refused":
        return Refused("invalid_date", "shipDate is in the future")
    return Done(None) if fate == "well" else Unknown("time-out")


def _parcel(moment: Moment) -> AmazonParcel:
    lines = (DespatchedLine(LineReference(control.LINE), 1),)
    return AmazonParcel(PackageReference(moment.reference), "DPD", "", moment.tracking, lines)


@dataclass
class Story:
    """Parcels with their events still to come, and replicas with the calls they have taken."""

    books: Books
    channel: LyingChannel
    draw: random.Random
    name: str
    performers: list[Performer] = field(default_factory=list[Performer])
    taken: list[tuple[Performer, Call]] = field(default_factory=list[tuple[Performer, Call]])
    to_come: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    wanted: dict[str, str] = field(default_factory=dict[str, str])
    """Despatch -> tracking number that is right in the end; empty where it was undone."""
    born: int = 0

    def plan(self) -> None:
        """Each despatch is corrected to and fro, undone and done again; its events come in any order."""
        for number in range(PARCELS):
            despatch_id = f"{self.name}-{number}"
            for revision in range(1, self.draw.randint(2, 6)):
                tracking = self.draw.choice((f"{despatch_id}-A", f"{despatch_id}-B", ""))
                self.wanted[despatch_id] = tracking
                self.to_come.append(_event(despatch_id, revision, tracking))
        self.draw.shuffle(self.to_come)
        self.to_come.sort(key=lambda content: content["revision"] + self.draw.uniform(0, 3))

    async def begin(self) -> None:
        self.plan()
        for _ in range(2):
            await self.raise_replica()

    async def raise_replica(self) -> None:
        self.born += 1
        name = f"{self.name}-replica-{self.born}"
        await self.books.execute(f"insert into replica values ('{name}', '{{despatch}}', clock_timestamp())")
        self.performers.append(Performer(self.books.calls, name))

    async def hear(self) -> None:
        if self.to_come:
            content = self.to_come.pop(0)
            again = self.draw.random() < 0.2
            for _ in range(1 + again):
                await self.books.hear(content, "completed" if content["parcels"] else "undone")

    async def take(self) -> None:
        performer = self.draw.choice(self.performers)
        self.taken += [(performer, call) for call in await performer.take()]

    async def perform(self) -> None:
        if not self.taken:
            return
        performer, call = self.taken.pop(self.draw.randrange(len(self.taken)))
        try:
            await performer.perform(call)
        except Killed:
            await self.kill(performer)

    async def kill(self, performer: Performer | None = None) -> None:
        """All that it had taken is abandoned where it was."""
        performer = performer or self.draw.choice(self.performers)
        self.performers.remove(performer)
        self.taken = [(owner, call) for owner, call in self.taken if owner is not performer]
        if self.draw.random() < 0.7:
            await self.books.execute(f"delete from replica where name = '{performer.holder}'")
        await self.raise_replica()

    async def wait(self) -> None:
        self.books.later(seconds=self.draw.choice((0.5, 3.0, 12.0, 45.0)))

    async def tell(self) -> None:
        steps = (self.hear, self.take, self.perform, self.books.watch, self.wait, self.kill)
        await self.begin()
        for _ in range(STEPS):
            [step] = self.draw.choices(steps, (3, 5, 6, 3, 4, 1))
            await step()
        await self.end()

    async def end(self) -> None:
        """The rest arrives, nothing goes wrong any more, and every clock runs out."""
        while self.to_come:
            await self.hear()
        self.channel.lies = False
        for _ in range(60):
            await self.take()
            while self.taken:
                await self.perform()
            await self.books.watch()
            await self.answer_questions()
            self.books.later(seconds=20)

    async def answer_questions(self) -> None:
        """A person looks at the channel, once nothing can still take effect there."""
        async with self.books.database.transaction() as connection:
            for question in await list_decisions(connection):
                if self.books.clock.now() - question.raised_at > timedelta(minutes=2):
                    there = question.detail["tracking"] in self.channel.shown()
                    choice = Choice(CONFIRMED_BY_HAND if there else CONFIRM_AGAIN, "ann")
                    await decide(connection, question.id, choice, self.books.clock.now(), {})


def _event(despatch_id: str, revision: int, tracking: str) -> dict[str, Any]:
    content = control.data([control.parcel(tracking_number=tracking)], despatch_id=despatch_id, revision=revision)
    return content | ({} if tracking else {"parcels": []})


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[tuple[Books, LyingChannel, random.Random]]:
    clock, draw = Clock(), random.Random(SEED)
    channel = LyingChannel(clock, draw)
    async with opened_books(database_url, clock, channel, Budget(lambda: 1e6)) as books:
        yield books, channel, draw


async def test_whoever_ends_between_which_steps_each_parcel_is_told_what_it_is_and_nothing_twice(
    stage: tuple[Books, LyingChannel, random.Random],
) -> None:
    books, channel, draw = stage
    print(f"seed {SEED}")
    for number in range(STORIES):
        channel.lies = True
        story = Story(books, channel, draw, f"S{number}")
        await story.tell()
        await check(story)


async def check(story: Story) -> None:
    references = await parcels(story)
    for despatch_id, wanted in story.wanted.items():
        heard = story.channel.heard(references.get(despatch_id, ""))
        told = f"{despatch_id}: heard {heard}, right is {wanted!r}\n{await history(story, despatch_id)}"
        assert all(one != other for one, other in itertools.pairwise(heard)), f"an edit of nothing: {told}"
        alerts = await alerts_of(story, despatch_id)
        if "despatch_refused" in alerts:
            assert await last_state(story, despatch_id) == ["refused"], told
        elif wanted:
            assert (heard[-1:], alerts) == ([wanted], []), told
        else:
            assert alerts == (["undone_after_confirmation"] if heard else []), f"{alerts} {told}"
    assert await column(story, f"select subject from effect where state in {OPEN}") == []
    refused = "select subject from effect where state = 'refused'"
    assert (
        await column(story, f"select subject from promise where settled_at is null and subject not in ({refused})")
        == []
    )


async def alerts_of(story: Story, despatch_id: str) -> list[Any]:
    return await column(
        story, f"select kind from alert where resolved_at is null and cause = 'acme/{despatch_id}/P1'"
    )


async def last_state(story: Story, despatch_id: str) -> list[Any]:
    """Of what was asked for last."""
    subject = f"acme/{despatch_id}/P1"
    return await column(story, f"select state from effect where subject = '{subject}' order by id desc limit 1")


async def parcels(story: Story) -> dict[str, str]:
    async with story.books.database.connection() as connection:
        rows = await connection.fetch("select despatch_id, package_reference from parcel")
    return {row["despatch_id"]: row["package_reference"] for row in rows}


async def column(story: Story, statement: str) -> list[Any]:
    async with story.books.database.connection() as connection:
        return [row[0] for row in await connection.fetch(statement)]


async def history(story: Story, despatch_id: str) -> str:
    told = f"""select
            concat_ws(' ', h.at, 'effect', e.id, e.payload -> 'content' ->> 'tracking_number', h.state, h.note)
        from effect_history h join effect e on e.id = h.effect_id where e.subject like 'acme/{despatch_id}/%'
        order by h.at, e.id"""
    return "\n".join(await column(story, told))
