"""A simulated warehouse that speaks the bus contract: true balances, and everything that can go wrong on the way."""

from simulators.warehouse.answers import Answers
from simulators.warehouse.business import Warehouse
from simulators.warehouse.corruption import spoilt
from simulators.warehouse.faults import WarehouseFaults
from simulators.warehouse.messages import WireMessage
from simulators.warehouse.oracle import Oracle
from simulators.warehouse.order_desk import OrderDesk
from simulators.warehouse.orders import LineToShip, OrderToShip, by_some_carrier, packed
from simulators.warehouse.running import Producer
from simulators.warehouse.transport import Broker, Port, broker

__all__ = [
    "Answers", "Broker", "LineToShip", "Oracle", "OrderDesk", "OrderToShip", "Port", "Producer", "Warehouse",
    "WarehouseFaults", "WireMessage", "broker", "by_some_carrier", "packed", "spoilt",
]  # fmt: skip
