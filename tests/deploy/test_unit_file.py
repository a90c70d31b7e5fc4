"""The systemd unit: understood by systemd, tightly boxed, and stopped later than the daemon drains."""

import subprocess
import sys
from pathlib import Path

import pytest

from daemon.settings import Intake
from tests.deploy.files import DEPLOY, ROOT, program, said

UNIT = DEPLOY / "goodsout.service"
EXPOSURE = 13
"""Tenths: systemd calls anything up to 2.0 OK, and a service on the network cannot reach 0."""
NEWER_THAN_252 = ("RestartSteps", "RestartMaxDelaySec")
SET_MDWE = 65
REFUSE_EXEC_GAIN = 1


def directives() -> list[tuple[str, str]]:
    lines = (line.strip() for line in UNIT.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and line[0] not in "#[")
    return [(name, value) for name, _, value in pairs]


def directive(name: str) -> str:
    return next(value for key, value in directives() if key == name)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The unit with programs that exist on this machine."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/goodsout/bin/goodsout", sys.executable))
    return unit


def test_systemd_understands_every_line_of_the_unit(copy: Path) -> None:
    status, output = said([program("systemd-analyze"), "verify", "--man=no", copy])
    complaints = [line for line in output.splitlines() if copy.name in line]
    unexpected = [line for line in complaints if not any(name in line for name in NEWER_THAN_252)]
    assert (status, unexpected) == (0, [])


def test_the_sandbox_leaves_little_exposed(copy: Path) -> None:
    command: list[str | Path] = [
        program("systemd-analyze"),
        "security",
        "--offline=true",
        "--no-pager",
        f"--threshold={EXPOSURE}",
        copy,
    ]
    status, output = said(command)
    assert status == 0, output


def test_the_unit_is_watched_and_comes_back() -> None:
    assert directive("Type") == "notify"
    assert int(directive("WatchdogSec")) > 0
    assert directive("Restart") == "always"
    assert directive("StartLimitIntervalSec") == "0"


def test_systemd_waits_longer_than_the_daemon_drains() -> None:
    assert directive("KillSignal") == "SIGTERM"
    assert int(directive("TimeoutStopSec")) >= Intake().drain + 20


def test_secrets_come_as_credentials_and_never_as_variables() -> None:
    named = [value.partition(":")[0] for key, value in directives() if key == "LoadCredential"]
    variables = [value.partition("=")[0] for key, value in directives() if key == "Environment"]
    assert {"bus-password", "database-password", "master-key"} <= set(named)
    assert set(variables) <= {"GOODSOUT_CONFIG", "PYTHONDONTWRITEBYTECODE"}


def test_the_unit_migrates_before_it_runs() -> None:
    assert directive("ExecStartPre").endswith("goodsout migrate")
    assert directive("ExecStart").endswith("goodsout run")


def test_the_daemon_loads_where_memory_is_never_both_writable_and_executable() -> None:
    """What MemoryDenyWriteExecute= does, by the kernel's own switch."""
    program_text = f"""
import ctypes, ssl
if ctypes.CDLL(None).prctl({SET_MDWE}, {REFUSE_EXEC_GAIN}, 0, 0, 0) != 0:
    raise SystemExit(77)
import daemon.app, daemon.store.sealing
ssl.create_default_context()
"""
    run = subprocess.run([sys.executable, "-c", program_text], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE (Linux 6.3)")
    assert run.returncode == 0, run.stderr
