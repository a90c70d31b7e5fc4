"""Which tests run one after another when several processes share a run, and which begin first.

Each process starts a PostgreSQL of its own. Only one starts a RabbitMQ: files with a broker make one group, and so
the heaviest tests, which run daemons of their own, never disturb each other. Without `-n` nothing is shared out.

Whoever hands tests out knows only their names, so what a file says decides. pytest-xdist's own marks for groups do
nothing with pytest 9.2 (its issue 1386).
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BROKER = re.compile(r"\b(amqp_url|rabbitmq_server|PrivateRabbitMQ)\b")
ALONE = re.compile(r"\b(database_url|postgres_server|mark\.live|mark\.long)\b")
"""A test with servers, or one that takes long, runs wherever there is room."""
TOGETHER = re.compile(r"scope=\"module\"")
"""What is made once for a file is made in one process."""


def group_in(text: str, name: str) -> str:
    """Of the test with this name, in a file with this text: tests of one group run in one process, in their order."""
    if BROKER.search(text):
        return "broker"
    if re.search(r"\bpromtool\b", text):
        return "promtool"
    return name if ALONE.search(text) and not TOGETHER.search(text) else name.partition("::")[0]


def turn_in(text: str) -> int:
    """The longest first, what is over in a moment last: so all processes end at the same time."""
    if BROKER.search(text):
        return 0
    return 1 if "mark.long" in text else 2 if ALONE.search(text) else 3


def group_of(name: str) -> str:
    return group_in(_text_of(name.partition("::")[0]), name)


def in_turn(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    return sorted(items, key=lambda item: turn_in(_text_of(item.nodeid.partition("::")[0])))


@cache
def _text_of(file: str) -> str:
    return (ROOT / file).read_text()
