"""How tests are handed out to several processes: heavy ones never beside each other, the longest first."""

import pytest

from tests.spreading import group_of, turn_of


@pytest.mark.parametrize("fixture", ["rabbitmq_server", "amqp_url", "node"])
def test_whatever_talks_to_a_broker_runs_one_after_another(fixture: str) -> None:
    assert group_of("tests/live/test_a.py", [fixture, "database_url"], ["live", "long"]) == "broker"
    assert group_of("tests/live/test_b.py", ["url"], ["broker"]) == "broker"


def test_tests_of_a_file_without_servers_stay_together() -> None:
    assert group_of("tests/handlers/test_a.py", ["tmp_path"], ["parametrize"]) == "tests/handlers/test_a.py"


@pytest.mark.parametrize(("fixtures", "marks"), [(["database_url"], []), (["postgres_server"], []), ([], ["live"])])
def test_a_test_with_a_database_of_its_own_runs_wherever_there_is_room(fixtures: list[str], marks: list[str]) -> None:
    assert group_of("tests/live/test_a.py", fixtures, marks) is None


def test_promtool_is_fetched_once() -> None:
    assert group_of("tests/deploy/test_a.py", ["promtool"], []) == group_of(
        "tests/deploy/test_b.py", ["promtool"], []
    )


def test_the_heaviest_begin_and_the_lightest_end() -> None:
    marked = (("broker", ["live"]), (None, ["live", "long"]), (None, ["live"]), ("its file", list[str]()))
    turns = [turn_of(group, marks) for group, marks in marked]
    assert turns == sorted(set(turns))
