"""A label's life: bought once whatever is lost, held where nobody can know, taken back when it is not wanted."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Refused, Throttled, Unknown
from handlers.label_choice import Choice, choose
from handlers.labels import (
    Label,
    LabelEffect,
    LabelState,
    Rules,
    Settled,
    after_cancellation,
    after_purchase,
    cancellation,
    fresh,
    purchase,
    repeated,
    step_of,
    with_file,
)
from handlers.notes import Announce, RaiseAlert
from schemas.amazon_shipping import Document, PackageDocuments, Promise, Purchase, Rates
from schemas.sales_order import OrderStatus
from tests.handlers.test_label_choice import AT, ORDER, SALE, TERMS, rate

RULES = Rules()
ZPL = Document("LABEL", "ZPL", "XlhBXlha")  # ^XA^XZ
BOUGHT = Purchase("S-1", (PackageDocuments("O-1-1", (ZPL,), "AZ1"),), Promise())


def begun() -> tuple[Label, LabelEffect]:
    choice = choose(Rates(request_token="T", rates=(rate("FAST", "9"),)), ORDER, TERMS)
    assert isinstance(choice, Choice)
    settled = purchase(ORDER, fresh(ORDER), choice, "T", AT)
    assert settled.effect is not None
    return settled.label, settled.effect


def answered(answer: Answer[Purchase], times: int = 1) -> Settled:
    label, effect = begun()
    for _ in range(times - 1):
        effect = repeated(effect, AT)
    return after_purchase(label, effect, answer, ORDER, AT, RULES)


def told(settled: Settled) -> list[str]:
    return [note.routing_key for note in settled.notes if isinstance(note, Announce)]


def alerts(settled: Settled) -> list[AlertKind]:
    return [note.kind for note in settled.notes if isinstance(note, RaiseAlert)]


def test_the_row_stands_before_the_request_with_all_that_a_repeat_needs() -> None:
    label, effect = begun()
    assert (effect.state, effect.kind, effect.unique_key) == ("sent", "buy_label", label.effect_key)
    assert effect.payload.purchase is not None and effect.payload.purchase.request_token == "T"
    assert (label.state, label.package, label.version) == ("buying", "O-1-1", ORDER.version)


def test_a_bought_label_is_announced_without_its_file() -> None:
    settled = answered(Done(BOUGHT))
    assert (settled.label.state, settled.label.tracking_number, settled.label.shipment_id) == ("ready", "AZ1", "S-1")
    assert settled.file == b"^XA^XZ"
    assert told(settled) == ["label.ready", "labels.live"]
    assert not any("^XA" in str(note) for note in settled.notes)


def test_a_purchase_without_a_usable_file_is_bought_and_fetched() -> None:
    half = replace(BOUGHT, package_document_details=(PackageDocuments("O-1-1", (replace(ZPL, contents="XlhB"),)),))
    settled = answered(Done(half))
    assert (settled.label.state, settled.file) == ("bought", None)
    assert step_of(ORDER, settled.label, None) == "fetch"
    assert with_file(settled.label, PackageDocuments("O-1-1", (ZPL,), "AZ1"), AT).label.state == "ready"


def test_a_lost_answer_is_repeated_by_the_same_key() -> None:
    settled = answered(Unknown("cut"))
    assert settled.effect is not None and settled.effect.state == "unknown"
    assert step_of(ORDER, settled.label, settled.effect) == "repeat"
    assert repeated(settled.effect, AT).unique_key == settled.effect.unique_key


@pytest.mark.parametrize("answer", [Throttled("", "slow"), NeverLeft("no road"), Denied("no role"), Unknown("cut")])
def test_a_repeat_that_says_nothing_leaves_it_unknown(answer: Answer[Purchase]) -> None:
    settled = answered(answer, times=2)
    assert settled.effect is not None and settled.effect.state == "unknown"
    assert settled.label.effect_key and settled.label.look_at is not None and settled.label.look_at > AT


def test_a_refused_repeat_is_for_a_person_and_never_bought_again_by_itself() -> None:
    settled = answered(Refused("token_expired", "TOKEN_EXPIRED"), times=2)
    assert (settled.label.state, settled.label.look_at) == ("held", None)
    assert alerts(settled) == [AlertKind.LABEL_UNKNOWN]
    assert step_of(ORDER, settled.label, None) == "nothing"


def test_rates_that_expired_before_the_first_try_are_asked_for_anew_at_once() -> None:
    settled = answered(Refused("token_expired", "TOKEN_EXPIRED"))
    assert (settled.label.state, settled.label.look_at, alerts(settled)) == ("blocked", AT, [])
    assert step_of(ORDER, settled.label, None) == "buy"


def test_a_refused_purchase_blocks_with_its_reason() -> None:
    settled = answered(Refused("invalid_input", "weight"))
    assert (settled.label.why, settled.label.look_at) == ("invalid_input", AT + RULES.again)
    assert alerts(settled) == [AlertKind.LABEL_BLOCKED]


@pytest.mark.parametrize(
    ("status", "version", "state", "step"),
    [
        ("open", 1, "ready", "nothing"),
        ("open", 2, "ready", "cancel"),
        ("cancelled", 2, "ready", "cancel"),
        ("refunded", 2, "bought", "cancel"),
        ("cancelled", 2, "blocked", "nothing"),
        ("open", 1, "cancelled", "buy"),
        ("open", 1, "held", "nothing"),
    ],
)
def test_what_is_due(status: OrderStatus, version: int, state: LabelState, step: str) -> None:
    order_state = "ready" if status == "open" else "ended"
    order = replace(ORDER, order=replace(SALE, status=status), version=version, state=order_state)
    assert step_of(order, replace(fresh(ORDER), state=state), None) == step


def test_what_the_warehouse_has_keeps_its_label() -> None:
    released = replace(ORDER, state="released", version=5)
    assert step_of(released, replace(fresh(ORDER), state="ready"), None) == "nothing"


def test_a_label_is_taken_back_or_a_person_hears_of_it() -> None:
    label = replace(fresh(ORDER), state="ready", shipment_id="S-1")
    going = cancellation(label, AT)
    assert going.effect is not None and going.effect.payload.shipment_id == "S-1"
    gone = after_cancellation(going.label, going.effect, Done(None), AT, RULES)
    assert (gone.label.state, gone.label.effect_key) == ("cancelled", "")
    kept = after_cancellation(going.label, going.effect, Refused("refused", "collected"), AT, RULES)
    assert (kept.label.state, alerts(kept)) == ("held", [AlertKind.LABEL_UNKNOWN])
    lost = after_cancellation(going.label, going.effect, Unknown("cut"), AT, RULES)
    assert lost.label.look_at == AT + 2 * timedelta(seconds=10)
