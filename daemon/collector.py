"""Python's collector of cycles, tuned for a process that must not pause."""

import gc

YOUNG, MIDDLE, OLD = 20_000, 20, 50
"""Many small objects live for one batch only; looking at them every 700, as is the default, finds nothing."""


def collect_seldom() -> None:
    """Call it once everything is built. What is there now stays, and is not looked at again.

    A full collection stops the event loop, and each despatch on its way, for as long as it takes to walk every
    object: 50 ms and more with all that the libraries hold.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
