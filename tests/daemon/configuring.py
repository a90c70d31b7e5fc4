"""What the tests of the configuration share: a file that holds together, with its secrets."""

from pathlib import Path

import pytest

from daemon.config import Configuration, ConfigurationFault, load

LEAST = """
[bus]
url = "embedded:"

[database]
url = "embedded:"
"""

SELLER = """
[sellers.my-shop]
account = "ACME"
seller_id = "A1"
endpoint = "https://sellingpartnerapi-eu.amazon.com"
client_id = "client"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token"
marketplaces = ["A1F83G8C2ARO7P"]
warehouses = ["LEEDS"]
"""


FULFILMENT = """
[direct_fulfilment.my-df]
account = "ACME"
party = "ACMEV"
endpoint = "https://sellingpartnerapi-eu.amazon.com"
client_id = "client"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token"
[direct_fulfilment.my-df.warehouses.LTNA]
stock = ["LEEDS"]
"""


def written(folder: Path, text: str, name: str = "goodsout.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def secret_file(folder: Path, name: str, content: str = "correct-horse-battery\n", mode: int = 0o600) -> Path:
    path = written(folder, content, name)
    path.chmod(mode)
    return path


def with_seller(folder: Path, more: str = "") -> Path:
    """A configuration with one seller, whose secrets are there."""
    secret_file(folder, "client-secret", "s3cret-of-the-client")
    secret_file(folder, "refresh-token", "Atzr|the-refresh-token")
    return written(folder, LEAST + SELLER + more)


def faults(path: Path | None, **environ: str) -> tuple[str, ...]:
    """All that is wrong with it; something must be."""
    with pytest.raises(ConfigurationFault) as raised:
        load(path, environ)
    return raised.value.faults


def loaded(folder: Path, more: str = "", **environ: str) -> Configuration:
    """The least that holds together, and more."""
    return load(written(folder, LEAST + more), environ)
