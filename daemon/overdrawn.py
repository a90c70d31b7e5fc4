"""Which lines of an answered order really cannot be filled: not all whose product is short, but those served last."""

from collections.abc import Mapping

import msgspec

from daemon.store.database import Connection
from daemon.store.securing import there_at_last
from handlers.purchase_order_desk import Verdict
from handlers.purchase_order_judgement import Judgement
from handlers.purchase_orders import StoredPurchaseOrder
from handlers.securing import Secured
from handlers.served_first import still_short
from handlers.supply import Rules
from schemas.purchase_order import PoLineNumber
from schemas.terms import Eaches


async def served_last(
    connection: Connection, stored: StoredPurchaseOrder, judgement: Judgement, found: Verdict,
    owed: Mapping[PoLineNumber, Eaches], there: Mapping[PoLineNumber, Secured], rules: Rules,
) -> Verdict:  # fmt: skip
    """The same verdict, without the lines that are there once later orders stand back. `owed`: eaches accepted. What
    the warehouse itself has set aside too little of is lacking, whoever else waits."""
    ours = [number for number in found.overdrawn if there.get(number, Secured(0)).by == "reservation"]
    if not ours:
        return found
    at_last = await there_at_last(connection, stored, judgement.lines, owed, rules)
    lacking = still_short(ours, owed, at_last)
    overdrawn = tuple(number for number in found.overdrawn if number in lacking or number not in ours)
    return msgspec.structs.replace(found, overdrawn=overdrawn)
