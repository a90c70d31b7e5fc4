"""Cases and eaches: nothing is rounded, nothing is guessed."""

from datetime import UTC, datetime

import pytest

from handlers.case_packs import CasePack, PackFault, PackRow, Step, counted_in, next_versions
from schemas.purchase_order import CountedIn
from schemas.terms import Account, Sku

AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ordered", "per_item", "pack", "step"),
    [
        (CountedIn(24, "each"), 1, None, Step(1, 1)),
        (CountedIn(24, "each", 1), 1, 12, Step(1, 12)),
        (CountedIn(4, "case", 6), 1, None, Step(6, 6)),
        (CountedIn(4, "case", 6), 1, 6, Step(6, 6)),
        (CountedIn(4, "case"), 1, 6, Step(6, 6)),
        (CountedIn(4, "each"), 3, None, Step(3, 3)),
        (CountedIn(4, "each"), 3, 12, Step(3, 12)),
        (CountedIn(4, "case", 2), 3, 6, Step(6, 6)),
    ],
)
def test_a_line_is_counted_in_eaches_and_moves_in_whole_packs(
    ordered: CountedIn, per_item: int, pack: int | None, step: Step
) -> None:
    assert counted_in(ordered, per_item, pack) == step


@pytest.mark.parametrize(
    ("ordered", "pack", "kind", "step"),
    [
        (CountedIn(20, "each"), 12, "not_whole_packs", Step(1, 12)),
        (CountedIn(4, "case"), None, "case_pack_unknown", None),
        (CountedIn(4, "case", 10), 12, "case_pack_differs", Step(10, 60)),
        (CountedIn(4, "each", 6), 6, "unit_contradicts", None),
        (CountedIn(4, "case", 0), 6, "unit_contradicts", None),
    ],
)
def test_what_does_not_come_out_even_has_a_name(
    ordered: CountedIn, pack: int | None, kind: str, step: Step | None
) -> None:
    fault = counted_in(ordered, 1, pack)
    assert isinstance(fault, PackFault)
    assert (fault.kind, fault.step) == (kind, step)


def test_only_whole_packs_make_units() -> None:
    assert Step(1, 12).units(23) == 12
    assert Step(12, 12).units(23) == 1
    assert Step(10, 60).units(59) == 0


def test_a_new_size_is_a_new_version_and_the_same_size_is_none() -> None:
    account, sku = Account("acme"), Sku("MUG")
    known = {(account, sku): CasePack(account=account, sku=sku, version=3, eaches=6, since=AT)}
    same, other = PackRow(account=account, sku=sku, eaches=6), PackRow(account=account, sku=sku, eaches=12)
    fresh = PackRow(account=account, sku=Sku("CUP"), eaches=4)
    assert next_versions([same], known, AT) == []
    assert [(pack.sku, pack.version, pack.eaches) for pack in next_versions([other, fresh], known, AT)] == [
        ("MUG", 4, 12), ("CUP", 1, 4),
    ]  # fmt: skip
