"""Where the deployment's files are, and how a program of the machine is asked about them."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def program(name: str) -> str:
    """Its path; skips the test where there is none, and fails it where CI=true."""
    return shutil.which(name) or _without(f"there is no `{name}` on this machine")


def said(command: Sequence[str | Path]) -> tuple[int, str]:
    """Exit status, and what it printed to either stream."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return run.returncode, run.stdout + run.stderr


def _without(reason: str) -> NoReturn:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
