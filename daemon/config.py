"""The configuration: a TOML file, with environment variables over it. All faults are told at once."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

from daemon.config_clarus import token_fault
from daemon.config_doubts import doubtful
from daemon.config_environment import CONFIG, overlay
from daemon.config_hints import Key
from daemon.config_rules import broken_rules
from daemon.config_shape import Found, Given, Tree, as_tables, read_shape
from daemon.secrets import Secret, SecretFault, SecretFile, locate, read_file, read_secret, readable_by_others
from daemon.settings import Settings


class ConfigurationFault(Exception):
    """The configuration cannot be used. `faults` has a line for each thing to put right, and holds no secret."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings that hold together, and where they came from."""

    settings: Settings
    file: Path | None
    places: Mapping[str, str]
    """Dotted key -> the file's key or the variable that gave it; what is absent stands at its default."""
    warnings: tuple[str, ...]
    _credentials: Mapping[str, str]

    def secret(self, name: str) -> Secret:
        """The secret in a file that a setting names, read now. Raises SecretFault."""
        return read_secret(name, self._credentials, self.folder)

    def secret_file(self, name: str) -> SecretFile:
        """The same, to be read again whenever it is rotated. Raises SecretFault."""
        return SecretFile(name, self._credentials, self.folder)

    def secret_path(self, name: str) -> Path:
        """Where the file of a secret was found. Raises SecretFault."""
        return locate(name, self._credentials, self.folder)

    @property
    def folder(self) -> Path:
        """Names of secret files are also looked for here: beside the configuration file, or where we stand."""
        return self.file.parent if self.file else Path()


def load(path: Path | None, environ: Mapping[str, str]) -> Configuration:
    """Read a file (or the one that GOODSOUT_CONFIG names, or none) and the variables. Raises ConfigurationFault."""
    file = path or (Path(environ[CONFIG]) if environ.get(CONFIG) else None)
    tree, faults = _read_file(file)
    unread = bool(faults)  # to call each of its keys missing would only bury the true fault
    faults += overlay(tree, environ)
    reading = read_shape(tree)
    credentials = {name: environ[name] for name in ("CREDENTIALS_DIRECTORY",) if name in environ}
    secret_faults, warnings = _check_secrets(reading.values, credentials, file.parent if file else Path())
    faults += [*reading.faults, *([] if unread else reading.missing)]
    faults += [*broken_rules(reading.values), *secret_faults]
    if faults:
        raise ConfigurationFault(tuple(dict.fromkeys(faults)))
    settings = msgspec.convert(as_tables(reading.values), Settings)
    places = {".".join(key): found.place for key, found in reading.values.items()}
    return Configuration(settings, file, places, (*warnings, *doubtful(settings)), credentials)


def _read_file(file: Path | None) -> tuple[Tree, list[str]]:
    if file is None:
        return {}, []
    try:
        return _placed(tomllib.loads(file.read_text(encoding="utf-8")), ()), []
    except OSError as error:
        return {}, [f"{file}: cannot be read: {error.strerror}"]
    except UnicodeDecodeError:
        return {}, [f"{file}: is not UTF-8 text"]
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{file}: is not TOML: {error}"]


def _placed(table: Mapping[str, object], key: Key) -> Tree:
    return {name: _place(value, (*key, name)) for name, value in table.items()}


def _place(value: object, key: Key) -> Tree | Given:
    if isinstance(value, dict):
        return _placed(cast("dict[str, object]", value), key)
    return Given(value, ".".join(key))


def secret_names(values: Mapping[Key, Found]) -> Iterator[tuple[Found, str]]:
    """(setting, file name) of every secret file that the settings name."""
    for key, found in values.items():
        if key[-1].endswith("_file") and isinstance(found.value, str):
            yield found, found.value
        elif key[-1].endswith("_files"):
            yield from ((found, str(name)) for name in cast("tuple[object, ...]", found.value))


def _check_secrets(
    values: Mapping[Key, Found], credentials: Mapping[str, str], beside: Path
) -> tuple[list[str], list[str]]:
    faults: list[str] = []
    warnings: list[str] = []
    tokens: dict[str, str] = {}
    for found, name in secret_names(values):
        if not name.strip():
            continue
        try:
            path = locate(name, credentials, beside)
            secret = read_file(path).reveal()
        except SecretFault as fault:
            faults.append(f"{found.place}: {fault}")
        else:
            if fault_in := token_fault(found.field, secret, tokens.setdefault(secret, found.place) != found.place):
                faults.append(f"{found.place}: {path} {fault_in}")
            if readable_by_others(path, credentials):
                warnings.append(f"{found.place}: {path} can be read by others on this machine; chmod 600 {path}")
    return faults, warnings
