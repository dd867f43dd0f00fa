"""The base map holds our own data and nothing else."""

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from kuzet.coverage.errors import InvalidInputError
from kuzet.maps.basemap import HIGHEST_ZOOM, build_basemap

from .make_results import CRS, NAMES, make_buildings, make_streets


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    water = gpd.GeoDataFrame(
        {"kind": ["river"], "name": [None]}, geometry=[shapely.box(0, 800, 900, 850)], crs=CRS
    )
    path = tmp_path_factory.mktemp("basemap") / "town.pmtiles"
    path.write_bytes(build_basemap(make_streets(), make_buildings(), {"water": water.to_crs(4326)}))
    return pyogrio.read_dataframe(path)


def test_every_layer_is_there(drawn):
    """Streets, buildings and water are told apart; an area nobody gave is absent."""
    assert set(drawn["layer"]) == {"streets", "buildings", "water"}


def test_names_keep_their_kazakh_letters(drawn):
    """Each named street is in the tiles under its own name."""
    assert set(drawn[drawn["layer"] == "streets"]["name"].dropna()) == {name for name in NAMES if name}


def test_streets_have_the_class_that_draws_them(drawn):
    """A main road is class 1, a footway class 6."""
    assert {1, 3, 5, 6} == set(drawn[drawn["layer"] == "streets"]["class"])


def test_geometry_is_where_it_was(drawn):
    """The tiles' buildings cover the town's buildings to within a step of the finest tile."""
    tiles = drawn[drawn["layer"] == "buildings"].to_crs(CRS).union_all()
    town = make_buildings().to_crs(CRS).union_all()
    step = 40_075_016 / 2**HIGHEST_ZOOM / 4096
    assert tiles.symmetric_difference(town).area < town.length * 2 * step


def test_both_directions_of_a_street_are_one_line():
    """A two-way street is drawn once: adding its way back changes nothing."""
    streets = make_streets()
    back = streets.assign(geometry=streets.geometry.reverse())
    both = gpd.GeoDataFrame(pd.concat([streets, back], ignore_index=True), crs=streets.crs)
    assert build_basemap(both, make_buildings(), {}) == build_basemap(streets, make_buildings(), {})


def test_no_streets_is_an_error():
    """A city without streets has no base map, and says so."""
    with pytest.raises(InvalidInputError, match="basemap_empty"):
        build_basemap(make_streets().iloc[:0], make_buildings(), {})
