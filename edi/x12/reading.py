"""One interchange while it is read: which group and set are open, what was counted, what was found."""

from collections.abc import Callable, Iterator

from edi.body import MAX_HELD, Body, Limits
from edi.faults import Fault, kept
from edi.interchanges import Place
from edi.tape import Tape, TooLong
from edi.x12.envelope import (
    count_of,
    group_faults,
    group_header_faults,
    header_faults,
    interchange_faults,
    is_whole,
    line_faults,
    misplaced,
    plain_beginnings,
    set_faults,
    set_header_faults,
    truncated,
    unterminated,
    without_trailer,
)
from edi.x12.header import Header
from edi.x12.interchange import GroupHeader, GroupReport, Report, Segment, Transaction, TransactionReport

Step = Callable[[list[str]], Transaction | None]
MAX_PLAIN = 4_096
TOO_LARGE = "5"
"""AK502 of a set that is larger than the limit."""


class Reading:
    """Reads one interchange from behind its ISA to its IEA, or to where it breaks off."""

    def __init__(self, tape: Tape, header: Header, limits: Limits) -> None:
        self.tape, self.header, self.limits = tape, header, limits
        self.whole = is_whole(header.signs)
        self.plain = plain_beginnings(header.signs)
        self.faults = header_faults(header)
        self.acknowledgements = list[Segment]()
        self.groups = list[GroupReport]()
        self.group: GroupHeader | None = None
        self.group_faults = list[Fault]()
        self.sets = list[TransactionReport]()
        self.numbers = set[str]()
        self.body: Body | None = None
        self.ended = False

    def events(self) -> Iterator[Transaction | Report]:
        """The sets that have both ends, spoilt ones among them, and then the report."""
        try:
            yield from self._transactions()
        except TooLong:
            self._broken()
        if not self.ended:
            self._close_group()
            self.faults.append(truncated("IEA", "interchange", "023", self.tape.offset))
        yield self._report()

    def _transactions(self) -> Iterator[Transaction]:
        tape, steps, plain, separator = self.tape, self._steps(), self.plain, self.header.signs.element
        add_line: Callable[[str], None] = _nowhere
        add_start: Callable[[int], None] = _nowhere
        room = -1
        for line in tape.lines():
            if tape.start < room and line[:4] in plain and line.isprintable():
                add_line(line)
                add_start(tape.start)
                continue
            step = steps.get(line[:3])
            if step is None:
                self._other(line)
            elif (complete := step(line.split(separator))) is not None:
                yield complete
            if self.ended:
                return
            if (body := self.body) is None:
                room = -1
            else:
                add_line, add_start, room = body.lines.append, body.starts.append, body.room

    def _other(self, line: str) -> None:
        """A line of a set whose beginning was not met before, or one that is odd."""
        if self.body is None or not self.whole(line):
            self._odd(line)
            return
        if len(self.plain) < MAX_PLAIN and line.isascii():
            self.plain.add(line[:4])
        self.body.keep(line, self.tape.start)

    def _steps(self) -> dict[str, Step]:
        """By the first three characters: what opens and closes envelopes, also where it holds nothing."""
        separator = self.header.signs.element
        short: dict[str, Step] = {"ST": self._set, "SE": self._set_end, "GS": self._group, "GE": self._group_end}
        long: dict[str, Step] = {"ISA": self._another, "IEA": self._end, "TA1": self._acknowledgement}
        return {name + separator: step for name, step in short.items()} | short | long

    def _group(self, elements: list[str]) -> None:
        self._close_group()
        self.group = group_header(elements, self.tape.start)
        self.group_faults = group_header_faults(elements, self.tape.start)

    def _group_end(self, elements: list[str]) -> None:
        if self.group is None:
            self._misplaced(elements, "it closes a group that was never opened", "022")
            return
        self._close_set()
        self.group_faults += group_faults(self.group, elements, len(self.sets), self.tape.start)
        self._group_done(self.group, count_of(elements))

    def _close_group(self) -> None:
        """Ends a group that has no GE."""
        self._close_set()
        if self.group is not None:
            self.group_faults.append(truncated("GE", "group", "3", self.tape.start))
            self._group_done(self.group, None)

    def _group_done(self, header: GroupHeader, declared: int | None) -> None:
        sets, faults = tuple(self.sets), kept(self.group_faults)
        self.groups.append(GroupReport(header=header, declared=declared, transactions=sets, faults=faults))
        self.group, self.sets, self.numbers = None, [], set()

    def _set(self, elements: list[str]) -> None:
        self._close_set()
        if self.group is None:
            self._misplaced(elements, "it opens a set outside a group", "024")
            return
        start, line = self.tape.start, self.header.signs.element.join(elements)
        self.body = Body(line, start, self.limits.message, TOO_LARGE)
        self.body.find(set_header_faults(elements, self.group, self.numbers, start))

    def _set_end(self, elements: list[str]) -> Transaction | None:
        body, start = self.body, self.tape.start
        if body is None:
            self._misplaced(elements, "it closes a set that was never opened", "022")
            return None
        body.keep(self.header.signs.element.join(elements), start)
        body.faults += set_faults(self._named(body)[1], elements, body.count, start)
        return self._set_done(body)

    def _close_set(self) -> None:
        """Ends a set that has no SE; what was read of it is in the report alone."""
        if (body := self.body) is not None:
            body.faults.append(without_trailer(body.count, self.tape.start))
            self._set_done(body)

    def _set_done(self, body: Body) -> Transaction:
        assert self.group is not None
        code, number = self._named(body)
        place, faults = Place(len(self.groups), len(self.sets)), body.found()
        self.sets.append(TransactionReport(code=code, number=number, segments=body.count, faults=faults))
        self.numbers.add(number)
        self.body = None
        return Transaction(
            header=self.header, group=self.group, place=place, code=code, number=number, lines=body.lines,
            starts=body.starts, faults=faults,
        )  # fmt: skip

    def _named(self, body: Body) -> tuple[str, str]:
        elements = [*body.lines[0].split(self.header.signs.element), "", ""]
        return elements[1].strip(), elements[2].strip()

    def _odd(self, line: str) -> None:
        """A line outside a set, or one that is not whole. An empty one is told and not counted."""
        if (body := self.body) is not None:
            body.find(line_faults(line, self.header.signs, body.count + 1, self.tape.start))
            if line.strip():
                body.keep(line, self.tape.start)
        elif line.strip():
            self._misplaced(line.split(self.header.signs.element), "it stands outside a transaction set", "024")

    def _misplaced(self, elements: list[str], reason: str, code: str) -> None:
        if len(self.faults) < MAX_HELD:
            self.faults.append(misplaced(elements, reason, self.tape.start, code))

    def _acknowledgement(self, elements: list[str]) -> None:
        if self.group is None:
            self.acknowledgements.append(Segment(elements, 0, self.tape.start))
        else:
            self._misplaced(elements, "it stands inside a group", "024")

    def _another(self, _elements: list[str]) -> None:
        """An ISA where this interchange has had no IEA: this one is over, that one is read for itself."""
        self._close_group()
        self.faults.append(truncated("IEA", "interchange", "023", self.tape.start))
        self.tape.back()
        self.ended = True

    def _end(self, elements: list[str]) -> None:
        self._close_group()
        self.faults += interchange_faults(self.header, elements, len(self.groups), self.tape.start)
        if self.tape.unterminated:
            self.faults.append(unterminated(self.tape.start))
        self.ended = True

    def _broken(self) -> None:
        """No terminator within the longest segment: the rest cannot be cut, up to the next ISA."""
        reason = f"no terminator within {self.limits.segment} bytes"
        self.faults.append(Fault(level="interchange", code="004", reason=reason, offset=self.tape.offset))
        self.tape.seek("ISA" + self.header.signs.element)

    def _report(self) -> Report:
        acknowledgements, length = tuple(self.acknowledgements), self.tape.offset - self.header.offset
        return Report(
            header=self.header, groups=tuple(self.groups), acknowledgements=acknowledgements,
            faults=kept(self.faults), length=length,
        )  # fmt: skip


def group_header(elements: list[str], offset: int) -> GroupHeader:
    """A GS as it came; what it lacks is empty."""
    values = [value.strip() for value in (*elements, *[""] * 8)[1:9]]
    return GroupHeader(
        code=values[0], sender=values[1], receiver=values[2], date=values[3], time=values[4], number=values[5],
        agency=values[6], version=values[7], offset=offset,
    )  # fmt: skip


def _nowhere(_value: object) -> None:
    """Where lines go that belong to no set; never called, because there is no room then."""
