"""NAD and the references that follow it: who the parties of a message are, and where."""

from collections.abc import Iterable

from msgspec.structs import replace

from edi.edifact.interchange import Segment
from edi.edifact.write import Row
from schemas.purchase_order import Party

TAX_NUMBER = "VA"
GLNS, BUYERS = "9", "92"
"""3055: GS1's numbers of places, and codes that the buyer has given, which a vendor code is."""


def is_gln(text: str) -> bool:
    """Thirteen digits, the last of which checks the others."""
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return False
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text[:-1]))
    return -weighed % 10 == int(text[-1])


def parties(segments: Iterable[Segment]) -> dict[str, Party]:
    """The parties by their role (3035: BY, SU, DP, IV …), the first of each role."""
    found, role = dict[str, Party](), ""
    for segment in segments:
        if segment.name == "NAD":
            role = segment.value(1)
            found.setdefault(role, _party(segment))
        elif segment.name == "RFF" and role and segment.value(1, 1) == TAX_NUMBER and not found[role].tax_number:
            found[role] = replace(found[role], tax_number=segment.value(1, 2))
    return found


def _party(segment: Segment) -> Party:
    name, *more = [part for part in segment.composite(4) or segment.composite(3) if part] or [""]
    return Party(
        party_id=segment.value(2),
        name=name,
        lines=(*more, *(part for part in segment.composite(5) if part)),
        city=segment.value(6),
        region=segment.value(7),
        postcode=segment.value(8),
        country=segment.value(9),
    )


def row(role: str, party: Party, agency: str) -> Row:
    """A NAD with the party's number, and its place where it is known. `agency`: of a number that is a GLN."""
    said = agency if agency != GLNS or is_gln(party.party_id) else BUYERS
    identity = (party.party_id, "", said) if party.party_id else ""
    return (
        "NAD", role, identity, "", (party.name,) if party.name else "", tuple(party.lines) or "", party.city,
        party.region, party.postcode, party.country,
    )  # fmt: skip
