"""What an EDI exchange and its vendor account must say is asked for at the start, with the way out."""

from pathlib import Path

import pytest

from tests.daemon.configuring import loaded
from tests.daemon.configuring_edi import EXCHANGE, FOLDERS, VENDOR, faults

SERVER = """
[edi.amazon.server]
host = "sftp.example.com"
user = "acme"
key_file = "key"
known_hosts_file = "hosts"
"""


def test_a_vendor_may_trade_by_edi_alone(tmp_path: Path) -> None:
    settings = loaded(tmp_path, VENDOR + EXCHANGE + FOLDERS).settings
    assert settings.edi["amazon"].outbox == "out" and settings.vendors["acme"].endpoint == ""


def test_a_vendor_without_any_way_is_asked_for_one(tmp_path: Path) -> None:
    assert "neither an endpoint nor an exchange" in faults(tmp_path, VENDOR)


def test_an_endpoint_asks_for_what_it_needs_to_log_in(tmp_path: Path) -> None:
    told = faults(tmp_path, VENDOR + 'endpoint = "https://example.com"\n')
    assert all(f"vendors.acme.{field}: missing" in told for field in ("client_id", "client_secret_file"))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "edi.amazon.inbox: missing"),
        ('inbox = "in"\n', "edi.amazon.outbox: missing"),
        (FOLDERS + 'transport = "sftp"\n', "edi.amazon.server.host: missing"),
        (
            'transport = "sftp"\n' + SERVER.replace('known_hosts_file = "hosts"', ""),
            "server.known_hosts_file: missing",
        ),
        (FOLDERS + 'zone = "Europe/Atlantis"\n', "zone"),
        (FOLDERS + "most_bytes = 0\n", "most_bytes"),
    ],
)
def test_an_exchange_has_one_way_for_its_files(tmp_path: Path, more: str, told: str) -> None:
    assert told in faults(tmp_path, VENDOR + EXCHANGE + more)


def test_an_exchange_of_a_vendor_that_is_not_there_names_the_one_that_may_be_meant(tmp_path: Path) -> None:
    text = VENDOR.replace("vendors.acme", "vendors.acmee") + EXCHANGE + FOLDERS
    assert "did you mean acmee?" in faults(tmp_path, text)
