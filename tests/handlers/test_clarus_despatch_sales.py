"""Whose order it was that has left Clarus, and what stays open with people for as long as its channel waits."""

import msgspec

from handlers.clarus_goods_outs import Rules
from handlers.clarus_sales import Books, Sale, sale_of
from schemas.terms import ChannelAccount, ChannelOrderId
from tests.controls.goods_outs import BOOKS, ORDER_ID, RULES, SOLD, Watched, box, line, shown


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
