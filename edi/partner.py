"""Who a trading partner is in envelopes: ids, versions, delimiters. What it wants in documents is its `Profile`."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Standard = Literal["x12", "edifact"]
GROUPS: Mapping[str, str] = {"855": "PR", "856": "SH", "810": "IN", "846": "IB", "865": "CA", "997": "FA"}
"""GS01 by what is sent."""
ISA_VERSIONS: Mapping[str, str] = {"855": "00400", "856": "00501"}
GS_VERSIONS: Mapping[str, str] = {"856": "005010"}
"""As Amazon's vendor programme has them; what is not named is 00401 and 004010."""
ASSOCIATIONS: Mapping[str, str] = {
    "ORDRSP": "EAN005", "DESADV": "EAN005", "INVOIC": "EAN008", "INVRPT": "EAN008",
}  # fmt: skip


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange with one partner: live and test exchanges are two partners."""

    name: str
    standard: Standard
    our_id: str
    our_qualifier: str = "ZZ"
    their_id: str
    their_qualifier: str = "ZZ"
    our_group_id: str = ""
    """X12 GS02 of ours; empty: as in the ISA."""
    their_group_id: str = ""
    test: bool = False
    isa_versions: Mapping[str, str] = msgspec.field(default_factory=lambda: ISA_VERSIONS)
    gs_versions: Mapping[str, str] = msgspec.field(default_factory=lambda: GS_VERSIONS)
    associations: Mapping[str, str] = msgspec.field(default_factory=lambda: ASSOCIATIONS)
    asks_interchange_answer: bool = False
    """X12 ISA14, EDIFACT 0031."""
    charset: str = "ascii"
    """X12: of our documents. EDIFACT has its syntax for it."""
    syntax: str = "UNOC"
    application: str = "EANCOM"
    line_break: str = ""


class Numbers(msgspec.Struct, frozen=True):
    """Control numbers, each used once: of the interchange, of its group (X12), and of its messages from there on."""

    interchange: int
    group: int
    message: int
