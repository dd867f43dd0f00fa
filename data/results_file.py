"""A result as bytes and back: the same result gives the same bytes, and nothing in them can run."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from ..coverage import exposure, results, site_results, sweep_results
from ..coverage.errors import InvalidInputError

FORMAT: Final = 3
RESULTS: Final[dict[str, Any]] = {
    name: kind
    for module in (exposure, results, site_results, sweep_results)
    for name, kind in vars(module).items()
    if dataclasses.is_dataclass(kind) and getattr(kind, "__module__", "") == module.__name__
}
"""The only classes a file may name."""


def result_to_bytes(result: object) -> bytes:
    """Write a result (or a frame, or plain values) in one canonical form.

    Parameters
    ----------
    result : object
        A dataclass of `coverage.results`, a frame, an array, a geometry, or plain values nested in
        lists, tuples and dicts.

    Returns
    -------
    bytes
        An uncompressed `.npz`: numbers, times and geometries as arrays, the rest as JSON in the array
        `tree`. Equal values give equal bytes: NaN has one form, bytes are little-endian, dicts are sorted.

    Notes
    -----
    The order of rows and columns is part of a frame. Missing cells of an object column (None, NaN, NaT)
    are all written as missing and come back as None.
    """
    out = io.BytesIO()
    write_result(result, out.write)
    return out.getvalue()


def write_result(result: object, write: Callable[[bytes], object]) -> None:
    """Write the bytes of `result_to_bytes` piece by piece, so that a large result is not held twice."""
    arrays: list[np.ndarray] = []
    tree = {"format": FORMAT, "value": _pack(result, arrays)}
    text = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    # a name taken from a damaged file may hold half a character, which strict UTF-8 refuses
    content = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    sink: Any = _Sink(write)
    np.savez(sink, allow_pickle=False, tree=content, **{f"a{at}": array for at, array in enumerate(arrays)})


def result_from_bytes(content: bytes) -> Any:
    """Read what `result_to_bytes` wrote; raises what `read_result` raises."""
    return read_result(io.BytesIO(content))


def read_result(file: IO[bytes]) -> Any:
    """Read what `write_result` wrote, from a file that can be read anywhere.

    Raises
    ------
    InvalidInputError
        When the bytes are damaged, or were written by a version that is not known here.
    """
    try:
        with np.load(file, allow_pickle=False) as archive:
            tree = json.loads(archive["tree"].tobytes().decode("utf-8", "surrogatepass"))
            arrays = {name: archive[name] for name in archive.files}
        if tree["format"] != FORMAT:
            raise InvalidInputError("result_unreadable")
        return _unpack(tree["value"], arrays)
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as fault:
        if isinstance(fault, InvalidInputError):
            raise
        raise InvalidInputError("result_unreadable") from fault


class _Sink(io.RawIOBase):
    """A file that is only written to, from its beginning to its end."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        plain = bytes(content)
        self._write(plain)
        return len(plain)


def _pack(value: object, arrays: list[np.ndarray]) -> Any:
    """Turn a value into JSON, with whatever is large put aside in `arrays`."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.generic):
        return _pack(value.item(), arrays)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else {"float": repr(value)}
    if isinstance(value, list):
        return [_pack(item, arrays) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_pack(item, arrays) for item in value]}
    if isinstance(value, dict):
        pairs = [[_pack(key, arrays), _pack(item, arrays)] for key, item in value.items()]
        return {"dict": sorted(pairs, key=lambda pair: json.dumps(pair[0]))}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, np.ndarray):
        return {"array": _put(value, arrays)}
    if isinstance(value, shapely.Geometry):
        return {"geometry": shapely.to_wkb(value, hex=True, byte_order=1)}
    if isinstance(value, pd.DataFrame):
        return {"frame": _pack_frame(value, arrays)}
    if type(value).__name__ in RESULTS and dataclasses.is_dataclass(value):
        fields = {
            field.name: _pack(getattr(value, field.name), arrays) for field in dataclasses.fields(value)
        }
        return {"result": type(value).__name__, "fields": fields}
    raise TypeError(f"a {type(value).__name__} cannot be part of a result")


def _unpack(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_unpack(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if "float" in value:
        return float(value["float"])
    if "tuple" in value:
        return tuple(_unpack(item, arrays) for item in value["tuple"])
    if "dict" in value:
        return {_unpack(key, arrays): _unpack(item, arrays) for key, item in value["dict"]}
    if "time" in value:
        return pd.Timestamp(value["time"])
    if "array" in value:
        return arrays[value["array"]]
    if "geometry" in value:
        return shapely.from_wkb(value["geometry"])
    if "frame" in value:
        return _unpack_frame(value["frame"], arrays)
    fields = {name: _unpack(item, arrays) for name, item in value["fields"].items()}
    return RESULTS[value["result"]](**fields)


def _put(array: np.ndarray, arrays: list[np.ndarray]) -> str:
    if array.dtype == object:
        raise TypeError("an array of objects cannot be part of a result")
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    if plain.dtype.kind == "f" and np.isnan(plain).any():
        # many bit patterns mean NaN; one is written. Columns without any are not copied: they can be large
        plain = np.where(np.isnan(plain), np.array(np.nan, dtype=plain.dtype), plain)
    arrays.append(plain)
    return f"a{len(arrays) - 1}"


def _pack_frame(frame: pd.DataFrame, arrays: list[np.ndarray]) -> dict[str, Any]:
    active = frame.active_geometry_name if isinstance(frame, gpd.GeoDataFrame) else None
    return {
        "columns": [[str(name), _pack_series(frame[name], arrays)] for name in frame.columns],
        "index": _pack_index(frame.index, arrays),
        "geometry": active,
        "spatial": isinstance(frame, gpd.GeoDataFrame),
    }


def _unpack_frame(packed: dict[str, Any], arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    index = _unpack_index(packed["index"], arrays)
    columns = {name: _unpack_series(column, arrays) for name, column in packed["columns"]}
    frame = pd.DataFrame(columns, index=None if columns else index)
    frame.index = index
    if not packed["spatial"]:
        return frame
    if packed["geometry"] is None:
        return gpd.GeoDataFrame(frame)
    return gpd.GeoDataFrame(frame, geometry=packed["geometry"])


def _pack_index(index: pd.Index, arrays: list[np.ndarray]) -> dict[str, Any]:
    names = [_pack(name, arrays) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return {"range": [index.start, index.stop, index.step], "names": names}
    levels = [index.get_level_values(level).to_series() for level in range(index.nlevels)]
    return {"levels": [_pack_series(level, arrays) for level in levels], "names": names}


def _unpack_index(packed: dict[str, Any], arrays: dict[str, np.ndarray]) -> pd.Index:
    names = [_unpack(name, arrays) for name in packed["names"]]
    if "range" in packed:
        return pd.RangeIndex(*packed["range"], name=names[0])
    levels = [_unpack_series(level, arrays) for level in packed["levels"]]
    if len(levels) == 1:
        return pd.Index(levels[0], name=names[0])
    return pd.MultiIndex.from_arrays(levels, names=names)


def _pack_series(series: Any, arrays: list[np.ndarray]) -> dict[str, Any]:
    dtype = series.dtype
    if str(dtype) == "geometry":
        return _pack_geometry(gpd.GeoSeries(series), arrays)
    if isinstance(dtype, pd.DatetimeTZDtype):
        ticks = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().view("int64")
        return {"dtype": f"datetime64[{dtype.unit}]", "zone": str(dtype.tz), "array": _put(ticks, arrays)}
    if isinstance(dtype, np.dtype) and dtype.kind in "mM":
        return {"dtype": str(dtype), "array": _put(series.to_numpy().view("int64"), arrays)}
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return {"dtype": str(dtype), "array": _put(series.to_numpy(), arrays)}
    if len(series) and pd.api.types.infer_dtype(series, skipna=True) == "string":
        code, texts = pd.factorize(series)
        packed = [_pack(str(text), arrays) for text in texts]
        return {"dtype": str(dtype), "texts": packed, "array": _put(code.astype(np.int32), arrays)}
    cells = series.astype(object)
    # only a single cell can be missing; a list in a cell is looked into
    values = [None if _is_missing(cell) else _pack(cell, arrays) for cell in cells]
    return {"dtype": str(dtype), "values": values}


def _unpack_series(packed: dict[str, Any], arrays: dict[str, np.ndarray]) -> pd.Series:
    if "ends" in packed:
        return _unpack_geometry(packed, arrays)
    if "values" in packed:
        cells = np.empty(len(packed["values"]), dtype=object)
        cells[:] = [_unpack(value, arrays) for value in packed["values"]]
        series = pd.Series(cells, dtype=object)
        return series if packed["dtype"] == "object" else series.astype(packed["dtype"])
    array = arrays[packed["array"]]
    if "texts" in packed:
        # the last one stands for what is missing
        texts = np.array([*packed["texts"], None], dtype=object)
        series = pd.Series(texts[array], dtype=object)
        return series if packed["dtype"] == "object" else series.astype(packed["dtype"])
    if packed["dtype"].startswith(("datetime64", "timedelta64")):
        array = array.view(packed["dtype"])
    series = pd.Series(array)
    if "zone" in packed:
        return series.dt.tz_localize("UTC").dt.tz_convert(packed["zone"])
    return series


def _is_missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell))


def _pack_geometry(series: gpd.GeoSeries, arrays: list[np.ndarray]) -> dict[str, Any]:
    blobs = shapely.to_wkb(series.to_numpy(), byte_order=1)
    lengths = np.array([-1 if blob is None else len(blob) for blob in blobs], dtype=np.int64)
    joined = np.frombuffer(b"".join(blob for blob in blobs if blob is not None), dtype=np.uint8)
    return {
        "crs": None if series.crs is None else series.crs.to_wkt(),
        "ends": _put(lengths, arrays),
        "array": _put(joined, arrays),
    }


def _unpack_geometry(packed: dict[str, Any], arrays: dict[str, np.ndarray]) -> gpd.GeoSeries:
    lengths = arrays[packed["ends"]]
    joined = arrays[packed["array"]].tobytes()
    stops = np.cumsum(np.maximum(lengths, 0))
    blobs = np.empty(len(lengths), dtype=object)
    for at, (length, stop) in enumerate(zip(lengths.tolist(), stops.tolist(), strict=True)):
        blobs[at] = None if length < 0 else joined[stop - length : stop]
    crs = None if packed["crs"] is None else pyproj.CRS.from_wkt(packed["crs"])
    return gpd.GeoSeries(shapely.from_wkb(blobs), crs=crs)
