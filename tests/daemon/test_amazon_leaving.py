"""Whether a request left: the line between what may be repeated and what must be settled first."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from daemon.links.answer import Done, NeverLeft, Refused, Unavailable, Unknown
from daemon.links.exchange import Arrived, NoAnswer, NotSent, Request, exchange
from simulators.amazon import Fault
from tests.daemon.amazon_rig import MARKETPLACE, ORDER, SKU, parcel, rig


class _NoNames(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError("no such name")

    async def close(self) -> None: ...


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class _RawServer:
    """Answers the first `answers` requests of each connection with `text`, then closes it unanswered."""

    text: bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    answers: int = 1
    port: int = 0
    heard: list[str] = field(default_factory=list[str])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for turn in range(self.answers + 1):
            if not await self._heard_one(reader) or turn == self.answers:
                break
            writer.write(self.text)
            await writer.drain()
        writer.close()

    async def _heard_one(self, reader: asyncio.StreamReader) -> bool:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        except asyncio.IncompleteReadError:
            return False
        _, _, length = head.partition("content-length: ")
        await reader.readexactly(int(length.split("\r\n")[0]) if length else 0)
        self.heard.append(head.split(" ")[0].upper())
        return True


@asynccontextmanager
async def _raw(text: bytes | None = None, answers: int = 1) -> AsyncIterator[_RawServer]:
    raw = _RawServer(answers=answers) if text is None else _RawServer(text, answers)
    server = await asyncio.start_server(raw.serve, "127.0.0.1", 0)
    raw.port = server.sockets[0].getsockname()[1]
    async with server:
        yield raw


async def test_a_refused_connection_never_left(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        link = on.link_to(f"http://127.0.0.1:{_closed_port()}")
        patched = await link.patch_listing(SKU, MARKETPLACE, "PRODUCT", 1, None)
        confirmed = await link.confirm_despatch(ORDER, parcel())
        read = await link.read_order(ORDER)
    assert isinstance(patched, NeverLeft) and "could not be reached" in patched.reason
    assert isinstance(confirmed, NeverLeft)
    assert isinstance(read, NeverLeft)


async def test_an_unknown_name_never_left(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        await on.login.token(on.account)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=_NoNames())) as session:
            answer = await on.link_to(
                on.simulator.url.replace("127.0.0.1", "amazon.example"), session
            ).confirm_despatch(ORDER, parcel())
    assert isinstance(answer, NeverLeft) and "could not be resolved" in answer.reason


async def test_a_failed_tls_handshake_never_left(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        answer = await on.link_to(on.simulator.url.replace("http:", "https:")).confirm_despatch(ORDER, parcel())
        heard = on.simulator.journal.entries
    assert isinstance(answer, NeverLeft)
    assert heard == []


async def test_waiting_for_a_free_connection_never_left(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        on.simulator.faults.script(Fault(kind="lost_answer", seconds=5.0))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
            first = asyncio.create_task(on.link_to(on.simulator.url, session).confirm_despatch(ORDER, parcel("1")))
            while not on.simulator.journal.entries and not first.done():
                await asyncio.sleep(0.001)
            second = await on.link_to(on.simulator.url, session, timeout=0.05).confirm_despatch(ORDER, parcel("2"))
            heard = [entry.package for entry in on.simulator.journal.accepted("confirmShipment")]
            first.cancel()
    assert heard == ["1"]
    assert isinstance(second, NeverLeft)


async def test_a_login_that_cannot_be_reached_means_the_call_never_left(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        account = on.account.__replace__(token_url=f"http://127.0.0.1:{_closed_port()}/token")
        answer = await on.login.token(account)
    assert isinstance(answer, NeverLeft) and "login with Amazon" in answer.reason


async def test_what_never_left_is_repeated_inside_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint is down at first and comes up while the call is still patient."""
    tried: list[object] = []

    async def watched(*given: Any) -> object:
        tried.append(await exchange(*given))
        return tried[-1]

    monkeypatch.setattr("daemon.links.amazon.exchange", watched)
    async with rig(tmp_path, patience=3.0) as on:
        port = _closed_port()
        raw = _RawServer(b"HTTP/1.1 204 No Content\r\n\r\n")
        on.link._seller = on.account.__replace__(endpoint=f"http://127.0.0.1:{port}")
        call = asyncio.create_task(on.link.confirm_despatch(ORDER, parcel()))
        while not tried:
            await asyncio.sleep(0.001)
        async with await asyncio.start_server(raw.serve, "127.0.0.1", port):
            answer = await call
    assert isinstance(answer, Done)
    assert isinstance(tried[0], NotSent)
    assert raw.heard == ["POST"]


async def test_a_write_on_a_connection_that_drops_goes_out_once() -> None:
    async with _raw() as raw, aiohttp.ClientSession() as session:
        url = URL(f"http://127.0.0.1:{raw.port}/")
        outcomes = [
            await exchange(session, Request(method, url, {}, body), 2.0)
            for method, body in [("GET", None), ("PATCH", b"{}"), ("GET", None), ("POST", b"{}"), ("GET", None)]
        ]
    assert [type(outcome) for outcome in outcomes] == [Arrived, NoAnswer, Arrived, NoAnswer, Arrived]
    assert raw.heard == ["GET", "PATCH", "GET", "POST", "GET"]


async def test_a_read_on_a_connection_that_drops_goes_out_once() -> None:
    """aiohttp would send it again by itself, and the budget granted one."""
    async with _raw() as raw, aiohttp.ClientSession() as session:
        url = URL(f"http://127.0.0.1:{raw.port}/")
        outcomes = [await exchange(session, Request("GET", url, {}), 2.0) for _ in range(2)]
    assert [type(outcome) for outcome in outcomes] == [Arrived, NoAnswer]
    assert raw.heard == ["GET", "GET"]


async def test_an_answer_that_cannot_be_read_is_unknown_for_a_write_and_unavailable_for_a_read(
    tmp_path: Path,
) -> None:
    page = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>"
    async with rig(tmp_path) as on, _raw(page, answers=2) as raw:
        link = on.link_to(f"http://127.0.0.1:{raw.port}")
        written = await link.patch_listing(SKU, MARKETPLACE, "PRODUCT", 1, None)
        read = await link.read_listing(SKU, MARKETPLACE)
    assert isinstance(written, Unknown) and "cannot be read" in written.reason
    assert isinstance(read, Unavailable)


async def test_an_answer_cut_off_in_the_middle_is_unknown(tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\ncontent-length: 600\r\n\r\n{"
    async with rig(tmp_path) as on, _raw(half) as raw:
        answer = await on.link_to(f"http://127.0.0.1:{raw.port}", timeout=0.2).patch_listing(
            SKU, MARKETPLACE, "PRODUCT", 1, None
        )
    assert isinstance(answer, Unknown)


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    body = b"x" * 2_000_000
    async with (
        _raw(b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n" + body) as raw,
        aiohttp.ClientSession() as s,
    ):
        outcome = await exchange(s, Request("GET", URL(f"http://127.0.0.1:{raw.port}/"), {}), 2.0)
    assert isinstance(outcome, Arrived) and outcome.body is None


async def test_a_redirect_is_refused_and_not_followed(tmp_path: Path) -> None:
    async with rig(tmp_path) as on, _raw() as target:
        away = f"HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:{target.port}/\r\ncontent-length: 0\r\n\r\n"
        async with _raw(away.encode()) as raw:
            answer = await on.link_to(f"http://127.0.0.1:{raw.port}").confirm_despatch(ORDER, parcel())
    assert isinstance(answer, Refused) and answer.code == "redirected"
    assert target.heard == []


async def test_a_refused_request_is_not_taken_for_one_that_was_sent() -> None:
    async with aiohttp.ClientSession() as session:
        request = Request("POST", URL(f"http://127.0.0.1:{_closed_port()}/"), {"x-secret": "s3cret"}, b"s3cret")
        outcome = await exchange(session, request, 1.0)
    assert isinstance(outcome, NotSent)
    assert "s3cret" not in repr(request) + repr(outcome)
