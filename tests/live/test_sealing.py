"""Bodies that may hold buyer data are never stored in clear, and erasing is dropping a key."""

import base64
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daemon.housekeeping import Housekeeping
from daemon.settings import Bus, Keys, Settings
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Database
from daemon.store.notes import write_notes
from daemon.store.sealing import (
    Erased,
    KeyRing,
    SealingFault,
    erase_subject,
    load_keys,
    open_body,
    read_key,
    reseal,
    seal_bodies,
    under_retired_keys,
)

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
OLD, NEW = os.urandom(32), os.urandom(32)
BODY = b"Mrs Jones, 4 High Street"


async def test_a_sealed_body_opens_for_its_subject_and_shows_nothing(database: Database) -> None:
    async with database.transaction() as connection:
        [sealed, other] = await seal_bodies(connection, [("A/1", BODY), ("A/1", BODY)], AT, KeyRing((OLD,)))
        assert BODY not in sealed and sealed != other
        assert await open_body(connection, "A/1", sealed, KeyRing((OLD,))) == BODY


async def test_dropping_the_subjects_key_makes_its_bodies_unreadable_for_good(database: Database) -> None:
    ring = KeyRing((OLD,))
    async with database.transaction() as connection:
        [mine, theirs] = await seal_bodies(connection, [("A/1", BODY), ("A/2", BODY)], AT, ring)
        assert await erase_subject(connection, "A/1")
        with pytest.raises(Erased, match="A/1"):
            await open_body(connection, "A/1", mine, ring)
        await seal_bodies(connection, [("A/1", b"a later message")], AT, ring)
        with pytest.raises(Erased):
            await open_body(connection, "A/1", mine, ring)
        assert await open_body(connection, "A/2", theirs, ring) == BODY
        assert not await erase_subject(connection, "A/3")


async def test_a_rotated_master_key_still_opens_and_the_old_one_retires_after_resealing(database: Database) -> None:
    async with database.transaction() as connection:
        [sealed] = await seal_bodies(connection, [("A/1", BODY)], AT, KeyRing((OLD,)))
        with pytest.raises(SealingFault, match="none of the 1 master keys"):
            await open_body(connection, "A/1", sealed, KeyRing((NEW,)))
        both = KeyRing((NEW, OLD))
        assert await open_body(connection, "A/1", sealed, both) == BODY
        assert await reseal(connection, both) == 1
        assert await reseal(connection, both) == 0
        assert await open_body(connection, "A/1", sealed, KeyRing((NEW,))) == BODY


async def test_a_body_that_was_tampered_with_does_not_open(database: Database) -> None:
    ring = KeyRing((OLD,))
    async with database.transaction() as connection:
        [sealed] = await seal_bodies(connection, [("A/1", BODY)], AT, ring)
        with pytest.raises(SealingFault, match="was changed"):
            await open_body(connection, "A/1", sealed[:-1] + bytes([sealed[-1] ^ 1]), ring)


def settings(url: str, folder: Path, *files: Path) -> Settings:
    return Settings(
        bus=Bus(url="embedded:"),
        database=DatabaseSettings(url=url, folder=str(folder / "postgres")),
        keys=Keys(master_key_files=tuple(str(file) for file in files)),
    )


def test_without_a_master_key_a_real_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SealingFault, match="never stored in clear"):
        load_keys(settings("postgresql://db/goodsout", tmp_path))


def test_the_embedded_database_makes_a_key_of_its_own_that_only_we_can_read(tmp_path: Path) -> None:
    first = load_keys(settings("embedded:", tmp_path))
    [file] = list(tmp_path.iterdir())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_keys(settings("embedded:", tmp_path)) == first


def test_the_first_file_seals(tmp_path: Path) -> None:
    newest, oldest = tmp_path / "new.key", tmp_path / "old.key"
    newest.write_bytes(base64.b64encode(NEW) + b"\n")
    oldest.write_text(OLD.hex())
    ring = load_keys(settings("postgresql://db/goodsout", tmp_path, newest, oldest))
    assert ring.keys == (NEW, OLD)


UNFIT = {"short": base64.b64encode(NEW[:16]), "short in hex": NEW[:8].hex().encode(), "words": b"correct horse"}


@pytest.mark.parametrize("content", UNFIT.values(), ids=UNFIT.keys())
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "master.key"
    file.write_bytes(content)
    with pytest.raises(SealingFault, match="is not 32 bytes"):
        read_key(file)


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SealingFault, match=r"nowhere\.key"):
        load_keys(settings("postgresql://db/goodsout", tmp_path, tmp_path / "nowhere.key"))


async def test_keys_of_a_master_key_that_was_taken_away_are_raised_until_it_is_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(bus=Bus(url="embedded:"), database=DatabaseSettings(url="x"))

    async def alerts(ring: KeyRing) -> list[tuple[str, str]]:
        """Of a daemon that starts with these keys."""
        monkeypatch.setattr("daemon.store.sealing._ring", [ring])
        async with database.transaction() as connection:
            await write_notes(connection, await Housekeeping(settings).raise_retired_keys(connection, AT), AT, {})
            rows = await connection.fetch("select kind, owner from alert where resolved_at is null")
            return [(row["kind"], row["owner"]) for row in rows]

    async with database.transaction() as connection:
        await seal_bodies(connection, [("A/1", BODY)], AT, KeyRing((OLD,)))
    assert await alerts(KeyRing((OLD,))) == []
    assert await alerts(KeyRing((NEW,))) == [("key_retired", "technical")]
    assert await alerts(KeyRing((NEW, OLD))) == []


async def test_what_no_key_opens_keeps_nothing_else_from_being_sealed_anew(database: Database) -> None:
    lost = os.urandom(32)
    async with database.transaction() as connection:
        await seal_bodies(connection, [("A/1", BODY)], AT, KeyRing((lost,)))
        await seal_bodies(connection, [("A/2", BODY)], AT, KeyRing((OLD,)))
        assert await reseal(connection, KeyRing((NEW, OLD)), limit=1) == 1
        found = await under_retired_keys(connection, KeyRing((NEW,)))
        assert found is not None and (found.keys, found.subjects) == (1, ("A/1",))
