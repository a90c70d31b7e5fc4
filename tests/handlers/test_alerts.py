"""The catalogue of alerts, and its manual."""

from pathlib import Path
from typing import get_args

import pytest

from daemon.settings import Owner
from handlers.alerts import CATALOGUE, SEVERITIES, AlertKind, owner_of

DOCS = Path(__file__).parents[2] / "docs"
HEADINGS = ("## Who owns it", "## What it means", "## What to check", "## What to do", "## If nobody does")


@pytest.mark.parametrize("kind", AlertKind)
def test_each_kind_says_how_bad_it_is_who_owns_it_and_what_to_do(kind: AlertKind) -> None:
    entry = CATALOGUE[kind]
    assert entry.severity in SEVERITIES
    assert entry.owner in get_args(Owner)
    assert entry.meaning.endswith(".") and "\n" not in entry.meaning
    assert entry.todo.endswith(".")


@pytest.mark.parametrize("kind", AlertKind)
def test_each_kind_has_a_page_in_the_manual(kind: AlertKind) -> None:
    page = (DOCS / "alerts" / f"{kind.value}.md").read_text()
    assert page.startswith(f"# {kind.value}\n")
    assert CATALOGUE[kind].meaning in page
    assert f"**{CATALOGUE[kind].severity}**" in page
    assert f"**{CATALOGUE[kind].owner}**" in page
    assert [heading for heading in HEADINGS if heading not in page] == []


def test_each_page_has_a_kind_and_stands_in_the_index() -> None:
    pages = {page.stem for page in (DOCS / "alerts").glob("*.md")}
    index = (DOCS / "README.md").read_text()
    assert pages == {kind.value for kind in AlertKind}
    assert [page for page in sorted(pages) if f"(alerts/{page}.md)" not in index] == []


def test_the_configuration_overrules_who_owns_a_kind() -> None:
    owners = {"carrier_unmapped": "logistics"}
    assert owner_of(AlertKind.CARRIER_UNMAPPED, owners) == "logistics"
    assert owner_of(AlertKind.LISTING_UNMAPPED, owners) == "operations"
