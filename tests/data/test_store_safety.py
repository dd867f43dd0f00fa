"""The store: whole or not at all, whoever writes and whatever breaks."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from re import findall
from types import SimpleNamespace

import pytest
from kuzet.coverage.errors import (
    KuzetError,
    NotFoundError,
    NotReadyError,
    RefusedError,
    UnknownFormatError,
)
from kuzet.data import store as store_module
from kuzet.data.store import Store
from pandas.testing import assert_frame_equal

from .store_samples import make_cameras, make_extract, make_incidents, store

__all__ = ["store"]


def _faults():
    twice = make_incidents(["a", "a"])
    wrong = make_cameras()
    wrong["heading_deg"] = 400.0
    return {
        "a taken id": lambda store: store.append_frame("incidents", make_incidents(["taken"])),
        "an id twice": lambda store: store.replace_frame("incidents", twice),
        "a wrong number": lambda store: store.replace_frame("cameras", wrong),
        "an unknown layer": lambda store: store.replace_frame("passwords", make_cameras()),
        "no base map": lambda store: store.replace_city(make_extract(), basemap=None),
        "a faulty city": lambda store: store.replace_city(
            SimpleNamespace(**{**vars(make_extract()), "cameras": wrong}), basemap=b"x"
        ),
    }


@pytest.mark.parametrize("fault", _faults())
def test_failed_write_changes_no_byte(store, fault):
    """Whatever is refused leaves the file byte for byte as it was, and nothing beside it."""
    store.replace_frame("incidents", make_incidents(["taken"]))
    before = store.path.read_bytes()
    with pytest.raises((KuzetError, sqlite3.IntegrityError)):
        _faults()[fault](store)
    assert store.path.read_bytes() == before
    assert [path.name for path in store.path.parent.iterdir()] == ["city.gpkg"]


def test_fault_in_the_middle_changes_no_byte(store, monkeypatch):
    """A fault after half of a city is written, with more than the cache holds, undoes it to the byte."""
    before = store.path.read_bytes()
    put, calls = store_module.put_layer, []

    def break_at_the_end(connection, layer):
        connection.execute("PRAGMA cache_size = 10")
        put(connection, layer)
        calls.append(layer.name)
        if len(calls) == 6:
            raise RuntimeError("power")

    monkeypatch.setattr(store_module, "put_layer", break_at_the_end)
    with pytest.raises(RuntimeError, match="power"):
        store.replace_city(make_extract("Other"), basemap=b"2" * 1_000_000)
    assert store.path.read_bytes() == before
    assert [path.name for path in store.path.parent.iterdir()] == ["city.gpkg"]


def test_killed_writer_leaves_the_old_city(store, tmp_path):
    """A writer killed while its pages are half in the file leaves the old content to the next reader."""
    before, size = store.read_frame("cameras"), store.path.stat().st_size
    ready = tmp_path / "ready"
    code = f"""
import pathlib
import time
from kuzet.data.store_file import write_store
with write_store(pathlib.Path({str(store.path)!r})) as connection:
    connection.execute("PRAGMA cache_size = 5")
    connection.execute("DELETE FROM kuzet_columns")
    connection.execute("UPDATE kuzet_about SET value = '99'")
    connection.execute("INSERT OR REPLACE INTO kuzet_files VALUES ('basemap', zeroblob(3000000))")
    pathlib.Path({str(ready)!r}).touch()
    time.sleep(60)
"""
    writer = subprocess.Popen([sys.executable, "-c", code])
    for _ in range(600):
        if ready.exists() or writer.poll() is not None:
            break
        time.sleep(0.05)
    assert ready.exists()
    writer.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    writer.wait()
    assert store.path.stat().st_size > size + 2_000_000
    assert_frame_equal(store.read_frame("cameras"), before)
    assert store.basemap() == b"PMTiles"


def _processes() -> BaseContext:
    """Return separate processes that need not import everything one by one, where the system can do that."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["kuzet.data.store"])
    return context


def _append(path, writer):
    for at in range(3):
        Store(path).append_frame("incidents", make_incidents([f"{writer}-{at}"]))


def _read(path, _):
    # in the order of one moment: a reader between two writes would see a row cut in half
    return [len(set(Store(path).read_frame("incidents")["id"])) for _ in range(10)]


def test_sixteen_writers_and_readers_at_once(tmp_path):
    """Of sixteen processes that write at once none fails, no row is lost, and readers see ever more."""
    path = tmp_path / "city.gpkg"
    Store(path).replace_frame("incidents", make_incidents(["first"]))
    with ProcessPoolExecutor(18, mp_context=_processes()) as pool:
        writers = [pool.submit(_append, path, at) for at in range(16)]
        readers = [pool.submit(_read, path, at) for at in range(2)]
        for writer in writers:
            writer.result()
        counts = [reader.result() for reader in readers]
    assert len(set(Store(path).read_frame("incidents")["id"])) == 1 + 16 * 3
    assert all(seen == sorted(seen) for seen in counts)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_many_make_the_store_at_once(tmp_path):
    """Processes that all find no file make it once, and every one of them gets its layer in."""
    path = tmp_path / "city.gpkg"
    names = ["water", "green", "landuse"]
    frame = make_extract().basemap["green"]
    with ProcessPoolExecutor(4, mp_context=_processes()) as pool:
        list(pool.map(Store(path).replace_frame, names, [frame] * len(names)))
    assert Store(path).layers() == dict.fromkeys(names, 1)


def test_before_there_is_a_store(tmp_path):
    """Questions to a store that is not there say so, and make no file."""
    store = Store(tmp_path / "city.gpkg")
    for ask in (store.city, store.basemap, store.layers, lambda: store.read_frame("streets")):
        with pytest.raises(NotReadyError) as caught:
            ask()
        assert caught.value.code == "no_city"
    assert store.runs() == []
    assert list(tmp_path.iterdir()) == []
    store.replace_frame("green", make_extract().basemap["green"])
    with pytest.raises(NotReadyError):
        store.city()
    with pytest.raises(NotFoundError):
        store.read_frame("sqlite_master")


def _write_newer(path):
    Store(path).replace_frame("cameras", make_cameras())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE kuzet_about SET value = '7' WHERE name = 'version'")


def _write_plain_sqlite(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text)")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b"id;name\n1;camera\n" * 100), "store_not_geopackage"),
        (_write_plain_sqlite, "store_not_geopackage"),
        (lambda path: make_cameras()[["id", "geometry"]].to_file(path, driver="GPKG"), "store_of_others"),
        (_write_newer, "store_newer"),
    ],
)
def test_files_that_are_no_store(tmp_path, make, code):
    """A file that is no GeoPackage, somebody else's or of a newer version is refused and left as it is."""
    path = tmp_path / "file.gpkg"
    make(path)
    before = path.read_bytes()
    for act in (Store(path).city, lambda: Store(path).replace_frame("cameras", make_cameras())):
        with pytest.raises(UnknownFormatError) as caught:
            act()
        assert caught.value.code == code
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["file.gpkg"]


def test_place_that_cannot_be_written(tmp_path):
    """A store whose folder is a file, or that is itself a folder, is refused in words."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.gpkg").mkdir()
    for path in (tmp_path / "file" / "city.gpkg", tmp_path / "folder.gpkg"):
        with pytest.raises(RefusedError) as caught:
            Store(path).replace_frame("cameras", make_cameras())
        assert caught.value.code == "store_not_writable"


def test_every_error_has_its_words():
    """Every code that the store raises has a sentence and a remedy in three languages."""
    root = Path(store_module.__file__).parents[1]
    names = (
        "store.py",
        "store_file.py",
        "store_frames.py",
        "store_layers.py",
        "result_parts.py",
        "results_file.py",
    )
    source = "".join((root / "data" / name).read_text("utf-8") for name in names)
    codes = set(findall(r'Error\(\s*"(\w+)"', source))
    texts = {
        language: json.loads((root / f"maps/locale/store.{language}.json").read_text("utf-8"))
        for language in ("en", "ru", "kk")
    }
    assert {f"errors.{code}" for code in codes} | {f"errors.{code}.do" for code in codes} == set(texts["en"])
    for language in ("ru", "kk"):
        assert texts[language].keys() == texts["en"].keys()
        for key, text in texts["en"].items():
            assert sorted(findall(r"{\w+}", texts[language][key])) == sorted(findall(r"{\w+}", text))
