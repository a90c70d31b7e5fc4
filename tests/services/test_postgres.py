"""The private PostgreSQL keeps its promises: nothing lost by a kill, nothing left, nothing of root's running."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg
import psutil
import pytest

from daemon.store import embedded_programs
from daemon.store.embedded import NoPrivatePostgres, PrivatePostgres
from tests.services import postgres
from tests.services.processes import ended, wait_until

pytestmark = pytest.mark.live
OWNER = """
import sys
from pathlib import Path
from daemon.store.embedded import PrivatePostgres
server = PrivatePostgres.start(Path(sys.argv[1]))
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "postgres"
    postgres.destroy(tmp_path / "postgres")


def start(folder: Path) -> PrivatePostgres:
    """As the other tests have it: without flushing, which no kill of a process can tell from the other."""
    return start_with(folder, postgres.FORGETFUL)


def start_with(folder: Path, settings: Mapping[str, str]) -> PrivatePostgres:
    try:
        return PrivatePostgres.start(folder, settings=settings)
    except NoPrivatePostgres as reason:
        if os.environ.get("CI") == "true" or "were found" not in str(reason):
            raise
        pytest.skip(str(reason))


def killed_owner(folder: Path) -> int:
    """A process that starts the server and dies at once; returns the server's pid."""
    command = [sys.executable, "-c", OWNER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        owner.kill()
    return pid


def no_longer_runs(pid: int) -> bool:
    return not psutil.pid_exists(pid) or ended(psutil.Process(pid))


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_what_was_written_is_there_after_a_stop_and_a_start(folder: Path) -> None:
    with start(folder) as server:
        await ask(server.url, "create table kept as select 42 as answer")
    with start(folder) as again:
        assert await ask(again.url, "select answer from kept") == 42
    assert again.pid is None


async def test_changes_are_flushed_to_disk_by_default(folder: Path) -> None:
    with start_with(folder, {}) as server:
        said = await ask(server.url, "select current_setting('fsync') || current_setting('synchronous_commit')")
    assert said == "onon"


async def test_nobody_else_may_connect(folder: Path) -> None:
    with start(folder) as server:
        assert await ask(server.url, "select current_setting('listen_addresses')") == ""
        sockets = Path(str(await ask(server.url, "select current_setting('unix_socket_directories')")))
        assert sockets.stat().st_mode & 0o777 == 0o700


def test_a_server_that_outlived_its_killed_owner_is_taken_over(folder: Path) -> None:
    start(folder).stop()
    pid = killed_owner(folder)
    with start(folder) as server:
        assert server.pid == pid
        assert server.owned
    assert no_longer_runs(pid)


async def test_a_killed_server_is_started_again_with_its_data(folder: Path) -> None:
    with start(folder) as server:
        await ask(server.url, "create table kept as select 42 as answer")
        server.release()
    first = server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: no_longer_runs(first), 10)
    with start(folder) as again:
        assert again.pid != first
        assert await ask(again.url, "select answer from kept") == 42


def test_a_number_that_now_belongs_to_another_program_is_not_mistaken_for_the_server(folder: Path) -> None:
    with start(folder) as server:
        text = (server.data / "postmaster.pid").read_text().splitlines()
    (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *text[1:]]) + "\n")
    with start(folder) as again:
        assert again.pid not in (None, os.getpid())


def test_a_guest_leaves_the_server_to_its_owner(folder: Path) -> None:
    with start(folder) as owner:
        with start(folder) as guest:
            assert not guest.owned
            assert guest.url == owner.url
        assert owner.pid is not None


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25) / "postgres"
    with start(folder) as server:
        assert asyncio.run(ask(server.url, "select 1")) == 1
    postgres.destroy(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_as_root_the_server_runs_as_nobody_in_a_folder_of_its_own(folder: Path) -> None:
    folder.mkdir()
    before = folder.stat()
    with start(folder) as server:
        assert server.pid
        assert psutil.Process(server.pid).username() == "nobody"
        assert server.data.owner() == "nobody"
    after = folder.stat()
    assert (after.st_uid, after.st_mode) == (before.st_uid, before.st_mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_as_root_a_folder_that_nobody_cannot_reach_is_left_as_it_is(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with start(closed / "postgres") as server:
        assert not server.place.is_relative_to(closed)
    assert closed.stat().st_mode & 0o777 == 0o700
    postgres.destroy(closed / "postgres")
    assert not server.place.exists()


def test_the_programs_inside_the_package_serve_where_the_system_has_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_programs, "_system_folders", lambda: iter(()))
    with start(folder) as server:
        assert server.programs.major >= 18
        assert asyncio.run(ask(server.url, "select 1")) == 1


def test_without_any_programs_the_message_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_programs, "_system_folders", lambda: iter(()))
    monkeypatch.setattr(embedded_programs, "_package_folder", lambda: None)
    with pytest.raises(NoPrivatePostgres, match="apt install postgresql"):
        PrivatePostgres.start(folder)


def test_data_of_another_version_is_refused_with_a_way_out(folder: Path) -> None:
    start(folder).stop()
    server = start(folder)
    server.stop()
    (server.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(NoPrivatePostgres, match="made by PostgreSQL 9"):
        PrivatePostgres.start(folder)


async def test_each_test_has_a_migrated_database_of_its_own(database_url: str) -> None:
    assert await ask(database_url, "select count(*) from migration") != 0


async def test_a_fresh_database_is_dropped_even_with_connections_open(postgres_server: postgres.Databases) -> None:
    async with postgres_server.fresh_database() as url:
        left_open = await asyncpg.connect(url)
    name = url.split("/")[3].split("?")[0]
    assert await ask(postgres_server.url, f"select count(*) from pg_database where datname = '{name}'") == 0
    left_open.terminate()
