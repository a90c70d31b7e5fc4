"""Labels at the simulated Amazon: rates that expire, purchases that happen once, a label that is a picture."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from daemon.links.amazon_shipping import AmazonShippingLink
from daemon.links.answer import Answer, Done, NeverLeft, Refused, Throttled, Unknown
from schemas import amazon_shipping as words
from schemas.terms import LineReference
from simulators.amazon import Fault
from simulators.amazon.shipping import RATES_LIVE, SimulatedService, picture
from tests.daemon.amazon_rig import LINE, ORDER, Rig
from tests.daemon.amazon_rig import rig as amazon_rig
from tests.schemas.amazon_models import faults, needs_models

MODEL = "shipping-api-model/shippingV2.json"
FROM = words.Address("Warehouse", "1 Dock Road", "Leeds", "West Yorkshire", "LS1 1AA", "GB", phone_number="+44113")
PACKAGE = words.Package(
    words.Dimensions(Decimal("30"), Decimal("20.5"), Decimal("10")), words.Weight(Decimal(1250)),
    words.Currency(Decimal("0"), "GBP"), "R-1", (words.Item(LineReference(LINE), 2),),
)  # fmt: skip
ASKED = words.to_amazon(ORDER, FROM, PACKAGE)
SIZE = words.DocumentSize(Decimal(4), Decimal(6))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with amazon_rig(tmp_path) as rig:
        rig.seller.shipping.services = [SimulatedService("AMZN", "NEXT", Decimal("3.49"), 1.0)]
        yield rig


@pytest.fixture
def link(rig: Rig) -> AmazonShippingLink:
    return AmazonShippingLink(rig.session, rig.account, rig.login, 2.0, "AmazonShipping_UK", patience=0.0)


async def quoted(link: AmazonShippingLink, format_: str = "PNG") -> words.PurchaseRequest:
    reading = await link.rates(ASKED)
    assert isinstance(reading, Done)
    wish = words.DocumentWish(format_, SIZE, False, ("LABEL",), "DEFAULT", 203)
    return words.PurchaseRequest(reading.value.request_token, reading.value.rates[0].rate_id, wish)


def bought(answer: Answer[words.Purchase]) -> words.Purchase:
    assert isinstance(answer, Done)
    return answer.value


async def test_a_bought_label_opens_as_a_picture(rig: Rig, link: AmazonShippingLink) -> None:
    purchase = bought(await link.purchase(await quoted(link), "K1"))
    [parcel] = purchase.package_document_details
    label = words.label_in(parcel)
    assert label is not None and label[0] == "PNG"
    picture = Image.open(io.BytesIO(label[1]))
    picture.load()
    assert picture.size == (96, 144) and picture.getextrema() == (0, 255)
    assert parcel.tracking_id == rig.seller.shipping.of_order(ORDER)[0].tracking


async def test_the_label_can_be_fetched_again_by_its_shipment(rig: Rig, link: AmazonShippingLink) -> None:
    rig.seller.shipping.without_documents = True
    purchase = bought(await link.purchase(await quoted(link, "ZPL"), "K1"))
    assert words.label_in(purchase.package_document_details[0]) is None
    reading = await link.documents(purchase.shipment_id, "R-1", "ZPL")
    assert isinstance(reading, Done)
    label = words.label_in(reading.value.package_document_detail)
    assert label is not None and label[1].startswith(b"^XA")


@pytest.mark.parametrize("kind", ["cut_answer", "error_after", "lost_answer"])
async def test_a_purchase_whose_answer_was_lost_is_repeated_by_its_key_and_paid_once(
    rig: Rig, link: AmazonShippingLink, kind: str
) -> None:
    request = await quoted(link)
    rig.simulator.faults.script(Fault(kind=kind, operation="purchaseShipment", status=503))  # type: ignore[arg-type]
    assert isinstance(await link.purchase(request, "K1"), Unknown)
    again = bought(await link.purchase(request, "K1"))
    assert [one.shipment_id for one in rig.seller.shipping.of_order(ORDER)] == [again.shipment_id]


async def test_rates_expire_after_ten_minutes(rig: Rig, link: AmazonShippingLink) -> None:
    request = await quoted(link)
    rig.seller.shipping.quotes[request.request_token].at -= RATES_LIVE + timedelta(seconds=1)
    answer = await link.purchase(request, "K1")
    assert isinstance(answer, Refused) and answer.code == "token_expired"
    assert rig.seller.shipping.shipments == {}


async def test_what_was_bought_stays_bought_when_its_rate_has_expired(rig: Rig, link: AmazonShippingLink) -> None:
    request = await quoted(link)
    first = bought(await link.purchase(request, "K1"))
    rig.seller.shipping.quotes[request.request_token].at -= 2 * RATES_LIVE
    assert bought(await link.purchase(request, "K1")).shipment_id == first.shipment_id


async def test_a_purchase_is_taken_back_once(rig: Rig, link: AmazonShippingLink) -> None:
    purchase = bought(await link.purchase(await quoted(link), "K1"))
    assert [type(await link.cancel(purchase.shipment_id)) for _ in range(2)] == [Done, Done]
    assert rig.seller.shipping.of_order(ORDER) == []
    assert len(rig.simulator.journal.accepted("cancelShipment")) == 1
    answer = await link.cancel("nobody's")
    assert isinstance(answer, Refused) and answer.code == "shipment_not_found"


async def test_what_never_left_and_what_is_too_much_say_so(rig: Rig, link: AmazonShippingLink) -> None:
    rig.simulator.faults.script(Fault(kind="throttle", operation="getRates"))
    assert isinstance(await link.rates(ASKED), Throttled)
    account = msgspec.structs.replace(rig.account, endpoint="http://127.0.0.1:1")
    nowhere = AmazonShippingLink(rig.session, account, rig.login, 2.0, "AmazonShipping_UK", patience=0.0)
    assert isinstance(await nowhere.purchase(words.PurchaseRequest("t", "r", _wish()), "K"), NeverLeft)


def _wish() -> words.DocumentWish:
    return words.DocumentWish("PNG", SIZE, False, ("LABEL",))


@pytest.mark.parametrize(
    ("format_", "content"),
    [("PNG", b"\x89PNG\r\n\x1a\nhalf"), ("PDF", b"%PDF-1.7 half"), ("ZPL", b"^XA^FO"), ("GIF", b"GIF89a")],
)
def test_half_a_label_is_no_label(format_: str, content: bytes) -> None:
    assert not words.is_whole(format_, content)


@pytest.mark.parametrize("place", [20, 60, -20])
def test_a_picture_that_is_harmed_anywhere_is_no_label(place: int) -> None:
    whole = picture("AZ0000000001", "B. Uyer")
    assert words.is_whole("PNG", whole)
    harmed = bytearray(whole)
    harmed[place] ^= 1
    assert not words.is_whole("PNG", bytes(harmed)) and not words.is_whole("PNG", whole + b"more")


def test_of_a_refusal_only_its_symbols_are_told() -> None:
    body = msgspec.json.encode(
        {"errors": [{"code": "InvalidInput", "message": "B. Uyer, 1 Lane", "details": "1 Lane"},
                    {"code": "InvalidRequest", "message": "expired", "details": "TOKEN_EXPIRED"}]}
    )  # fmt: skip
    assert words.symbols_in(body) == "InvalidInput, InvalidRequest, TOKEN_EXPIRED"
    assert words.symbols_in(b"<html>1 Lane</html>") == ""


async def test_what_a_refusal_says_of_the_buyer_goes_no_further(rig: Rig, link: AmazonShippingLink) -> None:
    asked = await quoted(link)
    refused = await link.purchase(msgspec.structs.replace(asked, rate_id="B. Uyer"), "K1")
    assert isinstance(refused, Refused)
    assert (refused.code, refused.text) == ("invalid_input", "InvalidInput")


@needs_models
async def test_requests_and_the_simulators_answers_hold_against_the_model(rig: Rig, link: AmazonShippingLink) -> None:
    request = await quoted(link)
    assert faults(MODEL, "GetRatesRequest", msgspec.json.decode(words.write_rates_request(ASKED))) == []
    assert faults(MODEL, "PurchaseShipmentRequest", msgspec.json.decode(words.write_purchase(request))) == []
    shipping, now = rig.seller.shipping, datetime.now(UTC)
    rates = shipping.rates(words.write_rates_request(ASKED), rig.seller.orders, now)
    purchase = shipping.purchase(words.write_purchase(request), "K1", rig.seller.orders, now)
    [shipment] = shipping.of_order(ORDER)
    documents = shipping.documents(shipment.shipment_id, "R-1")
    cancelled = shipping.cancel(shipment.shipment_id)
    missing = shipping.cancel("nobody's")
    for definition, reply in (
        ("GetRatesResponse", rates), ("PurchaseShipmentResponse", purchase),
        ("GetShipmentDocumentsResponse", documents), ("CancelShipmentResponse", cancelled), ("ErrorList", missing),
    ):  # fmt: skip
        assert faults(MODEL, definition, reply.body) == [], definition


@needs_models
def test_the_judge_refuses_a_request_without_its_weight() -> None:
    body = msgspec.json.decode(words.write_rates_request(ASKED))
    del body["packages"][0]["weight"]
    assert faults(MODEL, "GetRatesRequest", body) != []
