"""What `goodsout status` says of times: the replenishments of direct fulfilment."""

from datetime import UTC, datetime
from pathlib import Path

from daemon.commands.status import replenishments
from daemon.config import load
from tests.daemon.configuring import FULFILMENT, with_seller

TIMES = """replenished_at = ["06:00", "14:00"]
zone = "Europe/London"
[direct_fulfilment.my-df.warehouses.BHX4]
stock = ["YORK"]
"""


def test_each_warehouse_with_replenishments_shows_the_next_that_can_be_reached(tmp_path: Path) -> None:
    settings = load(with_seller(tmp_path, FULFILMENT + TIMES), {}).settings
    found = replenishments(settings, datetime(2026, 7, 1, 4, 50, tzinfo=UTC))
    assert found == [
        {
            "account": "my-df",
            "warehouse": "LTNA",
            "at": "2026-07-01 13:00:00 UTC",
            "tell_before": "12:45:00 UTC",
        }
    ]
