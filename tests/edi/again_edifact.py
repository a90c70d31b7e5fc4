"""EDIFACT read and written again."""

import msgspec

from edi.edifact.interchange import Interchange, Message
from edi.edifact.read import read
from edi.edifact.signs import Signs
from edi.edifact.write import Content, OutgoingGroup, write
from edi.edifact.write import again as message_again
from edi.faults import Refused
from edi.tape import split
from tests.edi.again import Again, plain_lines, stripped


def again(data: bytes) -> Again:
    found = read(data)
    told = [*found.faults, *(fault for one in found.interchanges for fault in one.report.all_faults())]
    result = Again(told, sum(len(one.messages) for one in found.interchanges))
    accepted = [one for each in found.interchanges for one in each.accepted]
    result.accepted = len(accepted)
    if accepted:
        written = b"".join(_written(one, result) for one in found.interchanges if one.accepted)
        result.compare(data, written)
        signs = found.interchanges[0].header.signs
        result.explained = result.accepted < result.messages or _plain(data, signs) == _plain(written, signs)
        read_again = [one for each in read(written).interchanges for one in each.accepted]
        result.same_values = [values(one) for one in accepted] == [values(one) for one in read_again]
        _layout(accepted, result)
    return result


def values(message: Message) -> list[list[tuple[str, ...]]]:
    """Each segment's elements as components, without what is empty at their ends."""
    rows = []
    for segment in message.segments():
        row = [tuple(stripped(list(segment.composite(at)), "")) for at in range(len(segment.elements))]
        while not row[-1]:
            row.pop()
        rows.append(row)
    rows[-1][1] = (str(int(rows[-1][1][0])),)
    return rows


def _plain(data: bytes, signs: Signs) -> list[list[str]]:
    text = data.decode("utf-8" if _is_utf8(data) else "latin-1").replace("\r", "").replace("\n", "")
    return plain_lines(split(text, signs.terminator, signs.release), signs.element, signs.component)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _layout(accepted: list[Message], result: Again) -> None:
    for message in accepted:
        signs = message.header.signs
        for segment in message.segments():
            ends = any(element.endswith(signs.component) for element in segment.elements) or not segment.elements[-1]
            result.differs("no empty elements at the end", if_so=ends)
        result.differs("counts without zeroes", if_so=message.lines[-1].split(signs.element)[1].startswith("0"))


def _written(interchange: Interchange, result: Again) -> bytes:
    header = interchange.header
    for syntax in (header.syntax, "UNOC", "UNOW"):
        try:
            data = write(msgspec.structs.replace(header, syntax=syntax), _content(interchange))
        except Refused:
            continue
        if syntax != header.syntax:
            result.differs(f"{syntax}, because {header.syntax} does not allow its characters")
        return data
    raise AssertionError("no character set of those tried can hold it")


def _content(interchange: Interchange) -> Content:
    groups = interchange.report.groups
    if not any(group.header for group in groups):
        return [message_again(one) for one in interchange.accepted]
    return [
        OutgoingGroup(
            header=group.header,
            messages=[message_again(one) for one in interchange.accepted if one.place.group == at],
        )
        for at, group in enumerate(groups)
        if group.header
    ]
