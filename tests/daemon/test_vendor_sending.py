"""Documents to a retailer in turns: a round sends all that its looks have made, and no round is without end."""

from dataclasses import dataclass
from typing import cast

import pytest

from daemon.vendor_sending import AT_ONCE, TURNS, VendorSending


@dataclass
class Turns:
    """Sends what is due in turns of ten."""

    due: int
    turns: int = 0

    async def send_due(self) -> int:
        sent = min(self.due, AT_ONCE)
        self.due -= sent
        self.turns += 1
        return sent


@pytest.mark.parametrize(
    ("due", "left", "turns"), [(0, 0, 1), (9, 0, 1), (25, 0, 3), (1000, 1000 - 10 * TURNS, TURNS)]
)
async def test_a_round_sends_in_turns_until_little_is_due(due: int, left: int, turns: int) -> None:
    given = Turns(due)
    sent = await VendorSending.send_all_due(cast(VendorSending, given))
    assert (sent, given.due, given.turns) == (due - left, left, turns)
