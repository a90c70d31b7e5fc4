"""Which tests run one after another when a run is spread over several processes, and which begin first.

Each process starts a PostgreSQL of its own. Only one starts a RabbitMQ: all tests with a broker make one group, and
so the heaviest, which run daemons of their own, never disturb each other. `pytest` alone spreads nothing.
"""

from collections.abc import Iterable, Sequence

import pytest

BROKER = {"rabbitmq_server", "amqp_url", "node"}
"""Whoever uses one of these fixtures talks to a broker."""
ALONE = {*BROKER, "database_url", "postgres_server"}


def group_of(file: str, fixtures: Iterable[str], marks: Iterable[str]) -> str | None:
    """What a test belongs to; None for one that may run anywhere.

    A file without servers stays together: its tests take milliseconds, and its fixtures are made once.
    """
    used, marked = set(fixtures), set(marks)
    if "broker" in marked or used & BROKER:
        return "broker"
    if "promtool" in used:
        return "promtool"
    return None if "live" in marked or "long" in marked or used & ALONE else file


def turn_of(group: str | None, marks: Iterable[str]) -> int:
    """The longest first, what is over in a moment last: so all processes end at the same time."""
    if group == "broker":
        return 0
    return 3 if group is not None else 1 if "long" in marks else 2


def spread(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests in the order in which they are handed out, with their groups marked for pytest-xdist."""
    turns = {item: _marked(item) for item in items}
    return sorted(items, key=turns.__getitem__)


def _marked(item: pytest.Item) -> int:
    marks = [mark.name for mark in item.iter_markers()]
    if "xdist_group" in marks:
        return turn_of("its own", marks)
    fixtures = item.fixturenames if isinstance(item, pytest.Function) else ()
    group = group_of(item.nodeid.partition("::")[0], fixtures, marks)
    if group is not None:
        item.add_marker(pytest.mark.xdist_group(group))
    return turn_of(group, marks)
