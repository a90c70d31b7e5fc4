"""SSCC-18: the check digit, and the application identifier that is no part of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.sscc import check_digit, is_sscc, without_identifier

EXAMPLE = "106141412345678908"
"""GS1's own."""


def test_gs1_s_own_example_is_right_and_any_other_check_digit_is_wrong() -> None:
    assert is_sscc(EXAMPLE)
    assert not any(is_sscc(EXAMPLE[:-1] + digit) for digit in "012345679")


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16))
def test_one_wrong_digit_is_always_found(digits: str, place: int) -> None:
    whole = digits + check_digit(digits)
    other = str((int(whole[place]) + 1) % 10)
    assert is_sscc(whole) and not is_sscc(whole[:place] + other + whole[place + 1 :])


@pytest.mark.parametrize("text", ["", "1", EXAMPLE + "0", "00" + EXAMPLE, EXAMPLE[:-1] + "x", "\u0661" * 18])
def test_anything_else_is_none(text: str) -> None:
    assert not is_sscc(text)


@pytest.mark.parametrize("text", ["", "1" * 16, "x" * 17])
def test_a_check_digit_is_that_of_seventeen_digits(text: str) -> None:
    with pytest.raises(ValueError, match="seventeen digits"):
        check_digit(text)


def test_the_barcode_s_identifier_is_taken_off() -> None:
    assert without_identifier("00" + EXAMPLE) == EXAMPLE
    assert without_identifier(EXAMPLE) == EXAMPLE
