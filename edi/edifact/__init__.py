"""EDIFACT: `read` from bytes, `write` to bytes, `control` for CONTRL both ways, `aperak`."""
