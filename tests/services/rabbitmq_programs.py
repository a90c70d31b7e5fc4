"""Where RabbitMQ's own start scripts are: installed, unpacked by an earlier run, or fetched now."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.services.packages import Unavailable, can_install, closure, install, libraries_missing, own_lists, unpack

FOLDERS = (
    "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin",
    "opt/rabbitmq/sbin",
    "opt/homebrew/opt/rabbitmq/sbin",
)
ADVICE = (
    "Install RabbitMQ (Debian and Ubuntu: `apt install rabbitmq-server`; Fedora: `dnf install rabbitmq-server`), "
    "or set GOODSOUT_TEST_AMQP_URL (and GOODSOUT_TEST_MANAGEMENT_URL) to a broker whose virtual hosts may be made."
)


@dataclass(frozen=True, slots=True)
class RabbitPrograms:
    """`root` is / or the folder that the packages were unpacked into."""

    sbin: Path
    root: Path

    def environment(self) -> dict[str, str]:
        """Without anything that another RabbitMQ or Erlang on this machine left in ours."""
        ours = ("RABBITMQ_", "ERL_", "NOTIFY_SOCKET")
        plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        if self.root == Path("/"):
            return plain
        libraries = [str(folder) for folder in (self.root / "usr/lib").glob("*-linux-*")]
        erlang = self.root / "usr/lib/erlang/bin"
        return {**plain, "PATH": f"{erlang}:{plain['PATH']}", "LD_LIBRARY_PATH": ":".join(libraries)}

    def epmd(self) -> Path:
        found = shutil.which("epmd", path=self.environment()["PATH"])
        if found is None:
            raise Unavailable(f"Erlang's epmd is not beside RabbitMQ. {ADVICE}")
        return Path(found)


def find_rabbitmq(folder: Path) -> RabbitPrograms:
    """`folder` is where packages are unpacked to. Raises Unavailable."""
    unpacked = folder / "rabbitmq-packages"
    found = installed() or _in_root(unpacked)
    if found is None and can_install():
        found = _install()
    if found is None:
        found = _unpack(unpacked)
    if found is None:
        raise Unavailable(f"The packages hold no RabbitMQ start scripts. {ADVICE}")
    return found


def installed() -> RabbitPrograms | None:
    """Debian's /usr/sbin/rabbitmq-server insists on a user of its own; the script that it calls does not."""
    if shutil.which("erl") is None:
        return None
    return _in_root(Path("/"))


def _in_root(root: Path) -> RabbitPrograms | None:
    found = [sbin for pattern in FOLDERS for sbin in sorted(root.glob(pattern)) if (sbin / "rabbitmq-env").exists()]
    return RabbitPrograms(found[-1], root) if found else None


def _install() -> RabbitPrograms | None:
    try:
        install("rabbitmq-server")
    except Unavailable:
        return None
    return installed()


def _unpack(into: Path) -> RabbitPrograms | None:
    try:
        flags = own_lists(into.parent) if shutil.which("apt-get") else []
        packages = closure("rabbitmq-server", "erlang-", flags)
        unpack([*packages, *libraries_missing(packages, flags)], into)
    except Unavailable as reason:
        raise Unavailable(f"RabbitMQ is not installed, and {reason}. {ADVICE}") from reason
    _tell_erlang_its_place(into)
    return _in_root(into)


def _tell_erlang_its_place(root: Path) -> None:
    """Debian's `erl` has its folder written into it and ignores ERL_ROOTDIR."""
    script = root / "usr/lib/erlang/bin/erl"
    script.write_text(script.read_text().replace("ROOTDIR=/usr/lib/erlang", f'ROOTDIR="{root}/usr/lib/erlang"'))
