"""Secrets in files: read again when the file changes, so that a rotation needs no restart."""

from dataclasses import dataclass, field
from pathlib import Path


class SecretMissing(Exception):
    """A secret file cannot be read or is empty; the message names the file, never its content."""


@dataclass(slots=True)
class SecretFile:
    """One secret in one file. Kubernetes swaps a link, systemd rewrites the file: both change its stamp."""

    path: Path
    _stamp: tuple[int, int, int] | None = None
    _content: str = field(default="", repr=False)

    def read(self) -> str:
        """The secret, from the file whenever that has changed. Raises SecretMissing."""
        try:
            stamp = self._stamp_now()
            if stamp != self._stamp:
                self._content, self._stamp = self.path.read_text("utf-8").strip(), stamp
        except (OSError, UnicodeDecodeError) as error:
            raise SecretMissing(f"the secret file {self.path} cannot be read: {_why(error)}") from None
        if not self._content:
            raise SecretMissing(f"the secret file {self.path} is empty: write the secret into it")
        return self._content

    def forget(self) -> None:
        """The next read goes to the file, whatever its stamp says."""
        self._stamp = None

    def _stamp_now(self) -> tuple[int, int, int]:
        status = self.path.stat()
        return status.st_mtime_ns, status.st_size, status.st_ino


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "unknown" if isinstance(error, OSError) else "it is not UTF-8 text"
