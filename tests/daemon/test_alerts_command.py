"""`goodsout alerts`"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daemon.commands.alerts import alerts
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert, ResolveAlert
from tests.daemon.books_rig import Rig

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
CARRIER = RaiseAlert(AlertKind.CARRIER_UNMAPPED, "carrier:DPD/NEXT-DAY", "D-1", "DPD NEXT-DAY is not mapped")
RISK = RaiseAlert(AlertKind.PROMISE_AT_RISK, "P-1", "P-1", "late\x1b[31m\nnow", deadline=AT)


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Rig:
    async def something(connection: Connection) -> None:
        await write_notes(connection, [CARRIER, RISK], AT, {})
        await write_notes(connection, [CARRIER, RaiseAlert(AlertKind.NEVER_LIVE, "L-1", "L-1", "old")], AT, {})
        await write_notes(connection, [ResolveAlert(AlertKind.NEVER_LIVE, "L-1")], AT, {})

    made = Rig(database_url, tmp_path)
    made.write(something)
    return made


def test_alone_it_lists_what_is_open_the_most_severe_first(rig: Rig) -> None:
    lines = rig.told(alerts).splitlines()
    assert [line.split("\t")[3] for line in lines[1:]] == ["promise_at_risk", "carrier_unmapped"]


def test_nothing_in_a_text_can_drive_the_terminal_or_break_the_rows(rig: Rig) -> None:
    output = rig.told(alerts)
    assert "\x1b" not in output
    assert len(output.splitlines()) == 3


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        (["--kind", "carrier_unmapped"], ["carrier_unmapped"]),
        (["--severity", "critical"], ["promise_at_risk"]),
        (["--owner", "operations"], ["promise_at_risk", "carrier_unmapped"]),
        (["--owner", "finance"], []),
        (["--resolved"], ["never_live"]),
        (["--limit", "1"], ["promise_at_risk"]),
    ],
)
def test_the_list_is_filtered(rig: Rig, options: list[str], kinds: list[str]) -> None:
    found = json.loads(rig.told(alerts, "list", "--json", *options))
    assert [one["kind"] for one in found] == kinds


def test_one_alert_is_shown_with_what_to_do_and_its_history(rig: Rig) -> None:
    [found] = json.loads(rig.told(alerts, "list", "--json", "--kind", "carrier_unmapped"))
    output = rig.told(alerts, "show", found["id"])
    assert "goodsout carriers import" in output
    assert "docs/alerts/carrier_unmapped.md" in output
    assert "2 times" in output
    assert "raised" in output.splitlines()[-1]


def test_an_alert_that_is_not_there_is_an_error(rig: Rig) -> None:
    result = rig.run(alerts, "show", 999)
    assert result.exit_code == 1
    assert "there is no alert 999" in result.output


def test_an_unknown_kind_is_refused_with_those_that_there_are(rig: Rig) -> None:
    result = rig.run(alerts, "list", "--kind", "nonsense")
    assert result.exit_code == 2
    assert "stock_in_doubt" in result.output
