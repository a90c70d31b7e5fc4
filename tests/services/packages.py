"""Debian packages, installed as root, or unpacked into a folder of ours. Every step is announced and bounded."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

QUIET = ("-q", "-y", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=20", "-o", "DPkg::Lock::Timeout=120")


class Unavailable(Exception):
    """A server cannot be had on this machine; the message says why and what to install."""


def say(message: str) -> None:
    print(f"[services] {message}", file=sys.stderr, flush=True)


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> None:
    """As root, and without starting the package's own service. Raises Unavailable."""
    say(f"installing the package {package} (apt-get, at most 10 minutes)")
    quietly = {"RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"}
    step(["apt-get", *QUIET, "update"], seconds=180)
    step(["apt-get", *QUIET, "install", "--no-install-recommends", package], seconds=600, environment=quietly)


def unpack(packages: Sequence[str], into: Path) -> None:
    """Download and unpack, changing nothing of the system. Raises Unavailable."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Unavailable("there is no apt-get here to fetch packages with")
    say(f"downloading {len(packages)} packages ({packages[0]} …) into {into} (at most 5 minutes)")
    making = into.with_name(f"{into.name}.{os.getpid()}")
    debs = making / "debs"
    debs.mkdir(parents=True)
    try:
        step(["apt-get", *QUIET, *own_lists(into.parent), "download", *packages], seconds=300, folder=debs)
        for deb in sorted(debs.glob("*.deb")):
            step(["dpkg-deb", "-x", str(deb), str(making)], seconds=60)
        shutil.rmtree(debs)
        making.rename(into)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def own_lists(folder: Path) -> list[str]:
    """Options for package lists of our own: the system's may be old or absent, and only root may renew them."""
    state, cache = folder / "apt" / "state", folder / "apt" / "cache"
    options = [f"Dir::State={state}", f"Dir::Cache={cache}", "Dir::State::status=/var/lib/dpkg/status"]
    options += ["Debug::NoLocking=1", "APT::Sandbox::User="]
    flags = [part for option in options for part in ("-o", option)]
    if not (read := state / "read").exists():
        say("reading the package lists (at most 3 minutes)")
        (state / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (cache / "archives" / "partial").mkdir(parents=True, exist_ok=True)
        step(["apt-get", *QUIET, *flags, "update"], seconds=180)
        read.touch()
    return flags


def libraries_missing(packages: Sequence[str], flags: Sequence[str]) -> list[str]:
    """Of what the packages link to, the libraries that this system does not have."""
    said = step(["apt-cache", *flags, "depends", *packages], seconds=60)
    lines = [line.strip() for line in said.splitlines()]
    named = {line.removeprefix("Depends: ") for line in lines if line.startswith("Depends: lib")}
    return sorted(name for name in named if not _installed(name))


def closure(package: str, prefix: str, flags: Sequence[str]) -> list[str]:
    """The package and all that it needs whose name begins with `prefix`."""
    without = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
    said = step(["apt-cache", *flags, "depends", "--recurse", *without, package], seconds=60)
    return [package, *sorted({line for line in said.splitlines() if line.startswith(prefix)})]


def _installed(package: str) -> bool:
    run = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}", package], capture_output=True, text=True, check=False
    )
    return run.stdout.startswith("installed")


def step(
    command: Sequence[str],
    *,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Run to the end and return what it says. Raises Unavailable with the end of its complaint."""
    every = {**os.environ, "LC_ALL": "C", **(environment or {})}
    try:
        run = subprocess.run(
            command,
            env=every,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Unavailable(f"`{' '.join(command[:1])}` failed: {fault}") from fault
    if run.returncode != 0:
        complaint = " / ".join((run.stderr or run.stdout).strip().splitlines()[-3:])
        raise Unavailable(f"`{command[0]}` said: {complaint}")
    return run.stdout
