"""Vendor transactions at the simulated Amazon: what it tells of a submission, which is little and late."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from simulators.amazon.reply import Reply, refusal

Kind = Literal["acknowledgement", "notice", "invoice"]
Region = Literal["EU", "NA"]


class VendorPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this vendor side behaves. Lags in simulated seconds, each drawn between two bounds; shares from 0 to 1."""

    region: Region = "EU"
    status_lag: tuple[float, float] = (0.0, 0.0)
    """Until the status shows an answer; really up to 1800."""
    verdict_lag: tuple[float, float] = (0.0, 0.0)
    """Until a transaction tells more than that it is under way; really up to 900."""
    untold: float = 0.0
    """Share of failures that give no reason."""
    lost: float = 0.0
    """Share of submissions that stay under way for ever and are never looked at."""
    stuck: float = 0.0
    """Share of ship notices that stay under way for ever although they were taken."""
    fails: float = 0.0
    """Share of submissions that fail although nothing is wrong with them."""
    grace: float = 86_400.0
    """After the end of a window, until what has not come is charged."""
    one_parcel_a_notice: bool = True


class Fault(msgspec.Struct, frozen=True):
    """Why a document was not taken."""

    code: str
    message: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was looked at. Without faults it took effect; `lost`: nobody ever looked."""

    kind: Kind
    subject: str
    at: datetime
    transaction: str
    faults: tuple[Fault, ...] = ()
    passed_over: tuple[str, ...] = ()
    """Lines with codes that Amazon does not know."""
    lost: bool = False
    by: Literal["api", "portal", "edi"] = "api"
    body: object = None

    @property
    def took_effect(self) -> bool:
        return not self.faults and not self.lost


@dataclass(slots=True)
class SimulatedTransaction:
    kind: Kind
    tells_at: datetime | None
    """None: it stays under way for ever."""
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class Transactions:
    seed: int = 0
    plan: VendorPlan = field(default_factory=VendorPlan)
    begun: dict[str, SimulatedTransaction] = field(default_factory=dict[str, SimulatedTransaction])
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def name(self, now: datetime) -> str:
        return f"{now:%Y%m%d%H%M%S}-{UUID(int=self._random.getrandbits(128), version=4)}"

    def loses(self) -> bool:
        return self._random.random() < self.plan.lost

    def fails(self) -> tuple[Fault, ...]:
        """The fault of a submission that fails for no reason of its own."""
        fails = self.plan.fails and self._random.random() < self.plan.fails
        return (Fault("INTERNAL_ERROR", "The document could not be processed."),) if fails else ()

    def status_lag(self) -> timedelta:
        return timedelta(seconds=self._random.uniform(*self.plan.status_lag))

    def begin(self, name: str, kind: Kind, faults: tuple[Fault, ...], now: datetime, *, lost: bool) -> None:
        """An acknowledgement only ever tells of its failure, an invoice of nothing at all."""
        at = now + timedelta(seconds=self._random.uniform(*self.plan.verdict_lag))
        silent = lost or kind == "invoice" or (not faults and self._stays(kind))
        if faults and self._random.random() < self.plan.untold:
            faults = (Fault("NotAvailable", "Error details are not available."),)
        self.begun[name] = SimulatedTransaction(kind, None if silent else at, faults)

    def _stays(self, kind: Kind) -> bool:
        return kind == "acknowledgement" or self._random.random() < self.plan.stuck

    def told(self, name: str, now: datetime) -> Reply:
        """`getTransaction`."""
        found = self.begun.get(name)
        if found is None:
            return refusal(404, "NotFound", "The transaction is not known.")
        told: dict[str, object] = {"transactionId": name, "status": "Processing"}
        if found.tells_at is not None and found.tells_at <= now:
            told["status"] = "Failure" if found.faults else "Success"
            if found.faults:
                told["errors"] = [{"code": fault.code, "message": fault.message} for fault in found.faults]
        return Reply(200, {"payload": {"transactionStatus": told}}, "answered")
