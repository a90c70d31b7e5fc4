"""N1 loops: who the parties of a document are, and where."""

from collections.abc import Iterable, Iterator

from edi.x12.interchange import Segment
from edi.x12.write import Row
from schemas.purchase_order import Party

IN_LOOP = frozenset(("N1", "N2", "N3", "N4"))


def parties(segments: Iterable[Segment]) -> dict[str, Party]:
    """The parties by their role (N101: ST, BY, BT …), the first of each role."""
    found = dict[str, Party]()
    for loop in _loops(segments):
        found.setdefault(loop[0].value(1), _party(loop))
    return found


def _loops(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    loop = list[Segment]()
    for segment in segments:
        if segment.name == "N1":
            if loop:
                yield loop
            loop = [segment]
        elif loop and segment.name in IN_LOOP:
            loop.append(segment)
    if loop:
        yield loop


def _party(loop: list[Segment]) -> Party:
    head = loop[0]
    place = next((one for one in loop if one.name == "N4"), None)
    streets = [value for one in loop if one.name == "N3" for value in one.elements[1:3] if value]
    names = [one.value(1) for one in loop if one.name == "N2" and one.value(1)]
    return Party(
        party_id=head.value(4),
        name=head.value(2),
        lines=(*names, *streets),
        city=place.value(1) if place else "",
        region=place.value(2) if place else "",
        postcode=place.value(3) if place else "",
        country=place.value(4) if place else "",
    )


def rows(role: str, party: Party, qualifier: str) -> Iterator[Row]:
    """An N1 loop. Two street lines stand in one N3."""
    yield ("N1", role, party.name, qualifier if party.party_id else "", party.party_id)
    for at in range(0, len(party.lines), 2):
        yield ("N3", *party.lines[at : at + 2])
    if party.city or party.postcode or party.country:
        yield ("N4", party.city, party.region, party.postcode, party.country)
