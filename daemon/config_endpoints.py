"""What the address of a service or a partner must be. No rule repeats the address: it may hold a password."""

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, urlsplit

EMBEDDED = "embedded:"
_SECRET_PARAMETER = re.compile(r"pass|secret|token", re.IGNORECASE)
_EMBEDDED_BUS = re.compile(r"embedded:[\w.-]*")


def service(password_file: str, *schemes: str) -> Callable[[object], str | None]:
    """The URL of a service of ours: a scheme with a host, or `embedded:` (for the bus, with a name if need be)."""
    wanted = f"must be {' or '.join(f'{scheme}://user@host' for scheme in schemes)}, or {EMBEDDED}"
    hint = f"holds a password: move it into a file, name that file in {password_file}, and leave user@host here"

    def rule(value: object) -> str | None:
        parts = _split(str(value))
        if value == EMBEDDED or ("amqp" in schemes and _EMBEDDED_BUS.fullmatch(str(value))):
            return None
        if parts is None or parts.scheme not in schemes:
            return wanted
        return hint if _has_password(parts) else _address(parts, socket_allowed="postgresql" in schemes)

    return rule


def partner(value: object) -> str | None:
    """A partner's endpoint: https, or http to this machine only, for a simulator."""
    parts = _split(str(value))
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        return "must be https://host (http only for a simulator on this machine)"
    if parts.username is not None or _has_password(parts):
        return "must hold no user or password: secrets have files of their own"
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return "must be https: tokens would travel in clear (http is for a simulator on this machine)"
    return _address(parts)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _has_password(parts: SplitResult) -> bool:
    names = (name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return parts.password is not None or any(map(_SECRET_PARAMETER.search, names))


def _address(parts: SplitResult, *, socket_allowed: bool = False) -> str | None:
    try:
        port = parts.port
    except ValueError:
        return "has a port that is no number up to 65535 (a password with / or # in it looks so too: use its file)"
    if port == 0:
        return "has port 0"
    named = parts.hostname or (socket_allowed and "host" in dict(parse_qsl(parts.query)))
    return None if named else "names no host"


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or number alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
