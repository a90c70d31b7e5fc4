"""Clarus's login, simulated: client credentials, tokens that expire, and one session per account."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import unquote_plus

TOKEN_LIFE = 900.0
"""Simulated seconds."""


@dataclass(slots=True)
class Login:
    """`one_session`: a new token ends the one before, as a login elsewhere with the same account does."""

    token_life: float = TOKEN_LIFE
    tells_life: bool = True
    takes: Literal["form", "basic", "either"] = "either"
    one_session: bool = True
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    """Client id -> its one valid secret."""
    issued: dict[str, tuple[str, datetime]] = field(default_factory=dict[str, tuple[str, datetime]])
    fetches: list[int] = field(default_factory=list[int])
    """The status of every answer."""

    def login_elsewhere(self, client_id: str) -> None:
        """Somebody uses the integration's own account: its session ends."""
        self.issued = {token: held for token, held in self.issued.items() if held[0] != client_id}

    def rotate(self, client_id: str, secret: str) -> None:
        self.secrets[client_id] = secret

    def grant(self, form: Mapping[str, str], authorization: str, now: datetime) -> tuple[int, dict[str, object]]:
        """Status and body of an answer to a request for a token."""
        status, body = self._granted(form, authorization, now)
        self.fetches.append(status)
        return status, body

    def _granted(self, form: Mapping[str, str], authorization: str, now: datetime) -> tuple[int, dict[str, object]]:
        if form.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        client_id, secret = self._credentials(form, authorization)
        if not secret or self.secrets.get(client_id) != secret:
            return 401, {"error": "invalid_client"}
        if self.one_session:
            self.login_elsewhere(client_id)
        token = f"simulated-{client_id}-{len(self.fetches) + 1}"
        self.issued[token] = (client_id, now + timedelta(seconds=self.token_life))
        life = {"expires_in": self.token_life} if self.tells_life else {}
        return 200, {"access_token": token, "token_type": "Bearer", **life}

    def _credentials(self, form: Mapping[str, str], authorization: str) -> tuple[str, str]:
        if authorization.startswith("Basic ") and self.takes != "form":
            client_id, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
            return unquote_plus(client_id), unquote_plus(secret)
        if self.takes == "basic":
            return "", ""
        return form.get("client_id", ""), form.get("client_secret", "")

    def holder(self, authorization: str, now: datetime) -> str | None:
        """The client whose token it is; None when it is unknown or has expired."""
        client_id, until = self.issued.get(authorization.removeprefix("Bearer "), ("", now))
        return client_id if client_id and now < until else None
