"""The private RabbitMQ keeps its promises: one virtual host a test, nothing lost by a kill, nothing left."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.broker import Broker
from tests.services.packages import Unavailable
from tests.services.processes import ended, marked
from tests.services.rabbitmq import PrivateRabbitMQ
from tests.services.running import HOME

pytestmark = pytest.mark.live


def test_each_test_has_a_virtual_host_of_its_own(rabbitmq_server: Broker, amqp_url: str) -> None:
    name = amqp_url.rpartition("/")[2]
    found = rabbitmq_server.call("GET", f"vhosts/{name}")
    assert isinstance(found, dict)
    assert found["name"] == name


@pytest.fixture
def node(tmp_path: Path) -> Iterator[PrivateRabbitMQ]:
    """For tests that hurt it; the others share one."""
    try:
        started = PrivateRabbitMQ.start(tmp_path / "rabbitmq", HOME)
    except Unavailable as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))
    yield started
    started.stop()


@pytest.mark.long
def test_a_broker_survives_a_crash_and_leaves_no_process_behind(node: PrivateRabbitMQ) -> None:
    node.broker.add_vhost("kept")
    started = marked(node.home)
    node.kill_node()
    assert all(ended(process) for process in started)
    assert node.restart_node()
    assert "kept" in str(node.broker.call("GET", "vhosts"))
    node.stop()
    assert marked(node.home) == []
    assert not node.folder.exists()
