"""The settings in force: a peak's over the standing ones, and nothing else of them."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from daemon.config import load
from daemon.season import Season, fingerprint, with_peak
from daemon.settings import Settings
from handlers.sellable_stock import Buffer
from tests.daemon.configuring import FULFILMENT, with_seller

MORE = """
baseline_at = "02:30"
[classes.fast]
at_least = 5
buffer_units = 1
[classes.slow]
at_least = 0
buffer_units = 2
[peaks.christmas]
begins = "2026-11-23T00:00:00Z"
ends = "2026-12-24T12:00:00Z"
patience = 60.0
near_zero = 0
foresight = 0.02
baseline_at = "04:30"
[peaks.christmas.classes.fast]
buffer_percent = 12.5
"""
BEFORE, DURING = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(with_seller(tmp_path, MORE + FULFILMENT), {}).settings


def test_before_a_peak_the_settings_are_those_that_stand(settings: Settings) -> None:
    found = Season(settings).at(BEFORE)
    assert (found.peak, found.settings) == (None, settings)


def test_during_a_peak_its_figures_hold_and_a_zero_is_a_figure(settings: Settings) -> None:
    found = Season(settings).at(DURING)
    publication = found.settings.publication
    assert (publication.patience, publication.near_zero, publication.foresight) == (60.0, 0, 0.02)
    assert found.ahead.foresight.on, "what the loops go by is made of them"
    assert found.rules.buffers == {"fast": Buffer(0, Decimal("12.5")), "slow": Buffer(2, Decimal("0.0"))}


def test_the_baseline_of_every_account_moves_and_never_means_none(settings: Settings) -> None:
    found = Season(settings).at(DURING).settings
    assert found.sellers["my-shop"].baseline_at == found.direct_fulfilment["my-df"].baseline_at == "04:30"
    never = with_peak(settings, msgspec.structs.replace(settings.peaks["christmas"], baseline_at="never"))
    assert never.sellers["my-shop"].baseline_at is None


def test_what_a_peak_does_not_name_stays(settings: Settings) -> None:
    bare = msgspec.structs.replace(
        settings.peaks["christmas"], patience=None, near_zero=None, foresight=None, baseline_at=None, classes={}
    )
    assert with_peak(settings, bare) == settings


def test_listings_are_computed_anew_where_what_they_show_may_be_another(settings: Settings) -> None:
    peak = settings.peaks["christmas"]
    only_patience = msgspec.structs.replace(peak, foresight=None, classes={})
    assert fingerprint(with_peak(settings, only_patience)) == fingerprint(settings), "patience changes no quantity"
    assert fingerprint(with_peak(settings, peak)) != fingerprint(settings)
    for other in (msgspec.structs.replace(peak, foresight=None), msgspec.structs.replace(peak, classes={})):
        assert fingerprint(with_peak(settings, other)) != fingerprint(settings)
