"""How tests are shared out among processes: heavy ones never beside each other, the longest first."""

import pytest

from tests.spreading import group_in, turn_in

NAME = "tests/live/test_a.py::test_b[1]"


@pytest.mark.parametrize("fixture", ["rabbitmq_server: Broker", "amqp_url: str"])
def test_whatever_talks_to_a_broker_runs_one_after_another(fixture: str) -> None:
    assert group_in(f"pytestmark = pytest.mark.live\n\ndef test_b(database_url: str, {fixture})", NAME) == "broker"


@pytest.mark.parametrize(
    "words", ["def test_b(database_url: str)", "pytestmark = pytest.mark.live", "@pytest.mark.long"]
)
def test_a_test_with_a_database_or_of_length_runs_wherever_there_is_room(words: str) -> None:
    assert group_in(words, NAME) == NAME


def test_tests_without_servers_stay_together_as_a_file() -> None:
    assert group_in("def test_b() -> None:", NAME) == "tests/live/test_a.py"


def test_what_is_made_once_for_a_file_keeps_the_file_together() -> None:
    assert group_in('pytest.mark.live\n@pytest.fixture(scope="module")', NAME) == "tests/live/test_a.py"


def test_promtool_is_fetched_by_one_process() -> None:
    assert group_in("def test_b(promtool: Path)", NAME) == "promtool"


def test_the_heaviest_begin_and_the_lightest_end() -> None:
    texts = ("amqp_url, mark.long", "database_url, mark.long", "database_url", "def test_b() -> None:")
    assert [turn_in(text) for text in texts] == [0, 1, 2, 3]
