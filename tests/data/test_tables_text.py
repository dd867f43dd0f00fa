"""What a file is written in: encoding, delimiter, quotes, and what is no table at all."""

import codecs
import contextlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import InvalidInputError, TooLargeError, UnknownFormatError
from kuzet.data.formulas import guard, unguard
from kuzet.data.table_text import read_sheet, read_text
from kuzet.data.tables import read_cameras

HEADER = "id;название;долгота;широта;состояние;высота\r\n"
ROW = "к1;Двор №5, «Жетісу» ғңқ;78,3667;45,0156;работает;3,5\r\n"
RUSSIAN_ROW = "к1;Двор №5, подъезд;78,3667;45,0156;работает;3,5\r\n"
BOX = (78.2, 44.9, 78.5, 45.1)


def _encode(text: str, encoding: str) -> bytes:
    marks = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    return marks.get(encoding, b"") + text.encode(encoding.removesuffix("-sig"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1251"])
def test_one_table_in_every_encoding_gives_the_same_rows(encoding):
    """The same Russian table reads the same from UTF-8, UTF-16 and cp1251, and the encoding is said."""
    intake = read_cameras(_encode(HEADER + RUSSIAN_ROW, encoding), filename="камеры.csv", city_box=BOX)
    row = intake.frame.iloc[0]
    assert (row["id"], row["name"], row["state"]) == ("к1", "Двор №5, подъезд", "live")
    assert (row.geometry.x, row.geometry.y, row["height_m"]) == (78.3667, 45.0156, 3.5)
    assert intake.dialect["encoding"] == encoding
    assert (intake.dialect["delimiter"], intake.dialect["decimal"]) == (";", "comma")
    assert ("encoding_guessed" in [warning["code"] for warning in intake.warnings]) == (encoding == "cp1251")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_known(encoding):
    """UTF-16 without its byte order mark is still read, letters of Kazakh included."""
    intake = read_cameras((HEADER + ROW).encode(encoding), filename="a.csv")
    assert intake.frame["name"].iloc[0] == "Двор №5, «Жетісу» ғңқ"
    assert intake.dialect["encoding"] == encoding


@given(text=st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), min_size=1))
@settings(max_examples=200)
def test_valid_utf8_is_never_taken_for_anything_else(text):
    """Whatever text is written in UTF-8 comes back as it was."""
    text = "x" + text
    assert read_text(text.encode()) == (text, "utf-8")


@given(text=st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГЯё №,;\n0123456789", min_size=3))
@settings(max_examples=200)
def test_cp1251_comes_back_where_it_is_not_valid_utf8_by_chance(text):
    """Russian text in cp1251 is read as cp1251, unless its bytes happen to be valid UTF-8."""
    content = ("н" + text).encode("cp1251")
    try:
        content.decode()
    except UnicodeDecodeError:
        assert read_text(content) == ("н" + text, "cp1251")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_told_from_the_rows(delimiter):
    """Comma, semicolon, tab and bar are told apart even when another of them stands inside cells."""
    other = ";" if delimiter == "," else ","
    rows = [
        ["id", "name", "lon", "lat"],
        ["a", f"x{other}y{other}z", "24.9", "60.1"],
        ["b", "q", "24.9", "60.1"],
    ]
    text = "\n".join(
        delimiter.join(f'"{cell}"' if not cell[0].isdigit() else cell for cell in row) for row in rows
    )
    intake = read_cameras(text.encode(), filename="a.csv")
    assert intake.dialect["delimiter"] == delimiter
    assert list(intake.frame["name"]) == [f"x{other}y{other}z", "q"]


def test_decimal_commas_do_not_make_a_semicolon_table_a_comma_table():
    """Commas in every number of a semicolon file are decimals, not delimiters."""
    sheet = read_sheet("id;lon;lat\n1;24,9;60,1\n2;24,8;60,2\n", encoding="utf-8")
    assert sheet.dialect["delimiter"] == ";"
    assert [row.cells for row in sheet.rows] == [["1", "24,9", "60,1"], ["2", "24,8", "60,2"]]


def test_a_declared_delimiter_is_obeyed_and_lines_stay_physical():
    """The line `sep=` of spreadsheets sets the delimiter, and rows keep the line they start on."""
    text = 'sep=;\nid;name;lon;lat\n\n1;"two\nlines";24.9;60.1\n2;b;24.9;60.1\n'
    sheet = read_sheet(text, encoding="utf-8")
    assert [row.line for row in sheet.rows] == [4, 6]
    assert sheet.rows[0].cells[1] == "two\nlines"


def test_rows_with_another_number_of_cells_are_refused_with_their_line():
    """A row too long or too short never shifts its neighbours: it is refused, with its line."""
    text = "id,lon,lat\n1,24.9,60.1\n2,24.9,60.1,extra\n3,24.9\n4,24.9,60.2\n"
    intake = read_cameras(text.encode(), filename="a.csv")
    assert list(intake.frame["id"]) == ["1", "4"]
    assert list(zip(intake.rejected["line"], intake.rejected["reason"], strict=True)) == [
        (3, "wrong_cell_count"),
        (4, "wrong_cell_count"),
    ]


def test_a_quote_that_does_not_close_costs_one_line_and_not_the_rest():
    """An open quotation mark loses neither the rows after it nor their lines."""
    text = (
        'id,name,lon,lat\n1,a,24.9,60.1\n2,"open,24.9,60.1\n3,c,24.9,60.1\n4,"x"y,24.9,60.1\n5,e,24.9,60.1\n'
    )
    intake = read_cameras(text.encode(), filename="a.csv")
    assert list(intake.frame["id"]) == ["1", "3", "5"]
    assert list(zip(intake.rejected["line"], intake.rejected["reason"], strict=True)) == [
        (3, "broken_quotes"),
        (5, "broken_quotes"),
    ]
    assert intake.rows_in == 5


def test_a_file_of_open_quotes_only_is_refused_in_time():
    """Thousands of lines with open quotes end in one clear error instead of a long search."""
    text = "id,name,lon,lat\n" + '1,"a,24.9,60.1"b\n' * 3_000
    with pytest.raises(InvalidInputError) as caught:
        read_cameras(text.encode(), filename="a.csv")
    assert caught.value.code == "quotes_broken"


def _xlsx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


VRT = b"""<OGRVRTDataSource><OGRVRTLayer name="cameras"><SrcDataSource>/etc/passwd</SrcDataSource>
<SrcLayer>http://127.0.0.1:9/x</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", InvalidInputError, "file_is_empty"),
        (b"\xef\xbb\xbf \r\n \r\n", InvalidInputError, "file_is_empty"),
        (b"id,lon,lat\r\n", InvalidInputError, "no_rows"),
        (b"id,lon,lat\r\n,,\r\n\r\n", InvalidInputError, "no_rows"),
        (VRT, UnknownFormatError, "file_is_xml"),
        (b"\xef\xbb\xbf  " + VRT, UnknownFormatError, "file_is_xml"),
        (_xlsx(), UnknownFormatError, "file_is_spreadsheet"),
        (b"\x1f\x8b\x08\x00abc", UnknownFormatError, "file_is_archive"),
        (bytes(range(256)) * 20, UnknownFormatError, "file_is_binary"),
        (b"\x89PNG\r\n\x1a\n", UnknownFormatError, "file_is_binary"),
        (b"id,lon,lat\n\x98\xff,1,2\n", InvalidInputError, "encoding_unknown"),
        (b"\xff\xfeab\x00", InvalidInputError, "encoding_unknown"),
        (b"id,lon,lon\n1,2,3\n", InvalidInputError, "column_twice"),
        (b"just some words\nand more\n", InvalidInputError, "columns_missing"),
        (b'"id,lon,lat\n1,2,3\n', InvalidInputError, "header_broken"),
    ],
)
def test_what_is_no_table_is_refused_with_one_clear_code(content, kind, code):
    """Empty, packed, binary, XML and headless files each give their own error, whatever their name is."""
    with pytest.raises(kind) as caught:
        read_cameras(content, filename="cameras.csv")
    assert caught.value.code == code


def test_limits_of_size_and_rows_hold():
    """A file over the limit of bytes or rows is refused as too large."""
    content = b"id,lon,lat\n" + b"1,24.9,60.1\n" * 20
    for limit in ({"max_bytes": 50}, {"max_rows": 19}):
        with pytest.raises(TooLargeError):
            read_cameras(content, filename="a.csv", **limit)
    assert read_cameras(content, filename="a.csv", max_rows=20).rows_in == 20


@given(content=st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_never_crash(content):
    """Any bytes give either an outcome in which no row is lost or an error with a code."""
    with contextlib.suppress(InvalidInputError):
        intake = read_cameras(b"id,lon,lat\n" + content, filename="a.csv")
        assert intake.rows_in == len(intake.frame) + len(intake.rejected)


@given(text=st.text(st.sampled_from("'=+-@\t\r 1a,.\uff1d"), max_size=8))
@settings(max_examples=500)
def test_guarding_formulas_can_be_undone_and_stops_them(text):
    """Any text comes back from the guard, and guarded text that is no number never starts as a formula."""
    guarded = guard(text)
    assert unguard(guarded) == text
    if guarded.lstrip()[:1] in tuple("=+-@\uff1d"):
        float(guarded.replace(",", "."))


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_known_formulas_are_guarded(text):
    """The usual ways of smuggling a formula into a spreadsheet get an apostrophe."""
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["-3", "+7.5", "-20,5", "1e-5", "plain", ""])
def test_plain_values_are_left_alone(text):
    """Negative numbers and plain words are written as they are."""
    assert guard(text) == text
