"""Alerting and recording rules: right by promtool, about series that exist, with an owner and a page to read."""

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from daemon.settings import Owner
from daemon.topology import PARTITIONS
from handlers.alerts import SEVERITIES
from tests.deploy.expressions import RULES, exposed, metrics_in, recorded, rules, unknown_labels
from tests.deploy.files import ROOT, said

UNIT_TESTS = RULES.with_name("rules.test.yaml")
Rule = dict[str, object]


def alerts() -> list[Rule]:
    return [rule for rule in rules() if "alert" in rule]


def name_of(rule: Rule) -> str:
    return str(rule.get("alert") or rule["record"])


def of(rule: Rule, table: str) -> dict[str, str]:
    found = rule[table]
    assert isinstance(found, dict)
    return found


def anchors(page: Path) -> set[str]:
    """The headings of a page, as a link names them."""
    headings = re.findall(r"^#+ +(.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_promtool_finds_the_rules_right(promtool: Path) -> None:
    status, output = said([promtool, "check", "rules", RULES])
    assert status == 0, output
    assert f"{len(rules())} rules found" in output


def test_each_rule_does_what_its_unit_test_says(promtool: Path) -> None:
    status, output = said([promtool, "test", "rules", UNIT_TESTS])
    assert status == 0, output


def test_each_alert_is_seen_to_fire_and_to_be_silent() -> None:
    cases = [each for test in yaml.safe_load(UNIT_TESTS.read_text())["tests"] for each in test["alert_rule_test"]]
    every = {name_of(alert) for alert in alerts()}
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == every
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == every


def test_figures_are_reckoned_before_the_alerts_that_use_them() -> None:
    groups = [group["name"] for group in yaml.safe_load(RULES.read_text())["groups"]]
    assert yaml.safe_load(UNIT_TESTS.read_text())["group_eval_order"] == groups


@pytest.mark.parametrize("rule", rules(), ids=name_of)
def test_each_rule_asks_for_series_that_the_daemon_exposes(rule: Rule) -> None:
    expression, series = str(rule["expr"]), exposed()
    assert metrics_in(expression)
    assert metrics_in(expression) <= series.keys() | recorded().keys()
    assert not unknown_labels(expression, series)


@pytest.mark.parametrize("alert", alerts(), ids=name_of)
def test_each_alert_has_a_severity_and_an_owner(alert: Rule) -> None:
    labels = of(alert, "labels")
    by_series = labels["owner"] == "{{ $labels.owner }}" and "by (owner)" in str(alert["expr"])
    assert labels["severity"] in SEVERITIES
    assert by_series or labels["owner"] in get_args(Owner)


@pytest.mark.parametrize("alert", alerts(), ids=name_of)
def test_each_alert_leads_to_a_page_that_exists(alert: Rule) -> None:
    page, _, anchor = of(alert, "annotations")["runbook"].partition("#")
    assert (ROOT / page).is_file()
    assert not anchor or anchor in anchors(ROOT / page)


def test_the_rule_about_partitions_knows_how_many_there_are() -> None:
    (rule,) = (alert for alert in alerts() if name_of(alert) == "GoodsoutPartitionsUnowned")
    assert rule["expr"] == f"goodsout:partitions_owned:sum < {PARTITIONS}"
    assert f"of {PARTITIONS} stock" in of(rule, "annotations")["summary"]
