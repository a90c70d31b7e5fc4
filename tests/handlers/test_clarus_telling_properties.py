"""Whatever replicas show, and whenever they are read: nothing is said that never was, and in the end what is true.

A warehouse goes through states; each read takes header, lines and packages from replicas that are behind by different
times, up to the lag.
"""

from bisect import bisect_right
from dataclasses import dataclass

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.clarus_goods_outs import GoodsOut
from tests.controls.goods_outs import Watched, box, line, shown

STATES = (
    shown("PENDING", boxes=None),
    shown("ALLOCATED", [line(allocated=2)], None),
    shown("PICK", [line(picked=1)], None),
    shown("COMPLETED", [line(despatched=2)], [box("P1", tracking="A")]),
    shown("COMPLETED", [line(despatched=1)], [box("P1", tracking="A")]),
    shown("COMPLETED", [line(despatched=2)], [box("P2", tracking="B")]),
    shown("COMPLETED", boxes=[box("P1", ("KETTLE", 1, "")), box("P3", ("KETTLE", 1, ""), tracking="C")]),
    shown("CANCELLED", [line()], None),
)  # fmt: skip
LAG = 60


@dataclass(frozen=True)
class History:
    """States with the second at which each began; and reads, each with how far behind its three parts are."""

    changes: list[tuple[int, GoodsOut]]
    reads: list[tuple[int, tuple[int, int, int]]]

    def at(self, second: int) -> GoodsOut:
        place = bisect_right([since for since, _ in self.changes], second) - 1
        return self.changes[max(0, place)][1]

    def read(self, second: int, behind: tuple[int, int, int]) -> GoodsOut:
        header, lines, boxes = (self.at(second - lag) for lag in behind)
        return msgspec.structs.replace(header, lines=lines.lines, boxes=boxes.boxes)


@st.composite
def histories(draw: st.DrawFn) -> History:
    gaps = draw(st.lists(st.integers(1, 200), min_size=1, max_size=6))
    states = draw(st.lists(st.sampled_from(STATES), min_size=len(gaps), max_size=len(gaps)))
    changes, now = list[tuple[int, GoodsOut]](), 0
    for gap, state in zip(gaps, states, strict=True):
        changes.append((now, state))
        now += gap
    behind = st.tuples(*[st.integers(0, LAG - 1)] * 3)
    between = draw(st.lists(st.tuples(st.integers(1, 90), behind), max_size=12))
    reads, second = list[tuple[int, tuple[int, int, int]]](), 1
    for wait, lags in between:
        reads.append((second, lags))
        second += wait
    last = max(second, now) + LAG
    return History(changes, [*reads, *((last + LAG * place, draw(behind)) for place in range(4))])


@settings(max_examples=150, deadline=None)
@given(histories())
def test_nothing_is_said_that_never_was_and_in_the_end_what_is_true(history: History) -> None:
    at, now = Watched(), 0
    for second, behind in history.reads:
        at.look(history.read(second, behind), after=second - now)
        now = second
    truth = history.changes[-1][1]
    revisions = [revision for _, revision in at.told()]
    assert revisions == list(range(1, len(revisions) + 1))
    assert [what for what, _ in at.told()][:1] in ([], ["completed"])
    true_parcels = [_parcels(state) for _, state in history.changes]
    for what, data in at.despatches:
        if what == "completed":
            found = {p.tracking_number: sum(int(one.quantity) for one in p.lines) for p in data.parcels}
            assert found in true_parcels
    assert at.said is not None
    assert at.said.despatch == "completed" if truth.word == "completed" else at.said.despatch in ("", "undone")
    if truth.word == "completed":
        assert {p.tracking_number for p in at.said.parcels} == _parcels(truth).keys()
    standing = {"pending": ("", "part_allocated"), "picking": ("picking",)}.get(truth.word or "", (truth.word,))
    assert at.said.standing in standing
    assert "goods_out_held" not in at.open


def _parcels(state: GoodsOut) -> dict[str, int]:
    """Tracking number -> units, as the warehouse really packed them."""
    boxes = state.boxes or ()
    whole = sum(one.despatched for one in state.lines)
    described = {b.tracking_number: sum(c.quantity for c in b.contents) if b.contents else whole for b in boxes}
    return described if state.word == "completed" else {}
