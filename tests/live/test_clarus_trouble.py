"""A Clarus that turns us away, errs, or is not as the settings say: nothing is believed, and people hear of it."""

from pathlib import Path

import msgspec
import pytest

from daemon.clarus_checks import Checked
from daemon.settings import ClarusHook
from simulators.clarus import Fault
from tests.live.clarus_rig import HandClock, Rig, clarus_rig

pytestmark = pytest.mark.live


async def test_answers_with_errors_are_not_believed_and_are_shown_once_they_last(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        rig.clarus.world.set_balance("LAMP", available=9)
        reader = await rig.known("KETTLE")
        rig.clarus.world.set_balance("KETTLE", available=0)
        await rig.hint("KETTLE")
        rig.clarus.faults.script(Fault("errors_beside_data"), Fault("garbled"), Fault("error"), Fault("errors_alone"))
        waits = [await reader.round() for _ in range(2)]
        rig.hand.on(301)
        waits += [await reader.round() for _ in range(2)]
        assert waits == [2.0, 4.0, 8.0, 16.0]
        assert await rig.available("KETTLE") == 12
        assert await rig.alerts() == [("source_unreadable", "main")]
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.alerts()) == (0, [])


async def test_credentials_that_are_turned_away_are_shown_at_once(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        reader = await rig.known()
        rig.clarus.world.login.rotate(rig.settings.clarus["main"].client_id, "another")
        rig.clarus.world.login.issued.clear()
        await rig.hint("KETTLE")
        await reader.round()
        assert await rig.alerts() == [("source_denied", "main")]
        (rig.folder / "secret").write_text("another")
        await rig.read(reader)
        assert await rig.alerts() == []


async def checked(rig: Rig, **tenant: object) -> tuple[Checked, list[int]]:
    rounds: list[int] = []

    async def round_() -> float:
        rounds.append(1)
        return 0.25

    settings = msgspec.structs.replace(rig.settings.clarus["main"], **tenant)
    link = rig.link
    link.tenant = settings
    checked = Checked(
        "main", settings, link, rig.database, HandClock(rig.hand), {}, round_, link.missing_fields,
        "balance_fields of [clarus.main]", "main", settings.hooks,
    )  # fmt: skip
    return checked, rounds


async def test_a_field_that_the_schema_lacks_keeps_the_source_off_and_says_which(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.schema.remove("StockBalance", "picked")
        check, rounds = await checked(rig)
        assert await check.round() == 300.0 and rounds == []
        assert await rig.alerts() == [("source_fields", "main")]
        assert "stock_balances.all.edges.node.picked" in await rig.one("select text from alert")
        rig.clarus.world.schema.types["StockBalance"]["picked"] = "Float"
        assert await check.round() == 0.25 and rounds == [1]
        assert await rig.alerts() == []


async def test_a_schema_that_cannot_be_asked_is_asked_again_and_reads_wait(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.faults.script(Fault("error"))
        check, rounds = await checked(rig)
        assert await check.round() == 3.0 and rounds == []
        rig.clarus.faults.script(Fault("errors_beside_data"))
        assert await check.round() == 3.0 and await rig.alerts() == []
        assert await check.round() == 0.25 and rounds == [1]


async def test_a_schema_that_is_never_told_is_shown_with_the_way_out(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.faults.script(Fault("errors_alone", times=3))
        check, rounds = await checked(rig)
        assert [await check.round() for _ in range(3)] == [3.0, 3.0, 300.0] and rounds == []
        assert await rig.alerts() == [("source_fields", "main")]
        assert "check_fields = false" in await rig.one("select text from alert")
        blind, rounds = await checked(rig, check_fields=False)
        assert await blind.round() == 0.25 and rounds == [1]


async def test_automations_that_differ_from_the_settings_are_shown(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        right = rig.clarus.world.add_automation("stock", "picked", "http://127.0.0.1:1")
        off = rig.clarus.world.add_automation("stock", "received", "http://127.0.0.1:1")
        other = rig.clarus.world.add_automation("stock_balance", "updated", "http://127.0.0.1:1")
        off.enabled = False
        hooks = {
            name: ClarusHook(token_file="t", automation_id=str(number), resource="stock", event=event)
            for name, number, event in (
                ("right", right.id, "picked"), ("off", off.id, "received"), ("other", other.id, "dispatched"),
                ("gone", 99_999, "picked"),
            )
        }  # fmt: skip
        check, rounds = await checked(rig, hooks=hooks)
        await check.round()
        assert rounds == [1], "automations that differ do not keep the source off"
        assert await rig.alerts() == [("automation_differs", f"main/{name}") for name in ("gone", "off", "other")]


async def test_an_answer_that_breaks_the_reader_is_backed_off_from_and_shown_once_it_lasts(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=0)
        await rig.books.execute("alter table clarus_seen rename to clarus_seen_gone")
        reader = rig.reader()
        assert await reader.round() == 2.0
        rig.hand.on(301)
        assert await reader.round() == 4.0
        assert await rig.alerts() == [("source_unreadable", "main")]
        await rig.books.execute("alter table clarus_seen_gone rename to clarus_seen")
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.alerts()) == (0, [])
