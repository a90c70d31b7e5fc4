"""The files of case packs and agreed costs: every fault by line and column, and back to the same rows."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from handlers.agreed_costs import AgreedCost
from handlers.case_packs import CasePack
from handlers.vendor_files import read_costs, read_packs, write_costs, write_packs
from schemas.terms import Account, ChannelAccount, Sku

COSTS = "channel_account,account,sku,begins,ends,deal,amount,currency\n"


def faults(text: str) -> list[str]:
    return [str(fault) for fault in read_costs(text.encode(), ["retail"])[1]]


def test_packs_come_back_as_they_were_written() -> None:
    pack = CasePack(
        account=Account("acme"), sku=Sku("=007"), version=3, eaches=12, since=datetime(2026, 1, 1, tzinfo=UTC)
    )
    rows, wrong = read_packs(write_packs([pack]).encode())
    assert (wrong, [(row.account, row.sku, row.eaches) for row in rows]) == ([], [("acme", "=007", 12)])


@pytest.mark.parametrize("eaches", ["0", "-1", "1.5", "many", "²", "1000001"])
def test_a_case_holds_a_whole_number_of_eaches(eaches: str) -> None:
    rows, wrong = read_packs(f"account,sku,eaches\nacme,MUG,{eaches}\n".encode())
    assert (rows, [fault.column for fault in wrong]) == ([], ["eaches"])


def test_costs_come_back_as_they_were_written() -> None:
    cost = AgreedCost(
        channel_account=ChannelAccount("retail"), account=Account("acme"), sku=Sku("MUG"), begins=date(2026, 1, 1),
        deal="SPRING", ends=date(2026, 3, 31), amount=Decimal("2.505"), currency="GBP",
    )  # fmt: skip
    assert read_costs(write_costs([cost]).encode(), ["retail"]) == ([cost], [])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("shop,acme,MUG,2026-01-01,,,2.50,GBP", "line 2, column channel_account: is no vendor account"),
        ("retail,acme,MUG,1 Jan,,,2.50,GBP", "line 2, column begins: must be a date"),
        ("retail,acme,MUG,2026-01-02,2026-01-01,,2.50,GBP", "line 2, column ends: is before it begins"),
        ("retail,acme,MUG,2026-01-01,,,0,GBP", "line 2, column amount: must be a number above 0"),
        ('retail,acme,MUG,2026-01-01,,,"2,50",GBP', "line 2, column amount: must be a number above 0"),
        ("retail,acme,MUG,2026-01-01,,,NaN,GBP", "line 2, column amount: must be a number above 0"),
        ("retail,acme,MUG,2026-01-01,,,1e3,GBP", "line 2, column amount: must be a number above 0"),
        ("retail,acme,MUG,2026-01-01,,,2.50,gbp", "line 2, column currency: must be a code of three letters"),
        ("retail,acme,,2026-01-01,,,2.50,GBP", "line 2, column sku: is empty"),
    ],
)
def test_every_fault_of_a_cost_is_named(row: str, fault: str) -> None:
    [told] = faults(f"{COSTS}{row}\n")
    assert told.startswith(fault)


def test_a_row_that_stands_twice_is_refused() -> None:
    row = "retail,acme,MUG,2026-01-01,,,2.50,GBP\n"
    assert faults(COSTS + row + row) == ["line 3: it repeats line 2"]
