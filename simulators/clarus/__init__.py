"""A simulated Clarus: its login, a subset of its GraphQL and REST, its webhooks; with its lags and its bad days."""

from simulators.clarus.control import Control
from simulators.clarus.faults import Fault, FaultPlan
from simulators.clarus.packing_desk import PackingDesk
from simulators.clarus.server import CLIENT, SECRET, ClarusSimulator
from simulators.clarus.trading import Trading
from simulators.clarus.world import Automation, Balance, Heard, World

__all__ = [
    "CLIENT", "SECRET", "Automation", "Balance", "ClarusSimulator", "Control", "Fault", "FaultPlan", "Heard",
    "PackingDesk", "Trading", "World",
]  # fmt: skip
