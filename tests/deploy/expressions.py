"""What rules and boards ask of Prometheus, against what the daemon really exposes."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain

import yaml
from prometheus_client import Counter, Gauge, Histogram

from daemon.telemetry import Telemetry
from tests.deploy.files import DEPLOY

RULES = DEPLOY / "prometheus" / "rules.yaml"
FROM_SCRAPING = frozenset({"job", "instance"})
METRIC = re.compile(r"\b(?:goodsout[_:]|process_|python_)[a-z0-9_:]+|\bup\b")
SELECTOR = re.compile(r"(?P<metric>\b[a-z_:][a-z0-9_:]*)\{(?P<matchers>[^}]*)\}")
MATCHER = re.compile(r"(?P<label>[a-z_]+)\s*(?:=~|!~|!=|=)")
GROUPING = re.compile(r"\b(?:by|on)\s*\((?P<labels>[^)]*)\)")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def exposed() -> dict[str, frozenset[str]]:
    """Series name -> the labels that it carries, as one process of the daemon exposes them."""
    telemetry = Telemetry()
    rooms = (telemetry, telemetry.health, telemetry.retailers)
    ours = [each for room in rooms for each in vars(room).values() if isinstance(each, (Counter, Gauge, Histogram))]
    labels = {next(iter(metric.describe())).name: frozenset(metric._labelnames) for metric in ours}
    series = dict[str, frozenset[str]]()
    for family in telemetry.registry.collect():
        own = labels.get(family.name, frozenset())
        series |= dict.fromkeys(_names(family.name, family.type), own)
        if family.type == "histogram":
            series[f"{family.name}_bucket"] = own | {"le"}
    return series | {"up": frozenset()}


def _names(family: str, kind: str) -> list[str]:
    ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
    return [family + end for end in ends.get(kind, [""])]


def rules() -> list[dict[str, object]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return list(chain.from_iterable(group["rules"] for group in groups))


def recorded() -> dict[str, str]:
    """Name of each recording rule -> its expression."""
    return {str(rule["record"]): str(rule["expr"]) for rule in rules() if "record" in rule}


def metrics_in(expression: str) -> set[str]:
    return set(METRIC.findall(TEXT.sub('""', expression)))


def behind(metrics: Iterable[str]) -> set[str]:
    """The same with each recorded figure replaced by what it is reckoned from."""
    known = recorded()
    found = set(metrics)
    while reckoned := found & known.keys():
        found = (found - reckoned).union(*(metrics_in(known[name]) for name in reckoned))
    return found


def unknown_labels(expression: str, series: Mapping[str, frozenset[str]]) -> set[str]:
    """Labels that an expression selects or groups by, and that nothing in it carries."""
    bare = TEXT.sub('""', expression)
    wrong = {
        f"{match['metric']}: {label}"
        for match in SELECTOR.finditer(bare)
        for label in MATCHER.findall(match["matchers"])
        if label not in _carried({match["metric"]}, series)
    }
    grouped = {label.strip() for match in GROUPING.finditer(bare) for label in match["labels"].split(",")}
    return wrong | (grouped - _carried(metrics_in(bare), series) - {""})


def _carried(metrics: set[str], series: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return FROM_SCRAPING.union(*(series.get(name, frozenset[str]()) for name in behind(metrics)))
