"""`goodsout explain` on a SKU with a rich history: what the manual shows is what the program prints."""

import json
from pathlib import Path

import pytest

from tests.journeys.rig import running
from tests.manual.story import ROLES, SKU, explained, live_through, printed, skeleton

pytestmark = pytest.mark.live


async def test_the_manual_shows_what_the_program_prints(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, database_url, ROLES) as rig:
        await live_through(rig)
        text = await explained(rig, "--last", "40")
        found = json.loads(await explained(rig, "--json", "--last", "1000"))
    assert skeleton(text) == skeleton(printed()), f"run `make explain-page`\n{text}"
    assert [moment["at"] for moment in found["timeline"]] == sorted(moment["at"] for moment in found["timeline"])
    [listing] = found["listings"]
    assert (listing["listing"]["seller_sku"], listing["listing"]["live"]) == (SKU, 3)
    assert dict(listing["formula"])["pool"] == 5
    assert {reading["meaning"] for reading in listing["readings"]} >= {"live", "took_effect", "foreign"}


async def test_a_listing_without_stock_says_what_it_waits_for(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, database_url, ROLES) as rig:
        await rig.list_sku(SKU)
        text = await explained(rig)
    assert "its warehouses never reported" in text or "no warehouse that shop sells from ever reported" in text
    assert "None" not in text
