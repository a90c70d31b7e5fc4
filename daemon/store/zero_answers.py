"""What people's answers about zeroes do to the books; the publisher goes by the books."""

from datetime import datetime

from daemon.store.database import Connection, query
from handlers.decisions import Refused
from handlers.zero_questions import AllowUnread, AnswerZero, EndBrake, KeepHeld, ReleaseListed, ZeroDeed

SHOWN = 10
"""Names in a refusal."""


async def carry_out_deed(connection: Connection, deed: ZeroDeed, at: datetime) -> bool:
    """Do it, in the transaction that records the answer. False where its zero or brake is over. Raises Refused."""
    match deed:
        case AnswerZero(listing_id=listing_id, since=since, answer=answer):
            await connection.execute(query("zero_mark"), listing_id, at)
            return await _changed(connection, "zero_answer", listing_id, since, answer)
        case EndBrake(event_id=event_id, outcome=outcome):
            return await _changed(connection, "brake_end", event_id, outcome, at)
        case KeepHeld(event_id=event_id):
            return await _changed(connection, "brake_escalate", event_id, at)
        case AllowUnread(restore_id=restore_id, until=until):
            await connection.execute(query("restore_mark"), restore_id, at)
            return await _changed(connection, "restore_allow", restore_id, until)
        case ReleaseListed(event_id=event_id, seller_skus=seller_skus):
            return await _release(connection, event_id, seller_skus, at)


async def _release(connection: Connection, event_id: int, seller_skus: tuple[str, ...], at: datetime) -> bool:
    rows = await connection.fetch(query("brake_release"), event_id, list(seller_skus), at)
    unknown = sorted(set(seller_skus) - {row["seller_sku"] for row in rows})
    if unknown:
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        raise Refused(f"the brake holds no zero of {', '.join(unknown[:SHOWN])}{more}; nothing was released")
    return True


async def _changed(connection: Connection, name: str, *arguments: object) -> bool:
    return not (await connection.execute(query(name), *arguments)).endswith(" 0")
