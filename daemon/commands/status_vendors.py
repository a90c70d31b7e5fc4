"""What `goodsout status` says of retailers: EDI by partner and kind, and the clocks that run against us."""

from collections.abc import Iterable
from datetime import datetime

from daemon.store.status import Row
from daemon.store.vendor_figures import Breaches, Clocks, Documents, EdiPartner

DONE = frozenset({"taken", "read", "accepted", "presumed"})
REFUSED = frozenset({"refused", "unhandled", "rejected", "denied", "reused", "stranger"})


def document_rows(documents: Iterable[Documents]) -> list[Row]:
    """A line for each partner, way and kind: those of the last day, and the unanswered of any age."""
    rows: dict[tuple[str, str, str], Row] = {}
    for one in documents:
        row = rows.setdefault(
            (one.partner, one.way, one.kind),
            {"partner": one.partner, "way": one.way, "kind": one.kind, "taken_or_read": 0, "refused": 0}
            | {"unanswered": 0, "oldest_unanswered": None},
        )
        row["taken_or_read"] += one.documents if one.state in DONE else 0
        row["refused"] += one.documents if one.state in REFUSED else 0
        row["unanswered"] += one.unanswered
        row["oldest_unanswered"] = min(filter(None, (row["oldest_unanswered"], one.oldest)), default=None)
    return list(rows.values())


def partner_rows(partners: Iterable[EdiPartner]) -> list[Row]:
    return [
        {
            "partner": one.partner, "files_not_read": one.not_read, "files_not_put": one.not_put,
            "oldest_file": one.oldest, "out_of_reach_since": one.unreachable_since,
        }
        for one in partners
    ]  # fmt: skip


def clock_rows(clocks: Iterable[Clocks], breaches: Iterable[Breaches]) -> list[Row]:
    """A line for each account and document: how many clocks run, and how many ran out within a day."""
    rows: dict[tuple[str, str], Row] = {}
    for one in clocks:
        row = rows.setdefault((one.account, one.document), _clock_row(one.account, one.document))
        row[one.state] = one.clocks
        row["first_due"] = min(filter(None, (row["first_due"], _time(one.next))))
    for late in breaches:
        row = rows.setdefault((late.account, late.document), _clock_row(late.account, late.document))
        row["late_in_a_day"] = late.breaches
    return [rows[key] for key in sorted(rows)]


def _clock_row(account: str, document: str) -> Row:
    counts = dict.fromkeys(("running", "warned", "over"), 0)
    return {"account": account, "document": document, **counts, "first_due": "", "late_in_a_day": 0}


def _time(at: datetime) -> str:
    return f"{at:%F %T} UTC"
