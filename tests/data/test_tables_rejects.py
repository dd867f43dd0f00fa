"""Refused rows: nothing is lost, everything can be mended and fed again."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.results import ResultBrokenError
from kuzet.data.intake import Intake
from kuzet.data.rejects import write_rejected
from kuzet.data.table_text import MAX_BROKEN_LINES
from kuzet.data.tables import read_cameras, read_incidents

HEADER = ["id", "name", "lon", "lat", "height"]


def _written(rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def _cells(content: bytes, encoding: str = "utf-8", delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


def test_an_intake_that_lost_a_row_cannot_be_made():
    """The outcome checks itself: rows in must be rows taken and rows refused."""
    with pytest.raises(ResultBrokenError):
        Intake(frame=pd.DataFrame({"a": [1]}), rejected=pd.DataFrame({"faults": []}), rows_in=2, dialect={})


def test_refused_rows_come_with_line_column_and_reason_before_their_own_cells():
    """The file for mending has the input's columns and rows, after line, column and the reason in words."""
    intake = read_cameras(_written([HEADER, ["1", "a", "24.9", "60.1", "-3"]]), filename="a.csv")
    told = write_rejected(intake, explain=lambda reason, column: f"{column}: {reason}!")
    assert _cells(told) == [
        ["kuzet_line", "kuzet_column", "kuzet_reason", *HEADER],
        ["2", "height", "height: out_of_range!", "1", "a", "24.9", "60.1", "-3"],
    ]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", "\t"), ("cp1251", ";"), ("utf-16", ";"), ("utf-8-sig", ",")]
)
def test_the_file_for_mending_is_written_as_the_input_was(encoding, delimiter):
    """Encoding and delimiter of the input are kept, and mending the value is all it takes."""
    rows = [["id", "название", "долгота", "широта", "высота"], ["1", "Абая, 5; угол", "24.9", "60.1", "-3"]]
    intake = read_cameras(_written(rows, delimiter=delimiter, encoding=encoding), filename="a.csv")
    told = write_rejected(intake)
    assert _cells(told, encoding, delimiter)[1][3:] == rows[1]
    again = read_cameras(told, filename="b.csv")
    assert (again.dialect["encoding"], again.dialect["delimiter"]) == (
        intake.dialect["encoding"],
        intake.dialect["delimiter"],
    )
    assert list(again.rejected["reason"]) == ["out_of_range"]
    old, new = "-3".encode(encoding.removesuffix("-sig").replace("utf-16", "utf-16-le")), b"3"
    new = "3".encode("utf-16-le") if encoding == "utf-16" else new
    mended = read_cameras(told.replace(old, new), filename="b.csv")
    assert (len(mended.rejected), mended.frame["name"].iloc[0]) == (0, "Абая, 5; угол")


def test_sentences_the_encoding_cannot_hold_make_it_utf8():
    """A Kazakh sentence cannot stand in cp1251: the file is UTF-8 with its mark then, and still readable."""
    rows = [["id", "lon", "lat", "высота"], ["Щ", "24.9", "60.1", "-3"]]
    intake = read_cameras(_written(rows, delimiter=";", encoding="cp1251"), filename="a.csv")
    told = write_rejected(intake, explain=lambda reason, column: "сан мүмкін шектен тыс")
    assert told.startswith(b"\xef\xbb\xbf")
    assert read_cameras(told, filename="b.csv").rejected["cells"].iloc[0] == rows[1]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1+1", "@x", "-2+3", "'=1", "''+x", "\t=1"])
def test_formulas_are_harmless_in_the_file_and_whole_after_it(name):
    """No cell of the file starts a formula, and reading it again gives the text as it was in the input."""
    intake = read_cameras(_written([HEADER, ["1", name, "24.9", "60.1", "-3"]]), filename="a.csv")
    told = write_rejected(intake)
    assert _cells(told)[1][4].startswith("'")
    mended = read_cameras(told.replace(b",-3", b",3"), filename="b.csv")
    assert mended.frame["name"].iloc[0] == name.strip()


def test_an_apostrophe_of_a_stranger_is_left_alone():
    """In a file that is not ours an apostrophe before an equals sign is part of the name."""
    intake = read_cameras(_written([HEADER, ["1", "'=1", "24.9", "60.1", "3"]]), filename="a.csv")
    assert intake.frame["name"].iloc[0] == "'=1"


def test_broken_rows_are_refused_again_until_they_are_mended():
    """Rows with too many cells or open quotes keep their text through the file and are refused anew."""
    text = 'id,name,lon,lat,height\n1,a,24.9,60.1,3,4\n2,"b,24.9,60.1,3\n3,c,24.9\n'
    first = read_cameras(text.encode(), filename="a.csv")
    again = read_cameras(write_rejected(first), filename="b.csv")
    assert list(first.rejected["reason"]) == ["wrong_cell_count", "broken_quotes", "wrong_cell_count"]
    assert again.rejected["cells"].tolist() == first.rejected["cells"].tolist()
    assert (again.rows_in, len(again.frame)) == (3, 0)


_CELL = st.text(st.sampled_from("a1.,;\"' -=+\n\tя№"), max_size=6)
_NUMBER = st.sampled_from(["24.9", "60,1", "", "x", "999", "-3", "nan", "1e3"])


@given(
    rows=st.lists(st.tuples(_CELL, _CELL, _NUMBER, _NUMBER, _NUMBER), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251"]),
)
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_refused_rows_are_refused_again_for_the_same_reasons(rows, delimiter, encoding):
    """Random tables: rows in are taken or refused, and the file for mending reads as the same refusals."""
    content = _written([HEADER, *(list(row) for row in rows)], delimiter=delimiter, encoding=encoding)
    written = sum(any(cell.strip() for cell in row) for row in rows)
    if not written:
        return
    intake = read_cameras(content, filename="a.csv")
    if intake.dialect["delimiter"] != delimiter:
        return  # a table of one odd row can look like one of another delimiter
    assert intake.rows_in == written == len(intake.frame) + len(intake.rejected)
    if not len(intake.rejected):
        return
    again = read_cameras(write_rejected(intake), filename="b.csv")
    assert again.dialect["delimiter"] == delimiter
    # a row refused as the second of its id is the first of its id in the file for mending
    lasting = intake.rejected[intake.rejected["reason"] != "duplicate"]
    assert again.rows_in == len(intake.rejected)
    assert [cells for cells in lasting["cells"] if cells not in again.rejected["cells"].tolist()] == []


@given(text=st.text(st.sampled_from('ab1,;"\n\r '), max_size=120))
@settings(max_examples=300, deadline=None)
def test_no_line_of_a_random_text_is_lost(text):
    """However quotes and lines are broken, every row taken or refused is a line of the file, in order."""
    content = ("id,lon,lat\n" + text).encode()
    try:
        intake = read_cameras(content, filename="a.csv")
    except InvalidInputError:
        return
    lines = list(intake.rejected["line"])
    assert lines == sorted(set(lines))
    assert intake.rows_in == len(intake.frame) + len(intake.rejected)
    everything = "".join("".join(cells) for cells in intake.rejected["cells"]) + "".join(intake.frame["id"])
    assert everything.count("a") == text.count("a")


def test_broken_lines_are_bounded():
    """The bound on broken lines is one a person could still mend."""
    assert MAX_BROKEN_LINES <= 1_000


def test_mended_incidents_join_the_others():
    """A file of refused incidents, mended by hand, is taken whole by its preset once more."""
    text = (
        "Crime ID,Month,Longitude,Latitude,Crime type\n"
        "a,2024-02,0.52,51.27,Burglary\nb,2024-14,0.52,51.27,Burglary\n"
    )
    intake = read_incidents(text.encode(), filename="a.csv")
    assert list(intake.rejected["column"]) == ["Month"]
    mended = write_rejected(intake).replace(b"2024-14", b"2024-04")
    again = read_incidents(mended, filename="b.csv")
    assert (list(again.frame["id"]), again.dialect["preset"]) == (["b"], "police.uk")
    assert again.warnings == []
