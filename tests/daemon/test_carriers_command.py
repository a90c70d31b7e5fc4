"""`goodsout carriers`"""

from pathlib import Path

import pytest

from daemon.commands.carriers import carriers
from tests.daemon.books_rig import Rig

pytestmark = pytest.mark.live

HEAD = "channel_account,carrier,service,carrier_code,carrier_name,shipping_method,confirm\n"
FILE = HEAD + "*,DPD-UK,*,DPD,,,yes\n*,DPD-UK,NEXT,DPD,,DPD Next Day,yes\n"


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Rig:
    (tmp_path / "carriers.csv").write_text(FILE)
    return Rig(database_url, tmp_path)


def exported(rig: Rig) -> str:
    return rig.told(carriers, "export", "-")


def test_what_is_imported_is_exported_the_same(rig: Rig, tmp_path: Path) -> None:
    said = rig.told(carriers, "import", tmp_path / "carriers.csv")
    assert "+ */DPD-UK/NEXT: DPD, DPD Next Day" in said
    assert "2 new, 0 changed" in said
    assert exported(rig) == FILE


def test_a_name_that_is_not_the_channels_own_is_imported_with_a_warning(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "carriers.csv").write_text(HEAD + "*,RM,*,royal mail,,Tracked 24,yes\n")
    said = rig.told(carriers, "import", tmp_path / "carriers.csv")
    assert (
        "1 new" in said
        and "warning: */RM/*: carrier_code 'royal mail' is not exact" in said
        and "'Royal Mail'" in said
    )


def test_a_dry_run_shows_the_difference_and_changes_nothing(rig: Rig, tmp_path: Path) -> None:
    said = rig.told(carriers, "import", tmp_path / "carriers.csv", "--dry-run")
    assert "+ */DPD-UK/*: DPD" in said
    assert "nothing was changed" in said
    assert exported(rig) == HEAD


def test_a_change_shows_what_was_and_what_is(rig: Rig, tmp_path: Path) -> None:
    rig.told(carriers, "import", tmp_path / "carriers.csv")
    (tmp_path / "next.csv").write_text(HEAD + "*,DPD-UK,*,DPD Local,,,yes\n")
    said = rig.told(carriers, "import", tmp_path / "next.csv")
    assert "~ */DPD-UK/*: DPD -> DPD Local" in said
    assert "1 kept that the file lacks" in said


def test_rows_that_the_file_lacks_go_only_when_asked(rig: Rig, tmp_path: Path) -> None:
    rig.told(carriers, "import", tmp_path / "carriers.csv")
    (tmp_path / "less.csv").write_text(HEAD + "*,DPD-UK,*,DPD,,,yes\n")
    said = rig.told(carriers, "import", tmp_path / "less.csv", "--remove-missing")
    assert "- */DPD-UK/NEXT" in said
    assert exported(rig) == HEAD + "*,DPD-UK,*,DPD,,,yes\n"


def test_one_bad_line_and_nothing_is_imported(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(FILE + "nowhere,X,*,,,,maybe\n")
    result = rig.run(carriers, "import", tmp_path / "bad.csv")
    assert result.exit_code == 1
    assert result.output.count("line 4:") == 3
    assert "nothing was imported" in result.output
    assert exported(rig) == HEAD


def test_a_file_that_is_not_utf_8_says_so(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(HEAD.encode() + b"*,D\xe9PD,*,DPD,,,yes\n")
    result = rig.run(carriers, "import", tmp_path / "bad.csv")
    assert result.exit_code == 1
    assert "UTF-8" in result.output


def test_a_file_from_a_spreadsheet_with_a_byte_order_mark_is_read(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    rig.told(carriers, "import", tmp_path / "bom.csv")
    assert exported(rig) == FILE
