"""promtool, which checks alert rules and expressions."""

import shutil
from pathlib import Path

from tests.services.packages import Unavailable, unpack

ADVICE = "Install Prometheus (Debian and Ubuntu: `apt install prometheus`) so that `promtool` is in PATH."


def find_promtool(packages: Path) -> Path:
    """In PATH, else unpacked from its package without installing it. Raises Unavailable."""
    if found := shutil.which("promtool"):
        return Path(found)
    unpacked = packages / "prometheus-packages"
    promtool = unpacked / "usr/bin/promtool"
    if not promtool.exists():
        try:
            unpack(["prometheus"], unpacked)
        except Unavailable as reason:
            raise Unavailable(f"promtool is not in PATH, and {reason}. {ADVICE}") from reason
    return promtool
