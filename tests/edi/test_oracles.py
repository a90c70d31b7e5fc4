"""Two libraries asked for a second opinion: where they read an interchange, we read the same."""

import warnings
from pathlib import Path

import pytest
import x12 as ansi
from hypothesis import given, settings
from pydifact.parser import Parser

from edi.edifact import read as edifact_read
from edi.edifact import write as edifact_write
from edi.edifact.interchange import Header as UnbHeader
from edi.x12 import read as x12_read
from edi.x12 import write as x12_write
from edi.x12.header import Header
from edi.x12.write import Composite, OutgoingGroup
from tests.edi.samples import edifact, files, needs_samples, x12
from tests.edi.strategies import SLOW, SPOILT_X12, edifact_interchange, outgoing, x12_interchange

BOM = b"\xef\xbb\xbf"


def _ours(data: bytes) -> list[list[str]] | None:
    """The segments of all sets, in Latin-1; None where anything is refused."""
    found = x12_read.read(data)
    if found.faults or any(len(one.accepted) < len(one.transactions) for one in found.interchanges):
        return None
    element = found.interchanges[0].header.signs.element
    return [line.split(element) for each in found.interchanges for one in each.accepted for line in one.lines]


def _theirs(data: bytes) -> list[list[str]] | None:
    """The same by ansi-x12; None where it refuses the file."""
    try:
        interchange = ansi.parse_x12_interchange(ansi.tokenize_x12(data.removeprefix(BOM)))
    except ansi.X12Error:
        return None
    sets = [one for group in interchange.groups for one in group.transactions]
    segments = [segment for one in sets for segment in (one.header, *one.segments, one.trailer)]
    return [[one.tag, *(element.decode("latin-1") for element in one.elements)] for one in segments]


@needs_samples
@pytest.mark.parametrize("file", files("x12"), ids=lambda file: file.name)
def test_each_sample_that_ansi_x12_reads_is_read_the_same(file: Path) -> None:
    data = file.read_bytes()
    theirs = _theirs(data)
    assert theirs is None or _ours(data) == theirs


@needs_samples
def test_ansi_x12_reads_enough_of_the_samples_to_be_an_opinion() -> None:
    assert sum(_theirs(file.read_bytes()) is not None for file in files("x12")) >= 35


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(x12_interchange())
def test_what_we_write_ansi_x12_reads(written: tuple[Header, list[OutgoingGroup]]) -> None:
    header, groups = written
    full = [group for group in groups if group.transactions]
    data = x12_write.write(header, full)
    if full:
        assert _theirs(data) == _ours(data)
        assert _ours(data) is not None


@settings(deadline=None, suppress_health_check=SLOW)
@given(SPOILT_X12)
def test_what_ansi_x12_accepts_of_spoilt_bytes_we_read_the_same_or_refuse_by_name(data: bytes) -> None:
    theirs, ours = _theirs(data), _ours(data)
    if theirs is not None and ours is not None:
        assert ours == theirs
    if theirs is not None and ours is None:
        found = x12_read.read(data)
        assert found.faults or any(not one.warning for each in found.interchanges for one in each.report.all_faults())


def test_the_oracle_reads_what_it_should() -> None:
    assert _theirs(x12()) == _ours(x12())
    assert _theirs(x12()[:-5]) is None


def _pydifact(data: bytes) -> list[list[tuple[str, ...]]]:
    """Segments by pydifact's parser: tag, then elements as components."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = list(Parser().parse(data.decode("latin-1")))
    return [
        [(one.tag,), *(tuple(value) if isinstance(value, list) else (str(value),) for value in one.elements)]
        for one in parsed
        if one.tag not in ("UNA", "UNB", "UNZ", "UNG", "UNE")
    ]


def _edifact(data: bytes) -> list[list[tuple[str, ...]]]:
    found = edifact_read.read(data)
    return [
        [segment.composite(number) or ("",) for number in range(len(segment.elements))]
        for each in found.interchanges
        for one in each.messages
        for segment in one.segments()
    ]


@needs_samples
@pytest.mark.parametrize("file", files("edifact"), ids=lambda file: file.name)
def test_each_edifact_sample_is_cut_as_pydifact_cuts_it(file: Path) -> None:
    data = file.read_bytes()
    if data.isascii():
        assert _edifact(data) == _pydifact(data)


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(edifact_interchange())
def test_what_we_write_pydifact_cuts_as_we_do(written: tuple[UnbHeader, list[list[list[Composite]]]]) -> None:
    header, messages = written
    content = [outgoing(rows, number) for number, rows in enumerate(messages, 1)]
    data = edifact_write.write(header, content)
    assert _edifact(data) == _pydifact(data)


def test_the_second_oracle_reads_what_it_should() -> None:
    assert _pydifact(edifact()) == _edifact(edifact())
    assert len(_pydifact(edifact())) == 10
