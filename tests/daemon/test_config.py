import tomllib
from pathlib import Path

import pytest

from daemon.config import Configuration, ConfigurationFault, load
from daemon.config_hints import setting_keys
from tests.daemon.configuring import FULFILMENT, LEAST, SELLER, secret_file, with_seller, written

EXAMPLE = Path(__file__).parents[2] / "deploy" / "goodsout.example.toml"


def faults(path: Path | None, **environ: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationFault) as raised:
        load(path, environ)
    return raised.value.faults


def loaded(folder: Path, more: str = "", **environ: str) -> Configuration:
    return load(written(folder, LEAST + more), environ)


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


@pytest.mark.parametrize(
    ("key", "value", "sound"),
    [
        ("BUS__URL", "amqps://user@rabbit:5671/vhost", True),
        ("BUS__URL", "embedded:rehearsal-2", True),
        ("DATABASE__URL", "embedded:rehearsal-2", False),
        ("BUS__URL", "embedded:u:p@host", False),
        ("BUS__URL", "http://rabbit", False),
        ("BUS__URL", "amqp://", False),
        ("BUS__URL", "embedded", False),
        ("BUS__URL", "amqp://rabbit:0/", False),
        ("DATABASE__URL", "postgresql:///name?host=/run/postgresql", True),
        ("DATABASE__URL", "postgresql:///name", False),
        ("DATABASE__URL", "mysql://host/name", False),
        ("SELLERS__MY_SHOP__ENDPOINT", "http://127.0.0.1:9000", True),
        ("SELLERS__MY_SHOP__ENDPOINT", "http://[::1]:9000", True),
        ("SELLERS__MY_SHOP__TOKEN_URL", "http://localhost/token", True),
        ("SELLERS__MY_SHOP__TOKEN_URL", "http://127.0.0.1.example.com/token", False),
        ("SELLERS__MY_SHOP__ENDPOINT", "ftp://host", False),
        ("SELLERS__MY_SHOP__ENDPOINT", "https://user@host", False),
        ("SELLERS__MY_SHOP__SELLER_ID", " ", False),
        ("SELLERS__MY_SHOP__WAREHOUSES", "LEEDS,LEEDS", False),
        ("SELLERS__MY_SHOP__WAREHOUSES", "LEEDS,,YORK", False),
        ("INTAKE__LINGER", "0", True),
        ("INTAKE__LINGER", "-1", False),
        ("INTAKE__GRACE", "inf", False),
        ("BUS__PREFETCH", "70000", False),
        ("CLOCK__FACTOR", "0", False),
        ("CLOCK__HOST_ERROR", "-15", True),
        ("CLOCK__ORIGIN", "2026-01-05T06:00:00Z", True),
        ("CLOCK__ORIGIN", "yesterday", False),
        ("WEB__PORT", "0", True),
        ("WEB__PORT", "-1", False),
        ("OWNERS__CARRIER_UNMAPPED", "logistics", True),
        ("OWNERS__CARRIER_UNMAPPED", "nobody", False),
    ],
)
def test_a_value_must_make_sense_beyond_its_type(tmp_path: Path, key: str, value: str, sound: bool) -> None:
    path, environ = with_seller(tmp_path), {f"GOODSOUT_{key}": value}
    if sound:
        assert f"GOODSOUT_{key}" in load(path, environ).places.values()
    else:
        assert [fault for fault in faults(path, **environ) if fault.startswith(f"GOODSOUT_{key}: ")]


@pytest.mark.parametrize(
    ("line", "sound"),
    [
        ('zone = "Europe/London"', True),
        ('zone = "Middle/Earth"', False),
        ('replenished_at = ["06:00", "14:00"]', True),
        ('replenished_at = ["6 am"]', False),
        ('replenished_at = ["06:00+01:00"]', False),
        ("replenished_at = []", True),
    ],
)
def test_when_a_warehouse_of_the_channel_is_replenished_must_make_sense(
    tmp_path: Path, line: str, sound: bool
) -> None:
    path = with_seller(tmp_path, FULFILMENT + line)
    if sound:
        assert "LTNA" in load(path, {}).settings.direct_fulfilment["my-df"].warehouses
    else:
        assert [fault for fault in faults(path) if fault.startswith("direct_fulfilment.my-df.warehouses.LTNA.")]


CLASSES = """
[classes.fast]
at_least = 5
"""
CHRISTMAS = """
[peaks.christmas]
begins = "2026-11-23T00:00:00Z"
ends = "2026-12-24T12:00:00Z"
"""


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ('[peaks.p]\nbegins = "2026-12-01"\nends = "2026-12-02T00:00:00Z"', "peaks.p.begins"),
        ('[peaks.p]\nbegins = "2026-12-02T00:00:00Z"\nends = "2026-12-01T00:00:00Z"', "peaks.p.ends"),
        ('[peaks.p]\nbegins = "2026-12-02T00:00:00Z"', "peaks.p.ends"),
        (CHRISTMAS + "foresight = 1.5", "peaks.christmas.foresight"),
        (CHRISTMAS + "near_zero = -1", "peaks.christmas.near_zero"),
        (CHRISTMAS + 'baseline_at = "sometimes"', "peaks.christmas.baseline_at"),
        (CHRISTMAS + "[peaks.christmas.classes.fsat]\nbuffer_units = 3", "peaks.christmas.classes.fsat.buffer_units"),
    ],
)
def test_a_peak_must_make_sense(tmp_path: Path, more: str, place: str) -> None:
    assert [fault for fault in faults(with_seller(tmp_path, CLASSES + more)) if fault.startswith(f"{place}: ")]


def test_peaks_that_cut_into_each_other_are_warned_of(tmp_path: Path) -> None:
    other = CHRISTMAS.replace("christmas", "sales").replace("2026-12-24", "2027-01-10").replace("11-23", "12-20")
    found = load(with_seller(tmp_path, CHRISTMAS + other + 'baseline_at = "never"'), {})
    assert [one for one in found.warnings if one.startswith("peaks.sales: begins while peaks.christmas runs")]


def test_a_direct_fulfilment_account_never_has_the_name_of_a_seller(tmp_path: Path) -> None:
    path = with_seller(tmp_path, FULFILMENT.replace("my-df", "my-shop"))
    assert any("a seller has the same name" in fault for fault in faults(path))


def test_a_direct_fulfilment_account_without_warehouses_is_warned_of(tmp_path: Path) -> None:
    found = load(with_seller(tmp_path, FULFILMENT.partition("[direct_fulfilment.my-df.warehouses")[0]), {})
    assert [one for one in found.warnings if one.startswith("direct_fulfilment.my-df: names no warehouses")]


def test_a_seller_whose_name_would_break_labels_is_refused(tmp_path: Path) -> None:
    found = faults(with_seller(tmp_path, SELLER.replace("my-shop", '"my shop"')))
    assert any("letters, digits" in fault for fault in found)


def test_an_owner_of_an_alert_kind_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, LEAST + '[owners]\ncarrier_unmaped = "logistics"\nqqq = "finance"\n')
    near, far = faults(path)
    assert near == "owners.carrier_unmaped: no such alert kind; did you mean carrier_unmapped?"
    assert far.startswith("owners.qqq: no such alert kind; there are stock_in_doubt, ")


def test_a_time_that_toml_itself_understands_is_taken(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[clock]\norigin = 2026-01-05T06:00:00Z\n").settings.clock.origin is not None


def test_a_file_that_cannot_be_read_is_the_one_fault(tmp_path: Path) -> None:
    (missing,) = faults(tmp_path / "nowhere.toml")
    (broken,) = faults(written(tmp_path, "password = hunter2"))
    assert "cannot be read" in missing
    assert "is not TOML" in broken
    assert "hunter2" not in broken


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


def test_a_factor_without_an_origin_and_a_seller_sold_twice_are_warned_of(tmp_path: Path) -> None:
    path = with_seller(tmp_path, SELLER.replace("my-shop", "again"))
    warnings = load(path, {"GOODSOUT_CLOCK__FACTOR": "60", "GOODSOUT_INTAKE__BATCH": "5000"}).warnings
    assert [warning.split(":")[0] for warning in warnings] == ["clock.factor", "bus.prefetch", "sellers.again"]


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
