"""`goodsout listings`: a file becomes rows and marks together, or nothing at all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from daemon.commands.listings import listings
from daemon.store.database import Connection
from handlers.listings import ALL, COLUMNS
from tests.daemon.books_rig import Rig

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
HEADER = ",".join(COLUMNS)
WRITTEN = ",".join(ALL)
FIRST = "uk,A1F,0042-B,ACME,0042-b,6,10%,,,100%,2,SOFA,no"
SECOND = "uk,A1F, a b ,ACME,=1+1,1,5,40,2,50%,,,yes"
GERMAN = "de,B2G,0042-B,ACME,0042-b,1,,,,,,,"


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Rig:
    return Rig(database_url, tmp_path)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str, name: str = "listings.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
        return path

    return write


def books(rig: Rig, statement: str, *values: object) -> list[asyncpg.Record]:
    async def ask(connection: Connection) -> list[asyncpg.Record]:
        return await connection.fetch(statement, *values)

    return rig.write(ask)


def seller_skus(rig: Rig) -> list[str]:
    return [row["seller_sku"] for row in books(rig, "select seller_sku from listing order by channel_account, id")]


def marks(rig: Rig) -> set[tuple[str, str]]:
    return {(row["account"], row["sku"]) for row in books(rig, "select account, sku from dirty")}


def forget_marks(rig: Rig) -> None:
    books(rig, "delete from dirty")


def test_an_import_saves_every_row_and_marks_every_sku(rig: Rig, sheet: Callable[..., Path]) -> None:
    output = rig.told(listings, "import", sheet(FIRST, SECOND, GERMAN))
    [row] = books(rig, "select * from listing where sku = '=1+1'")
    assert (row["seller_sku"], row["pack_size"], row["buffer_units"], row["cap"], row["floor"]) == (
        " a b ",
        1,
        5,
        40,
        2,
    )
    assert (row["share_percent"], row["lead_time_days"], row["product_type"], row["stopped"]) == (
        50, None, "PRODUCT", True,
    )  # fmt: skip
    assert len(seller_skus(rig)) == 3
    assert marks(rig) == {("ACME", "0042-b"), ("ACME", "=1+1")}
    assert "+ uk A1F 0042-B" in output
    assert "3 added, 0 changed, 0 missing and kept, 0 unchanged" in output


def test_a_dry_run_shows_the_same_and_changes_nothing(rig: Rig, sheet: Callable[..., Path]) -> None:
    output = rig.told(listings, "import", sheet(FIRST), "--dry-run")
    assert "+ uk A1F 0042-B" in output
    assert "nothing was imported" in output
    assert (seller_skus(rig), marks(rig)) == ([], set())


def test_one_bad_row_stops_the_whole_file_and_every_fault_is_told(rig: Rig, sheet: Callable[..., Path]) -> None:
    result = rig.run(listings, "import", sheet(FIRST, FIRST.replace(",6,", ",0,"), GERMAN + "maybe"))
    assert result.exit_code == 1
    assert "line 3, column pack_size: " in result.output
    assert "line 4, column stop: " in result.output
    assert "nothing was imported" in result.output
    assert (seller_skus(rig), marks(rig)) == ([], set())


def test_a_second_import_of_the_same_file_changes_and_marks_nothing(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST, SECOND))
    forget_marks(rig)
    output = rig.told(listings, "import", sheet(FIRST, SECOND))
    assert "0 added, 0 changed, 0 missing and kept, 2 unchanged" in output
    assert marks(rig) == set()


def test_a_change_is_shown_by_column_keeps_the_row_and_marks_its_sku(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST, SECOND))
    before = books(rig, "select id from listing where sku = '0042-b'")
    forget_marks(rig)
    output = rig.told(listings, "import", sheet(FIRST.replace("10%", "12.5%"), SECOND))
    assert "~ uk A1F 0042-B: buffer 10% -> 12.5%" in output
    assert books(rig, "select id from listing where sku = '0042-b'") == before
    assert marks(rig) == {("ACME", "0042-b")}


def test_a_mark_that_is_there_keeps_its_age(rig: Rig, sheet: Callable[..., Path]) -> None:
    books(rig, "insert into dirty values ('ACME', '0042-b', $1)", AT)
    rig.told(listings, "import", sheet(FIRST))
    assert [row["marked_at"] for row in books(rig, "select marked_at from dirty")] == [AT]


def test_what_is_missing_is_kept_and_counted(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST, SECOND))
    output = rig.told(listings, "import", sheet(FIRST))
    assert "1 missing and kept" in output
    assert len(seller_skus(rig)) == 2


def test_what_is_missing_is_removed_only_when_asked_and_shown_first(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST, SECOND, GERMAN))
    shown = rig.told(listings, "import", sheet(FIRST), "--remove-missing", "--dry-run")
    assert "- uk A1F  a b : sold ACME =1+1" in shown
    assert len(seller_skus(rig)) == 3
    assert "1 removed" in rig.told(listings, "import", sheet(FIRST), "--remove-missing")
    assert seller_skus(rig) == ["0042-B", "0042-B"], "the other channel account's row is not this file's business"


def test_removing_takes_what_was_told_of_the_listing_with_it(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST, SECOND))
    books(rig, "insert into publication (listing_id, told) select id, 5 from listing")
    rig.told(listings, "import", sheet(FIRST), "--remove-missing")
    assert len(books(rig, "select * from publication")) == 1


def test_with_an_account_only_its_rows_are_allowed(rig: Rig, sheet: Callable[..., Path]) -> None:
    result = rig.run(listings, "import", sheet(FIRST, GERMAN), "--account", "uk")
    assert result.exit_code == 1
    assert "line 3, column channel_account" in result.output
    assert seller_skus(rig) == []


def test_an_account_without_any_row_can_be_emptied_by_name(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST, GERMAN))
    rig.told(listings, "import", sheet(), "--account", "de", "--remove-missing")
    assert [row["channel_account"] for row in books(rig, "select channel_account from listing")] == ["uk"]


def test_near_misses_and_unknown_accounts_are_warned_of_and_imported(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST))
    result = rig.run(listings, "import", sheet(FIRST.replace("0042-B", "42-b")))
    assert result.exit_code == 0
    assert "warning: line 2: seller_sku '42-b' is nearly '0042-B'" in result.output
    assert "'uk' is not in the configuration" in result.output
    assert len(seller_skus(rig)) == 2


def test_a_corrected_listing_is_told_again_although_its_quantity_is_the_same(
    rig: Rig, sheet: Callable[..., Path]
) -> None:
    rig.told(listings, "import", sheet(FIRST, SECOND))
    books(
        rig,
        "insert into publication (listing_id, told, refused_value, refused_reason)"
        " select id, 5, 7, 'no' from listing",
    )
    rig.told(listings, "import", sheet(FIRST.replace("SOFA", "CHAIR"), SECOND))
    rows = books(
        rig,
        "select sku, refused_value, tell_again_at is not null as again from publication"
        " join listing on listing_id = listing.id order by sku",
    )
    assert [tuple(row) for row in rows] == [("0042-b", None, True), ("=1+1", None, False)]


def test_an_import_tells_once_more_what_was_refused_although_the_file_changed_nothing(
    rig: Rig, sheet: Callable[..., Path]
) -> None:
    rig.told(listings, "import", sheet(FIRST, SECOND))
    books(rig, "insert into publication (listing_id, told, refused_value) select id, 5, 7 from listing")
    rig.told(listings, "import", sheet(FIRST), "--dry-run")
    assert [row["refused_value"] for row in books(rig, "select refused_value from publication")] == [7, 7]
    output = rig.told(listings, "import", sheet(FIRST))
    assert "1 listing of these had been refused by the channel; told once more" in output
    rows = books(
        rig, "select sku, refused_value from publication join listing on listing_id = listing.id order by sku"
    )
    assert [tuple(row) for row in rows] == [("0042-b", None), ("=1+1", 7)]


def test_telling_again_never_comes_before_something_overtaken_has_ended(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST))
    late = datetime.now(UTC) + timedelta(hours=1)
    books(rig, "insert into publication (listing_id, told, tell_again_at) select id, 5, $1 from listing", late)
    rig.told(listings, "import", sheet(FIRST.replace("SOFA", "CHAIR")))
    assert [row["tell_again_at"] for row in books(rig, "select tell_again_at from publication")] == [late]


def test_an_export_imports_again_without_any_change(rig: Rig, sheet: Callable[..., Path], tmp_path: Path) -> None:
    rig.told(
        listings, "import", sheet(FIRST, SECOND, GERMAN, FIRST.replace("0042-B", "000"), FIRST.replace("-B", "ß"))
    )
    out = tmp_path / "out.csv"
    assert "5 listings written" in rig.told(listings, "export", out)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf" + WRITTEN.encode())
    assert b"'=1+1" in out.read_bytes()
    assert "0 added, 0 changed, 0 missing and kept, 5 unchanged" in rig.told(listings, "import", out)


def test_an_export_can_be_of_one_account_and_to_standard_output(rig: Rig, sheet: Callable[..., Path]) -> None:
    rig.told(listings, "import", sheet(FIRST, GERMAN))
    lines = rig.told(listings, "export", "-", "--account", "de").splitlines()
    assert lines == [WRITTEN, "de,B2G,0042-B,ACME,0042-b,1,0,,0,100%,,PRODUCT,no,,1,0,,"]


def test_a_file_that_cannot_be_written_is_said_in_one_line(rig: Rig, tmp_path: Path) -> None:
    result = rig.run(listings, "export", tmp_path / "nowhere" / "out.csv")
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_a_thousand_rows_are_one_statement_s_work(rig: Rig, sheet: Callable[..., Path]) -> None:
    rows = [FIRST.replace("0042-B", f"L-{n}").replace("0042-b", f"S-{n}") for n in range(1000)]
    assert "1000 added" in rig.told(listings, "import", sheet(*rows))
    assert (len(seller_skus(rig)), len(marks(rig))) == (1000, 1000)
