"""A Clarus tenant in a configuration, for tests."""

from pathlib import Path

from daemon.config import Configuration, load
from tests.daemon.configuring import LEAST, secret_file, written

TENANT = """
[clarus.main]
subdomain = "acme-warehouse"
client_id = "goodsout"
client_secret_file = "clarus-secret"
[clarus.main.hooks.picked]
token_file = "hook-one"
automation_id = "17"
resource = "stock"
event = "picked"
[clarus.main.hooks.balance]
token_file = "hook-two"
automation_id = "18"
resource = "stock_balance"
event = "updated"
"""
WAREHOUSE = """
[warehouses.LEEDS]
authority = "clarus"
clarus = "main"
warehouse_id = "2"
[warehouses.LEEDS.accounts]
acme = "ACME"
"""


def loaded(folder: Path, text: str = TENANT + WAREHOUSE, **environ: str) -> Configuration:
    secret_file(folder, "clarus-secret")
    secret_file(folder, "hook-one", "1f" * 32)
    secret_file(folder, "hook-two", "2f" * 32)
    return load(written(folder, LEAST + text), environ)
