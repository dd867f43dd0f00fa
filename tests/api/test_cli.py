"""The command line: tables for people, JSON for programs, one sentence for every fault."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import Result
from kuzet.api.cli import app
from kuzet.data.sample_city import sample_path
from kuzet.data.store import Store
from typer.testing import CliRunner

HEAD = "id,longitude,latitude,state\n"


def kuzet(*words: object, code: int = 0) -> Result:
    """Run a command, and check how it ends."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, (result.stdout[-1000:], result.stderr[-1000:], result.exception)
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize("kind", ["coverage", "blind-spots", "sites", "patrol"])
def test_json_is_all_there_is_on_standard_output(own_store: Path, kind: str) -> None:
    """With --json standard output is one document: the stored run, byte for byte the same figures."""
    told = json.loads(kuzet(kind, "--store", own_store, "--json").stdout)
    run = Store(own_store).latest_run(kind)
    assert told["run_id"] == run.run_id
    assert told["figures"] == run.summary


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", ["coverage", "blind-spots", "sites", "patrol"])
def test_tables_are_printed_in_each_language(own_store: Path, kind: str, lang: str) -> None:
    """Each command prints its table in each language, and says that incidents are synthetic."""
    out = kuzet(kind, "--store", own_store, "--lang", lang).stdout
    words = {
        "kk": "жасанды (синтетикалық) оқиғалар",
        "ru": "синтетические происшествия",
        "en": "synthetic incidents",
    }
    assert words[lang] in " ".join(out.split())
    assert len(out.splitlines()) > 10
    assert "cli." not in out


def test_the_printed_metres_add_up_to_the_network(own_store: Path) -> None:
    """The metres seen 0x, 1x, 2x and 3x+ add up to the network within 0.1%, for low, mid and high."""
    figures = json.loads(kuzet("coverage", "--store", own_store, "--json").stdout)["figures"]
    for state, levels in figures["times_m"].items():
        for level, times in levels.items():
            assert sum(times.values()) == pytest.approx(figures["network_m"], rel=1e-3), (state, level)
    assert sum(figures["cameras"].values()) == figures["cameras_total"]


def test_conditions_are_asked_for_and_told(own_store: Path) -> None:
    """`--light`, `--obstacles` and `--target` reach the run and the words; panning cameras stand apart."""
    asked = ["--light", "night", "--obstacles", "leaf_on", "--target", "0", "--store", own_store]
    told = " ".join(kuzet("coverage", *asked, "--lang", "en").stdout.split())
    assert "by night · with walls, hedges and trees in leaf · ground" in told
    run = Store(own_store).latest_run("coverage")
    assert {name: run.parameters[name] for name in ("light", "obstacles", "target_m")} == {
        "light": "night",
        "obstacles": "leaf_on",
        "target_m": 0.0,
    }
    assert f"Panning cameras (live): {run.summary['panning']['live']['cameras']}" in told
    kuzet("sites", "--count", 1, *asked)
    assert Store(own_store).latest_run("sites").parameters["light"] == "night"


def test_a_city_is_read_from_a_file(tmp_path: Path) -> None:
    """`ingest osm` makes a file the city of a new store, and tells its layers and losses."""
    store = tmp_path / "town.gpkg"
    told = json.loads(
        kuzet("ingest", "osm", sample_path(), "--name", "Town", "--store", store, "--json").stdout
    )
    assert told["city"] == "Town"
    assert told["layers"]["cameras"] == len(Store(store).read_frame("cameras")) == 223
    assert told["report"]["nodes_missing"] > 0
    out = kuzet("coverage", "--store", store, "--lang", "en").stdout
    assert "synthetic" not in out


def test_tables_are_read_and_the_rejected_come_back(own_store: Path, tmp_path: Path) -> None:
    """`ingest cameras` counts rows, writes the rejected ones, takes them mended; --column names columns."""
    table, rejected = tmp_path / "cameras.csv", tmp_path / "rejected.csv"
    table.write_text("Nr;lon;lat;state\nnew-1;24,9414;60,1699;live\nnew-2;24,9420;60,1700;sideways\n")
    told = json.loads(kuzet("ingest", "cameras", table, "--column", "id=Nr", "--rejected", rejected,
                            "--store", own_store, "--json").stdout)  # fmt: skip
    assert (told["rows"], told["accepted"], told["rejected"]) == (2, 1, 1)
    text = rejected.read_text(encoding="utf-8-sig")
    assert "new-2" in text
    rejected.write_text(text.replace("sideways", "live"), encoding="utf-8-sig")
    again = kuzet("ingest", "cameras", rejected, "--column", "id=Nr", "--store", own_store, "--lang", "en")
    assert "taken: 1; rejected: 0" in again.stdout
    assert {"new-1", "new-2"} <= set(Store(own_store).read_frame("cameras")["id"])


def test_stations_and_units_of_ones_own_are_planned_for(own_store: Path, tmp_path: Path) -> None:
    """Stations and units read from tables are those the patrol is planned for."""
    stations, units = tmp_path / "stations.csv", tmp_path / "units.csv"
    stations.write_text("id,name,longitude,latitude\nS1,Central,24.9414,60.1699\n")
    units.write_text("id,station,kind,shift_start,shift_end\nU1,S1,car,2026-01-16 08:00,2026-01-16 12:00\n")
    kuzet("ingest", "stations", stations, "--replace", "--store", own_store)
    kuzet("ingest", "units", units, "--replace", "--store", own_store)
    told = json.loads(kuzet("patrol", "--store", own_store, "--json").stdout)
    assert [unit["id"] for unit in told["figures"]["units"]] == ["U1"]
    assert told["figures"]["units"][0]["shift_start"] == "2026-01-16T03:00:00+00:00"


def test_everything_can_be_exported(own_store: Path, tmp_path: Path) -> None:
    """A layer in each format, a map and the routes are written as files."""
    for ending in ("geojson", "csv", "gpkg"):
        target = tmp_path / f"cameras.{ending}"
        told = json.loads(kuzet("export", "layer", "cameras", target, "--store", own_store, "--json").stdout)
        assert told["rows"] == 223
        assert target.stat().st_size > 1000
    assert len(json.loads((tmp_path / "cameras.geojson").read_text())["features"]) == 223
    kuzet("export", "map", "blind-spots", tmp_path / "map.html", "--store", own_store, "--lang", "kk")
    assert '<html lang="kk"' in (tmp_path / "map.html").read_text(encoding="utf-8")
    kuzet("export", "gpx", tmp_path / "gpx", "--store", own_store)
    assert len(list((tmp_path / "gpx").glob("*.gpx"))) == 4


def write_files(folder: Path) -> None:
    """Write files that cannot be used."""
    pbf = sample_path().read_bytes()
    files = {
        "cut.osm.pbf": pbf[: len(pbf) // 2],
        "empty.osm.pbf": b"",
        "city.zip": b"PK\x03\x04",
        "empty.csv": b"",
        "vrt.csv": b"<OGRVRTDataSource></OGRVRTDataSource>",
        "swapped.csv": f"{HEAD}a,60.1699,24.9414,live\n".encode(),
        "other.csv": f"{HEAD}a,78.37,45.01,live\n".encode(),
        "text.gpkg": b"not a store",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


FAULTS = {
    "a truncated PBF": "ingest osm cut.osm.pbf",
    "an empty PBF": "ingest osm empty.osm.pbf",
    "an unknown type": "ingest osm city.zip",
    "a box elsewhere": "ingest osm SAMPLE --box 78.3,45.0,78.4,45.1",
    "a box of words": "ingest osm SAMPLE --box here",
    "no source": "ingest osm",
    "two sources": "ingest osm SAMPLE --place Helsinki",
    "a layer to keep that is not there": "ingest osm SAMPLE --keep people",
    "a missing file": "ingest cameras none.csv",
    "an empty file": "ingest cameras empty.csv",
    "a VRT called csv": "ingest cameras vrt.csv",
    "swapped coordinates": "ingest cameras swapped.csv",
    "another city": "ingest cameras other.csv",
    "a column pair that is none": "ingest cameras other.csv --column id",
    "an unknown preset": "ingest incidents other.csv --preset gotham",
    "dates in no order": "ingest incidents other.csv --dates year-first",
    "an unknown zone": "ingest incidents other.csv --zone Mars/Base",
    "a store that is a text": "coverage --store text.gpkg",
    "no store": "coverage --store none.gpkg",
    "an unknown ladder": "coverage --ladder 1999",
    "an unknown light": "coverage --light dusk",
    "unknown obstacles": "blind-spots --obstacles fog",
    "a target below the ground": "patrol --target -1",
    "unknown obstacles of witnesses": "witnesses 24.944 60.171 --obstacles fog",
    "an unknown class": "coverage --seen-at sideways",
    "an unknown language": "coverage --lang fr",
    "an unknown layer": "export layer people people.csv",
    "an unknown format": "export layer cameras cameras.docx",
    "an unknown map": "export map people people.html",
    "a folder that is not there": "export layer cameras no/cameras.csv",
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_cannot_be_done_is_said_in_one_sentence(
    own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """A fault ends with exit code 1, a sentence and what to do, no path, and the store as it was."""
    before = hashlib.sha256(own_store.read_bytes()).hexdigest()
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    command = FAULTS[case].replace("SAMPLE", str(sample_path())).split()
    if "--store" not in command:
        command += ["--store", str(own_store)]
    if "--lang" not in command:
        command += ["--lang", "en"]
    result = kuzet(*command, code=1)
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert result.stdout == ""
    assert "went wrong inside" not in result.stderr, result.stderr
    assert 2 <= len(lines) <= 6, result.stderr
    assert str(tmp_path) not in result.stderr
    assert hashlib.sha256(own_store.read_bytes()).hexdigest() == before
    problem = json.loads(kuzet(*command, "--json", code=1).stdout)
    assert problem["detail"] in " ".join(result.stderr.split())
    assert problem["remedy"]


def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, own_store: Path) -> None:
    """A wrong environment variable is named, and its value is not."""
    monkeypatch.setenv("KUZET_PORT", "s3cr3t")
    result = kuzet("coverage", "--store", own_store, "--lang", "en", code=1)
    assert "KUZET_PORT" in result.stderr
    assert "s3cr3t" not in result.output


def test_help_is_there_for_every_command() -> None:
    """Each command explains itself and each of its options."""
    for command in ([], ["demo"], ["coverage"], ["blind-spots"], ["sites"], ["patrol"], ["serve"], ["ingest"],
                    ["ingest", "osm"], ["ingest", "cameras"], ["ingest", "incidents"], ["ingest", "stations"],
                    ["ingest", "units"], ["export"], ["export", "layer"], ["export", "map"],
                    ["export", "gpx"]):  # fmt: skip
        text = kuzet(*command, "--help").stdout
        assert len(text) > 200, command


def test_names_from_data_steer_neither_table_nor_terminal(own_store: Path) -> None:
    """A street whose name holds markup and terminal commands is printed as text."""
    store = Store(own_store)
    streets = store.read_frame("streets")
    streets["name"] = "[red]\x1b[2Jname[/red]"
    store.replace_frame("streets", streets)
    out = kuzet("blind-spots", "--store", own_store, "--lang", "en").stdout
    assert "[red] [2Jname[/red]" in out
    assert "\x1b[2J" not in out
