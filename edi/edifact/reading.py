"""One EDIFACT interchange while it is read: which group and message are open, what was counted, what was found."""

from collections.abc import Callable, Iterator

from edi.body import MAX_HELD, Body, Limits
from edi.edifact.envelope import (
    empty,
    group_faults,
    interchange_faults,
    is_whole,
    line_faults,
    message_faults,
    message_header_faults,
    message_name,
    misplaced,
    truncated,
    unterminated,
    wrapped,
)
from edi.edifact.header import party
from edi.edifact.interchange import (
    GroupHeader,
    GroupReport,
    Header,
    Message,
    MessageReport,
    Report,
    Segment,
)
from edi.faults import Fault, kept
from edi.interchanges import Place
from edi.tape import Tape, TooLong, split

Step = Callable[[Segment], Message | None]
TOO_LARGE = "18"


class Reading:
    """Reads one interchange from behind its UNB to its UNZ, or to where it breaks off."""

    def __init__(self, tape: Tape, header: Header, limits: Limits) -> None:
        self.tape, self.header, self.limits = tape, header, limits
        self.whole = is_whole(header.signs)
        self.faults = list(header.faults)
        self.groups = list[GroupReport]()
        self.group: GroupHeader | None = None
        self.group_faults = list[Fault]()
        self.messages = list[MessageReport]()
        self.numbers = set[str]()
        self.body: Body | None = None
        self.unh: Segment | None = None
        self.ended = False

    def events(self) -> Iterator[Message | Report]:
        """The messages that have both ends, spoilt ones among them, and then the report."""
        try:
            yield from self._messages()
        except TooLong:
            self._broken()
        if not self.ended:
            self._broken_off()
        yield self._report()

    def _messages(self) -> Iterator[Message]:
        tape, whole, steps = self.tape, self.whole, self._steps()
        for line in tape.lines():
            step = steps.get(line[:4])
            if step is not None:
                if (complete := step(self._segment(line))) is not None:
                    yield complete
            elif (body := self.body) is not None and whole(line):
                body.keep(line, tape.start)
            else:
                self._odd(line)
            if self.ended:
                return

    def _steps(self) -> dict[str, Step]:
        """By the first four characters: what opens and closes envelopes, also where it holds nothing."""
        named: dict[str, Step] = {
            "UNH": self._open, "UNT": self._close, "UNG": self._group, "UNE": self._group_end, "UNZ": self._end,
            "UNB": self._another,
        }  # fmt: skip
        sign = self.header.signs.element
        una: dict[str, Step] = {"UNA" + self.header.signs.component: self._another}
        return {name + sign: step for name, step in named.items()} | named | una

    def _segment(self, line: str) -> Segment:
        signs = self.header.signs
        plain = line.replace("\r", "").replace("\n", "")
        position = self.body.count + 1 if self.body else 0
        elements = split(plain, signs.element, signs.release)
        return Segment(elements, position, self.tape.start, signs, self.header.syntax)

    def _group(self, ung: Segment) -> None:
        self._close_group()
        if self.messages:
            self._misplaced(ung, "groups and messages outside groups are mixed", "30")
            self._group_done()
        self.group, self.group_faults = group_header(ung), []

    def _group_end(self, une: Segment) -> None:
        if self.group is None:
            self._misplaced(une, "it closes a group that was never opened")
            return
        self._close_message()
        self.group_faults += group_faults(self.group.number, une, len(self.messages))
        self._group_done()

    def _close_group(self) -> None:
        """Ends a group that has no UNE."""
        self._close_message()
        if self.group is not None:
            self.group_faults.append(truncated("UNE", "group", 0, self.tape.start))
            self._group_done()

    def _group_done(self) -> None:
        messages, faults = tuple(self.messages), kept(self.group_faults)
        self.groups.append(GroupReport(header=self.group, messages=messages, faults=faults))
        self.group, self.messages, self.group_faults = None, [], []

    def _open(self, unh: Segment) -> None:
        self._close_message()
        if self.group is None and any(group.header for group in self.groups):
            self._misplaced(unh, "groups and messages outside groups are mixed", "30")
        unh = Segment(unh.elements, 1, unh.offset, unh.signs, unh.syntax)
        line = self.header.signs.element.join(unh.elements)
        self.unh, self.body = unh, Body(line, unh.offset, self.limits.message, TOO_LARGE)
        self.body.find(message_header_faults(unh, self.numbers))

    def _close(self, unt: Segment) -> Message | None:
        body, unh = self.body, self.unh
        if body is None or unh is None:
            self._misplaced(unt, "it closes a message that was never opened")
            return None
        body.keep(self.header.signs.element.join(unt.elements), unt.offset)
        body.faults += message_faults(unh.value(1), unt, body.count)
        return self._done(body, unh)

    def _close_message(self) -> None:
        """Ends a message that has no UNT; what was read of it is in the report alone."""
        if self.body is not None and self.unh is not None:
            self.body.faults.append(truncated("UNT", "message", self.body.count + 1, self.tape.start))
            self._done(self.body, self.unh)

    def _done(self, body: Body, unh: Segment) -> Message:
        name, number, faults = message_name(unh), unh.value(1), body.found()
        place = Place(len(self.groups), len(self.messages))
        self.messages.append(MessageReport(name=name, number=number, segments=body.count, faults=faults))
        self.numbers.add(number)
        self.body = self.unh = None
        return Message(
            header=self.header, group=self.group, place=place, name=name, number=number, lines=body.lines,
            starts=body.starts, faults=faults,
        )  # fmt: skip

    def _odd(self, line: str) -> None:
        """A line outside a message, or one that is not whole. A line break within is layout, and told."""
        body, start = self.body, self.tape.start
        if body is None:
            if line:
                self._misplaced(self._segment(line), "it stands outside a message")
            return
        position = body.count + 1
        if not line:
            body.find([empty(position, start)])
            return
        plain = line.replace("\r", "").replace("\n", "")
        if plain != line:
            body.find([wrapped(line, plain[:3], position, start)])
        if not self.whole(plain):
            body.find(line_faults(plain, self.header.signs, self.header.syntax, position, start))
        body.keep(plain, start)

    def _misplaced(self, segment: Segment, reason: str, code: str = "33") -> None:
        if len(self.faults) < MAX_HELD:
            self.faults.append(misplaced(segment, reason, code))

    def _another(self, _unb: Segment) -> None:
        """A UNB where this interchange has had no UNZ: this one is over, that one is read for itself."""
        self._broken_off()
        self.tape.back()
        self.ended = True

    def _end(self, unz: Segment) -> None:
        self._close_group()
        grouped = bool(self.groups)
        counted, what = (len(self.groups), "groups") if grouped else (len(self.messages), "messages")
        self._rest()
        self.faults += interchange_faults(self.header.number, unz, counted, what)
        if self.tape.unterminated:
            self.faults.append(unterminated(self.tape.start))
        self.ended = True

    def _rest(self) -> None:
        """The messages that are in no group."""
        if self.messages:
            self._group_done()

    def _broken(self) -> None:
        """No terminator within the longest segment: the rest cannot be cut, up to the next UNB."""
        reason = f"no terminator within {self.limits.segment} bytes"
        self.faults.append(Fault(level="interchange", code="18", reason=reason, offset=self.tape.offset))
        self.tape.seek("UNB" + self.header.signs.element)

    def _broken_off(self) -> None:
        self._close_group()
        self._rest()
        self.faults.append(truncated("UNZ", "interchange", 0, self.tape.offset))

    def _report(self) -> Report:
        length = self.tape.offset - self.header.offset
        return Report(header=self.header, groups=tuple(self.groups), faults=kept(self.faults), length=length)


def group_header(ung: Segment) -> GroupHeader:
    """A UNG as it came; what it lacks is empty."""
    return GroupHeader(
        kind=ung.value(1), sender=party(ung, 2), receiver=party(ung, 3), date=ung.value(4), time=ung.value(4, 2),
        number=ung.value(5), agency=ung.value(6), version=ung.value(7), release=ung.value(7, 2),
        association=ung.value(7, 3), offset=ung.offset,
    )  # fmt: skip
