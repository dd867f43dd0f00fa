"""Layers as GeoJSON, a page at a time (OGC API Features)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from ...coverage.errors import NotFoundError
from ...data.store import City
from ...maps.text import say
from ..dependencies import BoxOf, LanguageOf, PageOf, ServicesOf
from ..reading import LAYERS, TIME_COLUMNS, features_within, identities_of, read_times, to_features
from ..schemas import Link
from ..texts import absolute

GEOJSON: Final = "application/geo+json"
ATTRIBUTION: Final = "© OpenStreetMap contributors (ODbL)"
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CrsName = Literal["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
CONFORMANCE: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/ogc-process-description",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/job-list",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/dismiss",
)
LayerName = Annotated[
    str, Path(max_length=40, examples=["cameras"], description=f"One of {', '.join(LAYERS)}.")
]

router = APIRouter(tags=["layers"])


@router.get("/conformance", summary="Standards that are followed")
def conformance() -> dict[str, list[str]]:
    """List the conformance classes."""
    return {"conformsTo": list(CONFORMANCE)}


@router.get("/collections", summary="The layers")
def list_collections(request: Request, services: ServicesOf, lang: LanguageOf) -> dict[str, Any]:
    """List the layers that are there: those of the city, and those of results as they come."""
    city, present = services.store.city(), services.store.layers()
    return {
        "links": [Link(href=absolute(request, "/collections"), rel="self", type="application/json")],
        "collections": [_collection(name, city, request, lang) for name in LAYERS if name in present],
    }


@router.get("/collections/{layer}", summary="One layer")
def describe_collection(
    layer: LayerName, request: Request, services: ServicesOf, lang: LanguageOf
) -> dict[str, Any]:
    """Describe a layer."""
    services.reader.frame(layer)
    return _collection(layer, services.store.city(), request, lang)


@router.get(
    "/collections/{layer}/items",
    summary="Features of a layer",
    response_class=JSONResponse,
    responses={200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}},
)
def list_items(
    layer: LayerName,
    request: Request,
    services: ServicesOf,
    page: PageOf,
    box: BoxOf,
    datetime_: Annotated[
        str | None,
        Query(
            alias="datetime",
            max_length=80,
            description="A moment or an interval with its time zone; counts for incidents and routes.",
            examples=["2025-01-01T00:00:00Z/.."],
        ),
    ] = None,
    crs: Annotated[CrsName, Query(description="System of the answer: the one that is offered.")] = CRS84,
    bbox_crs: Annotated[
        CrsName, Query(alias="bbox-crs", description="System of the box: the one that is offered.")
    ] = CRS84,
) -> Response:
    """Return a page of a layer as GeoJSON in WGS 84."""
    times = None if datetime_ is None else read_times(datetime_)
    found = features_within(
        services.reader.frame(layer), box=box, times=times, time_column=TIME_COLUMNS.get(layer)
    )
    rows = found.iloc[page.offset : page.offset + page.limit]
    here = absolute(request, f"/collections/{layer}/items")
    asked = dict(request.query_params)
    links = [
        Link(href=f"{here}?{urlencode(asked)}" if asked else here, rel="self", type=GEOJSON),
        Link(href=absolute(request, f"/collections/{layer}"), rel="collection", type="application/json"),
    ]
    if page.offset + len(rows) < len(found):
        onward = asked | {"limit": page.limit, "offset": page.offset + page.limit}
        links.append(Link(href=f"{here}?{urlencode(onward)}", rel="next", type=GEOJSON))
    body = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": len(found),
        "numberReturned": len(rows),
        "attribution": ATTRIBUTION,
        "links": [link.model_dump() for link in links],
        "features": to_features(rows),
    }
    return JSONResponse(body, media_type=GEOJSON, headers={"Content-Crs": f"<{CRS84}>"})


@router.get(
    "/collections/{layer}/items/{feature}",
    summary="One feature",
    response_class=JSONResponse,
    responses={200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}},
)
def get_item(
    layer: Annotated[str, Path(max_length=40, examples=["incidents"])],
    feature: Annotated[str, Path(max_length=200, examples=["synthetic-00001"])],
    request: Request,
    services: ServicesOf,
) -> Response:
    """Return one feature of a layer by its id."""
    frame = services.reader.frame(layer)
    at = [row for row, identity in enumerate(identities_of(frame)) if str(identity) == feature]
    found = to_features(frame.iloc[at[:1]])
    if not found:
        raise NotFoundError("no_such_feature")
    here = absolute(request, f"/collections/{layer}")
    links = [
        Link(href=f"{here}/items/{quote(feature, safe='')}", rel="self", type=GEOJSON),
        Link(href=here, rel="collection", type="application/json"),
    ]
    body = found[0] | {
        "attribution": ATTRIBUTION,
        "links": [link.model_dump() for link in links],
    }
    return JSONResponse(body, media_type=GEOJSON, headers={"Content-Crs": f"<{CRS84}>"})


def _collection(name: str, city: City, request: Request, lang: str) -> dict[str, Any]:
    here = absolute(request, f"/collections/{name}")
    return {
        "id": name,
        "title": say(f"api.layer.{name}", lang),
        "description": f"{city.name}. {say(f'api.layer.{name}.about', lang)}",
        "attribution": ATTRIBUTION,
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "extent": {"spatial": {"bbox": [list(city.bounds)], "crs": CRS84}},
        "links": [
            Link(href=here, rel="self", type="application/json"),
            Link(href=f"{here}/items", rel="items", type=GEOJSON),
        ],
    }
