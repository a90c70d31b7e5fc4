"""Login with Amazon, simulated: applications with a secret that rotates, tokens that expire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TOKEN_LIFE = 3600.0
"""Simulated seconds."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    seller: str
    application: str
    expires_at: datetime


@dataclass(slots=True)
class Login:
    token_life: float = TOKEN_LIFE
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    """Client id -> its one valid secret."""
    refresh_tokens: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Refresh token -> (client id, seller)."""
    issued: dict[str, IssuedToken] = field(default_factory=dict[str, IssuedToken])
    fetches: list[tuple[datetime, str, int]] = field(default_factory=list[tuple[datetime, str, int]])
    """(time, seller or client id, status) of every request for a token."""

    def rotate(self, client_id: str, secret: str) -> None:
        """The old secret stops working for new tokens; tokens out there live on."""
        self.secrets[client_id] = secret

    def expire_all(self) -> None:
        """Turn away every token issued so far."""
        self.issued.clear()

    def grant(self, form: Mapping[str, str], now: datetime) -> tuple[int, dict[str, object]]:
        """Status and body of an answer to a request for a token."""
        status, body = self._granted(form, now)
        seller = self.refresh_tokens.get(form.get("refresh_token", ""), ("", form.get("client_id", "")))[1]
        self.fetches.append((now, seller, status))
        return status, body

    def _granted(self, form: Mapping[str, str], now: datetime) -> tuple[int, dict[str, object]]:
        client_id, refresh_token = form.get("client_id", ""), form.get("refresh_token", "")
        if self.secrets.get(client_id) is None or self.secrets[client_id] != form.get("client_secret"):
            return 401, {"error": "invalid_client", "error_description": "Client authentication failed"}
        if form.get("grant_type") != "refresh_token":
            return 400, {"error": "unsupported_grant_type", "error_description": "Only refresh_token is simulated"}
        if self.refresh_tokens.get(refresh_token, ("", ""))[0] != client_id:
            return 400, {"error": "invalid_grant", "error_description": "The refresh token is unknown"}
        return 200, self._issue(refresh_token, now)

    def _issue(self, refresh_token: str, now: datetime) -> dict[str, object]:
        client_id, seller = self.refresh_tokens[refresh_token]
        token = f"Atza|{seller}|{len(self.fetches) + 1}"
        self.issued[token] = IssuedToken(seller, client_id, now + timedelta(seconds=self.token_life))
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self.token_life,
            "refresh_token": refresh_token,
        }

    def holder(self, token: str, now: datetime) -> IssuedToken | None:
        """Whose token it is; None when it is unknown or has expired."""
        issued = self.issued.get(token)
        return issued if issued is not None and now < issued.expires_at else None
