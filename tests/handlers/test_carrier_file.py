"""The carriers' file: read whole or refused whole, with every fault and its line."""

import msgspec
import pytest

from handlers.carrier_file import HEADER, key_of, read_carriers, write_carriers
from handlers.row_changes import compare
from tests.controls.despatches import CARRIER

HEAD = ",".join(HEADER)


def faults(*lines: str, head: str = HEAD) -> list[tuple[int, str]]:
    _, found = read_carriers("\n".join((head, *lines)), {"shop"})
    return [(fault.line, fault.text) for fault in found]


def test_what_is_written_is_read_back_the_same() -> None:
    odd = msgspec.structs.replace(CARRIER, channel_account="*", carrier='A "quoted", one', service="", confirm=False)
    rows, found = read_carriers(write_carriers([CARRIER, odd]), {"shop"})
    assert (rows, found) == ([CARRIER, odd], [])


def test_optional_columns_may_be_left_out() -> None:
    [row], found = read_carriers("channel_account,carrier,service,carrier_code\n*,DPD,*,DPD\n", set())
    assert found == []
    assert (row.confirm, row.shipping_method) == (True, "")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nowhere,DPD,*,DPD,,,yes", "not configured"),
        ("shop,,*,DPD,,,yes", "carrier is empty"),
        ("shop,DPD,*,,,,yes", "carrier_code is empty"),
        ("shop,DPD,*,Other,,,yes", "carrier_name is empty"),
        ("shop,DPD,*,DPD,Some Name,,yes", "carrier_name is only"),
        ("shop,DPD,*,DPD,,,perhaps", "confirm must be"),
        ("shop,DPD ,*,DPD,,,yes", "spaces at its ends"),
        ("shop,DPD,*", "has 3 cells"),
        (f"shop,{'x' * 201},*,DPD,,,yes", "longer than"),
    ],
)
def test_a_wrong_line_is_named(line: str, says: str) -> None:
    [(number, text)] = faults(line)
    assert number == 2
    assert says in text


def test_every_fault_is_told_at_once() -> None:
    found = faults("shop,DPD,*,,,,perhaps", "shop,OK,*,DPD,,,yes", "nowhere,DPD,*,DPD,,,yes")
    assert [line for line, _ in found] == [2, 2, 4]


def test_a_row_that_stands_twice_is_a_fault() -> None:
    [(number, text)] = faults("shop,DPD,*,DPD,,,yes", "shop,DPD,*,DPD Local,,,yes")
    assert (number, "repeats line 2" in text) == (3, True)


def test_a_carrier_that_is_not_told_needs_no_code() -> None:
    assert faults("shop,AMZL,*,,,,no") == []


@pytest.mark.parametrize("head", ["channel_account,carrier,service", HEAD + ",colour", HEAD + ",carrier", ""])
def test_a_wrong_header_is_a_fault_of_line_1(head: str) -> None:
    assert {line for line, _ in faults(head=head)} == {1}


def test_the_difference_names_new_changed_absent_and_same_rows() -> None:
    other = msgspec.structs.replace(CARRIER, carrier="YODEL")
    new = msgspec.structs.replace(CARRIER, carrier="EVRI")
    changed = msgspec.structs.replace(CARRIER, carrier_code="DPD Local")
    found = {change.key[1]: change.what for change in compare([CARRIER, other], [changed, new], key_of)}
    assert found == {"DPD-UK": "changed", "YODEL": "absent", "EVRI": "new"}
    assert [change.what for change in compare([CARRIER], [CARRIER], key_of)] == ["same"]
