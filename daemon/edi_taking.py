"""Which books take what comes by EDI."""

from dataclasses import dataclass

from daemon.edi_orders import EdiOrders
from daemon.remittances import Remittances
from edi.arriving import Taken
from schemas.remittance import Remittance


@dataclass(frozen=True, slots=True)
class EdiTaking:
    orders: EdiOrders
    remittances: Remittances

    async def take(self, what: Taken) -> str:
        """Returns what became of it, in a word; the same again changes nothing."""
        if isinstance(what, Remittance):
            return await self.remittances.take(what)
        return await self.orders.take(what)
