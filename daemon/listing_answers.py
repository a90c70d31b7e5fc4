"""What the channel's answer to a quantity leaves behind: the words of its attempt, and the alerts."""

from typing import assert_never

from daemon.links import answer as answers
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.sellable_stock import Listing
from schemas.amazon_listings import Submission


def told_of(answer: "answers.Answer[Submission]") -> tuple[str, str, str]:
    """(state, text, request id) of an answer, as the attempt's row keeps it."""
    match answer:
        case answers.Done(request_id=request_id):
            return "accepted", "", request_id
        case answers.Refused(code=code, text=text, request_id=request_id):
            return "refused", f"{code}: {text}", request_id
        case answers.Throttled(text=text, request_id=request_id):
            return "throttled", text, request_id
        case answers.Unknown(reason=reason, request_id=request_id):
            return "unknown", reason, request_id
        case answers.Denied(reason=reason) | answers.NeverLeft(reason=reason):
            return "never_left", reason, ""
        case _:
            assert_never(answer)


def notes_of(answer: "answers.Answer[Submission]", account: str, listing: Listing, value: int) -> list[Note]:
    """The alerts that an answer raises or resolves."""
    cause = f"{account}/{listing.marketplace}/{listing.seller_sku}"
    match answer:
        case answers.Done():
            return [
                ResolveAlert(AlertKind.LISTING_REFUSED, cause),
                ResolveAlert(AlertKind.CHANNEL_DENIED, account),
                ResolveAlert(AlertKind.CHANNEL_THROTTLED, f"{account}/patchListingsItem"),
            ]
        case answers.Refused(code=code, text=text):
            what = f"the channel refuses {value} for {cause}: {text}"
            return [RaiseAlert(AlertKind.LISTING_REFUSED, cause, cause, what, {"code": code, "value": value})]
        case answers.Throttled(text=text):
            return [RaiseAlert(AlertKind.CHANNEL_THROTTLED, f"{account}/patchListingsItem", account, text)]
        case answers.Denied(reason=reason):
            return [RaiseAlert(AlertKind.CHANNEL_DENIED, account, account, reason)]
        case _:
            return []
