"""The search for marks finds each in every form in which it could have been stored."""

import json
from base64 import b64encode

import pytest

from tests.marks import MARKS, found_in


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_found_however_it_is_written(mark: str) -> None:
    for before in ("", "a", "ab", "abc"):
        text = f"{before}{mark} and more"
        coded = b64encode(text.encode()).decode()
        for written in (text, text.upper(), json.dumps(text), text.encode().hex(), coded, coded.encode().hex()):
            assert mark in found_in(f'{{"x": "{written}"}}'), written


def test_nothing_is_found_where_there_is_none() -> None:
    assert found_in("O-1 at acme, 77 units, DPD") == set()
