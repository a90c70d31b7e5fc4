"""Zeroes: which may be told at once, which wait, for whom, and until when.

A listing that falls to zero has a rule (its own, its class's, else its account's) and, on days of mass change, the
brake of its account. Everything else about stock, and every other lowering, passes by here untouched.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.sellable_stock import ZeroRule

Rule: TypeAlias = Literal["send", "hold", "alert"]
"""Tell a zero at once; hold it for merchandising; tell it at once and raise an alert."""

Why: TypeAlias = Literal["look", "rule", "brake", "refused"]
"""What holds a zero: the brake counting, its rule, the brake, a person who refused it."""

Kind: TypeAlias = Literal["seller_central", "vendor_central", "storefront"]

FIRST: Final = "first"
STOPPED: Final = "stopped"
MOVEMENTS: Final = "movements"
DESPATCHES: Final = "despatches"
ORDER_LINES: Final = "order_lines"
AHEAD: Final = "ahead"
"""There is stock; the policy shows none of it, because others are about to sell it."""
RESTORED: Final = "restored"
RESTORE_OVER: Final = "restore_over"
UNEXPLAINED: Final = ""


class Hold(msgspec.Struct, frozen=True):
    """A zero that waits. `until` None: not by time, but until somebody or the warehouse says otherwise."""

    why: Why
    until: datetime | None = None
    instead: int | None = None
    """What may be told meanwhile, in the channel's units: what is left by all that is explained."""

    def at(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class SendZero(msgspec.Struct, frozen=True):
    """Tell it now. With `alert`, the rule wants people to know."""

    alert: bool = False


Verdict: TypeAlias = Hold | SendZero


class Event(msgspec.Struct, frozen=True):
    """The brake as one listing sees it: the event that covers its zero. `outcome` None: nobody has decided."""

    id: int
    outcome: Literal["release_all", "release_confirmed", "refuse", "over"] | None = None
    released: bool = False
    """By name, out of a list."""


class Zero(msgspec.Struct, frozen=True):
    """A listing that should show nothing and was told more, and all that has been found out about it."""

    since: datetime
    cause: str = UNEXPLAINED
    rule: Rule = "send"
    look_until: datetime | None = None
    rule_until: datetime | None = None
    """For the rule `hold`: when it is told all the same; None: not before somebody decides."""
    answer: Literal["send", "keep"] | None = None
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    basis: datetime | None = None
    """When the channel was told what it showed before: what happened since may explain the zero."""
    instead: int | None = None
    """What the listing would show without what nothing explains."""


class Rules(msgspec.Struct, frozen=True):
    """What the settings say of zeroes of one account."""

    default: Rule = "send"
    classes: Mapping[str, Rule] = {}
    hold_for: timedelta = timedelta(hours=4)
    """How long the rule `hold` waits for merchandising."""
    sent_on_timeout: bool = True
    """What becomes of a zero that its rule held for so long."""


DEFAULTS: Final[Mapping[Kind, tuple[Rule, bool]]] = {
    "seller_central": ("send", True),
    "storefront": ("send", True),
    "vendor_central": ("hold", False),
}
"""(rule, whether a zero held by a rule is told when nobody decides). A zero can suppress a vendor's listing."""


def rule_of(own: ZeroRule, classes: tuple[str, ...], rules: Rules) -> Rule:
    """The SKU's own rule, else that of the first of its classes that has one, else the account's."""
    named: list[Rule] = [rules.classes[name] for name in classes if name in rules.classes]
    by_class: Rule = named[0] if named else rules.default
    return by_class if own == "" else own


def fallen(since: datetime, cause: str, rule: Rule, rules: Rules) -> Zero:
    """A zero that is new."""
    rule_until = since + rules.hold_for if rule == "hold" and rules.sent_on_timeout else None
    return Zero(since, cause, rule, rule_until=rule_until)


def decide(zero: Zero, event: Event | None, now: datetime) -> Verdict:
    """The brake first: what it holds is never told for want of an answer. Then the rule."""
    if zero.cause == UNEXPLAINED and (hold := _braked(zero, event, now)) is not None:
        return msgspec.structs.replace(hold, instead=zero.instead)
    if zero.rule == "hold" and (hold := _ruled(zero, now)) is not None:
        return hold
    return SendZero(alert=zero.rule == "alert")


def _braked(zero: Zero, event: Event | None, now: datetime) -> Hold | None:
    if event is None:
        return Hold("look", zero.look_until) if zero.look_until is not None and now < zero.look_until else None
    if event.released or event.outcome in ("release_all", "over"):
        return None
    if event.outcome == "release_confirmed" and zero.confirmed_at is not None:
        return None
    return Hold("brake") if event.outcome is None else Hold("refused")


def _ruled(zero: Zero, now: datetime) -> Hold | None:
    if zero.answer == "send":
        return None
    if zero.answer == "keep" or zero.rule_until is None:
        return Hold("rule")
    return Hold("rule", zero.rule_until) if now < zero.rule_until else None
