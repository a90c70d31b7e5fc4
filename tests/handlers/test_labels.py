"""A label's life: bought once whatever is lost, held where nobody can know, taken back when it is not wanted."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Refused, Throttled, Unknown
from handlers.label_answers import (
    after_cancellation,
    after_purchase,
    astray,
    is_awaited,
    not_bought,
    with_file,
    without_file,
)
from handlers.label_choice import Choice, NoLabel, choose
from handlers.labels import (
    Label,
    LabelEffect,
    LabelState,
    Place,
    Rules,
    Settled,
    cancellation,
    fresh,
    purchase,
    repeated,
    step_of,
)
from handlers.notes import Announce, RaiseAlert
from schemas.amazon_shipping import Document, PackageDocuments, Promise, Purchase, Rates, TimeWindow
from schemas.sales_order import OrderStatus
from schemas.terms import ChannelOrderId
from tests.controls.labels import AT, ORDER, SALE, TERMS, rate

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
    assert step_of(ORDER, settled.label, None, Place()) == "fetch"
    assert with_file(settled.label, PackageDocuments("O-1-1", (ZPL,), "AZ1"), AT).label.state == "ready"


def test_a_lost_answer_is_repeated_by_the_same_key() -> None:
    settled = answered(Unknown("cut"))
    assert settled.effect is not None and settled.effect.state == "unknown"
    assert step_of(ORDER, settled.label, settled.effect, Place()) == "repeat"
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
    assert step_of(ORDER, settled.label, None, Place()) == "wait"


def test_rates_that_expired_before_the_first_try_are_asked_for_anew_at_once() -> None:
    settled = answered(Refused("token_expired", "TOKEN_EXPIRED"))
    assert (settled.label.state, settled.label.look_at, alerts(settled)) == ("blocked", AT, [])
    assert step_of(ORDER, settled.label, None, Place()) == "buy"


def test_a_refused_purchase_blocks_with_its_reason() -> None:
    settled = answered(Refused("invalid_input", "weight"))
    assert (settled.label.why, settled.label.look_at) == ("invalid_input", AT + RULES.again)
    assert alerts(settled) == [AlertKind.LABEL_BLOCKED]


PICKING, COMPLETED = Place(status="picking"), Place(status="completed")


@pytest.mark.parametrize(
    ("status", "version", "state", "place", "step"),
    [
        ("open", 1, "ready", Place(), "wait"),
        ("open", 2, "ready", Place(), "compare"),
        ("open", 1, "bought", Place(), "fetch"),
        ("open", 2, "bought", Place(), "compare"),
        ("cancelled", 2, "ready", Place(), "cancel"),
        ("refunded", 2, "bought", Place(status="withdrawn"), "cancel"),
        ("cancelled", 2, "ready", PICKING, "wait"),
        ("cancelled", 2, "ready", Place(asks=True), "wait"),
        ("refunded", 2, "ready", COMPLETED, "use"),
        ("despatched", 2, "ready", Place(), "use"),
        ("open", 2, "ready", COMPLETED, "use"),
        ("cancelled", 2, "blocked", Place(), "forget"),
        ("open", 1, "blocked", Place(), "buy"),
        ("open", 1, "cancelled", Place(), "buy"),
        ("open", 1, "held", Place(), "wait"),
        ("cancelled", 2, "held", Place(), "wait"),
    ],
)
def test_what_is_due(status: OrderStatus, version: int, state: LabelState, place: Place, step: str) -> None:
    order_state = "ready" if status == "open" else "ended"
    order = replace(ORDER, order=replace(SALE, status=status), version=version, state=order_state)
    assert step_of(order, replace(fresh(ORDER), state=state), None, place) == step


@pytest.mark.parametrize(
    ("replaces", "place", "step"),
    [("S-0", Place(status="pending"), "buy"), ("", Place(status="pending"), "wait"), ("S-0", COMPLETED, "wait")],
)
def test_what_the_warehouse_has_gets_a_label_only_in_place_of_one(replaces: str, place: Place, step: str) -> None:
    released = replace(ORDER, state="released", version=5)
    assert step_of(released, replace(fresh(ORDER), state="cancelled", replaces=replaces), None, place) == step


def test_a_label_is_taken_back_or_a_person_hears_of_it() -> None:
    label = replace(fresh(ORDER), state="ready", shipment_id="S-1")
    going = cancellation(label, AT, "order_gone")
    assert going.effect is not None and going.effect.payload.shipment_id == "S-1"
    gone = after_cancellation(going.label, going.effect, Done(None), AT, RULES)
    assert (gone.label.state, gone.label.effect_key) == ("cancelled", "")
    kept = after_cancellation(going.label, going.effect, Refused("refused", "collected"), AT, RULES)
    assert (kept.label.state, alerts(kept)) == ("held", [AlertKind.LABEL_UNKNOWN])
    lost = after_cancellation(going.label, going.effect, Unknown("cut"), AT, RULES)
    assert lost.label.look_at == AT + 2 * timedelta(seconds=10)


def test_a_label_that_is_taken_back_is_announced_so_that_nobody_uses_it() -> None:
    label = replace(fresh(ORDER), state="ready", shipment_id="S-1", tracking_number="AZ1")
    going = cancellation(label, AT, "order_changed")
    assert going.effect is not None
    gone = after_cancellation(going.label, going.effect, Done(None), AT, RULES)
    [void] = [note for note in gone.notes if isinstance(note, Announce) and note.routing_key == "label.void"]
    assert (void.data["tracking_number"], void.data["reason"]) == ("AZ1", "order_changed")
    assert gone.label.replaces == "S-1"


def test_what_passes_by_itself_is_told_to_people_only_once_it_lasts() -> None:
    label, told = fresh(ORDER), list[int]()
    for tries in range(1, 8):
        settled = not_bought(label, ORDER, NoLabel("no_rates", "Amazon gives no rates", "amazon"), AT, RULES)
        label = settled.label
        told += [tries] if alerts(settled) else []
    assert told == [5, 6, 7]
    assert label.look_at == AT + RULES.pause(6)


def test_orders_that_lack_the_same_share_one_alert() -> None:
    other = replace(ORDER, order=replace(SALE, channel_order_id=ChannelOrderId("O-2")))
    causes = [
        note.cause
        for order in (ORDER, other)
        for note in not_bought(fresh(order), order, NoLabel("no_size", "POT", "POT"), AT, RULES).notes
        if isinstance(note, RaiseAlert)
    ]
    assert causes == ["shop/no_size/POT"] * 2


def test_an_application_that_is_turned_away_is_told_at_once_and_not_asked_every_ten_seconds() -> None:
    settled = answered(Denied("no role"))
    assert (settled.label.why, alerts(settled)) == ("denied", [AlertKind.LABEL_BLOCKED])
    assert settled.label.look_at == AT + RULES.again


def test_a_file_that_does_not_come_is_told_to_people_after_a_while() -> None:
    label, told = replace(fresh(ORDER), state="bought", shipment_id="S-1"), list[int]()
    for tries in range(1, 7):
        settled = without_file(label, ORDER, "refused", AT, RULES)
        label = settled.label
        told += [tries] if alerts(settled) else []
    assert told == [5, 6] and label.state == "bought"


def test_a_purchase_without_an_answer_for_long_is_told_to_people_once() -> None:
    told = [times for times in range(1, 9) if alerts(answered(Unknown("cut"), times))]
    assert told == [RULES.patience]


def test_an_answer_that_was_overtaken_says_nothing_unless_it_is_done() -> None:
    label, effect = begun()
    again = repeated(effect, AT)
    assert is_awaited(label, effect, effect, is_done=False)
    assert not is_awaited(label, again, effect, is_done=False)
    assert is_awaited(label, again, effect, is_done=True)
    settled = replace(label, state="ready", effect_key="")
    assert not is_awaited(settled, None, effect, is_done=True)


def test_a_purchase_that_is_answered_while_a_person_is_asked_is_bought() -> None:
    held = answered(Refused("token_expired", "TOKEN_EXPIRED"), times=2).label
    _, effect = begun()
    assert is_awaited(held, None, effect, is_done=True)
    settled = after_purchase(held, effect, Done(BOUGHT), ORDER, AT, RULES)
    assert (settled.label.state, told(settled)) == ("ready", ["label.ready", "labels.live"])


def test_a_shipment_that_nobody_awaits_any_more_is_for_a_person() -> None:
    label, effect = begun()
    found = astray(replace(label, shipment_id="S-2"), effect, "S-1")
    assert found is not None and alerts(found) == [AlertKind.LABEL_UNKNOWN]
    assert astray(replace(label, shipment_id="S-1"), effect, "S-1") is None
    assert astray(label, effect, "") is None


def test_a_promise_that_the_purchase_itself_makes_is_the_one_that_counts() -> None:
    later = replace(BOUGHT, promise=Promise(TimeWindow(AT, AT + timedelta(days=2))))
    assert answered(Done(later)).label.arrives_by == AT + timedelta(days=2)
    assert answered(Done(BOUGHT)).label.arrives_by == AT + timedelta(days=1)
