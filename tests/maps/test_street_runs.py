"""Pieces that are drawn alike become one line, and nothing of a street is lost."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.maps.street_runs import KINDS, THINNEST_M, merge_pieces, piece_kinds

from .make_results import make_coverage


@pytest.fixture(scope="module")
def pieces():
    return make_coverage().draw_pieces()


def test_the_length_stays(pieces):
    """The runs of each way are as long as its pieces, in figures and in geometry."""
    runs = merge_pieces(pieces)
    assert runs["length_m"].sum() == pytest.approx(pieces["length_m"].sum())
    assert runs.geometry.length.sum() == pytest.approx(pieces["length_m"].sum(), rel=1e-6)


def test_every_kind_keeps_its_metres(pieces):
    """With no thin piece among them, each kind is drawn over exactly its metres."""
    runs = merge_pieces(pieces)
    drawn = np.bincount(runs["kind"], weights=runs["length_m"], minlength=len(KINDS))
    counted = np.bincount(piece_kinds(pieces), weights=pieces["length_m"], minlength=len(KINDS))
    assert drawn == pytest.approx(counted)
    assert (counted > 0).all()


def test_equal_neighbours_become_one_line(pieces):
    """A piece cut in two where nothing changes is drawn as before, whatever the order of the rows."""
    first = pieces.iloc[:1]
    line = first.geometry.iloc[0]
    halves = [shapely.ops.substring(line, at, at + 0.5, normalized=True) for at in (0, 0.5)]
    middle = float(first["to_m"].iloc[0]) / 2
    one = first.assign(to_m=middle, length_m=middle, geometry=[halves[0]])
    two = first.assign(from_m=middle, length_m=middle, geometry=[halves[1]])
    cut = gpd.GeoDataFrame(pd.concat([two, pieces.iloc[1:], one]), crs=pieces.crs)
    whole, again = merge_pieces(pieces), merge_pieces(cut)
    assert len(again) == len(whole)
    assert (again.geometry.normalize() == whole.geometry.normalize()).all()


def test_a_thin_piece_goes_with_its_neighbour(pieces):
    """A sliver between two equal pieces leaves no line of its own."""
    alike = pieces[pieces["way"] == 0].copy()
    for name in alike.columns:
        if name.endswith(("_low", "_mid", "_high")):
            alike[name] = 0
    sliver = alike.index[2]
    begin = float(alike.at[sliver, "from_m"])
    alike.loc[sliver, ["live_low", "live_mid", "live_high"]] = 1
    alike.loc[alike.index[1], "to_m"] = begin
    alike.loc[sliver, "length_m"] = THINNEST_M / 2
    assert len(merge_pieces(alike)) == 1
    alike.loc[sliver, "length_m"] = THINNEST_M * 2
    assert len(merge_pieces(alike)) == 3


def test_ranges_span_the_run(pieces):
    """The fewest and most cameras along a run are those of its pieces."""
    runs = merge_pieces(pieces)
    assert runs["live_high"].max() == pieces["live_high"].max()
    assert (runs["live_low"] <= runs["live_high"]).all()
