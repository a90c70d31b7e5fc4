"""One web server: is the process alive, is it ready, what are its figures. Later routes are passed in.

It answers on this machine only unless told otherwise, and reads no more of a request than it needs.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from daemon.log import redacted
from daemon.telemetry import CONTENT_TYPE, Telemetry

MAX_REQUEST = 65_536
"""Bytes of a request body."""
CHECK_TIMEOUT = 2.0
"""Real seconds for one check: less than a probe's own time-out should be."""
GOODBYE = 2.0
"""Real seconds that requests under way have when the server stops."""


class AddressRefused(OSError):
    """The server may not listen where it was asked to; says where, why, and what to do."""


Check = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else with what is wrong. Raising is a failure too."""


class WebServer:
    """`/livez`, `/readyz`, `/metrics`, and what `routes` adds. Serves while the `async with` lasts."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        telemetry: Telemetry,
        checks: Mapping[str, Check],
        routes: Iterable[web.RouteDef] = (),
        max_request: int = MAX_REQUEST,
        check_timeout: float = CHECK_TIMEOUT,
    ) -> None:
        self._host, self._asked_port = host, port
        self._telemetry = telemetry
        self._checks = dict(checks)
        self._check_timeout = check_timeout
        application = web.Application(client_max_size=max_request)
        application.add_routes([*self._routes(), *routes])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=GOODBYE)

    def _routes(self) -> list[web.RouteDef]:
        return [
            web.get("/livez", self._livez),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    @property
    def port(self) -> int:
        """The port in use, once started: the one that port 0 came to."""
        return int(self._runner.addresses[0][1])

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    async def __aenter__(self) -> Self:
        """Raises AddressRefused when the port is taken, or not ours to take."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._asked_port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise self._refused(error) from error
        except BaseException:
            await self._runner.cleanup()
            raise
        return self

    def _refused(self, error: OSError) -> AddressRefused:
        number = error.errno or 0
        why = os.strerror(number).lower() if number > 0 else error.strerror
        return AddressRefused(
            f"cannot listen at {self._host}:{self._asked_port}: {why}. Stop what listens there, or set web.host and"
            " web.port (0 takes any free port)"
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _livez(self, _: web.Request) -> web.Response:
        """That the loop came round to answer is the proof."""
        return web.json_response({"alive": True})

    async def _readyz(self, _: web.Request) -> web.Response:
        troubles = await asyncio.gather(*(self._trouble(check) for check in self._checks.values()))
        failing = [name for name, trouble in zip(self._checks, troubles, strict=True) if trouble]
        said = {name: trouble or "ok" for name, trouble in zip(self._checks, troubles, strict=True)}
        body = {"ready": not failing, "failing": failing, "checks": said}
        return web.json_response(body, status=503 if failing else 200)

    async def _trouble(self, check: Check) -> str | None:
        try:
            async with asyncio.timeout(self._check_timeout):
                trouble = await check()
        except TimeoutError:
            return f"no answer within {self._check_timeout:g} s"
        except Exception as error:
            return redacted(f"{type(error).__name__}: {error}")
        return redacted(trouble) if trouble else None

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=self._telemetry.exposition(), headers={"Content-Type": CONTENT_TYPE})
