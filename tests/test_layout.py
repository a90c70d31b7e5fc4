"""The house stays as it was drawn: names that nobody else provides, a table that is complete, SQL that is used."""

import ast
import importlib.util
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import asyncpg
import pytest

from daemon.commands.topology import topology_table
from daemon.store.database import Connection, migrate
from daemon.topology import BROKEN, PARTITIONED, ROUTES, STOCK_QUEUE, STOCK_QUEUES, TOPOLOGY

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("daemon", "edi", "handlers", "schemas", "simulators")
DATABASE_CLOCK = {
    "budget_open", "budget_take", "budget_throttled", "status_budgets", "lease_take", "lease_confirm",
    "intake_settled", "replica_seen", "replicas_alive", "effects_lost", "migrations_table", "pace_least",
}  # fmt: skip
"""Budgets, leases and who is alive: hosts disagree, so these alone run on the database's clock."""
QUERIES = sorted((ROOT / "daemon/store/queries").glob("*.sql"))


@pytest.mark.parametrize("package", PACKAGES)
def test_nobody_else_provides_our_packages(package: str) -> None:
    found = importlib.util.find_spec(package)
    assert found is not None and found.origin is not None
    assert Path(found.origin).is_relative_to(ROOT)
    assert set(packages_distributions().get(package, ["goodsout"])) == {"goodsout"}


def test_each_route_has_its_handler_and_the_handler_its_test() -> None:
    for route in ROUTES:
        assert (ROOT / f"handlers/{route.handler}.py").exists(), route
        assert (ROOT / f"tests/handlers/test_{route.handler}.py").exists(), route


def test_each_message_has_one_row() -> None:
    keys = [route.key for route in ROUTES]
    assert len(keys) == len(set(keys))


def test_each_route_leads_to_a_queue_that_is_declared_and_bound() -> None:
    queues = {queue.name for queue in TOPOLOGY.queues}
    bound = {(binding.key, binding.target) for binding in TOPOLOGY.bindings}
    for route in ROUTES:
        if route.queue == STOCK_QUEUE:
            assert queues.issuperset(STOCK_QUEUES)
            assert (route.key, PARTITIONED) in bound
        else:
            assert route.queue in queues
            assert (route.key, route.queue) in bound


def test_each_working_queue_states_a_limit_and_loses_nothing_on_the_way_to_its_dead_letters() -> None:
    for queue in TOPOLOGY.queues:
        if queue.arguments.get("x-dead-letter-exchange") is None:
            assert "x-max-length" in queue.arguments or queue.name.startswith("goodsout.broken")
            continue
        assert queue.arguments["x-dead-letter-exchange"] == BROKEN
        assert queue.arguments["x-delivery-limit"] == 20
        assert queue.arguments["x-overflow"] == "reject-publish"
        assert queue.arguments["x-dead-letter-strategy"] == "at-least-once"


def test_the_readme_shows_the_table_that_is_in_force() -> None:
    shown = (ROOT / "README.md").read_text()
    assert topology_table().strip() in shown


@pytest.mark.parametrize("folder", ["edi", "handlers", "schemas"])
def test_decisions_and_words_never_wait(folder: str) -> None:
    for file in (ROOT / folder).rglob("*.py"):
        waiting = [
            n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.AsyncFunctionDef | ast.Await)
        ]
        assert waiting == [], file


def test_no_query_asks_the_database_what_time_it_is_for_business() -> None:
    for file in QUERIES:
        text = re.sub(r"--.*", "", file.read_text())
        assert not re.search(r"\bnow\s*\(\)|current_timestamp|current_date", text, re.IGNORECASE), file.name
        if "clock_timestamp" in text:
            assert file.stem in DATABASE_CLOCK, file.name


def test_each_query_is_used() -> None:
    used = set[str]()
    for file in (ROOT / "daemon").rglob("*.py"):
        used |= {
            n.value
            for n in ast.walk(ast.parse(file.read_text()))
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
    assert [file.stem for file in QUERIES if file.stem not in used] == []


@pytest.mark.live
async def test_each_query_can_be_prepared_on_a_migrated_database(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        for file in QUERIES:
            if not file.stem.endswith("_inbox_day"):  # these name a day's table; tests/live/test_inbox.py runs them
                await _prepared(connection, file)
    finally:
        await connection.close()


async def _prepared(connection: Connection, file: Path) -> None:
    try:
        await connection.prepare(file.read_text())
    except asyncpg.PostgresError as error:
        pytest.fail(f"{file.name}: {error}")


@pytest.mark.live
async def test_migrating_twice_does_nothing_the_second_time(database_url: str) -> None:
    assert await migrate(database_url) == []
