"""Which carrier and service a buyer's choice is: the most specific row, exact text, and nothing guessed."""

from msgspec.structs import replace

from handlers.row_changes import compare
from handlers.service_file import key_of, read_services, write_services
from handlers.shipping_services import ServiceRow, near_services, service_for

ROW = ServiceRow(channel_account="*", service="Standard", carrier="RM", carrier_service="48")


def found(*rows: ServiceRow, service: str = "Standard", programmes: tuple[str, ...] = (), country: str = "GB") -> str:
    row = service_for(rows, "shop", service, programmes, country)
    return row.carrier if row else ""


def test_the_most_specific_row_wins() -> None:
    rows = (
        replace(ROW, service="*", carrier="any"),
        ROW,
        replace(ROW, country="IE", carrier="ireland"),
        replace(ROW, programme="prime", carrier="prime"),
        replace(ROW, channel_account="shop", carrier="own"),
        replace(ROW, channel_account="shop", programme="prime", carrier="own-prime"),
    )
    assert found(*rows) == "own"
    assert found(*rows, programmes=("prime", "business")) == "own-prime"
    assert found(*rows[:4], country="IE") == "ireland"
    assert found(*rows[:4], programmes=("prime",), country="IE") == "prime"
    assert found(*rows, service="Express") == "any"


def test_case_is_part_of_a_name() -> None:
    assert found(ROW, service="standard") == ""
    assert near_services([ROW], "shop", "STAN-DARD") == ("Standard",)
    assert near_services([replace(ROW, channel_account="other")], "shop", "standard") == ()


def test_two_programmes_that_ask_for_different_carriers_are_not_decided() -> None:
    rows = (replace(ROW, programme="prime", carrier="A"), replace(ROW, programme="premium", carrier="B"))
    assert found(*rows, programmes=("prime", "premium")) == ""
    assert found(*(replace(row, carrier="A") for row in rows), programmes=("prime", "premium")) == "A"


def test_the_file_is_read_back_as_it_was_written() -> None:
    rows = [ROW, replace(ROW, service="=1+1", programme="prime", country="IE", carrier="'x", carrier_service="")]
    read, faults = read_services(write_services(rows).encode(), [])
    assert (read, faults) == (rows, [])
    assert {change.what for change in compare(rows, read, key_of)} == {"same"}


def test_every_fault_of_a_file_is_named_with_its_line() -> None:
    text = "channel_account,service,carrier,country\nnowhere,,RM,gb\n*,A,RM,\n*,A,DPD,\n*,B, X,GB\n"
    _, faults = read_services(text.encode(), ["shop"])
    assert [str(fault).split(":")[0] for fault in faults] == [
        "line 2, column service", "line 2, column channel_account", "line 2, column country", "line 4",
        "line 5, column carrier",
    ]  # fmt: skip
