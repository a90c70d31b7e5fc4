"""What a listing should show, from everything that bears on it at once."""

from msgspec.structs import replace

from daemon.marking import desire
from daemon.store.publication import Standing
from daemon.store.zeroes import Known
from handlers.publication import Told
from handlers.restoring import Restore
from handlers.sellable_stock import Listing, Sellable
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku
from tests.controls.stock import AT, later

LISTING = Listing(1, ChannelAccount("uk"), Marketplace("A1F"), SellerSku("LAMP"), Account("acme"), Sku("LAMP"))
ALLOWED = Restore(1, later(-3600), later(3600), 50, 40, later(3600))


def test_a_restore_that_somebody_allowed_shows_its_value_without_a_reading() -> None:
    standing = Standing(LISTING, Told(told=0), 0, AT, Known(restore=ALLOWED))
    assert desire(standing, Sellable(0, False, ()), AT).desired == 40


def test_what_is_on_the_stop_list_shows_nothing_whatever_a_restore_allows() -> None:
    stopped = Standing(replace(LISTING, stopped=True), Told(told=0), 0, AT, Known(restore=ALLOWED))
    assert desire(stopped, Sellable(0, False, ()), AT).desired == 0
    assert desire(stopped, Sellable(0, True, ()), AT).desired == 0
