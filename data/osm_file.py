"""The door: what kind of file it is, whether it is whole, and how much of it a clip has cut off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import osmium
import osmium.io
import osmium.osm

from ..coverage.errors import InvalidInputError, KuzetError, TooLargeError, UnknownFormatError

MAX_BYTES: Final = 1_000_000_000
MAX_OBJECTS: Final = 30_000_000
"""Nodes, ways and relations together: a few hundred kilobytes of packed file can hold any number."""

Bounds = tuple[float, float, float, float]

# far above every number OpenStreetMap has given out
_NEW_FROM: Final = 1 << 36


@dataclass
class Survey:
    """What one look at every object of a file shows.

    Attributes
    ----------
    in_order : bool
        Nodes, then ways, then relations, each by number, as osmium's area builder needs them.
    has_new : bool
        Things with numbers below 0: drawn in an editor and never sent to OpenStreetMap.
    was_unsorted : bool
        Whether the file had to be put in order first.
    header_box : tuple of float or None
        West, south, east, north as the file itself says.
    ways_clipped, ways_too_short, nodes_missing : int
        Ways that name nodes which are not in the file, those of them with fewer than two nodes left or
        a ring broken, and how many nodes they miss.
    """

    in_order: bool = True
    has_new: bool = False
    was_unsorted: bool = False
    header_box: Bounds | None = None
    objects: int = 0
    ways: int = 0
    ways_clipped: int = 0
    ways_too_short: int = 0
    missing: set[int] = field(default_factory=set)


@contextmanager
def opened_osm(path: Path, *, max_objects: int = MAX_OBJECTS) -> Iterator[tuple[osmium.io.File, Survey]]:
    """Check a file and give it in order, sorted into a temporary copy if it was not.

    Parameters
    ----------
    path : Path
        `.osm.pbf` or `.osm`; the kind is taken from what is in the file, not from its name.
    max_objects : int
        Objects that are read at most.

    Raises
    ------
    UnknownFormatError
        Neither of the two kinds, or one of them packed.
    InvalidInputError
        Empty, broken off or damaged.
    TooLargeError
        Over the limits.
    """
    kind = _kind_of(path)
    file = osmium.io.File(str(path), kind)
    survey = _survey(file, max_objects)
    if survey.in_order and not survey.has_new:
        yield file, survey
        return
    with TemporaryDirectory(prefix="kuzet-osm-") as folder:
        with damage_told(survey):
            ordered = osmium.io.File(str(_sort(file, Path(folder))), "pbf")
        again = _survey(ordered, max_objects)
        again.header_box, again.was_unsorted = survey.header_box, True
        yield ordered, again


@contextmanager
def damage_told(survey: Survey, *more: type[Exception]) -> Iterator[None]:
    """Turn what osmium says of a damaged file, and more kinds of exception, into an InvalidInputError."""
    try:
        yield
    except KuzetError:
        raise
    except (RuntimeError, UnicodeDecodeError, osmium.InvalidLocationError, *more) as error:
        raise InvalidInputError("osm_damaged", objects=survey.objects) from error


def _kind_of(path: Path) -> str:
    if not path.is_file():
        raise InvalidInputError("osm_not_there", file=path.name)
    size = path.stat().st_size
    if size == 0:
        raise InvalidInputError("osm_empty")
    if size > MAX_BYTES:
        raise TooLargeError("osm_too_large", megabytes=size // 1_000_000, limit=MAX_BYTES // 1_000_000)
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start[:3] in (b"BZh", b"\x1f\x8b\x08") or start[:4] == b"PK\x03\x04" or start[:6] == b"\xfd7zXZ\x00":
        raise UnknownFormatError("osm_packed", file=path.name)
    if start[4:15] == b"\n\tOSMHeader":
        return "pbf"
    if _is_osm_xml(start):
        return "osm"
    raise UnknownFormatError("osm_unknown_format", file=path.name)


def _is_osm_xml(start: bytes) -> bool:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"<"):
        return False
    # an entity can stand for a gigabyte or for another file; no OpenStreetMap file has one
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise InvalidInputError("osm_with_entities")
    while text.startswith((b"<?", b"<!--")):
        end = b"?>" if text.startswith(b"<?") else b"-->"
        text = text.partition(end)[2].lstrip()
    return text.startswith((b"<osm ", b"<osm>", b"<osm\n", b"<osm\r", b"<osm\t"))


def _survey(file: osmium.io.File, max_objects: int) -> Survey:
    survey = Survey()
    last_rank = last_id = -1
    # a number that is none is a ValueError, and only the first look meets it
    with damage_told(survey, ValueError, OverflowError):
        processor = osmium.FileProcessor(file).with_locations()
        box = processor.header.box()
        if box.valid():
            survey.header_box = (
                box.bottom_left.lon,
                box.bottom_left.lat,
                box.top_right.lon,
                box.top_right.lat,
            )
        for thing in cast(Iterable[Any], processor):
            survey.objects += 1
            if survey.objects > max_objects:
                raise TooLargeError("osm_too_many_objects", limit=max_objects)
            rank = 0 if thing.is_node() else 1 if thing.is_way() else 2
            if rank < last_rank or (rank == last_rank and thing.id <= last_id):
                survey.in_order = False
            last_rank, last_id = rank, thing.id
            survey.has_new |= thing.id < 0
            if rank == 1:
                survey.ways += 1
                _survey_way(thing, survey)
    if survey.objects == 0:
        raise InvalidInputError("osm_empty")
    return survey


def _survey_way(way: osmium.osm.Way, survey: Survey) -> None:
    nodes = way.nodes
    missing = [node.ref for node in nodes if not node.location.valid()]
    if missing:
        survey.ways_clipped += 1
        survey.missing.update(missing)
        if len(nodes) - len(missing) < 2 or (way.is_closed() and "highway" not in way.tags):
            survey.ways_too_short += 1


def _sort(file: osmium.io.File, folder: Path) -> Path:
    """Write the file in order, new things with numbers above 0, which osmium's store of places needs."""
    numbered, target = folder / "numbered.osm.pbf", folder / "sorted.osm.pbf"
    with osmium.SimpleWriter(str(numbered)) as writer:
        for thing in cast(Iterable[Any], osmium.FileProcessor(file)):
            if thing.is_node():
                writer.add_node(thing.replace(id=_positive(thing.id)))
            elif thing.is_way():
                nodes = [_positive(node.ref) for node in thing.nodes]
                writer.add_way(thing.replace(id=_positive(thing.id), nodes=nodes))
            else:
                members = [(member.type, _positive(member.ref), member.role) for member in thing.members]
                writer.add_relation(thing.replace(id=_positive(thing.id), members=members))
    merger = osmium.MergeInputReader()
    merger.add_file(str(numbered))
    with osmium.SimpleWriter(str(target)) as writer:
        merger.apply(writer, simplify=True)
    return target


def _positive(number: int) -> int:
    return number if number > 0 else _NEW_FROM - number
