"""Addresses: what is refused by its country, a field or a courier, what is kept, and that nothing of it is told."""

import pytest
from msgspec.structs import replace

from handlers.addresses import Contact, Courier, Fault, address_faults, cleaned, prepared, street_fields
from schemas.sales_order import ShipTo

HOME = ShipTo(
    name="Ann Buyer", lines=("1 Some Street",), city="Norwich", postcode="NR1 1AA", country="GB",
    phone="01603 000000",
)  # fmt: skip
NOBODY = Contact()
REGIONS = frozenset({"US", "CA"})


def texts(ship_to: ShipTo, contact: Contact = NOBODY, courier: Courier | None = None) -> list[str]:
    return [fault.text for fault in address_faults(prepared(ship_to, contact), contact, courier, REGIONS)]


@pytest.mark.parametrize(
    "ship_to",
    [
        HOME,
        replace(HOME, postcode="nr11aa"),
        replace(HOME, country="IE", postcode="", city="Dublin"),
        replace(HOME, country="DE", postcode="10115", city="Berlin"),
        replace(HOME, country="US", postcode="10001-0001", region="ny", city="New York"),
        replace(HOME, country="ES", postcode="28001", region="", city="Madrid"),
        replace(HOME, country="JE", postcode="JE2 3AB", city="St Helier"),
        replace(HOME, name="", company="Chairs & Co"),
        replace(HOME, country="IL", postcode="9614303", city="ירושלים", lines=("דרך יפו 12",), name="שרה"),
        replace(HOME, name="🚚 Zoë", lines=("Flat 2\u200d", "12 Łąkowa")),
    ],
)
def test_a_good_address_is_let_through(ship_to: ShipTo) -> None:
    assert texts(ship_to) == []


@pytest.mark.parametrize(
    ("ship_to", "said"),
    [
        (replace(HOME, postcode="12345"), "its postcode is not valid for GB (there it looks like EC1Y 8SY)"),
        (replace(HOME, postcode=""), "its postcode is missing for GB (there it looks like EC1Y 8SY)"),
        (replace(HOME, city=""), "it has no town"),
        (replace(HOME, lines=("  ", "\u202e")), "it has no street"),
        (replace(HOME, name="", company=""), "it names nobody"),
        (replace(HOME, country="UK"), "the country UK does not exist; the United Kingdom is GB"),
        (replace(HOME, country="ZZ"), "the country ZZ does not exist"),
        (replace(HOME, country="../all"), "its country is no ISO code of two letters"),
        (replace(HOME, country=""), "its country is no ISO code of two letters"),
        (
            replace(HOME, country="US", postcode="10001", region="Narnia"),
            "its state or region is not valid for US",
        ),
        (replace(HOME, name="n" * 81), "its name has 81 characters, 80 fit"),
        (replace(HOME, phone="1" * 51), "its phone number has 51 characters, 50 fit"),
        (replace(HOME, email="no mail"), "its e-mail address is none"),
        (replace(HOME, email=f"{'a' * 250}@b.cd"), "its e-mail address has 255 characters, 254 fit"),
        (replace(HOME, lines=("s" * 81,)), "company and street do not fit 3 lines of 80 characters"),
    ],
)
def test_each_fault_is_named(ship_to: ShipTo, said: str) -> None:
    assert said in texts(ship_to)


def test_no_fault_repeats_what_the_buyer_wrote() -> None:
    marks = {
        name: f"MARK{name}!" * 20 for name in ("name", "company", "city", "region", "postcode", "phone", "email")
    }
    told = " ".join(texts(replace(HOME, **marks, lines=("MARKline!" * 20,)), courier=Courier(characters="latin")))
    assert told and "MARK" not in told.upper()


def test_a_courier_is_held_to_its_own_fields() -> None:
    courier = Courier(name=5, line=10, lines=1, city=3, postcode=4, needs_email=True, countries=frozenset({"FR"}))
    faults = address_faults(prepared(HOME, NOBODY), NOBODY, courier, REGIONS)
    assert Fault("contact_missing", "no e-mail address was told, and the account has none to fall back on") in faults
    assert Fault("country_not_served", "the courier does not deliver to GB") in faults
    assert sum("characters, " in fault.text or "do not fit" in fault.text for fault in faults) == 4


def test_a_courier_that_prints_latin_only_gets_no_other_script_and_no_emoji() -> None:
    latin = Courier(characters="latin")
    assert texts(replace(HOME, name="Zoë O\u2019Neil Łukasz"), courier=latin) == []
    for name in ("שרה", "🚚", "Ωmega"):
        assert texts(replace(HOME, name=name), courier=latin) == [
            "it has letters or signs that the courier's label cannot print"
        ]


def test_the_accounts_own_contact_stands_in_where_there_is_none() -> None:
    contact = Contact(phone="0113", email="shop@example.com", needs_phone=True, needs_email=True)
    ready = prepared(replace(HOME, phone=""), contact)
    assert (ready.phone, ready.email) == ("0113", "shop@example.com")
    assert prepared(HOME, contact).phone == HOME.phone
    assert len(texts(replace(HOME, phone=""), Contact(needs_phone=True, needs_email=True))) == 2


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  a \t b\r\nc ", "a b c"),
        ("a\x00b", "a b"),
        ("\u202eevil\u202c", "evil"),
        ("e\u0301", "é"),
        ("שלום עולם", "שלום עולם"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("\ufeffx", "x"),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_printed_and_of_nothing_else(text: str, clean: str) -> None:
    assert cleaned(text) == clean


def test_too_many_lines_are_joined_while_they_fit_and_never_cut() -> None:
    many = replace(HOME, company="Co", lines=("a", "b", "c"))
    assert street_fields(prepared(many, NOBODY)) == ("Co", "a", "b, c")
    assert street_fields(prepared(replace(many, district="D"), NOBODY)) == ("Co", "a, b, c", "D")
    assert street_fields(prepared(replace(many, name=""), NOBODY)) == ("a", "b", "c")
    assert texts(replace(many, lines=("a", "b" * 60, "c" * 60))) == [
        "company and street do not fit 3 lines of 80 characters"
    ]


def test_what_was_prepared_once_stays_as_it_is() -> None:
    contact = Contact(phone="0113")
    once = prepared(replace(HOME, company="Co", lines=("a", " b", "c", "d"), phone="", country="gb"), contact)
    assert prepared(once, contact) == once
