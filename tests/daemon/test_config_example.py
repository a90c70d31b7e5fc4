"""The example of a configuration: it loads, has every setting, and shows the defaults that are in force."""

import tomllib
from pathlib import Path

from daemon.config import load
from daemon.config_hints import setting_keys
from tests.daemon.configuring import loaded, secret_file, written

EXAMPLE = Path(__file__).parents[2] / "deploy" / "goodsout.example.toml"


def example_with_secrets(folder: Path) -> Path:
    for name in (
        "bus-password",
        "database-password",
        "master-key",
        "amazon-client-secret",
        "amazon-myshop-uk-refresh-token",
        "amazon-acme-df-refresh-token",
        "amazon-acme-vendor-refresh-token",
        "clarus-client-secret",
        "edi-key",
        "edi-known-hosts",
    ):
        secret_file(folder, name)
    secret_file(folder, "clarus-hook-balance", "5e" * 32)
    return written(folder, EXAMPLE.read_text())


def test_the_example_loads(tmp_path: Path) -> None:
    found = load(example_with_secrets(tmp_path), {})
    assert found.warnings == ()
    assert found.settings.sellers["myshop-uk"].warehouses == ("LEEDS",)


def test_every_setting_is_in_the_example() -> None:
    tables = tomllib.loads(EXAMPLE.read_text())
    for key in setting_keys():
        value: object = tables
        for name in key:
            assert isinstance(value, dict), key
            value = next(iter(value.values())) if name == "*" else value.get(name)
        assert value is not None, f"{'.'.join(key)} is not in {EXAMPLE.name}"


def test_the_defaults_that_the_example_shows_are_the_defaults(tmp_path: Path) -> None:
    shown, defaults = load(example_with_secrets(tmp_path), {}).settings, loaded(tmp_path).settings
    for section in ("intake", "publication", "feeds", "despatch", "watch", "web", "log_level"):
        assert getattr(shown, section) == getattr(defaults, section)
