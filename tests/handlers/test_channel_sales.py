"""What an order that a channel reports changes, whatever comes late, twice or edited."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.channel_sales import Heard, OrderLine, hear, moved, opened, with_listings
from handlers.open_lines import takes
from handlers.sellable_stock import Component, Listing
from schemas.amazon_order_search import SoldLine, SoldOrder
from schemas.terms import Account, ChannelAccount, ChannelOrderId, LineReference, Marketplace, SellerSku, Sku

T0 = datetime(2026, 1, 5, 12, tzinfo=UTC)
UK = ChannelAccount("uk")
LISTING = Listing(7, UK, Marketplace("A1F"), SellerSku("chair"), Account("ACME"), Sku("CHAIR"), pack_size=6)


def line(ordered: int = 2, cancelled: int = 0, fulfilled: int = 0, reference: str = "L1") -> SoldLine:
    return SoldLine(LineReference(reference), SellerSku("chair"), ordered, cancelled, fulfilled)


def order(*lines: SoldLine, minutes: float = 0) -> SoldOrder:
    return SoldOrder(
        order_id=ChannelOrderId("O-1"),
        marketplace=Marketplace("A1F"),
        ordered_at=T0,
        updated_at=T0 + timedelta(minutes=minutes),
        lines=lines or (line(),),
    )


def books(*answers: SoldOrder) -> list[OrderLine]:
    """The lines that the books have after these answers."""
    known: dict[str, OrderLine] = {}
    for answer in answers:
        for one in hear(answer, UK, list(known.values())).lines:
            known[one.line_reference] = replace(one, id=1)
    return list(known.values())


def test_a_new_order_is_saved_line_by_line() -> None:
    found = hear(order(line(), line(3, reference="L2")), UK, [])
    assert found.word == "new"
    assert [(one.line_reference, one.owed, one.order_reference) for one in found.lines] == [
        ("L1", 2, "O-1"),
        ("L2", 3, "O-1"),
    ]


def test_the_same_answer_again_changes_nothing() -> None:
    assert hear(order(), UK, books(order())) == Heard("unchanged")


def test_an_older_answer_changes_nothing() -> None:
    known = books(order(line(2), minutes=9))
    assert hear(order(line(5), minutes=8), UK, known) == Heard("stale")


def test_an_edited_quantity_a_cancellation_and_a_line_that_is_gone_are_taken_over() -> None:
    known = books(order(line(2), line(3, reference="L2")), order(line(4, cancelled=1), minutes=1))
    assert {one.line_reference: one.owed for one in known} == {"L1": 3, "L2": 0}


def test_a_line_takes_eaches_of_its_listings_sku_or_of_each_component() -> None:
    [one] = books(order(line(2, cancelled=1)))
    [part] = opened(one, LISTING, T0)
    assert (part.sku, part.ordered, part.cancelled, takes(part, {})) == ("CHAIR", 12, 6, 6)
    kit = replace(LISTING, pack_size=1, components=(Component(Sku("LEG"), 4), Component(Sku("SEAT"), 1)))
    assert [(part.sku, takes(part, {})) for part in opened(one, kit, T0)] == [("LEG", 4), ("SEAT", 1)]


def test_a_line_goes_on_taking_what_its_listing_said_when_it_was_sold() -> None:
    [one] = books(order(line(2)))
    [part] = opened(one, LISTING, T0)
    [edited] = books(order(line(2)), order(line(3), minutes=1))
    assert moved(part, edited, T0).ordered == 18


def test_a_line_whose_name_no_listing_has_waits() -> None:
    lines = books(order())
    assert with_listings(lines, {}) == ([], lines)
    assert with_listings(lines, {lines[0].listing: LISTING}) == (
        [(lines[0], LISTING)],
        [],
    )


answers = st.builds(
    lambda minutes, ordered, cancelled, fulfilled: order(
        line(ordered, min(cancelled, ordered), min(fulfilled, ordered)), minutes=minutes
    ),
    st.integers(0, 5),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(0, 6),
)


@given(st.lists(answers, min_size=1, max_size=8, unique_by=lambda one: one.updated_at), st.data())
def test_whatever_the_order_of_the_answers_the_newest_one_counts(
    given_: list[SoldOrder], data: st.DataObject
) -> None:
    deliveries = data.draw(st.permutations(given_ + given_))
    [known] = books(*deliveries)
    newest = max(given_, key=lambda one: one.updated_at)
    assert (known.ordered, known.cancelled, known.fulfilled) == (
        newest.lines[0].ordered, newest.lines[0].cancelled, newest.lines[0].fulfilled,
    )  # fmt: skip
