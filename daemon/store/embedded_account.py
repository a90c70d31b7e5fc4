"""Whom the private PostgreSQL runs as, and where that account may keep its data.

PostgreSQL refuses to run as root. Started by root it runs as `nobody`, in a folder of its own: no system user is
added, and nothing that was there before gets other permissions or another owner.
"""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ELSEWHERE = "elsewhere"
"""In the configured folder: names the folder that is used instead, because `nobody` cannot reach this one."""


@dataclass(frozen=True, slots=True)
class Account:
    """`uid` and `gid` are None where the programs simply run as ourselves."""

    uid: int | None = None
    gid: int | None = None

    def run(self, command: Sequence[str | Path], *, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run to the end and capture what it says, in English. Raises OSError, TimeoutExpired (real seconds)."""
        return subprocess.run(
            command,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            env=_plain_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            start_new_session=True,  # a Ctrl-C on the terminal is ours to act on, in order
        )

    def make_folder(self, path: Path) -> Path:
        """A new folder that only this account may enter."""
        path.mkdir(mode=0o700)
        return self.own(path)

    def make_short_folder(self) -> Path:
        """The same, with a short path of its own under the system's temporary folder."""
        return self.own(Path(tempfile.mkdtemp(prefix="goodsout-")))

    def own(self, path: Path) -> Path:
        """Hand over a folder that we have just made."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
        return path

    def reaches(self, path: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", path]).returncode == 0


def _plain_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def account_for(folder: Path) -> Account:
    """Ourselves; as root the owner of the data that is there already, else `nobody`."""
    if os.geteuid() != 0:
        return Account()
    data = folder / "data"
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    return nobody()


def nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(entry.pw_uid, entry.pw_gid)


def place_for(folder: Path, account: Account) -> Path:
    """Where the server's files are: `folder`, or one under the temporary folder when `account` cannot reach it."""
    if (folder / "data").exists() or account.reaches(folder):
        return folder
    pointer = folder / ELSEWHERE
    if pointer.exists() and (known := Path(pointer.read_text().strip())).is_dir() and _is_ours(known):
        return known
    made = Path(tempfile.mkdtemp(prefix="goodsout-postgres-"))
    made.chmod(0o755)
    pointer.write_text(f"{made}\n")
    return made


def _is_ours(path: Path) -> bool:
    return not path.is_symlink() and path.stat().st_uid == os.geteuid()
