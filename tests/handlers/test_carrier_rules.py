"""What a channel wants of carriers: certain faults are refused, doubts are told, the rest is left alone."""

import pytest

from handlers.carrier_rules import ROYAL_MAIL, CarrierRule, CarrierRules, judge_tracking, row_faults, wants_method
from handlers.mappings import CarrierRow
from simulators.amazon import UK

US = "ATVPDKIKX0DER"
RULES = CarrierRules(
    carriers={"Royal Mail": ROYAL_MAIL, "DPD": CarrierRule(patterns=("[0-9]{14}",))},
    names=frozenset({"Royal Mail", "DPD", "DPD Local", "UPS"}),
    method_in=frozenset({UK}),
)
HOLD = CarrierRules(carriers=RULES.carriers, doubtful="hold")


def row(code: str, method: str = "", name: str = "", *, confirm: bool = True) -> CarrierRow:
    return CarrierRow(
        channel_account="shop", carrier="X", service="Y", carrier_code=code, carrier_name=name,
        shipping_method=method, confirm=confirm,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("AB123456785GB", "AB123456785GB"),
        ("ab 123 456 785 gb", "AB123456785GB"),
        ("021115C902CF0C99", "021115C902CF0C99"),
        ("0B014648800003598B01", "0B014648800003598B01"),
        ("32-001 925 4000-221 BB4 EFC", "320019254000221BB4EFC"),
    ],
)
def test_royal_mails_numbers_are_told_without_what_labels_print_for_the_eye(printed: str, told: str) -> None:
    found = judge_tracking("Royal Mail", printed, RULES)
    assert (found.number, found.wrong, found.doubt) == (told, "", "")


@pytest.mark.parametrize("number", ["AB123456784GB", "AB 123 456 786 GB", "ab123456780gb"])
def test_a_check_digit_that_is_wrong_was_mistyped_for_certain(number: str) -> None:
    assert "check digit" in judge_tracking("Royal Mail", number, RULES).wrong


@pytest.mark.parametrize(("digits", "check"), [("00000000", 5), ("12345678", 5), ("47312482", 9), ("00000006", 2)])
def test_the_posts_own_check_digits_are_right(digits: str, check: int) -> None:
    right = [d for d in range(10) if not judge_tracking("Royal Mail", f"AB{digits}{d}GB", RULES).wrong]
    assert right == [check]


@pytest.mark.parametrize("number", ["TRK-1", "AAA0001", "12345", "32-001 925", "AB123456785DE"])
def test_what_only_looks_wrong_is_told_as_it_came_and_doubted(number: str) -> None:
    found = judge_tracking("Royal Mail", number, RULES)
    assert found.number == number and found.wrong == "" and number in found.doubt
    assert judge_tracking("Royal Mail", number, HOLD).wrong != "", "or held, where settings say so"


def test_a_carrier_without_a_rule_has_any_number_and_off_is_off() -> None:
    assert judge_tracking("UPS", "1Z-anything at all", RULES).number == "1Z-anything at all"
    off = CarrierRules(carriers=RULES.carriers, doubtful="off")
    assert judge_tracking("Royal Mail", "AB123456784GB", off).wrong == ""
    assert judge_tracking("DPD", "1550 1234 5678 90", RULES).number == "1550 1234 5678 90", "printed parts do no harm"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("royal mail", "'Royal Mail'"),
        ("Royal  Mail", "'Royal Mail'"),
        ("DPD-Local", "'DPD Local'"),
        ("Evri", "not among"),
    ],
)
def test_a_name_that_is_not_the_channels_own_letter_by_letter_is_named_with_the_right_one(
    code: str, says: str
) -> None:
    [fault] = row_faults(row(code, "Tracked 24"), [UK], RULES)
    assert says in fault


def test_a_listed_carrier_must_not_hide_behind_other() -> None:
    [fault] = row_faults(row("Other", "Post", "ROYAL MAIL"), [UK], RULES)
    assert "'Royal Mail'" in fault
    assert row_faults(row("Other", "Bike", "Pedal Me"), [UK], RULES) == []


def test_where_a_marketplace_wants_the_service_a_row_without_it_is_named() -> None:
    [fault] = row_faults(row("DPD"), [US, UK], RULES)
    assert UK in fault and US not in fault
    assert row_faults(row("DPD"), [US], RULES) == [] and row_faults(row("DPD", "Next Day"), [UK], RULES) == []
    assert not wants_method(row("DPD", confirm=False), UK, RULES), "a label that the channel sold is not told of"


def test_without_a_list_of_names_none_is_doubted() -> None:
    assert row_faults(row("Evri", "Standard"), [UK], CarrierRules(method_in=frozenset({UK}))) == []
