"""The embedded bus routes as RabbitMQ does, as far as our topology goes."""

import pytest

from daemon.bus.port import BusError
from daemon.bus.routing import Routing
from daemon.topology import Binding, Exchange


def routing_with(*bindings: Binding, **exchanges: Exchange) -> Routing:
    routing = Routing()
    for exchange in exchanges.values():
        routing.declare(exchange)
    for binding in bindings:
        routing.bind(binding)
    return routing


@pytest.mark.parametrize(
    ("pattern", "key", "matches"),
    [
        ("inventory.level", "inventory.level", True),
        ("inventory.level", "inventory.levels", False),
        ("inventory.level", "inventoryxlevel", False),
        ("inventory.*", "inventory.level", True),
        ("inventory.*", "inventory", False),
        ("inventory.*", "inventory.level.v1", False),
        ("*", "", True),
        ("*.level", "inventory.level", True),
        ("#", "", True),
        ("#", "a.b.c", True),
        ("inventory.#", "inventory", True),
        ("inventory.#", "inventory.level.v1", True),
        ("inventory.#", "inventorylevel", False),
        ("#.level", "level", True),
        ("#.level", "a.b.level", True),
        ("#.level", "alevel", False),
        ("a.#.z", "a.z", True),
        ("a.#.z", "a.b.c.z", True),
        ("a.#.z", "az", False),
        ("a.*.#", "a", False),
        ("a.*.#", "a.b", True),
    ],
)
def test_a_topic_matches_word_by_word(pattern: str, key: str, matches: bool) -> None:
    routing = routing_with(Binding("x", "q", pattern), x=Exchange("x"))
    assert routing.queues_for("x", key, {}) == (["q"] if matches else [])


def test_a_queue_is_reached_once_whatever_the_number_of_ways() -> None:
    bindings = (
        Binding("x", "q", "a"),
        Binding("x", "q", "#"),
        Binding("x", "y", "#", to="exchange"),
        Binding("y", "x", "#", to="exchange"),
        Binding("y", "q", "#"),
    )
    assert routing_with(*bindings, x=Exchange("x"), y=Exchange("y")).queues_for("x", "a", {}) == ["q"]


def test_the_alternate_exchange_takes_only_what_matches_nothing() -> None:
    x = Exchange("x", arguments={"alternate-exchange": "rest"})
    bindings = (Binding("x", "known", "a"), Binding("rest", "other", ""))
    routing = routing_with(*bindings, x=x, rest=Exchange("rest", kind="fanout"))
    assert routing.queues_for("x", "a", {}) == ["known"]
    assert routing.queues_for("x", "b", {}) == ["other"]


def test_a_heavier_binding_gets_more_keys() -> None:
    x = Exchange("x", kind="x-consistent-hash", arguments={"hash-header": "key"})
    routing = routing_with(Binding("x", "light", "1"), Binding("x", "heavy", "3"), x=x)
    homes = [routing.queues_for("x", "any", {"key": f"sku-{number}"})[0] for number in range(2000)]
    assert 0.65 < homes.count("heavy") / len(homes) < 0.85


def test_an_exchange_with_another_type_is_refused() -> None:
    routing = routing_with(x=Exchange("x"))
    routing.declare(Exchange("x"))
    with pytest.raises(BusError, match="'x' exists"):
        routing.declare(Exchange("x", kind="fanout"))
