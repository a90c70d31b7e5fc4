"""What a channel's answer changes of an order in the books."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from handlers.sales_orders import StoredOrder, content_hash, hear
from schemas.sales_order import SalesLine, SalesOrder, ShipTo
from schemas.terms import ChannelAccount, ChannelOrderId, LineReference, Marketplace, SellerSku

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOME = ShipTo(name="A. Buyer", lines=("1 Some Street",), city="Town", postcode="AB1 2CD", country="GB")
ORDER = SalesOrder(
    channel_account=ChannelAccount("shop"),
    channel_order_id=ChannelOrderId("1"),
    marketplace=Marketplace("UK"),
    status="open",
    ordered_at=AT,
    updated_at=AT,
    lines=(SalesLine(line_reference=LineReference("1"), seller_sku=SellerSku("chair"), ordered=1),),
)


def known(**changes: object) -> StoredOrder:
    return replace(hear(ORDER, None).after, **changes)


def later(**changes: object) -> SalesOrder:
    return replace(ORDER, updated_at=AT + timedelta(minutes=1), **changes)


def test_a_first_answer_is_new_and_awaits_judgement() -> None:
    heard = hear(ORDER, None)
    assert (heard.word, heard.after.state, heard.after.version) == ("new", "pending", 1)


def test_an_older_answer_changes_nothing() -> None:
    before = hear(later(status="cancelled"), None).after
    assert hear(ORDER, before).after is before


def test_the_same_answer_again_is_no_change_even_with_a_later_time() -> None:
    heard = hear(later(), known(state="ready"))
    assert (heard.word, heard.after.state, heard.after.version) == ("unchanged", "ready", 1)
    assert heard.after.order.updated_at == AT + timedelta(minutes=1)


def test_a_change_takes_readiness_away_until_it_is_judged() -> None:
    for state in ("ready", "blocked"):
        heard = hear(later(status="cancelled"), known(state=state))
        assert (heard.word, heard.after.state, heard.after.version) == ("changed", "pending", 2)


def test_what_the_warehouse_has_stays_released_through_a_change() -> None:
    heard = hear(later(status="cancelled"), known(state="released", released_version=1))
    assert (heard.after.state, heard.after.version, heard.after.released_version) == ("released", 2, 1)


def test_an_order_that_ended_unreleased_opens_again_and_one_that_was_released_does_not() -> None:
    assert hear(later(service="Express"), known(state="ended")).after.state == "pending"
    assert hear(later(service="Express"), known(state="ended", released_version=1)).after.state == "ended"


def test_the_first_address_is_no_change_of_the_order_and_another_one_is() -> None:
    first = hear(replace(ORDER, ship_to=HOME), known())
    assert (first.word, first.after.ship_to_of) == ("unchanged", AT)
    moved = hear(replace(ORDER, ship_to=replace(HOME, postcode="ZZ9 9ZZ")), first.after, HOME)
    assert (moved.word, moved.after.version) == ("changed", 2)
    assert hear(replace(ORDER, ship_to=HOME), first.after, HOME).word == "unchanged"


def test_the_content_hash_knows_nothing_of_the_buyer() -> None:
    assert content_hash(ORDER) == content_hash(replace(ORDER, ship_to=HOME))


def test_the_content_hash_knows_every_programme_whatever_their_order() -> None:
    one, other = frozenset(("prime", "business", "premium")), frozenset(("premium", "prime", "business"))
    assert content_hash(replace(ORDER, programmes=one)) == content_hash(replace(ORDER, programmes=other))
    assert content_hash(replace(ORDER, programmes=one)) != content_hash(ORDER)
