"""Listings computed anew because what they should show is reckoned in another way."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from daemon import season
from daemon.season import Recomputing, Season
from daemon.settings import Settings
from tests.live.publication_rig import PublicationRig, publication_rig

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[PublicationRig]:
    async with publication_rig(tmp_path, database_url) as rig:
        yield rig


async def test_every_sku_is_marked_once_for_each_way_of_reckoning(
    rig: PublicationRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(season, "PIECE", 2)
    for sku in ("LAMP", "POT", "PAN"):
        await rig.list_sku(sku, 4)

    async def marked_by(settings: Settings) -> object:
        await rig.write("delete from dirty")
        await Recomputing(Season(settings), rig.app.database, rig.app.clock).round()
        return await rig.ask("select array_agg(sku order by sku) from dirty")

    standing = rig.app.settings
    ahead = msgspec.structs.replace(
        standing, publication=msgspec.structs.replace(standing.publication, foresight=0.1)
    )
    assert await marked_by(standing) == ["LAMP", "PAN", "POT"]
    assert await marked_by(standing) is None, "also after a restart"
    assert await marked_by(ahead) == ["LAMP", "PAN", "POT"]
    assert await marked_by(standing) == ["LAMP", "PAN", "POT"]


async def test_a_mark_that_is_there_keeps_its_age(rig: PublicationRig) -> None:
    await rig.list_sku("LAMP", 4)
    await rig.write("insert into dirty values ('acme', 'LAMP', '2026-01-01T00:00:00Z')")
    await Recomputing(Season(rig.app.settings), rig.app.database, rig.app.clock).round()
    assert str(await rig.ask("select marked_at from dirty")) == "2026-01-01 00:00:00+00:00"
