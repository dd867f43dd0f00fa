"""The store: what goes in comes out."""

import sqlite3
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.errors import (
    NotFoundError,
    NotReadyError,
)
from kuzet.coverage.schema import BARRIERS, INCIDENTS, UNITS, complete_frame
from kuzet.data import store as store_module
from kuzet.data.store import Store
from kuzet.data.store_file import write_store
from kuzet.data.store_layers import drop_layer, make_layer, put_layer
from pandas.testing import assert_frame_equal

from .store_samples import LARGEST, NOW, make_cameras, make_extract, make_incidents, make_streets, save, store
from .test_results_file import make_plan, make_proposal, make_spots

__all__ = ["store"]


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("streets", make_streets()),
        ("cameras", make_cameras()),
        ("buildings", make_extract().buildings),
        ("barriers", make_extract().barriers),
        ("green", make_extract().basemap["green"]),
        ("water", make_extract().basemap["water"]),
    ],
)
def test_frame_comes_back_equal(store, name, frame):
    """A frame comes back with its types, lists, missing values and exact numbers."""
    store.replace_frame(name, frame)
    again = store.read_frame(name)
    assert_frame_equal(again, frame)
    assert again.crs == frame.crs
    assert again.geometry.geom_equals_exact(frame.geometry, 0).all()


def test_whole_numbers_are_exact(store):
    """Node numbers up to 2**63 - 1 come back exactly, beside missing ones too."""
    streets = store.read_frame("streets")
    assert streets["u"].tolist() == [LARGEST, 2**53 + 1]
    assert streets["osmid"].tolist()[0] == 2**53 + 1
    assert streets["osmid"].isna().tolist() == [False, True]


def test_missing_stays_missing(store):
    """An unknown heading, flag, name or list comes back missing: not zero, not false, not empty."""
    streets, cameras = store.read_frame("streets"), store.read_frame("cameras")
    assert np.isnan(cameras["heading_deg"][1])
    assert streets["lit"].tolist() == [None, True]
    assert streets["name"].isna().tolist() == [False, True]
    assert cameras["synthetic"].tolist() == [["state"], None]
    assert cameras["assumed"].tolist() == [[], ["hfov_deg", "height_m"]]


def test_times_come_back_in_utc(store):
    """Times come back aware, in UTC, at the same moment: before and after the zone of Almaty changed."""
    incidents = make_incidents(["a", "b"])
    incidents["occurred_to"] = pd.Series([pd.Timestamp("2024-03-01T01:00:00", tz="Asia/Almaty"), pd.NaT])
    store.replace_frame("incidents", incidents)
    again = store.read_frame("incidents")
    assert str(again["occurred_from"].dt.tz) == "UTC"
    assert again["occurred_from"][0] == incidents["occurred_from"][0]
    assert again["occurred_to"][0] == datetime(2024, 2, 29, 20, tzinfo=UTC)
    assert again["occurred_to"].isna()[1]
    assert again["severity"].isna().all()


def test_table_without_geometry(store):
    """Units, which have no place, come back as a plain table."""
    units = complete_frame(
        pd.DataFrame(
            {"id": ["u"], "station": ["s"], "shift_start": pd.Timestamp(NOW), "shift_end": pd.Timestamp(NOW)}
        ),
        UNITS,
    )  # fmt: skip
    store.replace_frame("units", units)
    again = store.read_frame("units")
    assert not isinstance(again, gpd.GeoDataFrame)
    assert_frame_equal(again, units)


def test_city_and_its_layers(store):
    """The city, its base map and the number of rows of each layer come back."""
    city = store.city()
    assert (city.name, city.bounds, city.sample) == ("Талдықорған", (24.9, 60.1, 25.0, 60.2), False)
    assert city.area.bounds == city.bounds
    assert city.report == {"ways_mended": 3}
    assert store.basemap() == b"PMTiles"
    assert store.layers() == {
        "streets": 2, "restrictions": 1, "buildings": 2, "barriers": 2, "cameras": 2, "stations": 1,
        "water": 0, "green": 1, "landuse": 1, "supports": 1,
    }  # fmt: skip
    assert store.read_frame("incidents").columns.tolist() == [*INCIDENTS.names, "geometry"]
    assert len(store.read_frame("units")) == 0


def test_a_store_of_before_barriers_is_read(store):
    """A store without barriers has an empty frame of them, and its buildings get the new column, empty."""
    with sqlite3.connect(store.path) as connection:
        drop_layer(connection, "barriers")
    old = make_extract().buildings.drop(columns="base_m")
    with write_store(store.path) as connection:
        put_layer(connection, make_layer("buildings", old))
    barriers = store.read_frame("barriers")
    assert (len(barriers), barriers.columns.tolist()) == (0, [*BARRIERS.names, "geometry"])
    assert barriers.crs == "EPSG:4326"
    assert store.read_frame("buildings")["base_m"].isna().all()


def test_another_city_is_a_new_beginning(store):
    """Another city takes the place of all that was said of the first, but for what is to be kept."""
    store.replace_frame("incidents", make_incidents(["a"]))
    store.replace_frame("cameras", make_cameras(5))
    save(store, "blind-spots", make_spots())
    store.replace_city(make_extract("Текели"), basemap=b"2", sample=True, keep=["cameras"])
    assert store.city().name == "Текели"
    assert store.city().sample
    assert len(store.read_frame("cameras")) == 5
    assert len(store.read_frame("incidents")) == 0
    assert store.runs() == []
    assert "blind_spots" not in store.layers()


def test_append_keeps_what_was_there(store):
    """Rows are put behind the others, and the first rows may come before there is anything."""
    store.append_frame("incidents", make_incidents(["a"]))
    store.append_frame("incidents", make_incidents(["b", "c"]))
    assert store.read_frame("incidents")["id"].tolist() == ["a", "b", "c"]


def test_hash_tells_content(store):
    """Equal content has an equal hash in another store; any change or other order has another."""
    first = store.input_hashes(["streets", "cameras"])
    other = Store(store.path.with_name("other.gpkg"))
    other.replace_frame("streets", make_streets())
    other.replace_frame("cameras", make_cameras()[::-1])
    assert other.input_hashes(["streets"])["streets"] == first["streets"]
    assert other.input_hashes(["cameras"])["cameras"] != first["cameras"]
    changed = make_cameras()
    changed.loc[0, "heading_deg"] = 261.0
    other.replace_frame("cameras", changed)
    assert other.input_hashes(["cameras"])["cameras"] != first["cameras"]
    other.replace_frame("cameras", make_cameras())
    assert other.input_hashes(["cameras", "streets"]) == first


def test_runs_and_their_answers(store):
    """A run and its answer come back equal, and the run saved last is the latest."""
    first = save(store, "blind-spots", make_spots(), count=1)
    second = save(store, "blind-spots", make_spots(), count=2)
    patrol = save(store, "patrol", make_plan())
    assert store.runs() == [patrol, second, first]
    assert store.latest_run("blind-spots") == second
    assert store.latest_run("sites") is None
    assert store.run(first.run_id) == first
    save(store, "blind-spots", make_spots(), count=1)
    assert store.latest_run("blind-spots") == first
    assert len(store.runs("blind-spots")) == 2
    answer = store.load_result(first.run_id)
    assert answer.spots.crs == make_spots().spots.crs
    assert_frame_equal(answer.spots, make_spots().spots)
    assert store.result_hash(first.run_id) == store.result_hash(second.run_id)


def test_answers_are_layers_with_their_run(store):
    """The latest answers are layers in WGS 84 with the id of their run, lists included."""
    save(store, "sites", make_proposal())
    patrol = save(store, "patrol", make_plan())
    routes = store.read_frame("routes")
    assert routes["run_id"].tolist() == [patrol.run_id]
    assert routes["edges"][0] == [[2**62 + 1, LARGEST, 0], [3, 4, 1]]
    assert routes.crs.to_epsg() == 4326
    assert store.read_frame("stops").geometry[0].distance(shapely.Point(24.95, 60.15)) < 0.001
    assert store.read_frame("sites")["order"].tolist() == [1]
    with pytest.raises(NotReadyError) as caught:
        store.read_frame("coverage_pieces")
    assert caught.value.code == "no_run"


def test_old_answers_make_room(store, monkeypatch):
    """Only so many answers of a kind are kept; the line of an older run and its hash stay."""
    monkeypatch.setattr(store_module, "KEPT_RESULTS", 2)
    runs = [save(store, "blind-spots", make_spots(), count=at) for at in range(3)]
    assert len(store.runs()) == 3
    assert len(store.result_hash(runs[0].run_id)) == 64
    with pytest.raises(NotFoundError) as caught:
        store.load_result(runs[0].run_id)
    assert caught.value.code == "result_not_kept"
    assert store.load_result(runs[1].run_id).unseen_m == 19.75
    with pytest.raises(NotFoundError) as caught:
        store.load_result("0" * 16)
    assert caught.value.code == "unknown_run"
