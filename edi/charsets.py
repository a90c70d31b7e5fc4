"""Which characters an EDIFACT syntax identifier allows, and how its bytes are text."""

import re
from typing import Final

CODECS: Final = {
    "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso8859-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5",
    "UNOF": "iso8859-7", "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOI": "iso8859-6", "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9", "UNOW": "utf-8", "UNOY": "utf-8",
}  # fmt: skip
"""By the syntax identifier of UNB S001."""
_LEVEL_A: Final = re.compile(r"""[A-Z0-9 .,\-()/='+:?!"%&*;<>]*""").fullmatch
_LEVEL_B: Final = re.compile(r"""[A-Za-z0-9 .,\-()/='+:?!"%&*;<>]*""").fullmatch
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def controls_but(own: str) -> str:
    """The control characters as a character class of a pattern, without those that are delimiters themselves."""
    return "".join(f"\\x{code:02x}" for code in (*range(32), 127) if chr(code) not in own)


def text_of(value: str, syntax: str) -> str:
    """A value out of the Latin-1 view as text.

    Bytes that are UTF-8 are taken as that whatever was declared: senders that say UNOC and write UTF-8 are common,
    texts in Latin-1 that happen to be UTF-8 are not.
    """
    if value.isascii():
        return value
    raw = value.encode("latin-1")
    for codec in ("utf-8", CODECS.get(syntax, "iso8859-1")):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return value


def doubt(line: str, syntax: str) -> str:
    """Why a line's bytes above ASCII are not what was declared; empty where they are."""
    if line.isascii():
        return ""
    codec, raw = CODECS.get(syntax, "iso8859-1"), line.encode("latin-1")
    is_utf8 = _decodes(raw, "utf-8")
    if codec == "ascii":
        return f"{syntax} has no characters above ASCII; they were read as {'UTF-8' if is_utf8 else 'Latin-1'}"
    if codec == "utf-8":
        return "" if is_utf8 else f"{syntax} is UTF-8 and these bytes are not; they were read as Latin-1"
    return f"{syntax} was declared, the bytes are UTF-8 and were read as that" if is_utf8 else ""


def _decodes(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def unwritable(value: str, syntax: str) -> str:
    """Why a value must not be written under a syntax identifier; empty where it may."""
    if syntax not in CODECS:
        return f"{syntax} is no character set that is known"
    if _CONTROL.search(value):
        return "it holds a control character"
    allowed = {"UNOA": _LEVEL_A, "UNOB": _LEVEL_B}.get(syntax)
    if allowed is not None:
        return "" if allowed(value) else f"it holds a character that {syntax} does not allow"
    try:
        value.encode(CODECS[syntax])
    except UnicodeEncodeError:
        return f"it holds a character that {syntax} does not have"
    return ""
