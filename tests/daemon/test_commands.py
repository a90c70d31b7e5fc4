import asyncio
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from daemon.__main__ import COMMANDS, main
from daemon.commands.context import async_command
from daemon.commands.lazy import LazyGroup
from daemon.commands.status import screen, show
from daemon.commands.topology import topology_table
from daemon.store.status import Row, Status
from daemon.topology import ROUTES, TOPOLOGY
from tests.daemon.configuring import LEAST, with_seller, written


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a configuration, and no variable of ours."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in [name for name in os.environ if name.startswith("GOODSOUT_")]:
        monkeypatch.delenv(name)


def run(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environ, prog_name="goodsout")


def every_command(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from every_command(f"{name} {inner.name}", inner)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_teaches_with_an_example(name: str) -> None:
    module = COMMANDS[name][0].partition(":")[0]
    if find_spec(module) is None:
        pytest.skip(f"{module} is not written yet")
    command = main.get_command(click.Context(main), name)
    assert command is not None
    for path, inner in every_command(name, command):
        shown = run(*path.split(), "--help")
        assert shown.exit_code == 0, shown.output
        assert inner.help, path
    assert f"goodsout {name}" in run(name, "--help").output.partition("\n")[2]


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from daemon.__main__ import main;"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0;"
        "heavy = ('simulators', 'daemon.app', 'aio_pika', 'asyncpg', 'daemon.commands.run');"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_package_that_an_update_needs_and_nobody_installed_is_named_with_the_way_out() -> None:
    group = LazyGroup(lazy={"news": ("no_such_package:news", "What is new.")})
    answer = CliRunner().invoke(group, ["news"])
    assert answer.exit_code == 1
    assert "this version needs no_such_package" in answer.output and "make .venv/installed" in answer.output


def test_a_misspelt_command_gets_a_hint() -> None:
    shown = run("topologie")
    assert shown.exit_code == 2
    assert "Did you mean topology?" in shown.output


def test_version_is_printed() -> None:
    assert run("version").output.startswith("goodsout ")


def test_without_any_configuration_the_command_says_what_to_write() -> None:
    shown = run("migrate")
    assert shown.exit_code == 2
    assert 'url = "embedded:"' in shown.stderr
    assert "goodsout.toml" in shown.stderr


def test_all_faults_are_printed_and_end_any_command_with_2(tmp_path: Path) -> None:
    path = written(tmp_path, LEAST.replace("[bus]", "[bus]\nheartbaet = 3\nprefetch = 0"))
    shown = run("--config", str(path), "migrate")
    assert shown.exit_code == 2
    assert "has 2 faults" in shown.stderr
    assert "did you mean bus.heartbeat?" in shown.stderr
    assert "bus.prefetch: must be above 0" in shown.stderr


def test_check_config_ends_with_1_when_there_are_faults(tmp_path: Path) -> None:
    assert run("--config", str(written(tmp_path, "[bus]")), "check-config").exit_code == 1


def test_check_config_prints_what_is_in_force_as_toml_without_a_secret(tmp_path: Path) -> None:
    path = with_seller(tmp_path, '[owners]\ncarrier_unmapped = "logistics"\n')
    (tmp_path / "client-secret").chmod(0o644)
    shown = run("--config", str(path), "check-config", GOODSOUT_INTAKE__BATCH="200")
    assert shown.exit_code == 0, shown.output
    tables = tomllib.loads(shown.stdout)
    assert tables["intake"]["batch"] == 200
    assert tables["owners"] == {"carrier_unmapped": "logistics"}
    assert tables["sellers"]["my-shop"]["warehouses"] == ["LEEDS"]
    assert "batch = 200  # GOODSOUT_INTAKE__BATCH" in shown.stdout
    assert (
        f'client_secret_file = "client-secret"  # **** from {tmp_path}/client-secret, under a minute old'
        in shown.stdout
    )
    assert "s3cret-of-the-client" not in shown.output
    assert "the-refresh-token" not in shown.output
    assert "warning: sellers.my-shop.client_secret_file" in shown.stderr


def test_a_secret_that_nobody_needs_is_shown_from_nowhere(tmp_path: Path) -> None:
    edi = f"""[vendors.v]
account = "A"
party = "P"
marketplace = "M"
warehouses = ["W"]
[edi.x]
standard = "x12"
vendor = "v"
our_id = "US"
their_id = "THEM"
currency = "GBP"
zone = "UTC"
transport = "folder"
inbox = "{tmp_path}"
outbox = "{tmp_path}"
"""
    shown = run("--config", str(written(tmp_path, LEAST + edi)), "check-config")
    assert shown.exit_code == 0, shown.output
    assert 'client_secret_file = ""  # default\n' in shown.stdout


def test_the_configuration_is_found_in_order_option_variable_folder(tmp_path: Path) -> None:
    by_option, by_variable = written(tmp_path, LEAST, "o.toml"), written(tmp_path, LEAST, "v.toml")
    written(Path(), LEAST)
    for arguments, environ, file in (
        (("--config", str(by_option)), {"GOODSOUT_CONFIG": str(by_variable)}, by_option),
        ((), {"GOODSOUT_CONFIG": str(by_variable)}, by_variable),
        ((), {}, Path("goodsout.toml")),
    ):
        assert run(*arguments, "check-config", **environ).output.startswith(f"# from {file}\n")


def test_topology_in_markdown_has_a_row_for_each_route() -> None:
    lines = topology_table().splitlines()
    assert len(lines) == len(ROUTES) + 2
    assert run("topology", "--format", "markdown").output == topology_table() + "\n"
    assert "| `despatch.completed` | `goodsout.despatch.v1` | `handlers/despatches.py` |" in topology_table()


def test_topology_in_json_is_all_that_is_declared() -> None:
    shown = json.loads(run("topology", "--format", "json").output)
    assert [queue["name"] for queue in shown["queues"]] == [queue.name for queue in TOPOLOGY.queues]
    assert len(shown["bindings"]) == len(TOPOLOGY.bindings)
    assert len(shown["routes"]) == len(ROUTES)


def test_topology_as_a_table_is_plain_text_and_cuts_nothing_off() -> None:
    shown = run("topology").output
    assert "\x1b" not in shown
    assert "…" not in shown
    names = [*(queue.name for queue in TOPOLOGY.queues), *(exchange.name for exchange in TOPOLOGY.exchanges)]
    assert [name for name in names if name not in shown] == []


def test_an_async_command_runs_to_its_end() -> None:
    @async_command
    async def twice(number: int) -> int:
        await asyncio.sleep(0)
        return 2 * number

    assert twice(21) == 42
    assert twice.__name__ == "twice"


def test_status_in_a_pipe_is_not_cut_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    columns = (
        "account",
        "listings",
        "true",
        "untold",
        "oldest",
        "not_live",
        "foreign",
        "doubtful",
        "refused",
        "held",
    )
    row = {name: "a-rather-long-value" if name == "account" else "1" for name in columns}
    figures: Row = dict.fromkeys(("outbox_waiting", "marks", "parked", "doubts", "gaps"), 0)
    nothing: list[Row] = []
    rest = [nothing] * (len(fields(Status)) - 3)
    found = Status(figures, nothing, [row], *rest)
    show(screen(), found, datetime(2026, 1, 5, tzinfo=UTC))
    printed = capsys.readouterr().out
    assert all(word in printed for name in columns for word in name.split("_"))
