"""A RabbitMQ that answers, and a virtual host in it for each test."""

import base64
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from tests.services.processes import accepts


@dataclass(frozen=True, slots=True)
class Broker:
    amqp: str
    """`amqp://user:password@host:port`, without a virtual host."""
    management: str
    """`http://host:port` of the management API, for the same user."""
    prometheus: str | None = None
    """`http://host:port` of the broker's own metrics."""

    def url(self, vhost: str) -> str:
        return f"{self.amqp}/{quote(vhost, safe='')}"

    def answers(self) -> bool:
        """The AMQP port is open and the management API lets us in."""
        place = urlsplit(self.amqp)
        try:
            return accepts(place.port or 5672, place.hostname or "localhost") and bool(self.call("GET", "overview"))
        except (OSError, http.client.HTTPException):
            return False

    @contextmanager
    def vhost(self, name: str) -> Iterator[str]:
        """The URL of a new virtual host, taken away again at the end with all that is in it."""
        self.add_vhost(name)
        try:
            yield self.url(name)
        finally:
            self.remove_vhost(name)

    def add_vhost(self, name: str) -> None:
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.call("PUT", f"vhosts/{quote(name, safe='')}", {})
        self.call("PUT", f"permissions/{quote(name, safe='')}/{quote(self._login()[0], safe='')}", everything)

    def remove_vhost(self, name: str) -> None:
        self.call("DELETE", f"vhosts/{quote(name, safe='')}")

    def call(self, method: str, path: str, body: object = None, *, seconds: float = 20) -> object:
        """One request to the management API. Raises urllib.error.HTTPError, OSError."""
        request = urllib.request.Request(f"{self.management}/api/{path}", method=method)
        token = base64.b64encode(":".join(self._login()).encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with _direct.open(request, timeout=seconds) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            refusal.close()
            raise

    def _login(self) -> tuple[str, str]:
        place = urlsplit(self.amqp)
        return unquote(place.username or "guest"), unquote(place.password or "guest")


_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
