"""Clarus: the only HTTP to it. Answers are values; nothing the partner does raises.

An access that is turned away is settled once: the token is dropped, the secret read again, and the call made a second
time with a token of its own. That is how it ends when somebody logs in elsewhere with the same account, too.
`errors` beside data are an answer that nobody may believe. Our own caps are kept here: `gate` says when a call may
leave, and no more than `concurrent_calls` are under way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp
from yarl import URL

from daemon.clock import Clock
from daemon.links.answer import Denied, Done, NeverLeft, Reading, Refused, Throttled, Unavailable
from daemon.links.clarus_login import ClarusLogin, ClarusToken, OpenSecret, Shelf, beside_us
from daemon.links.exchange import Arrived, NoAnswer, NotSent, Request, exchange
from daemon.settings import Clarus
from schemas import clarus, clarus_graph
from schemas.clarus import Automation, BalanceFilter, BalancePage, GraphErrors, UnreadableAnswer
from schemas.clarus_graph import Selection, TypeInfo

USER_AGENT = "goodsout/0.1"
TRANSIENT = frozenset({408, 425})
"""Statuses below 500 that say nothing about the request."""

T = TypeVar("T")
Gate = Callable[[], Awaitable[None]]
"""Returns once one more call may leave."""
Wanted = tuple[Selection, str, tuple[str, ...]]
"""(a query's selection, the type of its filter, the fields of that filter)."""
Settled = Arrived | NoAnswer | NeverLeft | Denied


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to be made. Its body may hold buyer data: the repr leaves it out."""

    method: str
    path: str
    body: bytes | None = field(default=None, repr=False)


async def open_gate() -> None:
    """No cap: for who calls once."""


@dataclass(slots=True)
class ClarusLink:
    """One tenant at Clarus."""

    session: aiohttp.ClientSession
    tenant: Clarus
    clock: Clock
    gate: Gate = open_gate
    open_secret: OpenSecret = beside_us
    shelf: Shelf | None = None
    login: ClarusLogin = field(init=False)
    _under_way: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.login = ClarusLogin(self.session, self.tenant, self.clock, self.open_secret, self.shelf)
        self._under_way = asyncio.Semaphore(self.tenant.concurrent_calls)

    async def balances(self, wanted: BalanceFilter, after: str | None = None) -> Reading[BalancePage]:
        """One page of stock balances, from the replica that answers: it may be behind."""
        variables: dict[str, object] = {"filter": wanted.variables(), "first": self.tenant.page_size}
        if after is not None:
            variables["after"] = after
        return await self.query(clarus.balances_query(self.tenant.balance_fields), variables, clarus.read_balances)

    async def automations(self) -> Reading[tuple[Automation, ...]]:
        return await self.query(clarus.automations_query(self.tenant.automation_fields), {}, clarus.read_automations)

    async def missing_fields(self) -> Reading[tuple[str, ...]]:
        """What our queries for balances ask for and the schema does not have; empty when all is there."""
        fields = list_selection("stock_balances", self.tenant.balance_fields)
        return await self.missing_in(
            [(fields, clarus.BALANCES_FILTER, ("warehouse_id", "product_code", "product_id"))]
        )

    async def missing_in(self, wanted: Sequence[Wanted]) -> Reading[tuple[str, ...]]:
        """What the schema lacks of these queries."""
        root = await self.query(clarus_graph.ROOT_QUERY, {}, clarus.read_root)
        if not isinstance(root, Done):
            return root
        walk = _Walk(self)
        for selection, filter_type, filters in wanted:
            await walk.over(root.value, selection, "")
            await walk.over_input(filter_type, filters)
        return walk.failed or Done(tuple(walk.missing))

    async def type_named(self, name: str) -> Reading[TypeInfo | None]:
        return await self.query(clarus_graph.TYPE_QUERY, {"name": name}, clarus.read_type)

    async def query(self, query: str, variables: dict[str, object], read: Callable[[bytes], T]) -> Reading[T]:
        """Ask GraphQL; `read` raises GraphErrors or UnreadableAnswer."""
        settled = await self.ask(Asked("POST", self.tenant.graphql_path, clarus.write_query(query, variables)))
        if isinstance(settled, Arrived):
            return _read(settled, read)
        return Unavailable(settled.reason) if isinstance(settled, NoAnswer) else settled

    async def ask(self, asked: Asked) -> Settled:
        """Any request to the tenant, inside our own caps."""
        async with self._under_way:
            return await self._settled(asked)

    async def _settled(self, asked: Asked) -> Settled:
        """One exchange; a second one with a fresh token when the first was turned away."""
        token = await self.login.token()
        if not isinstance(token, ClarusToken):
            return token
        first = await self._exchanged(asked, token)
        if not _turned_away(first):
            return first
        fresh = await self.login.token(turned_away=token)
        if not isinstance(fresh, ClarusToken):
            return fresh
        second = await self._exchanged(asked, fresh)
        return self._denied(second) if _turned_away(second) else second

    async def _exchanged(self, asked: Asked, token: ClarusToken) -> Settled:
        url = URL(self.tenant.host.rstrip("/") + asked.path, encoded=True)
        await self.gate()
        request = Request(asked.method, url, self._headers(token), asked.body)
        arrived = await exchange(self.session, request, self.tenant.request_timeout)
        return NeverLeft(arrived.reason) if isinstance(arrived, NotSent) else arrived

    def _headers(self, token: ClarusToken) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {token.value}",
            "X-Clarus-Subdomain": self.tenant.subdomain,
            "content-type": "application/json",
            "accept": "application/json",
            "user-agent": USER_AGENT,
        }

    def _denied(self, outcome: Settled) -> Denied:
        assert isinstance(outcome, Arrived)
        why = clarus.read_fault(outcome.body or b"") or "no reason given"
        return Denied(
            f"Clarus turned {self.tenant.subdomain} away twice (HTTP 401): {why}; check that the account is the"
            " integration's own, that nobody logs in with it, and that its role was not changed"
        )


def list_selection(name: str, fields: str) -> Selection:
    """A page of a list with these fields of its rows, from the schema's root."""
    node = clarus_graph.read_selection(fields)
    page: Selection = {"pageInfo": {"hasNextPage": {}, "endCursor": {}}, "edges": {"node": node}}
    return {name: {"all": page}}


@dataclass(slots=True)
class _Walk:
    """Along a selection from the schema's root, a type at a time: the whole schema would be megabytes."""

    link: ClarusLink
    missing: list[str] = field(default_factory=list[str])
    failed: "NeverLeft | Denied | Refused | Throttled | Unavailable | None" = None
    known: dict[str, TypeInfo | None] = field(default_factory=dict[str, TypeInfo | None])

    async def over(self, type_name: str, selection: Selection, path: str) -> None:
        found = await self._type(type_name)
        for name, inner in selection.items():
            place = f"{path}.{name}" if path else name
            info = found.field(name) if found else None
            if self.failed is not None:
                return
            if info is None:
                self.missing.append(place)
                continue
            if name == "all":
                given = {argument.name for argument in info.args}
                self.missing += [f"{place}({one})" for one in ("filter", "first", "after") if one not in given]
            if inner:
                await self.over(info.type.inside, inner, place)

    async def over_input(self, type_name: str, names: tuple[str, ...]) -> None:
        found = await self._type(type_name)
        if self.failed is None:
            self.missing += [f"{type_name}.{name}" for name in names if found is None or not found.has_input(name)]

    async def _type(self, name: str) -> TypeInfo | None:
        if name not in self.known and self.failed is None:
            answer = await self.link.type_named(name)
            if not isinstance(answer, Done):
                self.failed = answer
                return None
            self.known[name] = answer.value
        return self.known.get(name)


def _read(arrived: Arrived, read: Callable[[bytes], T]) -> Reading[T]:
    if arrived.status != 200:
        return _failed(arrived)
    try:
        return Done(read(arrived.body or b""))
    except GraphErrors as errors:
        return Refused("graphql_errors", str(errors))
    except UnreadableAnswer as error:
        return Unavailable(f"HTTP 200 with an answer that cannot be read: {error}")


def _failed(arrived: Arrived) -> Refused | Throttled | Unavailable:
    why = clarus.read_fault(arrived.body or b"")
    text = f"HTTP {arrived.status}" + (f" ({why})" if why else "")
    if arrived.status == 429:
        return Throttled("", text)
    if arrived.status in TRANSIENT or not 300 <= arrived.status < 500:
        return Unavailable(text)
    return Refused("redirected" if arrived.status < 400 else "refused", text)


def _turned_away(arrived: Settled) -> bool:
    return isinstance(arrived, Arrived) and arrived.status == 401
