"""Where a retailer's orders go is asked for at the start, wherever their answers hang on it."""

from pathlib import Path

import pytest

from tests.daemon.configuring_clarus import TENANT, loaded
from tests.daemon.configuring_edi import EXCHANGE, FOLDERS, VENDOR
from tests.daemon.configuring_edi import faults as faults_of

WAREHOUSE = """
[warehouses.W1]
authority = "clarus"
clarus = "main"
warehouse_id = "7"
account_ids = { acme = 7 }
[warehouses.W1.accounts]
acme = "ACME"
"""
RELEASE = """
[releases.accounts.acme]
warehouse = "W1"
"""
READ = "[clarus.main.goods_outs]\nread = true\n"
PROCESS = VENDOR + 'secure_by = "process"\n'
REST = EXCHANGE + FOLDERS + TENANT


def test_a_retailers_orders_may_go_to_a_warehouse(tmp_path: Path) -> None:
    settings = loaded(tmp_path, PROCESS + REST + READ + WAREHOUSE + RELEASE).settings
    assert settings.releases.accounts["acme"].warehouse == "W1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PROCESS + REST + READ + WAREHOUSE, "vendors.acme.secure_by: nothing is allocated without"),
        (PROCESS + REST + WAREHOUSE + RELEASE, "goods_outs.read of its tenant: switch it on"),
        (
            VENDOR.replace('["W1"]', '["W1", "W2"]') + REST + WAREHOUSE + RELEASE,
            "must be the one warehouse of [releases.accounts.acme]",
        ),
        (VENDOR + REST + WAREHOUSE + RELEASE.replace("acme", "acmee"), "did you mean acme?"),
    ],
)
def test_what_would_leave_its_orders_without_stock_or_without_a_word_is_told(
    tmp_path: Path, text: str, told: str
) -> None:
    assert told in faults_of(tmp_path, text)
