"""The board: every query is an expression that Prometheus understands, about series that the daemon exposes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.expressions import behind, exposed, metrics_in, recorded, rules, unknown_labels
from tests.deploy.files import DEPLOY, ROOT, said

BOARD = DEPLOY / "grafana" / "goodsout.json"
COLUMNS = 24
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
FIRST_QUESTIONS = ("goodsout_untold_oldest_seconds", "goodsout_doubts", "goodsout_promises_overdue")
Panel = dict[str, Any]


def board() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(BOARD.read_text())
    return found


def panels() -> list[Panel]:
    return [panel for panel in board()["panels"] if panel["type"] != "row"]


def queries() -> Iterator[tuple[str, str]]:
    """(where it stands, expression)."""
    for panel in panels():
        yield from ((f"{panel['id']} {panel['title']}", target["expr"]) for target in panel["targets"])
    yield from ((f"annotation {each['name']}", each["expr"]) for each in board()["annotations"]["list"])


def plain(expression: str) -> str:
    """With the board's variables as Grafana would fill them in."""
    return expression.replace("$__rate_interval", "5m").replace("$account", ".*")


def test_every_query_is_an_expression(promtool: Path, tmp_path: Path) -> None:
    made = [{"record": f"board:query:{number}", "expr": plain(query)} for number, (_, query) in enumerate(queries())]
    file = tmp_path / "board.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": made}]}))
    status, output = said([promtool, "check", "rules", file])
    assert status == 0, output
    assert f"{len(made)} rules found" in output


def test_a_query_that_is_no_expression_would_be_noticed(promtool: Path, tmp_path: Path) -> None:
    file = tmp_path / "board.yaml"
    file.write_text('groups: [{name: board, rules: [{record: "board:query:0", expr: "sum by (a goodsout_doubts"}]}]')
    status, _ = said([promtool, "check", "rules", file])
    assert status != 0


@pytest.mark.parametrize(("where", "query"), list(queries()), ids=lambda text: str(text)[:40])
def test_each_query_asks_for_series_and_labels_that_exist(where: str, query: str) -> None:
    series = exposed()
    assert metrics_in(query), where
    assert metrics_in(query) <= series.keys() | recorded().keys()
    assert not unknown_labels(query, series)
    assert not re.search(r"\$(?!account|__rate_interval)", query)


def test_each_panel_takes_the_chosen_data_source_and_says_what_it_shows() -> None:
    for panel in panels():
        assert panel["datasource"] == SOURCE
        assert all(target["datasource"] == SOURCE for target in panel["targets"])
        assert panel["description"].endswith(".")


def test_the_data_source_and_the_account_can_be_chosen() -> None:
    variables = {each["name"]: each for each in board()["templating"]["list"]}
    assert variables["datasource"]["query"] == "prometheus"
    assert metrics_in(variables["account"]["definition"]) <= exposed().keys()


def test_the_first_row_answers_whether_all_is_well() -> None:
    first = panels()[: len(FIRST_QUESTIONS)]
    assert [behind(metrics_in(panel["targets"][0]["expr"])) for panel in first] == [
        {name} for name in FIRST_QUESTIONS
    ]


def test_no_panel_lies_over_another() -> None:
    taken = set[tuple[int, int]]()
    for panel in board()["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= COLUMNS
        taken |= cells
    assert len({panel["id"] for panel in board()["panels"]}) == len(board()["panels"])


def test_every_metric_of_ours_is_on_the_board() -> None:
    shown = behind(metrics_in(" ".join(query for _, query in queries())))
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
    assert {re.sub(r"_(bucket|sum|count)$", "", n) for n in exposed() if n.startswith("goodsout_")} == {
        name for name in families if name.startswith("goodsout_")
    }


def test_every_metric_and_every_rule_of_ours_is_in_the_manual() -> None:
    manual = (ROOT / "docs" / "observability.md").read_text()
    names = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed() if name.startswith("goodsout_")}
    assert [name for name in sorted(names) if f"`{name}`" not in manual] == []
    assert [str(rule["alert"]) for rule in rules() if "alert" in rule and str(rule["alert"]) not in manual] == []
