"""CSV as people and their spreadsheets make it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sheets import Fault, guarded, read_sheet, unguarded, write_sheet

COLUMNS = ("name", "size")


def rows(content: bytes | str) -> list[tuple[int, dict[str, str]]]:
    sheet = read_sheet(content.encode() if isinstance(content, str) else content, COLUMNS)
    assert sheet.faults == ()
    return [(row.line, dict(row.cells)) for row in sheet.rows]


def faults(content: bytes | str) -> list[str]:
    sheet = read_sheet(content.encode() if isinstance(content, str) else content, COLUMNS)
    return [str(fault) for fault in sheet.faults]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_file_is_read_with_and_without_a_mark_and_with_any_end_of_line(mark: bytes, end: bytes) -> None:
    content = mark + b"name,size" + (end or b"\n") + "Ünïcode,3".encode() + end
    assert rows(content) == [(2, {"name": "Ünïcode", "size": "3"})]


def test_columns_may_stand_in_any_order() -> None:
    assert rows("size,name\n3,a\n") == [(2, {"size": "3", "name": "a"})]


def test_cells_are_kept_as_they_stand() -> None:
    assert rows('name,size\n" 00,""x"" ",\n') == [(2, {"name": ' 00,"x" ', "size": ""})]


def test_a_row_is_named_by_the_line_where_it_begins() -> None:
    assert [line for line, _ in rows('name,size\n"a\nb",1\n\n,\nc,2\n')] == [2, 6]


def test_lines_of_empty_cells_are_passed_over() -> None:
    assert rows("name,size\n,\n \n\na,1\n") == [(5, {"name": "a", "size": "1"})]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_told_what_it_needs(content: str) -> None:
    [fault] = faults(content)
    assert "name,size" in fault


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("name", ["line 1, column size: is missing"]),
        ("name,size,colour", ["line 1, column colour: is not known here"]),
        ("name,size,name", ["line 1, column name: stands twice"]),
        ("Name,size", ["line 1, column name: is missing", "line 1, column Name: is not known here"]),
    ],
)
def test_every_fault_of_the_header_is_named(header: str, expected: list[str]) -> None:
    assert faults(header + "\na,1\n") == expected


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_file_with_other_separators_is_told_so(mark: str) -> None:
    [fault] = faults(f"name{mark}size\na{mark}1\n")
    assert "commas" in fault


def test_a_row_with_another_number_of_cells_is_a_fault_and_the_rest_goes_on() -> None:
    sheet = read_sheet(b"name,size\na\nb,1,2\nc,3\n", COLUMNS)
    assert [fault.line for fault in sheet.faults] == [2, 3]
    assert [row.line for row in sheet.rows] == [4]


@pytest.mark.parametrize("content", ['name,size\na,1\n"b,2\n', 'name,size\na,1\n"b"x,2\n'])
def test_broken_quoting_is_named_by_its_line(content: str) -> None:
    [fault] = faults(content)
    assert fault.startswith("line 3")


def test_a_cell_without_end_is_a_fault() -> None:
    assert faults("name,size\n" + "x" * 200_000 + ",1\n")[0].startswith("line 2")


@pytest.mark.parametrize("content", [b"name,size\na,\xff\n", "name,size\na,é\n".encode("latin-1")])
def test_what_is_not_utf_8_is_named_by_its_line(content: bytes) -> None:
    [fault] = faults(content)
    assert fault.startswith("line 2")
    assert "UTF-8" in fault


def test_a_file_of_another_encoding_is_a_fault() -> None:
    assert len(faults("name,size\na,1\n".encode("utf-16"))) == 1


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-5", "@here", "'=x", "''", "'"])
def test_what_a_spreadsheet_would_run_is_guarded_and_comes_back(cell: str) -> None:
    assert guarded(cell) == "'" + cell
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["", "0042", "'abc", "a=b", "O'Neill"])
def test_other_cells_are_read_as_they_stand(cell: str) -> None:
    assert unguarded(cell) == cell


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=5))
def test_whatever_is_written_reads_back(written: list[tuple[str, str]]) -> None:
    clean = [row for row in written if any(cell.strip() for cell in row) and "\x00" not in "".join(row)]
    text = write_sheet(COLUMNS, clean)
    assert [(cells["name"], cells["size"]) for _, cells in rows(text)] == clean


@given(st.binary(max_size=60))
def test_any_bytes_at_all_are_read_or_are_faults(content: bytes) -> None:
    sheet = read_sheet(b"name,size\n" + content, COLUMNS)
    assert all(isinstance(fault, Fault) and str(fault) for fault in sheet.faults)
