"""Values of the configuration must make sense beyond their type, and beside each other."""

from pathlib import Path

import pytest

from daemon.config import load
from tests.daemon.configuring import FULFILMENT, LEAST, SELLER, faults, with_seller, written


@pytest.mark.parametrize(
    ("key", "value", "sound"),
    [
        ("BUS__URL", "amqps://user@rabbit:5671/vhost", True),
        ("BUS__URL", "embedded:rehearsal-2", True),
        ("DATABASE__URL", "embedded:rehearsal-2", False),
        ("BUS__URL", "embedded:u:p@host", False),
        ("BUS__URL", "http://rabbit", False),
        ("BUS__URL", "amqp://", False),
        ("BUS__URL", "embedded", False),
        ("BUS__URL", "amqp://rabbit:0/", False),
        ("DATABASE__URL", "postgresql:///name?host=/run/postgresql", True),
        ("DATABASE__URL", "postgresql:///name", False),
        ("DATABASE__URL", "mysql://host/name", False),
        ("SELLERS__MY_SHOP__ENDPOINT", "http://127.0.0.1:9000", True),
        ("SELLERS__MY_SHOP__ENDPOINT", "http://[::1]:9000", True),
        ("SELLERS__MY_SHOP__TOKEN_URL", "http://localhost/token", True),
        ("SELLERS__MY_SHOP__TOKEN_URL", "http://127.0.0.1.example.com/token", False),
        ("SELLERS__MY_SHOP__ENDPOINT", "ftp://host", False),
        ("SELLERS__MY_SHOP__ENDPOINT", "https://user@host", False),
        ("SELLERS__MY_SHOP__SELLER_ID", " ", False),
        ("SELLERS__MY_SHOP__WAREHOUSES", "LEEDS,LEEDS", False),
        ("SELLERS__MY_SHOP__WAREHOUSES", "LEEDS,,YORK", False),
        ("INTAKE__LINGER", "0", True),
        ("INTAKE__LINGER", "-1", False),
        ("INTAKE__GRACE", "inf", False),
        ("BUS__PREFETCH", "70000", False),
        ("CLOCK__FACTOR", "0", False),
        ("CLOCK__HOST_ERROR", "-15", True),
        ("CLOCK__ORIGIN", "2026-01-05T06:00:00Z", True),
        ("CLOCK__ORIGIN", "yesterday", False),
        ("WEB__PORT", "0", True),
        ("WEB__PORT", "-1", False),
        ("OWNERS__CARRIER_UNMAPPED", "logistics", True),
        ("OWNERS__CARRIER_UNMAPPED", "nobody", False),
    ],
)
def test_a_value_must_make_sense_beyond_its_type(tmp_path: Path, key: str, value: str, sound: bool) -> None:
    path, environ = with_seller(tmp_path), {f"GOODSOUT_{key}": value}
    if sound:
        assert f"GOODSOUT_{key}" in load(path, environ).places.values()
    else:
        assert [fault for fault in faults(path, **environ) if fault.startswith(f"GOODSOUT_{key}: ")]


@pytest.mark.parametrize(
    ("line", "sound"),
    [
        ('zone = "Europe/London"', True),
        ('zone = "Middle/Earth"', False),
        ('replenished_at = ["06:00", "14:00"]', True),
        ('replenished_at = ["6 am"]', False),
        ('replenished_at = ["06:00+01:00"]', False),
        ("replenished_at = []", True),
    ],
)
def test_when_a_warehouse_of_the_channel_is_replenished_must_make_sense(
    tmp_path: Path, line: str, sound: bool
) -> None:
    path = with_seller(tmp_path, FULFILMENT + line)
    if sound:
        assert "LTNA" in load(path, {}).settings.direct_fulfilment["my-df"].warehouses
    else:
        assert [fault for fault in faults(path) if fault.startswith("direct_fulfilment.my-df.warehouses.LTNA.")]


CLASSES = """
[classes.fast]
at_least = 5
"""
CHRISTMAS = """
[peaks.christmas]
begins = "2026-11-23T00:00:00Z"
ends = "2026-12-24T12:00:00Z"
"""


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ('[peaks.p]\nbegins = "2026-12-01"\nends = "2026-12-02T00:00:00Z"', "peaks.p.begins"),
        ('[peaks.p]\nbegins = "2026-12-02T00:00:00Z"\nends = "2026-12-01T00:00:00Z"', "peaks.p.ends"),
        ('[peaks.p]\nbegins = "2026-12-02T00:00:00Z"', "peaks.p.ends"),
        (CHRISTMAS + "foresight = 1.5", "peaks.christmas.foresight"),
        (CHRISTMAS + "near_zero = -1", "peaks.christmas.near_zero"),
        (CHRISTMAS + 'baseline_at = "sometimes"', "peaks.christmas.baseline_at"),
        (CHRISTMAS + "[peaks.christmas.classes.fsat]\nbuffer_units = 3", "peaks.christmas.classes.fsat.buffer_units"),
    ],
)
def test_a_peak_must_make_sense(tmp_path: Path, more: str, place: str) -> None:
    assert [fault for fault in faults(with_seller(tmp_path, CLASSES + more)) if fault.startswith(f"{place}: ")]


def test_peaks_that_cut_into_each_other_are_warned_of(tmp_path: Path) -> None:
    other = CHRISTMAS.replace("christmas", "sales").replace("2026-12-24", "2027-01-10").replace("11-23", "12-20")
    found = load(with_seller(tmp_path, CHRISTMAS + other + 'baseline_at = "never"'), {})
    assert [one for one in found.warnings if one.startswith("peaks.sales: begins while peaks.christmas runs")]


def test_a_direct_fulfilment_account_never_has_the_name_of_a_seller(tmp_path: Path) -> None:
    path = with_seller(tmp_path, FULFILMENT.replace("my-df", "my-shop"))
    assert any("a seller has the same name" in fault for fault in faults(path))


def test_a_direct_fulfilment_account_without_warehouses_is_warned_of(tmp_path: Path) -> None:
    found = load(with_seller(tmp_path, FULFILMENT.partition("[direct_fulfilment.my-df.warehouses")[0]), {})
    assert [one for one in found.warnings if one.startswith("direct_fulfilment.my-df: names no warehouses")]


def test_a_seller_whose_name_would_break_labels_is_refused(tmp_path: Path) -> None:
    found = faults(with_seller(tmp_path, SELLER.replace("my-shop", '"my shop"')))
    assert any("letters, digits" in fault for fault in found)


def test_an_owner_of_an_alert_kind_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, LEAST + '[owners]\ncarrier_unmaped = "logistics"\nqqq = "finance"\n')
    near, far = faults(path)
    assert near == "owners.carrier_unmaped: no such alert kind; did you mean carrier_unmapped?"
    assert far.startswith("owners.qqq: no such alert kind; there are stock_in_doubt, ")


def test_a_factor_without_an_origin_and_a_seller_sold_twice_are_warned_of(tmp_path: Path) -> None:
    path = with_seller(tmp_path, SELLER.replace("my-shop", "again"))
    warnings = load(path, {"GOODSOUT_CLOCK__FACTOR": "60", "GOODSOUT_INTAKE__BATCH": "5000"}).warnings
    assert [warning.split(":")[0] for warning in warnings] == ["clock.factor", "bus.prefetch", "sellers.again"]
