"""The tables [clarus.*] and [warehouses.*]: what they must agree on, and what is said when they do not."""

from pathlib import Path

import pytest

from daemon.config import ConfigurationFault, load
from tests.daemon.configuring import secret_file
from tests.daemon.configuring_clarus import TENANT, WAREHOUSE, loaded


def faults(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationFault) as raised:
        loaded(folder, text)
    return raised.value.faults


def test_a_tenant_with_its_warehouse_holds_together(tmp_path: Path) -> None:
    settings = loaded(tmp_path).settings
    assert settings.clarus["main"].hooks["picked"].automation_id == "17"
    assert settings.warehouses["LEEDS"].accounts == {"acme": "ACME"}


@pytest.mark.parametrize(
    ("given", "instead", "place", "says"),
    [
        ('clarus = "main"', 'clarus = "mian"', "warehouses.LEEDS.clarus", "did you mean main?"),
        ('clarus = "main"', "", "warehouses.LEEDS.clarus", "missing"),
        ('warehouse_id = "2"', "", "warehouses.LEEDS.warehouse_id", "missing"),
        ('acme = "ACME"', "", "warehouses.LEEDS.accounts", "missing"),
        ('acme = "ACME"', 'acme = "ACME"\nother = "ACME"', "warehouses.LEEDS.accounts.other", "same account"),
        ('authority = "clarus"', 'authority = "claris"', "warehouses.LEEDS.authority", "did you mean clarus?"),
        (
            'automation_id = "18"',
            'automation_id = "17"',
            "clarus.main.hooks.balance.automation_id",
            "same automation",
        ),
        ('token_file = "hook-two"', 'token_file = "hook-one"', "clarus.main.hooks.balance.token_file", "of another"),
        ('client_id = "goodsout"', 'client_id = "g"\npage_size = 0', "clarus.main.page_size", "above 0"),
        ('client_id = "goodsout"', 'client_id = "g"\nhost = "http://clarus.example"', "clarus.main.host", "https"),
        (
            'client_id = "goodsout"',
            'client_id = "g"\nbalance_fields = "available product { id }"',
            "clarus.main.balance_fields",
            "product.code, account.code, warehouse.id",
        ),
        (
            'client_id = "goodsout"',
            'client_id = "g"\nbalance_fields = "a { b"',
            "clarus.main.balance_fields",
            "never",
        ),
        (
            'client_id = "goodsout"',
            'client_id = "g"\navailable_less = ["held"]',
            "clarus.main.available_less",
            "must",
        ),
    ],
)
def test_what_does_not_hold_together_is_told_with_its_place(
    tmp_path: Path, given: str, instead: str, place: str, says: str
) -> None:
    [fault] = faults(tmp_path, (TENANT + WAREHOUSE).replace(given, instead))
    assert fault.startswith(f"{place}: ") and says in fault, fault


def test_two_warehouses_may_not_stand_behind_one_id(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, TENANT + WAREHOUSE + WAREHOUSE.replace("LEEDS", "YORK"))
    assert fault.startswith("warehouses.YORK.warehouse_id: ") and "warehouses.LEEDS" in fault


@pytest.mark.parametrize("token", ["short", "x" * 31, "a-token-with-dashes-of-more-than-32-characters"])
def test_a_token_that_can_be_guessed_or_cannot_stand_in_a_url_is_refused(tmp_path: Path, token: str) -> None:
    loaded(tmp_path)
    secret_file(tmp_path, "hook-one", token)
    with pytest.raises(ConfigurationFault) as raised:
        load(tmp_path / "goodsout.toml", {})
    [fault] = raised.value.faults
    assert fault.startswith("clarus.main.hooks.picked.token_file: ") and token not in fault


def test_a_bus_warehouse_may_be_checked_against_clarus_or_stand_alone(tmp_path: Path) -> None:
    checked = loaded(tmp_path, TENANT + WAREHOUSE.replace('authority = "clarus"\n', ""))
    assert checked.settings.warehouses["LEEDS"].authority == "bus"
    alone = loaded(tmp_path, '[warehouses.YORK]\nauthority = "bus"\n')
    assert alone.settings.warehouses["YORK"].clarus is None
