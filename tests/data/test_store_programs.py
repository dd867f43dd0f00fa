"""The store in the hands of other programs."""

import json
import shutil
import sqlite3
import subprocess

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from kuzet.coverage.errors import (
    InvalidInputError,
)

from .store_samples import make_incidents, save, store
from .test_results_file import make_plan, make_spots

__all__ = ["store"]


def test_other_programs_open_it(store):
    """GDAL through pyogrio finds every layer with its rows, type and spatial index, and reads by box."""
    store.replace_frame("incidents", make_incidents(["a"]))
    save(store, "patrol", make_plan())
    listed = dict(pyogrio.list_layers(store.path).tolist())
    assert listed["streets"] == "LineString"
    assert listed["cameras"] == "Point"
    assert listed["routes"] == "LineString"
    assert listed["kuzet_runs"] is None
    assert set(listed) == {*store.layers(), "kuzet_runs"}
    for name, count in store.layers().items():
        info = pyogrio.read_info(store.path, layer=name, force_feature_count=True)
        assert info["features"] == count
        assert info["capabilities"]["fast_spatial_filter"] == 1
        assert info["crs"] == "EPSG:4326"
    near = gpd.read_file(store.path, layer="cameras", bbox=(24.8995, 60.0, 24.9005, 60.2))
    assert near["id"].tolist() == ["c0"]
    assert json.loads(near["synthetic"][0]) == ["state"]


def test_ogrinfo_opens_it(store):
    """The command ogrinfo reads the store without an error or a warning."""
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        pytest.skip("no ogrinfo on this machine (Debian: gdal-bin)")
    save(store, "blind-spots", make_spots())
    done = subprocess.run(
        [ogrinfo, "-al", "-so", "-ro", store.path], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    for name, count in store.layers().items():
        assert f"Layer name: {name}\n" in done.stdout
        assert f"Feature Count: {count}\n" in done.stdout


def test_edits_of_other_programs_are_read(store):
    """What a GIS program edits in place, with the store's own index and triggers, is what is read next."""
    before = store.input_hashes(["cameras"])
    added = gpd.GeoDataFrame(
        {"id": ["by hand"], "state": ["live"], "assumed": ['["hfov_deg"]']},
        geometry=[shapely.Point(24.97, 60.17)],
        crs=4326,
    )  # fmt: skip
    pyogrio.write_dataframe(added, store.path, layer="cameras", driver="GPKG", append=True)
    cameras = store.read_frame("cameras")
    assert cameras["id"].tolist() == ["c0", "c1", "by hand"]
    assert cameras["assumed"][2] == ["hfov_deg"]
    assert np.isnan(cameras["heading_deg"][2])
    assert store.input_hashes(["cameras"]) != before
    with sqlite3.connect(store.path) as connection:
        # they call functions that GIS programs bring along
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER '{trigger}'")
        connection.execute("UPDATE cameras SET assumed = '[broken' WHERE id = 'c0'")
    with pytest.raises(InvalidInputError) as caught:
        store.read_frame("cameras")
    assert (caught.value.code, caught.value.facts) == (
        "store_cell_unreadable", {"layer": "cameras", "column": "assumed"},
    )  # fmt: skip
