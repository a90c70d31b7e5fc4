"""How a series is made: all in one registry, under one name of ours."""

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


@dataclass(frozen=True, slots=True)
class Series:
    registry: CollectorRegistry

    def counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, namespace="goodsout", registry=self.registry)

    def gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(name, says, labels, namespace="goodsout", registry=self.registry)

    def histogram(self, name: str, says: str, buckets: Iterable[float], *labels: str) -> Histogram:
        return Histogram(
            name, says, labels, namespace="goodsout", registry=self.registry, buckets=tuple(map(float, buckets))
        )


def replace(gauge: Gauge, counts: Iterable[tuple[tuple[str, ...], float]]) -> None:
    """Nothing awaits in between, so no scrape sees the gauge half filled."""
    gauge.clear()
    for labels, count in counts:
        gauge.labels(*labels).set(count)
