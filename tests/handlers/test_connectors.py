"""Which connectors of the warehouse's own system may import our orders too."""

from typing import Any

import pytest

from handlers.connectors import Connector, importing, named

AMAZON = {
    "id": "17", "name": "UK shop", "integration_provider": "amazon", "integration_type": "marketplace",
    "enabled": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"integration_provider": "Amazon_SP"}, True),
        ({"integration_provider": "custom", "name": "AMAZON via an iPaaS"}, True),
        ({"integration_type": "ecommerce"}, True),
        ({"integration_type": None}, True),
        ({"enabled": None}, True),
        ({"enabled": False}, False),
        ({"integration_type": "carrier"}, False),
        ({"integration_provider": "shopify"}, False),
        ({"integration_provider": None, "name": None}, False),
    ],
)
def test_what_is_on_and_of_the_channel_counts_unless_it_is_surely_something_else(
    changes: dict[str, Any], counts: bool
) -> None:
    assert bool(importing([AMAZON | changes])) is counts


def test_one_that_is_known_to_be_for_another_account_does_not_count_by_its_exact_id() -> None:
    assert importing([AMAZON, AMAZON | {"id": 8}], ("17",)) == (Connector("8", "UK shop"),)
    assert importing([AMAZON], ("1", "170")) == (Connector("17", "UK shop"),)


def test_people_see_name_and_id() -> None:
    assert named(importing([AMAZON])) == "'UK shop' (17)"
