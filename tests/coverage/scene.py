"""Streets, cameras and walls drawn with a ruler, and sight lines tried one by one in three dimensions."""

import geopandas as gpd
import numpy as np
import shapely
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.intervals import merge_touching
from kuzet.coverage.projection import metric_crs
from shapely import LineString, Point

CRS = metric_crs((78.36, 45.0, 78.40, 45.04))
EVERYTHING = 1e6
"""So many pixels that no distance in a test is too far."""


def streets(*lines, **known):
    """Return straight two-way streets of one edge each; what is known is a value for all or a list."""
    frame = gpd.GeoDataFrame(
        {
            "u": range(len(lines)), "v": range(100, 100 + len(lines)), "key": 0, "highway": "residential",
            "name": [f"Street {n}" for n in range(len(lines))], "car": True, "foot": True,
            "geometry": [LineString(line) for line in lines],
        },
        geometry="geometry", crs=CRS,
    )  # fmt: skip
    return frame.assign(length_m=frame.length, **known)


def all_round(at, height, **known):
    """Return a live camera that looks all round as far as anything goes, hung at a height."""
    row = {"id": "c", "state": "live", "kind": "panorama", "pixels_across": EVERYTHING, "height_m": height}
    return row | known | {"geometry": Point(at)}


def fixed(at, heading, **known):
    """Return a live camera with the lens of the examples, at head height, changed as told."""
    row = {"id": "c", "state": "live", "kind": "fixed", "heading_deg": heading, "hfov_deg": 67.743}
    row |= {"pixels_across": 1920.0, "height_m": 1.7, "tilt_deg": 0.0}
    return row | known | {"geometry": Point(at)}


def register(*rows):
    """Return cameras as a frame."""
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs=CRS)


def houses(*shapes, **known):
    """Return buildings; `height_m` and other columns as told."""
    frame = gpd.GeoDataFrame(
        {"id": [f"house {n}" for n in range(len(shapes))]}, geometry=list(shapes), crs=CRS
    )
    return frame.assign(**known)


def barriers(*lines, kind="wall", **known):
    """Return barriers of a kind."""
    frame = gpd.GeoDataFrame(
        {"id": [f"barrier {n}" for n in range(len(lines))]}, geometry=[LineString(x) for x in lines], crs=CRS
    )
    return frame.assign(kind=kind, **known)


def measure(roads, rows, buildings=None, **options):
    """Measure what cameras see of streets."""
    return measure_coverage(roads, houses() if buildings is None else buildings, register(*rows), **options)


def seen_parts(coverage, column="live_low"):
    """Return the stretches, (way, from, to), where a column of the pieces is above 0."""
    pieces = coverage.pieces[coverage.pieces[column] > 0]
    way, start, stop = (pieces[name].to_numpy() for name in ("way", "from_m", "to_m"))
    return list(zip(*(part.tolist() for part in merge_touching(way, start, stop, slack=1e-5)), strict=True))


def upright(lines, base, top):
    """Return upright walls as triangles (k, 3, 3) of corners in space."""
    lines, base, top = np.asarray(lines, float), np.asarray(base, float), np.asarray(top, float)
    top = np.minimum(top, 1e5)
    a0, b0, a1, b1 = (np.column_stack([lines[:, end], height]) for height in (base, top) for end in (0, 1))
    return np.concatenate([np.stack([a0, b0, b1], axis=1), np.stack([a0, b1, a1], axis=1)])


def prisms(boxes, base, top):
    """Return solid bodies over four-cornered outlines as the triangles of their sides, roof and floor."""
    out = [np.empty((0, 3, 3))]
    for shape, low, high in zip(boxes, base, top, strict=True):
        ring = shapely.get_coordinates(shape.exterior)
        out.append(upright(np.stack([ring[:-1], ring[1:]], axis=1), [low] * 4, [high] * 4))
        for level in (low, min(high, 1e5)):
            corners = np.column_stack([ring[:4], np.full(4, level)])
            out.append(corners[[[0, 1, 2], [0, 2, 3]]])
    return np.concatenate(out)


def blocked(eyes, targets, triangles):
    """Say for each straight line, (n, 3) to (n, 3), whether it meets a triangle (Moeller, Trumbore 1997)."""
    way = targets - eyes
    hit = np.zeros(len(eyes), dtype=bool)
    for corner, second, third in triangles:
        one, other = second - corner, third - corner
        across = np.cross(way, other)
        scale = across @ one
        to_eye = eyes - corner
        with np.errstate(all="ignore"):
            u = (to_eye * across).sum(axis=1) / scale
            around = np.cross(to_eye, one)
            v = (way * around).sum(axis=1) / scale
            along = around @ other / scale
            hit |= (u >= 0) & (v >= 0) & (u + v <= 1) & (along > 1e-9) & (along < 1 - 1e-9)
    return hit
