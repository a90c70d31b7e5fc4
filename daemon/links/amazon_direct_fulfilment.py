"""Amazon's direct fulfilment operations: stock of one warehouse, and what became of an update."""

from daemon.links.amazon import AmazonLink, segment
from daemon.links.amazon_answers import failed_write, made, reading
from daemon.links.answer import Answer, Reading
from daemon.links.exchange import Arrived
from schemas import amazon_direct_fulfilment as words
from schemas.amazon import AmazonError, Refusal
from schemas.terms import SellerSku


class DirectFulfilmentLink(AmazonLink):
    """One vendor account's direct fulfilment."""

    async def submit_stock(self, warehouse: str, party: str, quantities: dict[SellerSku, int]) -> Answer[str]:
        """A partial update of at least one item, in eaches. Done is the id of its transaction: taken, not in effect.

        Raises ValueError for no item, or for a quantity below 0.
        """
        body = words.write_update(words.to_amazon(party, quantities))
        url = self._url(f"/vendor/directFulfillment/inventory/v1/warehouses/{segment(warehouse)}/items")
        return await self._write("submitInventoryUpdate", "POST", url, body, _submitted)

    async def transaction(self, transaction_id: str) -> Reading[words.Transaction]:
        """What became of an update."""
        url = self._url(f"/vendor/directFulfillment/transactions/2021-12-28/transactions/{segment(transaction_id)}")
        return await self._read(
            "getTransactionStatus", url, lambda arrived: reading(arrived, words.read_status, _name_refusal)
        )


def _submitted(arrived: Arrived) -> Answer[str]:
    if arrived.status not in (200, 202):
        return failed_write(arrived, _name_refusal)
    return made(arrived, words.read_submitted)


def _name_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    del status
    return "invalid_input" if errors else "refused"
