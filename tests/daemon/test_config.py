"""What the configuration is read from, file and variables, and what is told of one that cannot be used."""

from pathlib import Path

import pytest

from daemon.config import load
from tests.daemon.configuring import LEAST, SELLER, faults, loaded, with_seller, written


def test_the_least_configuration_has_every_default(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert found.settings.bus.url == "embedded:"
    assert found.settings.intake.batch == 500
    assert found.warnings == ()


def test_variables_alone_are_enough() -> None:
    found = load(None, {"GOODSOUT_BUS__URL": "embedded:", "GOODSOUT_DATABASE__URL": "embedded:"})
    assert found.file is None
    assert found.settings.database.url == "embedded:"


def test_goodsout_config_names_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, LEAST)
    assert load(None, {"GOODSOUT_CONFIG": str(path)}).file == path


def test_a_variable_overrides_one_key_and_leaves_its_table_alone(tmp_path: Path) -> None:
    found = loaded(tmp_path, "[intake]\nbatch = 100\ngrace = 3.0\n", GOODSOUT_INTAKE__BATCH="200")
    assert (found.settings.intake.batch, found.settings.intake.grace) == (200, 3.0)
    assert found.places["intake.batch"] == "GOODSOUT_INTAKE__BATCH"
    assert found.places["intake.grace"] == "intake.grace"


def test_the_case_of_a_variable_does_not_matter(tmp_path: Path) -> None:
    assert loaded(tmp_path, goodsout_intake__Batch="7").settings.intake.batch == 7


@pytest.mark.parametrize("text", ['["A", "B"]', "A,B", " A , B "])
def test_a_list_is_json_or_separated_by_commas(tmp_path: Path, text: str) -> None:
    found = load(with_seller(tmp_path), {"GOODSOUT_SELLERS__MY_SHOP__MARKETPLACES": text})
    assert found.settings.sellers["my-shop"].marketplaces == ("A", "B")


def test_a_variable_reaches_a_name_that_is_spelt_with_dashes(tmp_path: Path) -> None:
    found = load(with_seller(tmp_path), {"GOODSOUT_SELLERS__MY_SHOP__SELLER_ID": "A2"})
    assert list(found.settings.sellers) == ["my-shop"]
    assert found.settings.sellers["my-shop"].seller_id == "A2"


def test_a_variable_that_may_mean_two_names_is_refused(tmp_path: Path) -> None:
    path = with_seller(tmp_path, SELLER.replace("my-shop", "my_shop"))
    (fault,) = faults(path, GOODSOUT_SELLERS__MY_SHOP__SELLER_ID="A2")
    assert fault.startswith("GOODSOUT_SELLERS__MY_SHOP__SELLER_ID: may mean any of my-shop, my_shop")


def test_an_empty_variable_unsets_what_may_be_absent(tmp_path: Path) -> None:
    path = written(tmp_path, LEAST.replace("[database]", 'password_file = "gone"\n[database]'))
    assert load(path, {"GOODSOUT_BUS__PASSWORD_FILE": ""}).settings.bus.password_file is None


def test_names_of_the_tests_and_of_kubernetes_are_left_alone(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        GOODSOUT_TEST_RABBITMQ="amqp://x",
        GOODSOUT_SERVICE_HOST="10.0.0.1",
        GOODSOUT_WEB_SERVICE_PORT_HTTP="8085",
        GOODSOUT_PORT="tcp://10.0.0.1:8085",
        GOODSOUT_PORT_8085_TCP_ADDR="10.0.0.1",
        HOME="/root",
    )
    assert found.settings.web.port == 8085


def test_all_faults_are_told_at_once_each_with_its_place(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [bus]
        ulr = "embedded:"
        heartbeat = "often"
        [Keys]
        master_key_files = []
        [intake]
        grace = 0.0
        linger = nan
        [web]
        port = 70000
        [clock]
        origin = 2026-01-05T06:00:00
        [sellers.my-shop]
        endpoint = "http://example.com"
        marketplaces = []
        client_secret_file = "nowhere"
        """,
    )
    found = faults(path, GOODSOUT_INTAKE__BACH="1", GOODSOUT_LOG_LEVEL="debgu", GOODSOUT_WATCH__EVERY="soon")
    for start in (
        "bus.ulr: unknown key; did you mean bus.url?",
        "bus.url: missing; write it in the file or set GOODSOUT_BUS__URL",
        "bus.heartbeat: must be a whole number, found text",
        "database.url: missing",
        "Keys: unknown key; did you mean keys?",
        "intake.grace: must be above 0",
        "intake.linger: must be a finite number",
        "web.port: must be a port",
        "clock.origin: has no zone",
        "sellers.my-shop.account: missing",
        "sellers.my-shop.endpoint: must be https",
        "sellers.my-shop.marketplaces: must name at least one",
        "sellers.my-shop.client_secret_file: no such file",
        "GOODSOUT_INTAKE__BACH: no such setting; did you mean GOODSOUT_INTAKE__BATCH?",
        "GOODSOUT_LOG_LEVEL: must be one of debug, info, warning, error; did you mean debug?",
        "GOODSOUT_WATCH__EVERY: must be a number, found text",
    ):
        assert [fault for fault in found if fault.startswith(start)], start


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("GOODSOUT_INTAKE_BATCH", "did you mean GOODSOUT_INTAKE__BATCH?"),
        ("GOODSOUT_BATCH", "did you mean GOODSOUT_INTAKE__BATCH?"),
        ("GOODSOUT_BUSS__URL", "did you mean GOODSOUT_BUS?"),
        ("GOODSOUT_XYZZY", "no such setting"),
        ("GOODSOUT_BUS", "is a table; name one of its keys"),
        ("GOODSOUT_BUS__URL__HOST", "is a single value"),
        ("GOODSOUT_BUS____URL", "an empty name"),
    ],
)
def test_an_unknown_variable_is_refused_with_a_hint(tmp_path: Path, name: str, hint: str) -> None:
    (fault,) = faults(written(tmp_path, LEAST), **{name: "7"})
    assert fault.startswith(f"{name}: ")
    assert hint in fault


def test_two_spellings_of_one_variable_are_refused(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, LEAST), GOODSOUT_INTAKE__BATCH="1", goodsout_intake__batch="2")
    assert fault == "goodsout_intake__batch: says the same as GOODSOUT_INTAKE__BATCH; keep one of them"


def test_a_time_that_toml_itself_understands_is_taken(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[clock]\norigin = 2026-01-05T06:00:00Z\n").settings.clock.origin is not None


def test_a_file_that_cannot_be_read_is_the_one_fault(tmp_path: Path) -> None:
    (missing,) = faults(tmp_path / "nowhere.toml")
    (broken,) = faults(written(tmp_path, "password = hunter2"))
    assert "cannot be read" in missing
    assert "is not TOML" in broken
    assert "hunter2" not in broken
