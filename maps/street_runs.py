"""Neighbouring street pieces that would be drawn alike, drawn as one line."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..coverage.schema import STATES
from .frames import told_frame

KINDS: Final = ("certain", "possible", "archive", "blind")
THINNEST_M: Final = 2.0
"""A piece shorter than this is drawn with its neighbour: at the closest zoom it is a few pixels."""

_SHAPE_M: Final = 0.15


def piece_kinds(pieces: pd.DataFrame) -> np.ndarray:
    """Return the place in `KINDS` of each piece: seen for certain, perhaps seen, archive only, blind."""
    return np.select(
        [pieces["live_low"] > 0, pieces["live_high"] > 0, pieces["archive_high"] > 0], [0, 1, 2], 3
    )


def piece_steps(pieces: pd.DataFrame) -> np.ndarray:
    """Return the step of a piece within its kind: cameras (1, 2, 3+) or thirds of the probability."""
    cameras = np.clip(np.asarray(pieces["live_low"], dtype=float), 1, 3).astype(int) - 1
    thirds = np.clip((np.asarray(pieces["live_mid"], dtype=float) * 3).astype(int), 0, 2)
    return np.select([piece_kinds(pieces) == 0, piece_kinds(pieces) == 1], [cameras, thirds], 0)


def merge_pieces(pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join neighbours of one way that have the same kind and step.

    Parameters
    ----------
    pieces : GeoDataFrame
        Of `Coverage.draw_pieces`: ways cut wherever any camera begins or ends to see them.

    Returns
    -------
    GeoDataFrame
        Lines with `name`, `highway`, `kind` (place in KINDS), `step`, `length_m`, `probability` (mean
        over the length) and `<state>_low`, `<state>_high` (fewest and most cameras along it). For the
        eye only: figures are sums over the pieces.
    """
    order = np.lexsort((np.asarray(pieces["from_m"]), np.asarray(pieces["way"])))
    way = np.asarray(pieces["way"])[order]
    length = np.asarray(pieces["length_m"], dtype=float)[order]
    code = (piece_kinds(pieces) * 3 + piece_steps(pieces))[order]
    run = _runs(way, code, length)
    begin = np.flatnonzero(np.diff(run, prepend=-1))
    # the longest of its pieces gives a run its kind; the thin ones went along
    longest = np.lexsort((length, run))[np.append(begin[1:], len(run)) - 1]
    total = np.add.reduceat(length, begin)
    columns = {
        "name": np.asarray(pieces["name"], dtype=object)[order][begin],
        "highway": np.asarray(pieces["highway"], dtype=object)[order][begin],
        "kind": code[longest] // 3,
        "step": code[longest] % 3,
        "length_m": total,
        "probability": np.add.reduceat(np.asarray(pieces["live_mid"])[order] * length, begin)
        / np.maximum(total, 1e-9),
    }
    for state in STATES:
        columns[f"{state}_low"] = np.minimum.reduceat(
            np.asarray(pieces[f"{state}_low"])[order], begin
        ).astype(int)
        columns[f"{state}_high"] = np.maximum.reduceat(
            np.asarray(pieces[f"{state}_high"])[order], begin
        ).astype(int)
    lines = _join_lines(np.asarray(pieces.geometry.array)[order], run)
    return told_frame(columns, gpd.GeoDataFrame(geometry=shapely.simplify(lines, _SHAPE_M), crs=pieces.crs))


def _runs(way: np.ndarray, code: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Return the runs of equal code along each way; thin pieces go with what lies before them."""
    settled = code.copy()
    thick = length >= THINNEST_M
    for place in range(1, len(way)):
        if not thick[place] and way[place] == way[place - 1]:
            settled[place] = settled[place - 1]
    # a thin piece at the head of a way goes with what follows
    for place in range(len(way) - 2, -1, -1):
        if not thick[place] and way[place] == way[place + 1] and (place == 0 or way[place - 1] != way[place]):
            settled[place] = settled[place + 1]
    changes = (np.diff(way, prepend=way[:1]) != 0) | (np.diff(settled, prepend=settled[:1]) != 0)
    return np.cumsum(changes)


def _join_lines(shapes: np.ndarray, run: np.ndarray) -> np.ndarray:
    places, piece = shapely.get_coordinates(shapes, return_index=True)
    owner = run[piece]
    # the end of a piece is the start of the next
    fresh = np.ones(len(places), dtype=bool)
    fresh[1:] = (owner[1:] != owner[:-1]) | (np.abs(np.diff(places, axis=0)).max(axis=1) > 1e-9)
    kept, owner = places[fresh], owner[fresh]
    lone = np.bincount(owner)[owner] == 1
    if lone.any():
        kept, owner = np.concatenate([kept, kept[lone]]), np.concatenate([owner, owner[lone]])
        order = np.argsort(owner, kind="stable")
        kept, owner = kept[order], owner[order]
    return np.asarray(shapely.linestrings(kept, indices=owner))
