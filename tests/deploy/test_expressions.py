"""The reader of expressions sees what is wrong: else the tests that use it would prove nothing."""

from tests.deploy.expressions import exposed, metrics_in, unknown_labels


def test_a_metric_is_found_wherever_it_stands_and_a_word_in_quotes_is_none() -> None:
    found = metrics_in('rate(goodsout_calls_total{answer="goodsout_x"}[5m]) / on (account) goodsout:doubts:max')
    assert found == {"goodsout_calls_total", "goodsout:doubts:max"}


def test_a_label_that_the_metric_lacks_is_told() -> None:
    assert unknown_labels('goodsout_calls_total{sku="1"}', exposed()) == {"goodsout_calls_total: sku"}
    assert unknown_labels("sum by (sku) (goodsout_doubts)", exposed()) == {"sku"}


def test_labels_are_followed_through_a_recorded_figure() -> None:
    assert not unknown_labels('goodsout:effects:max{state="blocked"}', exposed())
    assert unknown_labels('goodsout:effects:max{queue="x"}', exposed()) == {"goodsout:effects:max: queue"}


def test_a_counter_and_a_histogram_are_known_by_their_series() -> None:
    series = exposed()
    assert series["goodsout_calls_total"] == {"account", "operation", "answer"}
    assert series["goodsout_batch_seconds_bucket"] == {"queue", "le"}
    assert "goodsout_calls" not in series
