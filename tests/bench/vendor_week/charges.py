"""What the retailer charged, by kind."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import get_args

from simulators.amazon.vendor import Vendor
from simulators.amazon.vendor_chargebacks import Chargeback, ChargebackKind
from tests.bench.vendor_week.trace import Week

KINDS: tuple[ChargebackKind, ...] = get_args(ChargebackKind)
SAYS: Mapping[ChargebackKind, str] = {
    "late_acknowledgement": "acknowledged late or never",
    "acknowledged_not_supplied": "acknowledged, not supplied",
    "late_notice": "notice late",
    "missing_notice": "notice missing",
    "wrong_notice": "notice wrong",
    "cost_mismatch": "cost mismatched",
    "unit_mismatch": "units mismatched",
    "invoice_mismatch": "invoiced, not received",
}
NOTICES: tuple[ChargebackKind, ...] = ("late_notice", "missing_notice", "wrong_notice")


class Charges:
    """All chargebacks of one way of answering."""

    def __init__(self, vendors: Iterable[Vendor], week: Week) -> None:
        self.all: list[Chargeback] = [one for vendor in vendors for one in vendor.chargebacks]
        self.by_kind = Counter(one.kind for one in self.all)
        self._units = {
            (str(order.order.number), str(number)): line.unit
            for order in week.orders
            for number, line in order.lines.items()
        }

    @property
    def notices(self) -> int:
        return sum(self.by_kind[kind] for kind in NOTICES)

    @property
    def over_acknowledged(self) -> int:
        """Eaches that were acknowledged and did not come."""
        return sum(
            one.quantity * self._units[one.subject, one.line]
            for one in self.all
            if one.kind == "acknowledged_not_supplied"
        )


def table(ours: Charges, usual: Charges) -> list[str]:
    rows = [f"{'chargeback':<30}{'ours':>8}{'baseline':>10}"]
    rows += [f"{SAYS[kind]:<30}{ours.by_kind[kind]:>8}{usual.by_kind[kind]:>10}" for kind in KINDS]
    rows.append(f"{'all':<30}{len(ours.all):>8}{len(usual.all):>10}")
    rows.append(f"{'eaches over-acknowledged':<30}{ours.over_acknowledged:>8}{usual.over_acknowledged:>10}")
    return rows
