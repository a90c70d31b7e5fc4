"""What every test may ask for: a database of its own, a virtual host of its own, promtool."""

import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import pytest
from _pytest.capture import CaptureManager

from tests.services.broker import Broker
from tests.services.packages import Unavailable
from tests.services.postgres import Databases
from tests.services.prometheus import find_promtool
from tests.services.running import HOME, running_postgres, running_rabbitmq
from tests.spreading import group_of, in_turn

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

Server = TypeVar("Server")
_numbers = count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "Scheduling":
    """Hands tests out by the groups of tests/spreading.py, however many processes there are."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return ByGroup(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """All processes order sets alike, else tests made out of a set would differ; another run, another order."""
    seed = os.environ.setdefault("PYTHONHASHSEED", str(random.randrange(2**32)))
    config.get_terminal_writer().line(f"PYTHONHASHSEED={seed}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Only in a process that is handed its tests: else they keep the order of their files."""
    if hasattr(config, "workerinput"):
        items[:] = in_turn(items)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[Databases]:
    """A PostgreSQL for this test run; most tests want `database_url` instead."""
    with _shown_or_skipped(pytestconfig, running_postgres()) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server(pytestconfig: pytest.Config) -> Iterator[Broker]:
    """A RabbitMQ for this test run; most tests want `amqp_url` instead."""
    with _shown_or_skipped(pytestconfig, running_rabbitmq()) as server:
        yield server


@pytest.fixture
async def database_url(postgres_server: Databases) -> AsyncIterator[str]:
    """A database of this test's own, migrated and empty."""
    async with postgres_server.fresh_database(await postgres_server.migrated_template()) as url:
        yield url


@pytest.fixture
def amqp_url(rabbitmq_server: Broker) -> Iterator[str]:
    """A virtual host of this test's own, empty."""
    with rabbitmq_server.vhost(f"test-{os.getpid()}-{next(_numbers)}") as url:
        yield url


@pytest.fixture(scope="session")
def promtool() -> Path:
    try:
        return find_promtool(HOME)
    except Unavailable as reason:
        _give_up(str(reason))


@contextmanager
def _shown_or_skipped(config: pytest.Config, server: AbstractContextManager[Server]) -> Iterator[Server]:
    """Starting may download: what it says is shown at once, not captured."""
    capture = config.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    try:
        with capture.global_and_fixture_disabled():
            started = server.__enter__()
    except Unavailable as reason:
        _give_up(str(reason))
    try:
        yield started
    finally:
        server.__exit__(None, None, None)


def _give_up(reason: str) -> NoReturn:
    """A machine of a developer may lack a server; where CI=true a test that did not run is a failure."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
