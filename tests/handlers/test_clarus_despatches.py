"""What has left, out of Clarus: one despatch for life."""

import msgspec
import pytest

from handlers.despatch_messages import read_message
from schemas.despatch import read_despatch
from schemas.envelope import Envelope
from schemas.terms import ChannelAccount
from tests.controls.goods_outs import AT, LAG, ORDER_ID, RULES, Watched, box, line, shown, with_policy


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
