"""What an answer says of our access to the channel: a rate that was told is learnt, a 429 believed, people told."""

from daemon.budget import Bucket, Budget
from daemon.links import answer as answers
from daemon.store.database import Connection
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert


async def heed(
    connection: Connection, budget: Budget, own: Bucket, answer: object, throttled_for: float, *, learn: bool = True
) -> None:
    """`throttled_for`: business seconds without calls after a 429; `learn`: whether a rate that is told is this
    bucket's."""
    match answer:
        case answers.Throttled():
            await budget.throttled(connection, [own], throttled_for)
        case answers.Done(rate=rate) if rate is not None and learn:
            await budget.learn(connection, own, rate)
        case _:
            pass


def notes_of_access(account: str, operation: str, answer: object) -> list[Note]:
    """One alert for an account that is denied, one for each operation that is throttled; over with an answer."""
    cause = f"{account}/{operation}"
    match answer:
        case answers.Denied(reason=reason):
            return [RaiseAlert(AlertKind.CHANNEL_DENIED, account, account, reason)]
        case answers.Throttled(text=text):
            return [RaiseAlert(AlertKind.CHANNEL_THROTTLED, cause, account, text)]
        case answers.Done():
            return [ResolveAlert(AlertKind.CHANNEL_DENIED, account), ResolveAlert(AlertKind.CHANNEL_THROTTLED, cause)]
        case _:
            return []
