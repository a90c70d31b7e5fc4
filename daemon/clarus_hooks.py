"""`POST /clarus/hooks/<token>`: webhooks of Clarus, which does not sign them.

1. The token in the path names one automation; it is compared with all of them, in constant time.
2. The body is read up to its bound, as it streams in, within its time.
3. The headers must name the tenant and the automation that the token was given to.
4. One transaction: the request is kept, sealed; its product is marked to be read; then the answer, 204.

Whatever does not come so far is counted, and its sender gets the answer of a path that does not exist: 404, the same
for a wrong token, method, size, tenant or automation, an old time, a body that dawdles. What a webhook says is not
believed: the read that it marks decides (`daemon/clarus_readings.py`).
"""

import asyncio
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from daemon.clock import Clock
from daemon.log import fact
from daemon.secrets import SecretFile
from daemon.settings import Clarus, ClarusHook
from daemon.store import clarus_goods_outs as goods_outs
from daemon.store import clarus_hooks as books
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.clarus_hooks import Hint, Paths, Rules, Verdict, judge, read_hint
from handlers.notes import Note, RaiseAlert

PATH = "/clarus/hooks/{token}"
SUBDOMAIN, AUTOMATION = "X-ClarusWMS-Subdomain", "X-ClarusWMS-Automation-ID"
KEPT_HEADERS = ("content-type", "user-agent", "x-claruswms-domain", "x-claruswms-api-domain", "x-claruswms-subdomain",
                "x-claruswms-automation-id", "x-claruswms-integration-id")  # fmt: skip
MAX_HEADER = 500
LEAVING = frozenset({"dispatched", "undispatched"})
"""Events of `stock` that happen to a goods out."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hook:
    """One automation that may post, and the token that only it knows."""

    tenant_name: str
    tenant: Clarus
    name: str
    settings: ClarusHook
    token: SecretFile = field(repr=False)

    @property
    def cause(self) -> str:
        return f"{self.tenant_name}/{self.name}"


class Refusal(Exception):
    """A request that is answered like a path that does not exist; the word is counted."""


@dataclass(frozen=True, slots=True)
class ClarusHooks:
    """The route, and what it does."""

    hooks: tuple[Hook, ...]
    database: Database
    clock: Clock
    telemetry: Telemetry
    owners: Mapping[str, str]

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", PATH, self.receive)] if self.hooks else []

    async def receive(self, request: web.Request) -> web.StreamResponse:
        hook = self._hook(request.match_info["token"])
        try:
            body = await self._body(hook, request)
            verdict = await self._commit(hook, request.headers, body)
        except Refusal as refusal:
            return await self._refuse(hook, str(refusal))
        except Exception:
            log.exception("webhook not kept", extra=fact("hook_not_kept", hook=hook.cause if hook else ""))
            raise web.HTTPServiceUnavailable from None
        if verdict == "replayed":
            return await self._refuse(hook, verdict)
        self._count(hook, verdict)
        return web.Response(status=204)

    def _hook(self, token: str) -> Hook | None:
        """Every token is compared, whichever it is, and whether or not it was found."""
        found: Hook | None = None
        for hook in self.hooks:
            if hmac.compare_digest(hook.token.current().reveal().encode(), token.encode("utf-8", "backslashreplace")):
                found = hook
        return found

    async def _body(self, hook: Hook | None, request: web.Request) -> bytes:
        if hook is None:
            raise Refusal("wrong_token")
        if request.method != "POST":
            raise Refusal("wrong_method")
        if (request.content_length or 0) > hook.tenant.hook_body:
            raise Refusal("oversize")
        try:
            async with asyncio.timeout(hook.tenant.hook_timeout):
                return await _bounded(request, hook.tenant.hook_body)
        except TimeoutError:
            raise Refusal("slow") from None

    async def _commit(self, hook: Hook | None, headers: Mapping[str, str], body: bytes) -> Verdict:
        assert hook is not None
        if not _same(headers.get(SUBDOMAIN), hook.tenant.subdomain):
            raise Refusal("wrong_tenant")
        if not _same(headers.get(AUTOMATION), hook.settings.automation_id):
            raise Refusal("wrong_automation")
        async with self.database.transaction() as connection:
            return await self._keep(connection, hook, headers, body)

    async def _keep(self, connection: Connection, hook: Hook, headers: Mapping[str, str], body: bytes) -> Verdict:
        at, tenant = self.clock.now(), hook.tenant
        told = {name: headers[name][:MAX_HEADER] for name in KEPT_HEADERS if name in headers}
        read = read_hint(body, paths_of(tenant, hook.settings))
        record = f"{hook.settings.resource}/{read.record}" if read.record else ""
        kept = await books.keep(connection, hook.tenant_name, hook.name, record, body, told, at)
        hint = await self._named(connection, hook, read)
        rules = Rules(timedelta(seconds=tenant.replica_lag), timedelta(seconds=tenant.hook_age))
        verdict = judge(hint, kept.marked_at, at, rules)
        await books.judged(connection, kept, hint.sku, verdict, at if verdict == "marked" else None)
        if verdict == "marked":
            await _mark(connection, hook, hint, at)
        if verdict == "unreadable":
            await _sweep_sooner(connection, hook, at)
            await write_notes(connection, [_unreadable(hook, hint)], at, self.owners)
        return verdict

    async def _named(self, connection: Connection, hook: Hook, hint: Hint) -> Hint:
        """A body may name its product by Clarus's id alone."""
        if hint.sku or not hint.product_id:
            return hint
        sku = await books.sku_of(connection, hook.tenant_name, hint.product_id)
        return msgspec.structs.replace(hint, sku=sku)

    async def _refuse(self, hook: Hook | None, word: str) -> web.StreamResponse:
        self._count(hook, word)
        if hook is not None and word in ("wrong_tenant", "wrong_automation"):
            await self._raise(hook, word)
        refused = web.HTTPNotFound()
        refused.force_close()  # what is left of a body is not waited for
        raise refused

    async def _raise(self, hook: Hook, word: str) -> None:
        """The token is known to somebody who is not this automation, or the settings name the wrong one."""
        text = f"{hook.cause}: a webhook with its token comes from another {word.removeprefix('wrong_')}"
        note = RaiseAlert(AlertKind.HOOK_REFUSED, hook.cause, hook.cause, text, {"reason": word})
        at = self.clock.now()
        try:
            async with self.database.transaction() as connection:
                await write_notes(connection, [note], at, self.owners)
        except Exception:
            log.exception("alert not raised", extra=fact("hook_alert_failed", hook=hook.cause))

    def _count(self, hook: Hook | None, outcome: str) -> None:
        self.telemetry.hooks.labels(hook.tenant_name if hook else "", outcome).inc()


def paths_of(tenant: Clarus, hook: ClarusHook) -> Paths:
    """Where a body of this automation says what it is about; goods outs only if they are read here."""
    section, named = tenant.goods_outs, tuple[str, ...]()
    if section.read:
        named = section.hook_paths if of_goods_outs(hook) else section.stock_hook_paths
    return Paths(tenant.sku_paths, tenant.product_id_paths, tenant.record_paths, tenant.time_paths, named)


def of_goods_outs(hook: ClarusHook) -> bool:
    return hook.resource == "goods_out"


async def _mark(connection: Connection, hook: Hook, hint: Hint, at: datetime) -> None:
    """What it names is to be read; of units that left, a goods out that it does not name is left to a sweep."""
    if hint.sku:
        await books.mark(connection, hook.tenant_name, [hint.sku], at)
    if hint.goods_out:
        cancelled = of_goods_outs(hook.settings) and hook.settings.event == "cancelled"
        await goods_outs.mark(connection, hook.tenant_name, [hint.goods_out], at, cancelled=cancelled)
    elif hook.settings.event in LEAVING:
        await _goods_outs_sooner(connection, hook, at)


async def _sweep_sooner(connection: Connection, hook: Hook, at: datetime) -> None:
    """It names nothing: what it may be about is swept."""
    if of_goods_outs(hook.settings) or hook.settings.event in LEAVING:
        await _goods_outs_sooner(connection, hook, at)
    if not of_goods_outs(hook.settings):
        least = at - timedelta(seconds=hook.tenant.sweep_least)
        await books.sweep_by(connection, hook.tenant_name, at, least)


async def _goods_outs_sooner(connection: Connection, hook: Hook, at: datetime) -> None:
    section = hook.tenant.goods_outs
    if section.read:
        await goods_outs.sweep_by(connection, hook.tenant_name, at, at - timedelta(seconds=section.sweep_least))


def _same(given: str | None, wanted: str) -> bool:
    return hmac.compare_digest((given or "").encode("utf-8", "backslashreplace"), wanted.encode())


async def _bounded(request: web.Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_chunked(16_384):
        body += chunk
        if len(body) > most:
            raise Refusal("oversize")
    return bytes(body)


def _unreadable(hook: Hook, hint: Hint) -> Note:
    what = "goods out" if of_goods_outs(hook.settings) else "product"
    why = (
        f"product {hint.product_id} is not known yet"
        if hint.product_id
        else f"its body names no {what} where we look"
    )
    text = f"{hook.cause}: a webhook marks nothing, since {why}; a sweep follows instead"
    return RaiseAlert(AlertKind.HINT_UNREADABLE, hook.cause, hook.cause, text, {"record": hint.record})
