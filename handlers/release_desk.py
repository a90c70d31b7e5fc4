"""What one look at an order works with: what is known, and what is to be written of it in the end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from handlers.alerts import AlertKind
from handlers.ledger import State
from handlers.life_cycle import Change
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.order_changes import wanted_of
from handlers.order_requests import (
    OPEN,
    OVERTAKEN,
    Kind,
    OrderEffect,
    OrderRequest,
    Told,
    WarehouseOrder,
    announced,
    told_of,
)
from handlers.sales_orders import StoredOrder
from handlers.warehouse_orders import Destination, Wanted
from schemas.clarus_order_lists import Found
from schemas.terms import Sku


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    late_effect: timedelta = timedelta(seconds=60)
    replica_lag: timedelta = timedelta(seconds=60)
    look_again: timedelta = timedelta(seconds=300)
    """At an order that waits for a person, or for something that is missing."""
    look_over: timedelta = timedelta(hours=1)
    """At an order that is well, as long as the warehouse has it: people end orders there without a word."""
    look_soon: timedelta = timedelta(seconds=5)
    """At an order of which a request may or may not have taken effect."""
    stop_within: timedelta = timedelta(minutes=30)
    despatch_within: timedelta = timedelta(hours=24)
    asks_machine: bool = False
    """Commands go to the warehouse's own system, by our names: it answers a request to stop, and needs no ids."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one order now. `found`: what a look begun at `begun` shows of its reference."""

    order: StoredOrder
    row: WarehouseOrder
    effect: OrderEffect | None
    found: tuple[Found, ...]
    begun: datetime
    now: datetime
    to: Destination
    products: Mapping[Sku, int]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What to write, in one transaction. `send`: the request to make once it is committed; it is among `effects`."""

    row: WarehouseOrder
    effects: tuple[OrderEffect, ...]
    notes: tuple[Note, ...]
    send: OrderEffect | None
    wanted: Wanted | None
    there: Found | None
    waits_for: str
    """What is missing before it can be sent: the cause of an alert that it shares."""
    released: bool
    """The warehouse is being told of this version, or has it."""
    judged: bool
    """It was said what has become of this version, whether anything is asked of the warehouse for it or not."""
    ended: bool


class Desk:
    """The working papers of one look."""

    def __init__(self, case: Case, rules: Rules) -> None:
        self.case, self.rules, self.now, self.row = case, rules, case.now, case.row
        self.wanted = wanted_of(case.order, rules.despatch_within)
        self.effect = case.effect
        self.send: OrderEffect | None = None
        self.look_at: datetime | None = None
        self.waits_for = ""
        self.released = self.ended = self.judged = False
        self.notes = list[Note]()
        self._effects = dict[str, OrderEffect]()
        self._alerts = dict[AlertKind, tuple[str, datetime | None]]()
        self.fresh = case.row.acted_at is None or case.begun >= case.row.acted_at + rules.replica_lag
        # What we took away ourselves may still be shown; later on it was not taken away, whoever said so.
        gone = case.row.goods_out_id if self.awaits_end else ""
        shown = [one for one in case.found if one.order.key != gone]
        self.alive = [one for one in shown if one.order.status != "cancelled"]
        known = [one for one in shown if one.order.key == case.row.goods_out_id]
        self.there = next(iter([*known, *self.alive, *shown]), None)

    @property
    def version(self) -> int:
        return self.case.order.version

    @property
    def name(self) -> str:
        return f"order {self.row.order_reference} of {self.row.channel_account}"

    @property
    def awaits_end(self) -> bool:
        """It was taken back, and no look has shown yet that it is gone."""
        return self.row.status == "withdrawn" and not self.fresh

    @property
    def shows_by(self) -> datetime:
        """From when on every replica shows what a request of ours has changed."""
        return (self.row.acted_at or self.now) + self.rules.replica_lag

    def put(self, **changes: object) -> None:
        self.row = msgspec.structs.replace(self.row, **changes)

    def telling(self, wanted: Wanted) -> dict[str, object]:
        return {"told": told_of(wanted), "told_to": wanted.ship_to or self.row.told_to}

    def save(self, effect: OrderEffect) -> OrderEffect:
        """The last word on a row of the ledger; an open one is the order's request from here on."""
        self._effects[effect.unique_key] = effect
        self.effect = effect if effect.state in OPEN else None
        self.put(effect_key=effect.unique_key if self.effect else "")
        return effect

    def new(self, kind: Kind, change: Change, state: State, reason: str = "") -> OrderEffect:
        self.put(requests=self.row.requests + 1)
        row = self.row
        payload = OrderRequest(
            channel_account=row.channel_account, channel_order_id=row.channel_order_id, warehouse=row.warehouse,
            account=row.account, order_reference=row.order_reference, version=self.version, change=change,
            goods_out_id=row.goods_out_id, moves_lines=kind == "order_amend" and self._moves_lines(),
        )  # fmt: skip
        return OrderEffect(
            kind=kind, subject=row.subject, unique_key=f"{row.subject}/{row.requests}", account=row.channel_account,
            state=state, payload=payload, reason=reason, due=self.now, received_at=self.now,
        )  # fmt: skip

    def _moves_lines(self) -> bool:
        told, wanted = self.row.told, self.wanted
        return told is not None and wanted is not None and told.lines != wanted.lines

    def withdraw_unsent(self) -> None:
        """What has not left stays here; what has is for the next look."""
        if self.effect is not None and self.effect.state not in ("sent", "unknown"):
            self.not_told(self.effect)
            self.save(self.effect.moved("withdrawn", reason=OVERTAKEN, due=self.now))

    def not_told(self, effect: OrderEffect) -> None:
        """An amendment is noted as told when it leaves; one that came to nothing was told nobody."""
        if effect.kind == "order_amend" and effect.sent_at is not None:
            self.put(told=Told())

    def look_later(self) -> None:
        self.look_at = self.now + self.rules.look_again

    def alarm(self, kind: AlertKind, text: str, deadline: datetime | None = None) -> bool:
        """Raised once, and closed by the first look that does not say so again. True: it is new."""
        self._alerts[kind] = text, deadline
        return kind.value not in self.row.alerts

    def verdict(self) -> Verdict:
        old = set(self.row.alerts)
        over = sorted(old - {kind.value for kind in self._alerts})
        self.notes += [ResolveAlert(AlertKind(kind), self.row.subject) for kind in over]
        self.notes += [
            RaiseAlert(kind, self.row.subject, self.name, text, {}, deadline)
            for kind, (text, deadline) in self._alerts.items()
            if kind.value not in old
        ]
        self.notes += [announced(one) for one in self._effects.values() if one.state not in OPEN]
        self.put(
            alerts=tuple(sorted(kind.value for kind in self._alerts)), look_at=self.look_at,
            handled_version=self.version,
        )  # fmt: skip
        return Verdict(
            row=self.row, effects=tuple(self._effects.values()), notes=tuple(self.notes), send=self.send,
            wanted=self.wanted, there=self.there, waits_for=self.waits_for, released=self.released, ended=self.ended,
            judged=self.judged,
        )  # fmt: skip
