"""The tables of the real cities beside the checkout."""

import gzip
import json
import re
import time
from collections import Counter
from pathlib import Path

import geopandas as gpd
import kuzet.data
import pytest
from kuzet.coverage.errors import KuzetError, OtherPlaceError
from kuzet.coverage.schema import CAMERAS, INCIDENTS, check_frame
from kuzet.data.intake import REASONS
from kuzet.data.tables import read_cameras, read_incidents

LOCALE = Path(kuzet.data.__file__).parents[1] / "maps" / "locale"


@pytest.fixture(scope="module")
def washington(shared) -> bytes:
    """Return the incidents of two wards of Washington DC."""
    return gzip.decompress((shared / "data/washington_dc/incidents_wards_3_4.csv.gz").read_bytes())


def test_washington_is_read_row_by_row(washington):
    """Of 24,437 incidents 24,418 are taken; 13 end before they start and 6 repeat an id."""
    started = time.perf_counter()
    intake = read_incidents(washington, filename="incidents.csv")
    assert time.perf_counter() - started < 20
    assert (intake.rows_in, len(intake.frame)) == (24_437, 24_418)
    assert Counter(intake.rejected["reason"]) == {"ends_before_start": 13, "duplicate": 6}
    assert check_frame(intake.frame, INCIDENTS) == []
    assert intake.dialect["preset"] == "washington_dc"
    theft = intake.frame.loc[intake.frame["id"] == "17157494"].iloc[0]
    # 1:45:37 PM in Washington in September is 17:45:37 in UTC
    assert str(theft["occurred_from"]) == "2017-09-11 17:45:37+00:00"
    assert not (intake.frame["category"] == "other_crime").any()


def test_washington_is_not_helsinki(washington):
    """The incidents of one city are refused whole in the box of another."""
    with pytest.raises(OtherPlaceError):
        read_incidents(washington, filename="incidents.csv", city_box=(24.93, 60.16, 24.96, 60.18))


@pytest.mark.parametrize(("city", "cameras", "headings"), [("helsinki", 223, 0), ("monaco", 20, 7)])
def test_camera_lists_out_of_openstreetmap_are_read(shared, city, cameras, headings):
    """Every camera of the lists is taken, with as many directions as the map has."""
    content = (shared / "data" / city / "cameras.csv").read_bytes()
    intake = read_cameras(content, filename="cameras.csv")
    assert (len(intake.frame), len(intake.rejected)) == (cameras, 0)
    assert intake.frame["heading_deg"].notna().sum() == headings
    assert check_frame(intake.frame, CAMERAS) == []


def test_bangalore_cameras_are_taken_or_refused_by_name(shared):
    """All 1,755 features of Bangalore go in: each is taken, or refused for a direction nobody can read."""
    pytest.importorskip("pyarrow.parquet", reason="the features of Bangalore are kept as Parquet")
    frame = gpd.read_parquet(shared / "data/bangalore/surveillance_features.parquet")
    intake = read_cameras(frame.to_json().encode(), filename="bangalore.geojson")
    assert intake.rows_in == 1_755
    assert list(zip(intake.rejected["reason"], intake.rejected["value"], strict=True)) == [
        ("bad_heading", "27250")
    ]
    # one more says "null", which is no direction and no fault
    assert intake.frame["heading_deg"].notna().sum() == 1_131 + 6 - 2 - _both_tags(frame)
    assert check_frame(intake.frame, CAMERAS) == []


def _both_tags(frame: gpd.GeoDataFrame) -> int:
    return int((frame["camera:direction"].notna() & frame["direction"].notna()).sum())


def _catalogue(lang: str) -> dict[str, str]:
    rooms = ("tables", "candidates")
    texts = [json.loads((LOCALE / f"{room}.{lang}.json").read_text("utf-8")) for room in rooms]
    return texts[0] | texts[1]


def test_every_code_of_this_room_has_its_sentences_in_three_languages():
    """Codes raised or noted by the table files have texts with the same fields in en, ru and kk."""
    english = _catalogue("en")
    for lang in ("ru", "kk"):
        other = _catalogue(lang)
        assert other.keys() == english.keys()
        for key, text in english.items():
            assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", other[key])), (lang, key)
    source = "".join(
        path.read_text("utf-8")
        for name in ("table*", "times", "places", "presets", "sample_*", "routes_gpx")
        for path in Path(kuzet.data.__file__).parent.glob(f"{name}.py")
    )
    raised = set(re.findall(r'Error\(\s*"(\w+)"', source)) | set(re.findall(r'": "(file_\w+)"', source))
    assert len(raised) > 25
    assert {f"errors.{code}" for code in raised} <= english.keys()
    assert {f"errors.{code}.do" for code in raised} <= english.keys()


def test_every_reason_has_its_words():
    """Reasons of the tables, which an Intake checks, and of the schema's check are in the catalogue."""
    schema = (Path(kuzet.data.__file__).parents[1] / "coverage/frame_checks.py").read_text("utf-8")
    of_schema = set(re.findall(r'Fault\(.*, "(\w+)"\)', schema))
    assert {
        "missing",
        "missing_column",
        "not_a_number",
        "out_of_range",
        "no_geometry",
        "duplicate",
    } <= of_schema
    for lang in ("en", "ru", "kk"):
        assert {f"reasons.{reason}" for reason in of_schema | set(REASONS)} <= _catalogue(lang).keys()


def test_errors_keep_their_codes_across_processes(washington):
    """An error raised while reading survives pickling, as the job pool needs."""
    import pickle

    with pytest.raises(KuzetError) as caught:
        read_incidents(washington[:0], filename="a.csv")
    assert pickle.loads(pickle.dumps(caught.value)).code == "file_is_empty"
