"""Secrets of the configuration: never in a URL, never repeated, never shown."""

from pathlib import Path

import pytest

from daemon.config import ConfigurationFault, load
from tests.daemon.configuring import LEAST, faults, secret_file, with_seller, written


@pytest.mark.parametrize(
    "url",
    [
        "amqp://user:hunter2-hunter2@host/vhost",
        "amqp://user:hunter2-hunter2/x@host/vhost",
        "amqp://user@host/?password=hunter2-hunter2",
        "amqp:user:hunter2-hunter2@host",
        "hunter2-hunter2",
        "amqp://[hunter2-hunter2",
    ],
)
def test_a_password_in_a_url_is_refused_and_never_repeated(tmp_path: Path, url: str) -> None:
    path = written(tmp_path, LEAST)
    with pytest.raises(ConfigurationFault) as raised:
        load(path, {"GOODSOUT_BUS__URL": url})
    assert "GOODSOUT_BUS__URL: " in str(raised.value)
    assert "hunter2" not in str(raised.value) + repr(raised.value)


def test_a_password_in_a_url_gets_the_hint_where_it_belongs(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, LEAST), GOODSOUT_DATABASE__URL="postgresql://u:pass@h/n")
    assert "database.password_file" in fault


def test_a_secret_that_others_may_read_is_a_warning(tmp_path: Path) -> None:
    path = with_seller(tmp_path)
    (tmp_path / "client-secret").chmod(0o644)
    (warning,) = load(path, {}).warnings
    assert warning.startswith("sellers.my-shop.client_secret_file: ")
    assert "chmod 600" in warning


def test_an_empty_secret_is_a_fault(tmp_path: Path) -> None:
    path = with_seller(tmp_path)
    secret_file(tmp_path, "refresh-token", "\n")
    (fault,) = faults(path)
    assert "refresh_token_file" in fault
    assert "is empty" in fault


def test_a_token_given_in_place_of_its_file_is_not_repeated(tmp_path: Path) -> None:
    (fault,) = faults(with_seller(tmp_path), GOODSOUT_SELLERS__MY_SHOP__REFRESH_TOKEN_FILE="Atzr|IwEBIA")
    assert "looks like the secret itself" in fault
    assert "IwEBIA" not in fault


def test_no_secret_shows_in_what_the_configuration_prints(tmp_path: Path) -> None:
    found = load(with_seller(tmp_path), {"PATH": "hunter2", "GOODSOUT_TEST_X": "hunter2"})
    secret = found.secret(found.settings.sellers["my-shop"].client_secret_file)
    assert secret.reveal() == "s3cret-of-the-client"
    for shown in (repr(found), str(found), repr(secret), f"{secret}"):
        assert "s3cret" not in shown
        assert "hunter2" not in shown
