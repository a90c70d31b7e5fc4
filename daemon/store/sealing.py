"""Bodies that may hold buyer data, sealed with a key per subject; dropping the key erases them.

Each subject's key is itself sealed by a master key. The newest master key seals, all of them open, so a key is
rotated by putting the new file first, and the old one is retired after `reseal`.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemon.secrets import SecretFault, locate, read_file
from daemon.settings import Settings
from daemon.store.database import Connection, query

KEY_BYTES = 32
NONCE_BYTES = 12
FINGERPRINT_BYTES = 8
VERSION = b"\x01"


class SealingFault(Exception):
    """A key is missing or wrong; the message says which and what to do."""


class Erased(Exception):
    """The subject's key was dropped: nobody can read this body any more."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The master keys of this process, newest first."""

    keys: tuple[bytes, ...]
    _marks: tuple[bytes, ...] = field(init=False, repr=False, compare=False)
    """With which everything begins that each has sealed: worked out once."""

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != KEY_BYTES for key in self.keys):
            raise SealingFault(f"a key ring needs at least one master key of {KEY_BYTES} bytes")
        object.__setattr__(self, "_marks", tuple(_mark(key) for key in self.keys))

    def seal(self, subject: str, key: bytes) -> bytes:
        """A subject's key under the newest master key."""
        return _sealed(self.keys[0], self._marks[0], subject, key)

    def open(self, subject: str, sealed: bytes) -> bytes:
        """A subject's key. Raises SealingFault when none of the master keys sealed it."""
        for key, mark in zip(self.keys, self._marks, strict=True):
            if sealed.startswith(mark):
                return _open(key, subject, sealed)
        raise SealingFault(
            f"none of the {len(self.keys)} master keys opens the key of {subject!r}; "
            "add the file that sealed it to keys.master_key_files"
        )


def _fingerprint(key: bytes) -> bytes:
    return hashlib.sha256(b"goodsout key " + key).digest()[:FINGERPRINT_BYTES]


def _mark(key: bytes) -> bytes:
    """With which everything begins that this key has sealed."""
    return VERSION + _fingerprint(key)


def _sealed_by(key: bytes, sealed: bytes) -> bool:
    return sealed.startswith(_mark(key))


def _seal(key: bytes, subject: str, clear: bytes) -> bytes:
    return _sealed(key, _mark(key), subject, clear)


def _sealed(key: bytes, mark: bytes, subject: str, clear: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return mark + nonce + AESGCM(key).encrypt(nonce, clear, subject.encode())


def _open(key: bytes, subject: str, sealed: bytes) -> bytes:
    start = len(VERSION) + FINGERPRINT_BYTES
    nonce, text = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, text, subject.encode())
    except InvalidTag:
        raise SealingFault(f"what was sealed for {subject!r} was changed or belongs to another subject") from None


_ring: list[KeyRing] = []


def use_keys(ring: KeyRing) -> None:
    """Make `ring` the key ring of this process. Once at start, before anything is parked."""
    _ring[:] = [ring]


def has_keys() -> bool:
    return bool(_ring)


def current_keys() -> KeyRing:
    """Raises SealingFault when the process has no keys."""
    if not _ring:
        raise SealingFault("no master key: set keys.master_key_files (`head -c 32 /dev/urandom | base64` makes one)")
    return _ring[0]


def load_keys(settings: Settings, environ: Mapping[str, str] = os.environ, beside: Path | None = None) -> KeyRing:
    """The master keys that the settings name; `embedded:` makes one of its own. Raises SealingFault.

    `beside` is the folder of the configuration file, where relative names are looked for last.
    """
    configured = check_keys(settings, environ, beside)
    return KeyRing(configured or (read_key(_own_key_file(Path(settings.database.folder))),))


def check_keys(settings: Settings, environ: Mapping[str, str], beside: Path | None) -> tuple[bytes, ...]:
    """The keys that the settings name: none for `embedded:` when it is to use its own. Raises SealingFault."""
    files = [_find(name, environ, beside) for name in settings.keys.master_key_files]
    if not files and not settings.database.url.startswith("embedded:"):
        raise SealingFault(
            "keys.master_key_files names no file, and parked bodies that may hold buyer data are never stored in "
            "clear; make a key with `head -c 32 /dev/urandom | base64 > master.key && chmod 600 master.key`"
        )
    return tuple(read_key(path) for path in files)


def _find(name: str, environ: Mapping[str, str], beside: Path | None) -> Path:
    try:
        return locate(name, environ, beside)
    except SecretFault as fault:
        raise SealingFault(f"keys.master_key_files: {fault}") from None


def read_key(path: Path) -> bytes:
    """A master key: 32 bytes, as base64 or hexadecimal text. Raises SealingFault."""
    try:
        text = read_file(path).reveal().strip()
    except SecretFault as fault:
        raise SealingFault(f"the master key {fault}") from None
    for decode in (binascii.unhexlify, base64.b64decode):
        try:
            key = decode(text)
        except ValueError:
            continue
        if len(key) == KEY_BYTES:
            return key
    raise SealingFault(f"the master key {path} is not {KEY_BYTES} bytes as base64 or hexadecimal text")


def _own_key_file(folder: Path) -> Path:
    """Beside the data folder, readable by us alone; made once, whichever process comes first."""
    path = folder.with_name(folder.name + ".key")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path


async def subject_keys(
    connection: Connection, subjects: Iterable[str], at: datetime, ring: KeyRing
) -> Mapping[str, bytes]:
    """The key of each subject, locked so that nobody drops it while we seal; made where there is none."""
    names = sorted(set(subjects))
    rows = await connection.fetch(query("lock_subject_keys"), names)
    keys = {row["subject"]: ring.open(row["subject"], row["sealed_key"]) for row in rows}
    if missing := [name for name in names if name not in keys]:
        fresh = [ring.seal(name, os.urandom(KEY_BYTES)) for name in missing]
        made = await connection.fetch(query("make_subject_keys"), missing, fresh, at)
        keys |= {row["subject"]: ring.open(row["subject"], row["sealed_key"]) for row in made}
    return keys


async def seal_bodies(
    connection: Connection, bodies: Sequence[tuple[str, bytes]], at: datetime, ring: KeyRing
) -> list[bytes]:
    """Seal (subject, body) pairs, in the caller's transaction."""
    if not bodies:
        return []
    keys = await subject_keys(connection, (subject for subject, _ in bodies), at, ring)
    return [_seal(keys[subject], subject, body) for subject, body in bodies]


async def open_bodies(
    connection: Connection, bodies: Sequence[tuple[str, bytes | None]], ring: KeyRing | None = None
) -> list[bytes | None]:
    """Sealed bodies in clear; None where there is none, or its subject was erased. Raises SealingFault."""
    wanted = sorted({subject for subject, sealed in bodies if sealed is not None})
    if not wanted:
        return [None] * len(bodies)
    ring = ring or current_keys()
    rows = await connection.fetch(query("find_subject_keys"), wanted)
    keys = {row["subject"]: ring.open(row["subject"], row["sealed_key"]) for row in rows}
    return [_opened(keys.get(subject), subject, sealed) for subject, sealed in bodies]


def _opened(key: bytes | None, subject: str, sealed: bytes | None) -> bytes | None:
    if sealed is None or key is None or not _sealed_by(key, sealed):
        return None
    return _open(key, subject, sealed)


async def open_body(connection: Connection, subject: str, sealed: bytes, ring: KeyRing | None = None) -> bytes:
    """A sealed body in clear, by `ring` or the process's keys. Raises Erased, or SealingFault for a missing key."""
    ring = ring or current_keys()
    key = await _key_of(connection, subject, ring)
    if key is None or not _sealed_by(key, sealed):
        raise Erased(f"the key of {subject!r} was dropped, and with it this body")
    return _open(key, subject, sealed)


async def seal_if_kept(connection: Connection, subject: str, body: bytes) -> bytes | None:
    """Seal by a key that is there. None once the subject was erased: nothing is kept of it any more."""
    key = await _key_of(connection, subject, current_keys())
    return None if key is None else _seal(key, subject, body)


async def digest(connection: Connection, subject: str, body: bytes) -> str:
    """The same for the same body of a subject, and of no use without its key. Empty once it was erased."""
    key = await _key_of(connection, subject, current_keys())
    if key is None:
        return ""
    own = hmac.digest(key, b"goodsout digest", "sha256")
    return hmac.digest(own, body, "sha256").hex()


async def _key_of(connection: Connection, subject: str, ring: KeyRing) -> bytes | None:
    sealed_key = await connection.fetchval(query("find_subject_key"), subject)
    return None if sealed_key is None else ring.open(subject, sealed_key)


async def erase_subject(connection: Connection, subject: str) -> bool:
    """Drop a subject's key: what it sealed is unreadable from now on. False when there was none."""
    return await connection.fetchval(query("drop_subject_key"), subject) is not None


async def reseal(connection: Connection, ring: KeyRing | None = None, limit: int = 1000) -> int:
    """Put up to `limit` subject keys under the newest master key; 0 when all are that any of ours has sealed."""
    ring = ring or current_keys()
    older = [_mark(key) for key in ring.keys[1:]]
    rows = await connection.fetch(query("find_keys_to_reseal"), older, limit) if older else []
    subjects = [row["subject"] for row in rows]
    sealed = [ring.seal(row["subject"], ring.open(row["subject"], row["sealed_key"])) for row in rows]
    if subjects:
        await connection.execute(query("replace_subject_keys"), subjects, sealed)
    return len(subjects)


@dataclass(frozen=True, slots=True)
class Retired:
    """Keys of subjects that no master key of ours opens: what comes for them waits."""

    keys: int
    since: datetime
    subjects: tuple[str, ...]
    """Some of them."""


async def under_retired_keys(connection: Connection, ring: KeyRing | None = None) -> Retired | None:
    """None when every subject's key can be opened."""
    marks = [_mark(key) for key in (ring or current_keys()).keys]
    row = await connection.fetchrow(query("subject_keys_retired"), marks)
    return Retired(row["keys"], row["since"], tuple(row["subjects"])) if row and row["keys"] else None
