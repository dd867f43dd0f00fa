"""Files that are not what they should be."""

import bz2
import gzip
import json
import random
import re
from pathlib import Path

import osmium
import osmium.io
import osmium.osm.mutable
import pytest
from kuzet.coverage.errors import (
    InvalidInputError,
    KuzetError,
    OtherPlaceError,
    TooLargeError,
    UnknownFormatError,
)
from kuzet.data import osm_file
from kuzet.data.osm import read_osm
from kuzet.data.osm_file import opened_osm

ROOT = Path(__file__).resolve().parents[2]
TOWN = Path(__file__).parent / "files" / "town.osm"
SAMPLE = ROOT / "data" / "sample" / "Helsinki.osm.pbf"


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def code_of(path: Path, kind: type[KuzetError]) -> str:
    with pytest.raises(kind) as caught:
        read_osm(path)
    return caught.value.code


def test_kind_is_taken_from_the_content(tmp_path: Path) -> None:
    """A .osm file under another name is read; a table called .osm.pbf is refused."""
    assert len(read_osm(written(tmp_path, "upload.bin", TOWN.read_bytes())).cameras) == 6
    assert (
        code_of(written(tmp_path, "town.osm.pbf", b"id,lat,lon\n1,2,3\n"), UnknownFormatError)
        == "osm_unknown_format"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>",
        b"<?xml version='1.0'?><gpx></gpx>",
        b"<osmChange></osmChange>",
        b'{"elements": []}',
        b"\x00" * 64,
        b"<",
    ],
)  # fmt: skip
def test_other_formats_are_refused(tmp_path: Path, content: bytes) -> None:
    """VRT, GPX, change files, JSON and noise are no OpenStreetMap files, whatever they are called."""
    assert code_of(written(tmp_path, "x.osm", content), UnknownFormatError) == "osm_unknown_format"


def test_empty_missing_and_hollow_files(tmp_path: Path) -> None:
    """A file of no bytes, no file, and a file without any object each have their code."""
    assert code_of(written(tmp_path, "a.osm.pbf", b""), InvalidInputError) == "osm_empty"
    assert code_of(tmp_path / "none.osm.pbf", InvalidInputError) == "osm_not_there"
    assert code_of(written(tmp_path, "b.osm", b'<osm version="0.6"></osm>'), InvalidInputError) == "osm_empty"


def test_packed_files_are_refused(tmp_path: Path) -> None:
    """bz2 and gzip are refused unopened, also under an innocent name: a small one can hold any amount."""
    town = TOWN.read_bytes()
    assert code_of(written(tmp_path, "a.osm.bz2", bz2.compress(town)), UnknownFormatError) == "osm_packed"
    assert code_of(written(tmp_path, "a.osm", gzip.compress(town)), UnknownFormatError) == "osm_packed"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_pbf_is_refused(tmp_path: Path, share: float) -> None:
    """A PBF that breaks off anywhere is refused as damaged."""
    whole = SAMPLE.read_bytes()
    assert (
        code_of(written(tmp_path, "a.osm.pbf", whole[: int(len(whole) * share)]), InvalidInputError)
        == "osm_damaged"
    )


def test_truncated_and_broken_xml_is_refused(tmp_path: Path) -> None:
    """Half of an XML file, and one whose numbers are no numbers, are damaged."""
    town = TOWN.read_bytes()
    assert code_of(written(tmp_path, "a.osm", town[:3000]), InvalidInputError) == "osm_damaged"
    bad = b'<osm version="0.6"><node id="x" lat="1" lon="2"/></osm>'
    assert code_of(written(tmp_path, "b.osm", bad), InvalidInputError) == "osm_damaged"


def test_things_that_cannot_be_are_refused_or_left_out(tmp_path: Path) -> None:
    """A latitude of 95 makes a missing node, not an endless street; a latitude of letters is damage."""
    town = TOWN.read_text(encoding="utf-8")
    far = written(tmp_path, "a.osm", town.replace('id="4" lat="45.001"', 'id="4" lat="95.001"').encode())
    extract = read_osm(far)
    assert extract.report["nodes_missing"] == 5
    assert not set(extract.streets["osmid"]) & {101, 102}
    odd = written(tmp_path, "b.osm", town.replace('id="4" lat="45.001"', 'id="4" lat="north"').encode())
    assert code_of(odd, InvalidInputError) == "osm_damaged"


def test_bytes_that_are_no_text_are_damage(tmp_path: Path) -> None:
    """A tag whose bytes are no UTF-8 gives the one clear error."""
    path = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(TOWN)):
            writer.add(thing)
    content = path.read_bytes()
    assert read_osm(path).cameras.shape[0] == 6
    plain = tmp_path / "b.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(plain), "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(str(TOWN)):
            writer.add(thing)
    spoilt = plain.read_bytes().replace("Базар".encode(), b"\xff\xfe" * 5)
    assert spoilt != content
    assert code_of(written(tmp_path, "c.osm.pbf", spoilt), InvalidInputError) == "osm_damaged"


@pytest.mark.parametrize("form", ["osm", "osm.pbf"])
def test_spoilt_bytes_give_a_clear_error_or_a_sound_town(tmp_path: Path, form: str) -> None:
    """Whatever bytes are changed, reading ends with frames that keep their schema or with one clear error."""
    whole = tmp_path / f"whole.{form}"
    with osmium.SimpleWriter(
        osmium.io.File(str(whole), "osm" if form == "osm" else "pbf,pbf_compression=none")
    ) as out:
        for thing in osmium.FileProcessor(str(TOWN)):
            out.add(thing)
    content = whole.read_bytes()
    chance = random.Random(5)
    refused = 0
    for _ in range(120):
        spoilt = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            read_osm(written(tmp_path, f"spoilt.{form}", bytes(spoilt)))
        except KuzetError:
            refused += 1
    assert 0 < refused < 120


def test_entities_are_refused(tmp_path: Path) -> None:
    """A file that defines entities is refused at the door, before any parser expands one."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><osm></osm>'
    assert code_of(written(tmp_path, "a.osm", bomb), InvalidInputError) == "osm_with_entities"
    late = (
        b'<?xml version="1.0"?><!--'
        + b" " * 5000
        + b'--><!DOCTYPE osm [<!ENTITY a "a">]><osm version="0.6"></osm>'
    )
    with pytest.raises(InvalidInputError):
        read_osm(written(tmp_path, "b.osm", late))


def test_too_many_objects_stop_the_reading(tmp_path: Path) -> None:
    """A small file that unpacks to many objects is stopped at the limit, not read to its end."""
    path = tmp_path / "many.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(1, 20_001):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=(78.0, 45.0), version=1))
    assert path.stat().st_size < 100_000
    with pytest.raises(TooLargeError) as caught, opened_osm(path, max_objects=5000):
        pass
    assert caught.value.code == "osm_too_many_objects"


def test_too_large_a_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size on disk is checked first."""
    monkeypatch.setattr(osm_file, "MAX_BYTES", 1000)
    with pytest.raises(TooLargeError) as caught:
        read_osm(TOWN)
    assert caught.value.code == "osm_too_large"


def test_map_without_streets(tmp_path: Path) -> None:
    """A file with nodes but no usable street says so; so does a box that holds none of the file's streets."""
    lonely = b'<osm version="0.6"><node id="1" lat="45" lon="78" version="1"/></osm>'
    assert code_of(written(tmp_path, "a.osm", lonely), InvalidInputError) == "osm_no_streets"
    with pytest.raises(OtherPlaceError) as caught:
        read_osm(TOWN, box=(10.0, 50.0, 10.1, 50.1))
    assert caught.value.code == "osm_box_elsewhere"


@pytest.mark.parametrize(
    "box", [(78.1, 45.0, 78.0, 45.1), (78.0, 45.0, 78.1, 95.0), (float("nan"), 45.0, 78.1, 45.1)]
)
def test_a_box_that_is_none(box: tuple[float, float, float, float]) -> None:
    """East before west, latitude 95 and no number are refused."""
    with pytest.raises(InvalidInputError) as caught:
        read_osm(TOWN, box=box)
    assert caught.value.code == "osm_box_wrong"


def test_every_error_has_its_sentence_in_three_languages() -> None:
    """Each code raised by the readers of OpenStreetMap has a sentence and a remedy in en, ru and kk."""
    sources = [ROOT / "data" / "overpass.py", *sorted((ROOT / "data").glob("osm*.py"))]
    codes = {
        code
        for source in sources
        for code in re.findall(r'Error\(\s*"([a-z_]+)"', source.read_text(encoding="utf-8"))
    }
    assert len(codes) > 15
    catalogues = {
        lang: json.loads((ROOT / "maps" / "locale" / f"osm.{lang}.json").read_text(encoding="utf-8"))
        for lang in ("en", "ru", "kk")
    }
    for texts in catalogues.values():
        assert texts.keys() == catalogues["en"].keys()
        missing = {
            code for code in codes if not texts.get(f"errors.{code}") or not texts.get(f"errors.{code}.do")
        }
        assert missing == set()
