"""A city from an Overpass server, by name or box, asked through osmnx and read like a file."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast
from urllib.parse import urlsplit

import osmium
import osmium.osm.mutable
import osmnx
import requests

from ..coverage.errors import InvalidInputError, KuzetError, NotFoundError, TooLargeError, UpstreamError
from ..coverage.progress import Progress, part, silent
from .osm import BUFFER_M, Extract, check_box, read_osm
from .osm_file import Bounds
from .osm_gather import widen_box
from .osm_turns import RESTRICTION_KEYS
from .osmnx_settings import osmnx_settings

NOMINATIM: Final = "https://nominatim.openstreetmap.org"
MAX_BOX_DEGREES: Final = 1.0
MAX_ANSWER_BYTES: Final = 500_000_000
TIMEOUT_S: Final = 180

_TAGS: Final[dict[str, bool | str | list[str]]] = {
    "highway": True,
    "building": True,
    "barrier": True,
    **dict.fromkeys(RESTRICTION_KEYS, True),
    "landuse": True,
    "leisure": True,
    "waterway": True,
    "natural": ["water", "bay", "wood", "scrub", "grassland", "heath", "wetland", "tree_row"],
    "man_made": ["surveillance", "mast", "utility_pole", "flagpole", "tower"],
    "amenity": "police",
    "power": ["pole", "catenary_mast"],
    "advertising": ["column", "totem"],
}


def fetch_osm(
    *,
    place: str | None = None,
    box: Bounds | None = None,
    address: str,
    geocoder: str = NOMINATIM,
    buffer_m: float = BUFFER_M,
    progress: Progress = silent,
) -> Extract:
    """Fetch a city from an Overpass server.

    Parameters
    ----------
    place : str, optional
        Name of the place; the geocoder's box of it is the city.
    box : tuple of float, optional
        West, south, east, north; either this or `place`.
    address : str
        Of the Overpass API, such as `https://overpass-api.de/api`; `/interpreter` is asked.
    geocoder : str
        Address of a Nominatim server, asked only for a place.
    buffer_m : float
        Metres round the box that are fetched too.
    progress : Progress
        Told how far the work is.

    Returns
    -------
    Extract
        As `read_osm` gives it: the answer goes through the same reader.

    Raises
    ------
    InvalidInputError
        Neither or both of place and box, a box that is none, an address that is none.
    NotFoundError
        The geocoder knows no such place.
    TooLargeError
        A box or an answer over the limit.
    UpstreamError
        A server did not answer, refused, or answered something else.
    """
    if (place is None) == (box is None):
        raise InvalidInputError("overpass_place_or_box")
    for server in (address, *([geocoder] if place is not None else [])):
        if urlsplit(server).scheme not in {"http", "https"} or not urlsplit(server).hostname:
            raise InvalidInputError("overpass_address_wrong")
    progress(0.0, "steps.overpass")
    city = box if box is not None else _find_place(cast(str, place), geocoder)
    check_box(city)
    if city[2] - city[0] > MAX_BOX_DEGREES or city[3] - city[1] > MAX_BOX_DEGREES:
        raise TooLargeError("overpass_box_too_large", limit=MAX_BOX_DEGREES)
    answers = _ask_overpass(widen_box(city, buffer_m), address)
    name = place or f"{(city[1] + city[3]) / 2:.4f}, {(city[0] + city[2]) / 2:.4f}"
    with TemporaryDirectory(prefix="kuzet-osm-") as folder:
        file = Path(folder) / "answer.osm.pbf"
        _write_answers(answers, file, address)
        return read_osm(file, name=name, box=city, buffer_m=buffer_m, progress=part(progress, 0.6, 1.0))


@dataclass
class _Listener:
    """Hears every answer before osmnx does: osmnx would wait and ask again without end after a refusal."""

    server: str
    answers: list[Any] = field(default_factory=list)

    def __call__(self, response: requests.Response, *_: object, **__: object) -> None:
        if response.is_redirect:
            return
        if not response.ok:
            raise UpstreamError("upstream_refused", server=_host(self.server), status=response.status_code)
        if len(response.content) > MAX_ANSWER_BYTES:
            raise TooLargeError("upstream_too_large", limit=MAX_ANSWER_BYTES // 1_000_000)
        try:
            answer = json.loads(response.content)
        except ValueError as error:
            raise UpstreamError("upstream_not_json", server=_host(self.server)) from error
        self.answers.append(answer)


@contextmanager
def _listening(server: str, **settings: object) -> Iterator[_Listener]:
    """Let osmnx talk to a server; what goes wrong becomes an UpstreamError."""
    listener = _Listener(server)
    try:
        # without a template no public name server is asked
        with osmnx_settings(
            doh_url_template=None,
            overpass_rate_limit=False,
            requests_timeout=TIMEOUT_S,
            requests_kwargs={"hooks": {"response": listener}},
            **settings,
        ):
            # osmnx replaces this function of the whole process
            resolve = socket.getaddrinfo
            try:
                yield listener
            finally:
                socket.getaddrinfo = resolve
    except KuzetError:
        raise
    except requests.Timeout as error:
        raise UpstreamError("upstream_too_slow", server=_host(server)) from error
    except (requests.RequestException, OSError) as error:
        raise UpstreamError("upstream_unreachable", server=_host(server)) from error


def _ask_overpass(box: Bounds, address: str) -> list[dict[str, Any]]:
    """Ask for all features in a box; the answers are taken as they come, not as frames."""
    with _listening(address, overpass_url=address, cache_only_mode=True) as listener:
        try:
            osmnx.features_from_bbox(box, _TAGS)
        except KuzetError:
            raise
        except InterruptedError:
            # how osmnx ends when it is only to download
            pass
        except ValueError as error:
            raise UpstreamError("overpass_not_overpass", server=_host(address)) from error
    for answer in listener.answers:
        if not isinstance(answer.get("elements"), list):
            raise UpstreamError("overpass_not_overpass", server=_host(address))
        # half an answer comes with a remark and status 200
        if "remark" in answer:
            raise UpstreamError("overpass_gave_up", server=_host(address))
    return listener.answers


def _find_place(place: str, geocoder: str) -> Bounds:
    with _listening(geocoder, nominatim_url=geocoder) as listener:
        try:
            found = osmnx.geocode_to_gdf(place, which_result=1)
            sides = [float(found[f"bbox_{side}"].iloc[0]) for side in ("west", "south", "east", "north")]
        except KuzetError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            if listener.answers == [[]]:
                raise NotFoundError("place_not_found") from error
            raise UpstreamError("geocoder_not_understood", server=_host(geocoder)) from error
    return sides[0], sides[1], sides[2], sides[3]


def _write_answers(answers: list[dict[str, Any]], file: Path, address: str) -> None:
    """Write the elements of all answers once each, in the order of a file of OpenStreetMap."""
    kinds = ("node", "way", "relation")
    try:
        elements = {
            (kinds.index(element["type"]), int(element["id"])): element
            for answer in answers
            for element in answer["elements"]
            if element["type"] in kinds
        }
        if not any(rank == 1 for rank, _ in elements):
            raise InvalidInputError("osm_no_streets")
        with osmium.SimpleWriter(str(file)) as writer:
            for (rank, number), element in sorted(elements.items(), key=lambda item: item[0]):
                tags = {str(key): str(value) for key, value in element.get("tags", {}).items()}
                if rank == 0:
                    place = (float(element["lon"]), float(element["lat"]))
                    writer.add_node(osmium.osm.mutable.Node(id=number, location=place, tags=tags, version=1))
                elif rank == 1:
                    writer.add_way(
                        osmium.osm.mutable.Way(id=number, nodes=element["nodes"], tags=tags, version=1)
                    )
                else:
                    members = [
                        (member["type"][0], member["ref"], member["role"]) for member in element["members"]
                    ]
                    writer.add_relation(
                        osmium.osm.mutable.Relation(id=number, members=members, tags=tags, version=1)
                    )
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        if isinstance(error, KuzetError):
            raise
        raise UpstreamError("overpass_not_overpass", server=_host(address)) from error


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
