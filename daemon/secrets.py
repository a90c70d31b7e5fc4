"""Secrets: read from files, never printed, read again when the file is rotated.

A relative name is looked for in systemd's `$CREDENTIALS_DIRECTORY`, then in `/run/secrets`, then beside the
configuration file. Every value that has been read is known, and masked in whatever is logged.
"""

import hmac
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

MASK = "****"
MAX_BYTES = 65_536
SHORTEST_MASKED = 4
"""Characters: masking anything shorter would eat ordinary words, and no such secret is one."""
REMEMBERED = 512
"""Values that are known at most: the oldest, rotated away long ago, go first."""
MOUNTED = Path("/run/secrets")


class SecretFault(Exception):
    """A secret file cannot be used; the message says where we looked and what to do, never what was inside."""


class Secret:
    """Text that shows only to those who ask for it by `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        _known.add(value)

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled or copied into files: pass the name of its file instead")


class _Known:
    """The values to mask, and the one expression that finds them all."""

    def __init__(self) -> None:
        self._values: dict[str, None] = {}
        self._expression: re.Pattern[str] | None = None

    def add(self, value: str) -> None:
        if len(value) < SHORTEST_MASKED or value in self._values:
            return
        self._values[value] = None
        while len(self._values) > REMEMBERED:
            del self._values[next(iter(self._values))]
        self._expression = None

    def spans(self, text: str) -> list[tuple[int, int]]:
        if not self._values:
            return []
        self._expression = self._expression or self._compiled()
        return [found.span() for found in self._expression.finditer(text)]

    def _compiled(self) -> re.Pattern[str]:
        shapes = {shape for value in self._values for shape in (value, quote(value, safe=""))}
        return re.compile("|".join(re.escape(shape) for shape in sorted(shapes, key=len, reverse=True)))


_known = _Known()


def mask(text: str) -> str:
    """The text with every secret that this process has read replaced by `****`."""
    return mask_spans(text, known_spans(text))


def known_spans(text: str) -> list[tuple[int, int]]:
    """Where (start, end) the secrets that this process has read stand in the text."""
    return _known.spans(text)


def mask_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with each of these places (start, end; they may overlap) replaced by one `****`."""
    kept, reached = [], 0
    for start, end in sorted(spans):
        if start >= reached:
            kept += [text[reached:start], MASK]
        reached = max(reached, end)
    return "".join([*kept, text[reached:]])


def locate(name: str, environ: Mapping[str, str], beside: Path | None = None) -> Path:
    """The file of a secret. `beside` is the folder of the configuration file. Raises SecretFault if there is none."""
    if _looks_like_content(name):
        raise SecretFault(
            "this looks like the secret itself, not the name of a file: write it to a file and name that"
        )
    candidates = _candidates(Path(name), environ, beside)
    for candidate in candidates:
        if _exists(candidate):
            return candidate
    raise SecretFault(
        f"no such file, or none that we may see; looked for {', then '.join(str(path) for path in candidates)}"
    )


def read_secret(name: str, environ: Mapping[str, str], beside: Path | None = None) -> Secret:
    """The secret in a file, without its last newline. Raises SecretFault if it cannot be used."""
    return read_file(locate(name, environ, beside))


def read_file(path: Path) -> Secret:
    """The secret in exactly this file. Raises SecretFault if it cannot be used."""
    try:
        return Secret(_text(path, _bytes(path)))
    except OSError as error:
        raise SecretFault(
            f"{path} cannot be read: {error.strerror}; is it readable by user {os.geteuid()}?"
        ) from None


def readable_by_others(path: Path, environ: Mapping[str, str]) -> bool:
    """Whether group or others may read it, where the platform did not put it there on purpose."""
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    placed = (MOUNTED, Path(credentials)) if credentials else (MOUNTED,)
    if any(path.is_relative_to(folder) for folder in placed):
        return False
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


class SecretFile:
    """A secret that may be rotated under our feet: `current` reads the file again when it has changed.

    A file that cannot be used for a moment leaves the last good value in place; `trouble` says what is wrong.
    """

    def __init__(self, name: str, environ: Mapping[str, str], beside: Path | None = None) -> None:
        self.path = locate(name, environ, beside)
        self.trouble: str | None = None
        self._seen = _identity(self.path)
        self._secret = read_file(self.path)

    def current(self) -> Secret:
        self.refresh()
        return self._secret

    def refresh(self) -> bool:
        """Read again if the file has changed; True if the secret is another one now."""
        before = self._secret
        identity = _identity(self.path)
        if identity == self._seen and self.trouble is None:
            return False
        try:
            self._secret = read_file(self.path)
        except SecretFault as fault:
            self.trouble = str(fault)
        else:
            self._seen, self.trouble = identity, None
        return self._secret != before


def _candidates(path: Path, environ: Mapping[str, str], beside: Path | None) -> list[Path]:
    if path.is_absolute():
        return [path]
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    folders = [Path(credentials)] if credentials else []
    return [folder / path for folder in (*folders, MOUNTED, beside or Path())]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _looks_like_content(name: str) -> bool:
    return bool(re.match(r"(Atz[ar]\||amzn1\.|-----BEGIN)", name)) or any(mark in name for mark in "\n\r\0")


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise SecretFault(f"{path} is not a plain file")
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise SecretFault(f"{path} has more than {MAX_BYTES} bytes: is it the right file?")
    return content


def _text(path: Path, content: bytes) -> str:
    try:
        text = content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise SecretFault(f"{path} is not UTF-8 text") from None
    if not text.strip():
        raise SecretFault(f"{path} is empty: write the secret into it")
    return text


def _identity(path: Path) -> tuple[int, int, int, int] | None:
    """Changes when the file is written, replaced, or reached through another link (as Kubernetes rotates)."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
