"""X12: `read` from bytes, `write` to bytes, `acknowledge` what was read, `answers` to what was sent."""
