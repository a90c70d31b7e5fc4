"""EDI: X12 and EDIFACT on one core, from bytes to values and back.

Nothing here waits, reads a clock, touches a disk or knows the daemon. `edi.x12.read` and `edi.edifact.read` take
bytes, or chunks of them, and give interchanges with every fault that was found; `write` beside them is strict.
Control numbers, dates and who is a partner are values that the caller hands in.
"""
