"""An exchange by EDI in a configuration, for tests."""

from pathlib import Path

import pytest

from daemon.config import ConfigurationFault
from tests.daemon.configuring import loaded

VENDOR = """
[vendors.acme]
account = "acme"
party = "ACME1"
marketplace = "A1F"
warehouses = ["W1"]
"""
EXCHANGE = """
[edi.amazon]
standard = "x12"
vendor = "acme"
our_id = "VENDOR"
currency = "GBP"
"""
FOLDERS = 'inbox = "in"\noutbox = "out"\n'


def faults(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationFault) as raised:
        loaded(folder, text)
    return "\n".join(raised.value.faults)
