"""A configuration file for daemon processes of their own, with its secrets beside it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from simulators.amazon import UK, AmazonSimulator, SimulatedSeller


def write_configuration(
    folder: Path,
    *,
    database: str,
    amqp: str,
    amazon: AmazonSimulator,
    sellers: Mapping[str, SimulatedSeller],
    clock: tuple[float, datetime],
    settings: str = "",
) -> Path:
    """`sellers` by channel account; `clock` is factor and origin; `settings` are further tables."""
    parts = urlsplit(amqp)
    _secret(folder, "master-key", "5e" * 32)
    _secret(folder, "amqp-password", parts.password or "")
    file = folder / "goodsout.toml"
    head = f"""
[bus]
url = "{parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port}").geturl()}"
password_file = "amqp-password"
[database]
url = "{database}"
[web]
port = 0
[clock]
factor = {clock[0]}
origin = "{clock[1].isoformat()}"
[keys]
master_key_files = ["master-key"]
"""
    accounts = (_seller(folder, name, amazon, seller) for name, seller in sellers.items())
    file.write_text("".join((head, settings, *accounts)))
    return file


def _seller(folder: Path, name: str, amazon: AmazonSimulator, seller: SimulatedSeller) -> str:
    _secret(folder, f"{name}-client-secret", seller.client_secret)
    _secret(folder, f"{name}-refresh-token", seller.refresh_token)
    return f"""
[sellers.{name}]
account = "acme"
seller_id = "{seller.seller_id}"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{seller.client_id}"
client_secret_file = "{name}-client-secret"
refresh_token_file = "{name}-refresh-token"
marketplaces = ["{UK}"]
warehouses = ["W1"]
"""


def _secret(folder: Path, name: str, value: str) -> None:
    (folder / name).write_text(value)
    (folder / name).chmod(0o600)
