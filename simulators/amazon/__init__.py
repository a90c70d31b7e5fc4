"""A simulated Amazon: login, Listings Items, Feeds and Orders, with limits, delays and lies."""

from simulators.amazon.faults import Chance, Fault, FaultPlan, Lags
from simulators.amazon.feed_fates import REALISTIC, Fate, FeedLags, FeedPlan
from simulators.amazon.health import SimulatedHealth
from simulators.amazon.reports import ReportFate
from simulators.amazon.server import AmazonSimulator
from simulators.amazon.world import UK, SimulatedSeller, World

__all__ = [
    "REALISTIC", "UK", "AmazonSimulator", "Chance", "Fate", "Fault", "FaultPlan", "FeedLags", "FeedPlan", "Lags",
    "ReportFate", "SimulatedHealth", "SimulatedSeller", "World",
]  # fmt: skip
