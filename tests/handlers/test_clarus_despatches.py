"""What has left, out of Clarus: one despatch for life, and a policy for all that is not exactly what was ordered."""

import msgspec
import pytest

from handlers.clarus_goods_outs import Rules, Sold
from handlers.clarus_sales import Books, Sale, sale_of
from handlers.despatch_messages import read_message
from schemas.despatch import read_despatch
from schemas.envelope import Envelope
from schemas.terms import ChannelAccount, ChannelOrderId
from tests.controls.goods_outs import AT, LAG, ORDER_ID, RULES, Watched, box, line, shown


def with_policy(**policy: object) -> Watched:
    return Watched(rules=msgspec.structs.replace(RULES, **policy))


def test_a_completed_goods_out_is_told_from_the_second_read_a_lag_later() -> None:
    at = Watched()
    first = at.look(shown())
    assert at.told() == [] and first.look_at == at.at + LAG
    at.look(shown(), after=59.0)
    assert at.told() == []
    at.look(shown(), after=1.0)
    assert at.told() == [("completed", 1)]
    assert at.contents() == {"P1": [("KETTLE", 2)]}


def test_what_is_told_is_readable_by_the_contracts_own_reader() -> None:
    at = Watched()
    at.settle(shown())
    [(_, data)] = at.despatches
    raw = msgspec.Raw(msgspec.json.encode(data))
    envelope = Envelope(id="1", source="clarus:main", type="despatch.completed.v1", data=raw, time=AT)
    message = read_message("completed", read_despatch(envelope), AT, AT)
    assert message.data.despatch_id == "clarus:main/900"
    assert (message.data.order_reference, message.data.channel_order_id) == ("SO-1", ORDER_ID)
    [content] = message.contents
    assert (content.carrier, content.service, content.tracking_number) == ("DPD", "NEXT", "TRACK-1")
    assert content.lines[0].line_reference == "L1"


def test_a_read_that_shows_half_of_the_parcels_first_tells_nothing_of_them() -> None:
    at = Watched()
    whole = shown(lines=[line(despatched=2)], boxes=[box("P1", ("KETTLE", 1, "")), box("P2", ("KETTLE", 1, ""))])
    at.look(shown())  # a replica that has one package only
    at.look(whole, after=60.0)
    assert at.told() == []
    at.look(whole, after=60.0)
    assert at.contents() == {"P1": [("KETTLE", 1)], "P2": [("KETTLE", 1)]}


def test_the_same_again_is_not_told_again() -> None:
    at = Watched()
    for _ in range(3):
        at.settle(shown())
    assert at.told() == [("completed", 1)]


def test_an_older_read_that_arrives_late_changes_nothing() -> None:
    at = Watched()
    at.settle(shown())
    at.number -= 2
    assert at.look(shown("PICK")).word == "older_read"
    assert at.told() == [("completed", 1)] and at.said is not None and at.said.word == "completed"


def test_a_lagging_read_after_completion_takes_nothing_back() -> None:
    at = Watched()
    at.settle(shown())
    at.look(shown("PICK", [line(picked=2)]))
    at.look(shown())
    at.look(shown(), after=60.0)
    assert at.told() == [("completed", 1)]


def test_a_despatch_that_is_taken_back_is_undone_by_the_second_read() -> None:
    at = Watched()
    at.settle(shown())
    at.look(shown("PICK", [line(picked=2)]))
    assert at.told() == [("completed", 1)]
    at.look(shown("PICK", [line(picked=2)]), after=60.0)
    assert at.told() == [("completed", 1), ("undone", 2)]


def test_completed_again_it_is_the_same_despatch_with_a_higher_revision() -> None:
    at = Watched()
    at.settle(shown())
    at.settle(shown("PICK", [line(picked=2)]))
    at.settle(shown())
    assert at.told() == [("completed", 1), ("undone", 2), ("completed", 3)]
    assert {data.despatch_id for _, data in at.despatches} == {"clarus:main/900"}
    assert at.contents(0) == at.contents(2)


def test_completed_again_between_two_reads_with_other_parcels_is_a_correction() -> None:
    at = Watched()
    at.settle(shown())
    at.settle(shown(boxes=[box("P1", tracking="TRACK-2")]))
    assert at.told() == [("completed", 1), ("completed", 2)]
    assert at.despatches[1][1].parcels[0].tracking_number == "TRACK-2"


def test_completed_again_in_two_parcels_that_nobody_describes_is_held_though_one_was_told() -> None:
    at = Watched()
    at.settle(shown())
    at.settle(shown(boxes=[box("P1"), box("P2")]))
    assert at.told() == [("completed", 1)] and "P1, P2" in at.open["goods_out_held"]


def test_completed_again_with_less_in_the_same_parcel_is_a_correction() -> None:
    at = Watched()
    at.settle(shown())
    at.settle(shown(lines=[line(despatched=1)]))
    assert at.contents() == {"P1": [("KETTLE", 1)]} and "goods_out_held" not in at.open


def test_a_parcel_labelled_anew_keeps_its_name() -> None:
    at = Watched()
    at.settle(shown())
    at.settle(shown(boxes=[box("P7", tracking="TRACK-2")]))
    [parcel] = at.despatches[1][1].parcels
    assert (parcel.parcel_id, parcel.tracking_number) == ("P1", "TRACK-2")


def test_several_parcels_without_contents_are_held_and_the_alert_names_them() -> None:
    at = Watched()
    at.look(shown(boxes=[box("P1"), box("P2")]))
    assert at.open == {}
    decision = at.look(shown(boxes=[box("P1"), box("P2")]), after=60.0)
    assert at.told() == [] and decision.look_at == at.at + RULES.look_again
    assert "P1, P2" in at.open["goods_out_held"] and "contents are missing" in at.open["goods_out_held"]
    at.settle(shown(boxes=[box("P1", ("KETTLE", 1, "L1")), box("P2", ("KETTLE", 1, "L1"))]))
    assert at.told() == [("completed", 1)] and at.open == {}


def test_of_several_parcels_the_one_that_nobody_describes_holds_the_rest() -> None:
    at = Watched()
    lines = [line(despatched=2), line("MUG", 3, despatched=3, ref="L2")]
    at.settle(shown(lines=lines, boxes=[box("P1", ("KETTLE", 2, "")), box("P2")]))
    assert at.contents() == {"P1": [("KETTLE", 2)], "P2": [("MUG", 3)]}


@pytest.mark.parametrize(
    ("boxes", "says"),
    [
        ([box("P1", ("KETTLE", 3, ""))], "1 of KETTLE more than left"),
        ([box("P1", ("KETTLE", 1, ""))], "1 of KETTLE left, and no parcel is said to hold them"),
        ([box("P1", ("KETTLE", 2, "")), box("P2")], "what package P2 holds is missing"),
        ([box("P1", ("MUG", 2, ""))], "2 of MUG more than left"),
    ],
)
def test_contents_that_do_not_add_up_are_held(boxes: list[object], says: str) -> None:
    at = Watched()
    at.settle(shown(boxes=boxes))  # type: ignore[arg-type]
    assert at.told() == [] and says in at.open["goods_out_held"]


def test_without_a_package_it_is_held() -> None:
    at = Watched()
    at.settle(msgspec.structs.replace(shown(), boxes=()))
    assert "no package" in at.open["goods_out_held"]


def test_contents_of_a_source_without_lines_go_to_the_skus_lines_in_their_order() -> None:
    at = Watched()
    lines = [line(despatched=2), line(despatched=1, ordered=1, ref="L2")]
    at.settle(shown(lines=lines, boxes=[box("P1", ("KETTLE", 3, ""))]))
    [parcel] = at.despatches[0][1].parcels
    assert [(one.line_reference, one.quantity) for one in parcel.lines] == [("L1", 2), ("L2", 1)]


def test_shorted_tells_what_left_and_somebody_that_some_did_not() -> None:
    at = Watched()
    at.settle(shown(lines=[line(ordered=5, despatched=2)]))
    assert at.contents() == {"P1": [("KETTLE", 2)]}
    assert "2 of 5 KETTLE" in at.open["goods_out_differs"]
    [(standing, data)] = at.orders
    assert (standing, data.lines[0].cancelled, data.lines[0].despatched) == ("completed", 3, 2)


def test_shorted_is_held_where_the_policy_says_so() -> None:
    at = with_policy(shorted="hold")
    at.settle(shown(lines=[line(ordered=5, despatched=2)]))
    assert at.told() == [] and "shorted is hold" in at.open["goods_out_held"]


def test_shorted_to_nothing_tells_no_despatch() -> None:
    at = Watched()
    at.settle(shown(lines=[line(ordered=5)], boxes=None))
    assert at.told() == [] and "0 of 5" in at.open["goods_out_differs"]
    assert at.orders[-1][1].lines[0].cancelled == 5


def test_more_than_was_ordered_is_capped_at_the_order() -> None:
    at = Watched()
    boxes = [box("P1", ("KETTLE", 200, "")), box("P2", ("KETTLE", 100, ""))]
    at.settle(shown(lines=[line(ordered=250, despatched=300)], boxes=boxes))
    assert at.contents() == {"P1": [("KETTLE", 200)], "P2": [("KETTLE", 50)]}
    assert "300 of 250 KETTLE" in at.open["goods_out_differs"]


def test_more_than_was_ordered_is_held_where_the_policy_says_so() -> None:
    at = with_policy(over_despatch="hold")
    at.settle(shown(lines=[line(ordered=250, despatched=300)]))
    assert at.told() == [] and "over_despatch is hold" in at.open["goods_out_held"]


SOLD = Sold(channel_account=ChannelAccount("shop"), channel_order_id=ORDER_ID, lines=frozenset({("L1", "KETTLE")}))
BOOKS = Books({("acme", "SO-1"): (SOLD,)})


def test_another_sku_on_the_channels_line_is_held() -> None:
    at = Watched(books=BOOKS)
    at.settle(shown(lines=[line("MUG", despatched=2)]))
    assert at.told() == [] and "MUG (line L1)" in at.open["goods_out_held"]


def test_another_sku_is_told_where_the_policy_says_so() -> None:
    at = Watched(rules=msgspec.structs.replace(RULES, substituted="tell"), books=BOOKS)
    at.settle(shown(lines=[line("MUG", despatched=2)]))
    assert at.contents() == {"P1": [("MUG", 2)]}


def test_a_line_number_of_the_warehouses_own_is_not_told_as_the_channels_line() -> None:
    at = Watched(books=BOOKS)
    at.settle(shown(lines=[line(despatched=2, ref="1")]))
    [parcel] = at.despatches[0][1].parcels
    assert parcel.lines[0].line_reference is None
    assert at.orders[-1][1].lines[0].line_reference is None


PART = [line(ordered=2, picked=2, despatched=1)]


def test_a_part_that_left_waits_for_the_rest() -> None:
    at = Watched()
    at.settle(shown("PICK", PART, [box("P1", left=True)]))
    assert at.told() == [] and at.open == {}
    at.settle(shown(boxes=[box("P1", ("KETTLE", 1, "")), box("P2", ("KETTLE", 1, ""))]))
    assert at.told() == [("completed", 1)]


def test_a_part_that_left_is_told_where_the_policy_says_so_and_the_rest_adds_to_it() -> None:
    at = with_policy(part_despatch="tell")
    at.settle(shown("PICK", PART, [box("P1", left=True), box("P2")]))
    assert at.contents() == {"P1": [("KETTLE", 1)]} and at.open == {}
    at.settle(shown(boxes=[box("P1", left=True), box("P2", left=True)]))
    assert at.told() == [("completed", 1), ("completed", 2)]
    assert at.contents() == {"P1": [("KETTLE", 1)], "P2": [("KETTLE", 1)]}


def test_what_left_of_a_cancelled_goods_out_is_told() -> None:
    at = Watched()
    at.settle(shown("CANCELLED", PART, [box("P1")]))
    assert at.contents() == {"P1": [("KETTLE", 1)]}
    assert at.orders[-1][0] == "cancelled" and at.orders[-1][1].lines[0].cancelled == 1


def test_packages_that_stayed_behind_when_the_rest_was_cancelled_are_not_told() -> None:
    at = Watched()
    at.settle(shown("CANCELLED", PART, [box("P1", left=True), box("P2")]))
    assert at.contents() == {"P1": [("KETTLE", 1)]}


def manifest() -> Watched:
    return with_policy(at_manifest=frozenset({ChannelAccount("shop")}))


def test_at_manifest_packing_is_told_and_leaving_is_the_same_despatch() -> None:
    at = manifest()
    packed = shown("PICK", [line(picked=2)], [box()])
    at.settle(packed)
    at.settle(shown())
    assert at.told() == [("packed", 1), ("completed", 2)]
    assert at.contents(0) == at.contents(1)


def test_packing_is_not_told_to_a_channel_that_is_told_at_despatch() -> None:
    at = Watched()
    at.settle(shown("PICK", [line(picked=2)], [box()]))
    assert at.told() == []


@pytest.mark.parametrize("unfinished", [shown("PICK", [line(picked=1)], [box()]),
                                        shown("PICK", [line(picked=2)], [box(tracking="")])])  # fmt: skip
def test_packing_that_is_not_final_is_not_told(unfinished: object) -> None:
    at = manifest()
    at.settle(unfinished)  # type: ignore[arg-type]
    assert at.told() == []


def test_packing_that_was_told_and_is_cancelled_is_taken_back() -> None:
    at = manifest()
    at.settle(shown("PICK", [line(picked=2)], [box()]))
    at.settle(shown("CANCELLED", boxes=None))
    assert at.told() == [("packed", 1), ("undone", 2)]


def test_a_parcel_without_a_tracking_number_is_looked_at_again_until_it_has_one() -> None:
    at = Watched()
    decision = at.settle(shown(boxes=[box(tracking="")]))
    assert at.told() == [("completed", 1)] and decision.look_at == at.at + RULES.look_again
    decision = at.settle(shown())
    assert at.told() == [("completed", 1), ("completed", 2)] and decision.look_at is None


@pytest.mark.parametrize("code", ["PICK", "CANCELLED", "COMPLETED"])
def test_nothing_is_taken_back_by_a_read_that_cannot_be_believed(code: str) -> None:
    at = Watched()
    at.settle(shown())
    garbled = shown(code, lines=[line(despatched=0)], faults=("dispatch_quantity of 'KETTLE' is no number",))
    at.settle(garbled)
    assert at.told() == [("completed", 1)]
    assert at.said is not None and at.said.held
    at.settle(shown())
    assert at.told() == [("completed", 1)] and not at.said.held


def test_faults_hold_it() -> None:
    at = Watched()
    at.settle(shown(faults=("dispatch_quantity of 'KETTLE' is no whole number",)))
    assert at.told() == [] and at.orders == [] and "no whole number" in at.open["goods_out_held"]


def test_an_order_of_no_channel_raises_no_alert_for_what_nobody_waits_for() -> None:
    at = Watched(sale=Sale())
    at.settle(shown(boxes=[box("P1"), box("P2")]))
    assert at.told() == [] and at.open == {} and at.orders[-1][0] == "completed"


def sale(reference: str = "SO-1", said: str = ORDER_ID, books: Books = BOOKS, rules: Rules = RULES) -> Sale:
    one = msgspec.structs.replace(shown(), reference=reference, channel_order_id=said)
    return sale_of(one, books, rules)


def test_our_books_say_where_it_was_sold() -> None:
    found = sale(said="")
    assert found.channel is not None
    assert (found.channel.account, found.order_id, found.fault) == ("shop", ORDER_ID, "")


def test_a_goods_out_that_names_another_order_than_our_books_is_held() -> None:
    assert "our books say" in sale(said="203-0000000-0000000").fault


def test_a_note_in_the_place_of_the_order_id_contradicts_nobody() -> None:
    assert sale(said="call before delivery").fault == ""


def test_an_order_id_that_our_books_know_is_enough() -> None:
    found = sale("BY-HAND-7", books=Books({}, {("acme", ORDER_ID): (SOLD,)}))
    assert found.channel is not None and found.order_id == ORDER_ID


def test_the_same_name_on_two_channels_is_held() -> None:
    other = msgspec.structs.replace(
        SOLD, channel_account=ChannelAccount("other"), channel_order_id=ChannelOrderId("7")
    )
    assert "more than one" in sale(books=Books({("acme", "SO-1"): (SOLD, other)})).fault


def test_an_amazon_order_id_of_which_nobody_knows_the_account_is_held() -> None:
    assert "nobody says which channel account" in sale(books=Books()).fault
    assert "nobody says" in sale(ORDER_ID, "", Books()).fault
    assert sale("SO-2", "", Books()) == Sale()


def test_a_held_one_that_clarus_archives_stays_with_people_while_its_channel_waits_and_no_longer() -> None:
    at = Watched()
    at.settle(shown(boxes=[box("P1"), box("P2")]))
    held = at.open["goods_out_held"]
    found = at.look(None)
    assert "by hand" in at.open["goods_out_held"] != held
    assert found.look_at == at.at + at.rules.look_again and at.said is not None and at.said.held
    found = at.look(None, waits=False)
    assert (at.open, found.look_at, found.word, at.said.held) == ({}, None, "archived", False)
    assert at.told() == []


def test_one_that_is_shown_again_after_all_is_held_for_what_is_missing_as_before() -> None:
    at = Watched()
    whole = shown(boxes=[box("P1"), box("P2")])
    at.settle(whole)
    held = at.open["goods_out_held"]
    at.look(None)
    at.settle(whole)
    assert at.open["goods_out_held"] == held


def test_what_differed_stays_open_for_as_long_as_the_channel_waits_for_the_rest() -> None:
    at = Watched()
    at.settle(shown(lines=[line(despatched=1)]))
    differs = at.open["goods_out_differs"]
    assert at.look(None).look_at is not None and at.open == {"goods_out_differs": differs}
    assert at.look(None, waits=False).look_at is None and at.open == {}


def test_one_that_left_nothing_open_is_archived_without_another_look() -> None:
    at = Watched()
    at.settle(shown())
    found = at.look(None)
    assert (found.word, found.look_at, found.notes) == ("archived", None, ())
