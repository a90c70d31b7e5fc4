"""A simulated Amazon: login, Listings Items and Orders, with limits, delays and lies."""

from simulators.amazon.faults import Chance, Fault, FaultPlan, Lags
from simulators.amazon.server import AmazonSimulator
from simulators.amazon.world import UK, SimulatedSeller, World

__all__ = ["UK", "AmazonSimulator", "Chance", "Fault", "FaultPlan", "Lags", "SimulatedSeller", "World"]
