"""A simulated warehouse that speaks the bus contract: true balances, and everything that can go wrong on the way."""

from simulators.warehouse.business import LineToShip, OrderToShip, Warehouse
from simulators.warehouse.faults import WarehouseFaults, spoilt
from simulators.warehouse.messages import WireMessage

__all__ = ["LineToShip", "OrderToShip", "Warehouse", "WarehouseFaults", "WireMessage", "spoilt"]
