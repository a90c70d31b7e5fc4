"""What people are asked about zeroes, and what each answer does."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from handlers.notes import AskPerson
from handlers.restoring import LASTS

ZERO_HELD: Final = "zero_held"
MASS_ZERO: Final = "mass_zero"

SEND: Final = "send"
KEEP: Final = "keep"
RELEASE_ALL: Final = "release_all"
RELEASE_LIST: Final = "release_list"
RELEASE_CONFIRMED: Final = "release_confirmed"
REFUSE: Final = "refuse"
KEEP_HELD: Final = "keep_held"

RESTORE_UNREAD: Final = "restore_unread"
ALLOW: Final = "allow"
WAIT: Final = "wait"

MEANINGS: Final[Mapping[tuple[str, str], str]] = {
    (ZERO_HELD, SEND): "the channel is told 0",
    (ZERO_HELD, KEEP): "the channel keeps what it shows until the warehouse has stock again",
    (MASS_ZERO, RELEASE_ALL): "every zero that the brake holds is told; the brake goes off",
    (MASS_ZERO, RELEASE_LIST): "the zeroes named with --sku or --file are told; for the rest you are asked again",
    (
        MASS_ZERO,
        RELEASE_CONFIRMED,
    ): "zeroes that a fresh level confirmed are told, the rest refused",
    (MASS_ZERO, REFUSE): "none is told: each waits until its stock comes back or a movement explains it",
    (MASS_ZERO, KEEP_HELD): "all stays held, fresh levels are asked for, and it is raised as undecided",
    (
        RESTORE_UNREAD,
        ALLOW,
    ): "for one hour, listings without a fresh reading show the old value less outflows",
    (RESTORE_UNREAD, WAIT): "a listing is restored once its stock has been read afresh, and not before",
}


class AnswerZero(msgspec.Struct, frozen=True):
    """What becomes of one zero that its rule holds. Left alone if it came back meanwhile."""

    listing_id: int
    since: datetime
    answer: Literal["send", "keep"]


class EndBrake(msgspec.Struct, frozen=True):
    """The brake goes off, with this answer for every zero that it holds."""

    event_id: int
    outcome: Literal["release_all", "release_confirmed", "refuse"]


class ReleaseListed(msgspec.Struct, frozen=True):
    """The zeroes of these seller SKUs go; the brake stays on for the others."""

    event_id: int
    seller_skus: tuple[str, ...]


class KeepHeld(msgspec.Struct, frozen=True):
    """Nothing is told. The question stays open until `again_at`, and fresh levels are asked for."""

    event_id: int
    again_at: datetime


class AllowUnread(msgspec.Struct, frozen=True):
    """Listings of a restore that no fresh reading has come for are restored all the same, until then."""

    restore_id: int
    until: datetime


ZeroDeed = AnswerZero | EndBrake | ReleaseListed | KeepHeld | AllowUnread


def ask_about_zero(
    name: str, listing_id: int, since: datetime, until: datetime | None, shown: int | None
) -> AskPerson:
    """One zero that its rule holds. Without `until` nothing happens by itself."""
    still = "nothing" if shown is None else str(shown)
    return AskPerson(
        ZERO_HELD, name, "merchandising", f"{name} has no stock and its rule holds zeroes; the channel shows {still}."
        " Tell it 0?", (SEND, KEEP), SEND if until else None, until,
        {"listing_id": listing_id, "since": since.isoformat()},
    )  # fmt: skip


def ask_about_brake(account: str, event_id: int, held: int, default_at: datetime, within: timedelta) -> AskPerson:
    """One question per account and event. Its default is never to send."""
    return AskPerson(
        MASS_ZERO, account, "merchandising",
        f"{held} listings of {account} fell to zero and no movement, despatch or order line explains it."
        " Is it true?", (RELEASE_ALL, RELEASE_LIST, RELEASE_CONFIRMED, REFUSE, KEEP_HELD), KEEP_HELD, default_at,
        {"event_id": event_id, "decide_within": int(within.total_seconds())},
    )  # fmt: skip


def ask_about_unread(account: str, restore_id: int, to: datetime, until: datetime) -> AskPerson:
    """Whether a restore may go on without fresh readings. Its default is to wait for them."""
    return AskPerson(
        RESTORE_UNREAD, account, "merchandising",
        f"{account} is being restored to {to:%F %T} UTC. May listings whose stock was not read afresh show their old"
        " value, less what has gone out since, for one hour?", (ALLOW, WAIT), WAIT, until,
        {"restore_id": restore_id},
    )  # fmt: skip


def deeds(
    kind: str, option: str, detail: Mapping[str, object], at: datetime, named: tuple[str, ...]
) -> list[ZeroDeed]:
    """What an option of these kinds does. Raises ValueError where the question lacks what it takes."""
    if kind == ZERO_HELD:
        answer: Literal["send", "keep"] = "send" if option == SEND else "keep"
        return [AnswerZero(_number(detail, "listing_id"), datetime.fromisoformat(str(detail.get("since"))), answer)]
    if kind == RESTORE_UNREAD:
        return [AllowUnread(_number(detail, "restore_id"), at + LASTS)] if option == ALLOW else []
    event_id = _number(detail, "event_id")
    match option:
        case "release_list":
            if not named:
                raise ValueError("name the seller SKUs to release: --sku SKU, or --file with one in each line")
            return [ReleaseListed(event_id, named)]
        case "keep_held":
            return [KeepHeld(event_id, at + timedelta(seconds=_number(detail, "decide_within")))]
        case "release_all" | "release_confirmed" | "refuse":
            return [EndBrake(event_id, option)]
        case _:
            raise ValueError(f"nobody carries out {option!r}")


def _number(detail: Mapping[str, object], name: str) -> int:
    match detail.get(name):
        case int() as number:
            return number
        case _:
            raise ValueError(f"the question names no {name}; settle it with the team that owns it")
