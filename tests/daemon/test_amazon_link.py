"""The link against the simulated Amazon: each answer there is, and what goes out on the wire."""

from pathlib import Path

import pytest

from daemon.links.answer import Denied, Done, Refused, Throttled, Unavailable, Unknown
from schemas.amazon_listings import Submission
from schemas.terms import ChannelOrderId, LineReference, PackageReference, SellerSku
from simulators.amazon import UK, Fault
from tests.daemon.amazon_rig import LINE, MARKETPLACE, ORDER, SKU, Rig, parcel, rig


async def _patch(on: Rig, quantity: int = 7, sku: SellerSku = SKU) -> object:
    return await on.link.patch_listing(sku, MARKETPLACE, "PRODUCT", quantity, None)


async def test_an_accepted_quantity_is_done_with_request_id_and_rate(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        answer = await on.link.patch_listing(SKU, MARKETPLACE, "PRODUCT", 7, 4)
    assert isinstance(answer, Done) and isinstance(answer.value, Submission)
    assert answer.value.status == "ACCEPTED"
    assert (answer.request_id, answer.rate) == ("simulated-00000001", 5.0)
    assert on.seller.listing(SKU).submitted == {
        "fulfillment_channel_code": "DEFAULT", "quantity": 7, "lead_time_to_ship_max_days": 4
    }  # fmt: skip


async def test_a_rate_that_amazon_leaves_out_is_none(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        on.simulator.faults.rate_header_absent = 1.0
        answer = await _patch(on)
    assert isinstance(answer, Done) and answer.rate is None


async def test_invalid_in_a_200_is_a_refusal_with_amazons_text(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        on.simulator.faults.invalid[SKU] = "4000003"
        answer = await _patch(on)
    assert isinstance(answer, Refused)
    assert answer.code == "product_type_refused" and "4000003" in answer.text
    assert on.seller.listing(SKU).live == 3


async def test_the_live_quantity_is_read_back(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        on.seller.add_listing("NEW")
        known, unknown = (
            await on.link.read_listing(SKU, MARKETPLACE),
            await on.link.read_listing(SellerSku("NEW"), MARKETPLACE),
        )
    assert isinstance(known, Done) and known.value == 3
    assert isinstance(unknown, Done) and unknown.value is None


async def test_a_listing_that_amazon_does_not_know_is_named(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        answer = await on.link.read_listing(SellerSku("NOBODY"), MARKETPLACE)
    assert isinstance(answer, Refused) and answer.code == "listing_not_found"


async def test_a_parcel_is_confirmed_and_read_back(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        confirmed = await on.link.confirm_despatch(ORDER, parcel("1", 1))
        order = await on.link.read_order(ORDER)
    assert isinstance(confirmed, Done) and confirmed.rate == 2.0
    assert isinstance(order, Done)
    assert order.value.status == "PARTIALLY_SHIPPED" and order.value.marketplace == MARKETPLACE
    shown = order.value.parcel(PackageReference("1"))
    assert shown is not None and (shown.carrier, shown.tracking_number) == ("DPD", "1550")
    assert [(line.line_reference, line.ordered, line.fulfilled) for line in order.value.lines] == [(LINE, 2, 1)]


@pytest.mark.parametrize(
    ("order_id", "confirmation", "code"),
    [
        (ORDER, parcel("0"), "invalid_package_reference"),
        (ORDER, parcel("parcel-1"), "invalid_package_reference"),
        (ORDER, parcel(carrier="Dpd"), "invalid_carrier"),
        (ORDER, parcel(quantity=3), "invalid_input"),
        (ChannelOrderId("202-0000000-0000000"), parcel(), "order_not_found"),
        (ChannelOrderId("SHIP-PLUS"), parcel(), "ship_plus"),
        (ChannelOrderId("FULL"), parcel("9", 1), "package_not_found"),
    ],
)
async def test_refusals_of_a_confirmation_have_names(
    tmp_path: Path, order_id: ChannelOrderId, confirmation: object, code: str
) -> None:
    async with rig(tmp_path) as on:
        on.seller.add_order("SHIP-PLUS", [(LINE, SKU, 2)], programs=["FBM_SHIP_PLUS"])
        on.seller.add_order("FULL", [(LINE, SKU, 2)])
        await on.link.confirm_despatch(ChannelOrderId("FULL"), parcel("1", 2))
        answer = await on.link.confirm_despatch(order_id, confirmation)  # type: ignore[arg-type]  # parametrised
    assert isinstance(answer, Refused) and answer.text
    assert answer.code == code
    assert answer.request_id


async def test_a_429_is_throttled_and_never_repeated(tmp_path: Path) -> None:
    async with rig(tmp_path, patience=1.0) as on:
        on.simulator.faults.script(Fault(kind="throttle"))
        answer = await _patch(on)
    assert isinstance(answer, Throttled) and "QuotaExceeded" in answer.text
    assert len(on.simulator.journal.entries) == 1


@pytest.mark.parametrize("kind", ["reset", "cut_answer", "error_before", "error_after", "late_effect"])
async def test_a_write_without_a_clear_answer_is_unknown_and_goes_out_once(tmp_path: Path, kind: str) -> None:
    async with rig(tmp_path, patience=1.0) as on:
        on.simulator.faults.script(Fault(kind=kind, status=503, seconds=0.0, times=None))  # type: ignore[arg-type]  # parametrised
        patched = await _patch(on)
        confirmed = await on.link.confirm_despatch(ORDER, parcel())
        heard = on.simulator.journal.entries
    assert isinstance(patched, Unknown) and isinstance(confirmed, Unknown)
    assert [entry.operation for entry in heard] == ["patchListingsItem", "confirmShipment"]


async def test_a_write_that_timed_out_is_unknown_though_it_took_effect(tmp_path: Path) -> None:
    async with rig(tmp_path, timeout=0.1, patience=1.0) as on:
        on.simulator.faults.script(Fault(kind="lost_answer", seconds=1.0))
        answer = await _patch(on)
        told = on.simulator.journal.told("A1SELLER", SKU)
    assert isinstance(answer, Unknown) and "no answer" in answer.reason
    assert told == [7]


@pytest.mark.parametrize("kind", ["reset", "error_before"])
async def test_a_read_that_brought_nothing_is_unavailable(tmp_path: Path, kind: str) -> None:
    async with rig(tmp_path) as on:
        on.simulator.faults.script(Fault(kind=kind, times=None))  # type: ignore[arg-type]  # parametrised
        listing, order = await on.link.read_listing(SKU, MARKETPLACE), await on.link.read_order(ORDER)
    assert isinstance(listing, Unavailable) and isinstance(order, Unavailable)


async def test_a_read_that_failed_is_not_repeated_inside_the_call_for_it_has_spent_budget(tmp_path: Path) -> None:
    async with rig(tmp_path, patience=2.0) as on:
        on.simulator.faults.script(Fault(kind="error_before", status=503, times=2))
        answer = await on.link.read_listing(SKU, MARKETPLACE)
        heard = [entry.status for entry in on.simulator.journal.entries]
    assert isinstance(answer, Unavailable)
    assert heard.count(503) == 1


async def test_a_403_is_settled_once_and_the_call_is_made_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        on.simulator.faults.script(Fault(kind="denied"))
        answer = await _patch(on)
        heard = [entry.status for entry in on.simulator.journal.entries]
    assert isinstance(answer, Done)
    assert heard == [403, 200]
    assert [status for _, _, status in on.simulator.login.fetches] == [200, 200]


async def test_a_second_403_is_denied_with_what_to_do(tmp_path: Path) -> None:
    async with rig(tmp_path, patience=1.0) as on:
        on.simulator.faults.script(Fault(kind="denied", times=None))
        answer = await on.link.read_order(ORDER)
        heard = [entry.status for entry in on.simulator.journal.entries]
    assert isinstance(answer, Denied) and "getOrder" in answer.reason and "roles" in answer.reason
    assert heard == [403, 403]


@pytest.mark.parametrize(
    "sku",
    [
        "a/b",
        "with space",
        "50%",
        "50%25",
        "a+b",
        "why?",
        "#1",
        "grün-ß-中",
        "a%2Fb",
        "..",
        ".",
        "a;b=c&d",
        "'\"\\",
        "~-_!*()",
    ],
)
async def test_a_seller_sku_survives_the_path(tmp_path: Path, sku: str) -> None:
    async with rig(tmp_path) as on:
        on.seller.add_listing(sku, 1)
        patched = await _patch(on, 7, SellerSku(sku))
        read = await on.link.read_listing(SellerSku(sku), MARKETPLACE)
    assert isinstance(patched, Done) and isinstance(read, Done)
    assert on.simulator.journal.told("A1SELLER", sku, UK) == [7]
    assert read.value == 7


async def test_leaving_is_told_as_the_request_is_written(tmp_path: Path) -> None:
    left: list[tuple[str, str]] = []
    async with rig(tmp_path, on_leaving=lambda operation, seller: left.append((operation, seller))) as on:
        await on.link.confirm_despatch(ORDER, parcel())
        await on.link.read_order(ORDER)
    assert left == [("confirmShipment", "A1SELLER"), ("getOrder", "A1SELLER")]


async def test_a_line_reference_comes_back_as_it_was_told(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        await on.link.confirm_despatch(ORDER, parcel("12", 2))
        order = await on.link.read_order(ORDER)
    assert isinstance(order, Done)
    shown = order.value.parcel(PackageReference("12"))
    assert shown is not None
    assert [(line.line_reference, line.quantity) for line in shown.lines] == [(LineReference(LINE), 2)]
    assert order.value.status == "SHIPPED"
