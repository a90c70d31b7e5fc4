"""Locks are taken in one order everywhere: who locks several publications or marks does so by account, SKU and id."""

import re

import pytest

from daemon.store.database import QUERIES

LOCKED_BEFORE = {
    "desired_save", "zero_save", "flight_begin", "restore_values_save", "restores_forget", "read_back_ask",
    "feed_tell_again", "feed_flights_accepted", "feed_flights_begin", "feed_flights_doubted", "feed_flights_refused",
    "feed_flights_untold", "items_doubted", "items_in_effect", "items_put_off", "items_refused",
    "stock_report_refused", "stock_report_unsayable", "stock_report_untold",
}  # fmt: skip
"""Their rows were locked, in the order, by an earlier statement of the same transaction."""

IN_ORDER = re.compile(r"order by l\.account, l\.sku, l\.id[a-z., ]*\n\s*(limit \$\d\n\s*)?for update of p")
MANY = r"update publication( p)?\s+set\b|publication p\b[^;]*for update of p\b"
ONE = re.compile(r"where (p\.)?listing_id = \$1\b")


def statements(pattern: str) -> list[str]:
    found = [path.stem for path in sorted(QUERIES.glob("*.sql")) if re.search(pattern, path.read_text())]
    assert found
    return found


@pytest.mark.parametrize("name", statements(MANY))
def test_publications_are_locked_by_account_sku_and_id(name: str) -> None:
    text = (QUERIES / f"{name}.sql").read_text()
    in_order = IN_ORDER.search(text) or ONE.search(text) or "for update of p skip locked" in text
    assert in_order or name in LOCKED_BEFORE


@pytest.mark.parametrize("name", statements(r"insert into dirty\b[^;]*select distinct"))
def test_marks_are_made_by_account_and_sku(name: str) -> None:
    assert "order by l.account, l.sku\n" in (QUERIES / f"{name}.sql").read_text()
