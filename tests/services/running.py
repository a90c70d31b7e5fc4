"""Which servers a test run uses: named in the environment, left running by `make services`, or started for it."""

import asyncio
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from daemon.store.embedded import NoPrivatePostgres, PrivatePostgres
from tests.services import postgres, rabbitmq
from tests.services.broker import Broker
from tests.services.packages import Unavailable, say
from tests.services.postgres import Databases
from tests.services.processes import outlived
from tests.services.rabbitmq import PrivateRabbitMQ

HOME = Path(__file__).resolve().parents[2] / ".services"
STATE = HOME / "state.json"
SESSIONS = HOME / "sessions"


@contextmanager
def running_postgres() -> Iterator[Databases]:
    """Raises Unavailable."""
    known = _named_databases() or left_databases()
    if known is not None:
        yield known
        return
    home = session_folder() / "postgres"
    try:
        server = PrivatePostgres.start(home, settings=postgres.FORGETFUL)
    except NoPrivatePostgres as fault:
        raise Unavailable(str(fault)) from fault
    try:
        yield Databases(server.url)
    finally:
        server.stop()
        postgres.destroy(home)
        _leave(home.parent)


@contextmanager
def running_rabbitmq() -> Iterator[Broker]:
    """Raises Unavailable."""
    known = _named_broker() or left_broker()
    if known is not None:
        yield known
        return
    home = session_folder() / "rabbitmq"
    node = PrivateRabbitMQ.start(home, HOME)
    try:
        yield node.broker
    finally:
        node.stop()
        _leave(home.parent)


def session_folder() -> Path:
    """This run's own, after the leavings of killed runs have been cleared away."""
    SESSIONS.mkdir(parents=True, exist_ok=True)
    with (HOME / "sessions.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the processes that share a run all begin at once
        for folder in SESSIONS.glob("*"):
            if outlived(int(folder.name), folder):
                end_session(folder)
        mine = SESSIONS / str(os.getpid())
        mine.mkdir(exist_ok=True)
    return mine


def end_session(folder: Path) -> None:
    for home in list(folder.glob("*")):
        (rabbitmq if home.name.startswith("rabbitmq") else postgres).destroy(home)
    shutil.rmtree(folder, ignore_errors=True)


def _leave(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _named_databases() -> Databases | None:
    url = os.environ.get("GOODSOUT_TEST_DATABASE_URL")
    return Databases(url) if url else None


def _named_broker() -> Broker | None:
    url = os.environ.get("GOODSOUT_TEST_AMQP_URL")
    if not url:
        return None
    place = urlsplit(url)
    management = os.environ.get("GOODSOUT_TEST_MANAGEMENT_URL", f"http://{place.hostname}:15672")
    broker = Broker(place._replace(path="").geturl(), management.rstrip("/"))
    if not broker.answers():
        raise Unavailable(
            f"GOODSOUT_TEST_AMQP_URL is set, but it or its management API {management} does not answer."
        )
    return broker


def state() -> dict[str, dict[str, str]]:
    return json.loads(STATE.read_text()) if STATE.exists() else {}


def note(name: str, facts: dict[str, str]) -> None:
    HOME.mkdir(exist_ok=True)
    STATE.write_text(json.dumps({**state(), name: facts}, indent=2) + "\n")


def left_databases() -> Databases | None:
    facts = state().get("postgres")
    databases = Databases(facts["url"]) if facts else None
    return databases if databases and asyncio.run(databases.answers()) else None


def left_broker() -> Broker | None:
    facts = state().get("rabbitmq")
    broker = Broker(**facts) if facts else None
    return broker if broker and broker.answers() else None


def bring_up_postgres() -> Databases:
    """Raises Unavailable."""
    if left := left_databases():
        return left
    try:
        url = postgres.start_and_release(HOME / "postgres")
    except NoPrivatePostgres as fault:
        raise Unavailable(str(fault)) from fault
    note("postgres", {"url": url})
    return Databases(url)


def bring_up_rabbitmq() -> Broker:
    """Raises Unavailable."""
    if left := left_broker():
        return left
    rabbitmq.destroy(HOME / "rabbitmq")
    broker = PrivateRabbitMQ.start(HOME / "rabbitmq", HOME).broker
    note("rabbitmq", {name: value for name, value in asdict(broker).items() if value})
    return broker


def bring_down() -> None:
    rabbitmq.destroy(HOME / "rabbitmq")
    postgres.destroy(HOME / "postgres")
    STATE.unlink(missing_ok=True)
    say("stopped")
