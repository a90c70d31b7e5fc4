"""Vendor stock goes to the partner as 846 or INVRPT, and what its own reader makes of it is what may be sold."""

from collections import Counter
from pathlib import Path

import pytest

from simulators.amazon.vendor import Vendor
from simulators.edi_partner import EdiPartner, Parties
from simulators.edi_partner.terms import Standard
from tests.live.stock_report_rig import ReportRig, report_rig

pytestmark = pytest.mark.live


async def turns(rig: ReportRig, partner: EdiPartner) -> None:
    """Ours, theirs, and ours once more: their word of having read it is heard."""
    await rig.round()
    partner.turn(rig.hand.at)
    await rig.exchange.round()
    await rig.on(2)


@pytest.mark.parametrize(("standard", "code"), [("x12", "846"), ("edifact", "INVRPT")])
async def test_the_partner_has_what_may_be_sold_after_a_full_report_and_after_changes(
    tmp_path: Path, database_url: str, standard: Standard, code: str
) -> None:
    parties = Parties(standard=standard, retailer="AMAZON", vendor="VENDOR", vendor_code="ACME1")
    partner = EdiPartner(parties, Vendor(), tmp_path / "out", tmp_path / "in")
    async with report_rig(tmp_path, database_url, standard=standard) as rig:
        await rig.listed(POT=5, PAN=3)
        await turns(rig, partner)
        assert partner.stock == {"POT": 5, "PAN": 3} and await rig.states() == ["in_effect"]
        await rig.stock(POT=8, PAN=0)
        await rig.on(17)
        await turns(rig, partner)
        assert partner.stock == {"POT": 8, "PAN": 0}
        rig.hand.at = rig.hand.at.replace(day=22, hour=2, minute=31)
        await turns(rig, partner)
        assert partner.stock == {"POT": 8, "PAN": 0}, "all of it"
        assert set(await rig.states()) == {"in_effect"} and await rig.alerts() == []
    assert Counter(one.code for one in partner.heard) == {code: 3}
    assert all(one.took_effect for one in partner.heard) and partner.irregular() == []
