"""What a link answers with: the words are the handlers', because decisions are made on them."""

from handlers.answers import (
    Answer,
    Denied,
    Done,
    NeverLeft,
    Reading,
    Refused,
    Throttled,
    Unavailable,
    Unknown,
)

__all__ = ["Answer", "Denied", "Done", "NeverLeft", "Reading", "Refused", "Throttled", "Unavailable", "Unknown"]
