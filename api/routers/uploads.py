"""Tables of cameras, incidents, units and so on from people's own files; none reaches GDAL."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, File, Form, Path, Request, Response, UploadFile
from fastapi.responses import FileResponse

from ...coverage.errors import InvalidInputError, NotFoundError
from ...data.bearings import Convention
from ...maps.text import say
from ..dependencies import LanguageOf, ServicesOf
from ..figures import plain
from ..intake import TIMED, Receipt, ingest_table, zone_of
from ..reading import LAYERS
from ..schemas import Link, Mode, UploadReport
from ..texts import absolute, say_warning

MOST_REJECTED_FILES = 100
TableName = Literal["cameras", "incidents", "stations", "units", "states", "places", "forbidden"]
EXAMPLE = """id,longitude,latitude,state,kind,heading_deg,hfov_deg
example-1,24.9414,60.1699,live,fixed,90,68
example-2,24.9460,60.1710,archive,dome,,
"""
FORM_EXAMPLE: dict[str, Any] = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "examples": {"two cameras": {"value": {"file": EXAMPLE, "mode": "append"}}}
            }
        }
    }
}

router = APIRouter(tags=["uploads"])


@router.post("/uploads/{layer}", summary="Send a table", openapi_extra=FORM_EXAMPLE)
def upload(
    layer: Annotated[TableName, Path(examples=["cameras"])],
    file: Annotated[UploadFile, File(description="CSV or GeoJSON.")],
    request: Request,
    services: ServicesOf,
    lang: LanguageOf,
    mode: Annotated[
        Mode,
        Form(
            description="append: a row whose id is there takes that one's place, the others are added; "
            "replace: the rows take the place of all that are there."
        ),
    ] = "append",
    columns: Annotated[
        str | None,
        Form(max_length=10_000, description='Ours to theirs, as JSON: {"heading_deg": "Azimuth"}.'),
    ] = None,
    preset: Annotated[str | None, Form(max_length=40, description="A known kind of file.")] = None,
    dates: Annotated[
        Literal["day_first", "month_first"] | None,
        Form(description="How 03/04/2024 is meant, where the file does not tell."),
    ] = None,
    headings: Annotated[
        Convention, Form(description="How the degrees of cameras are meant.")
    ] = "north_clockwise",
) -> UploadReport:
    """Take a table in: rows = accepted + rejected; on a fault of the whole file the store stays as it was."""
    mapping = _read_mapping(columns)
    content = file.file.read()
    # the name may be anything; only its last part says something
    name = PurePath((file.filename or "").replace("\\", "/")).name[-200:]
    with services.intake:
        receipt = ingest_table(
            services.store,
            layer,
            content,
            filename=name,
            columns=mapping,
            preset=preset or None,
            zone=zone_of(services.settings) if layer in TIMED else None,
            date_order=dates,
            headings=headings,
            replace=mode == "replace",
            lang=lang,
        )
    links = []
    if layer in LAYERS:
        items = absolute(request, f"/collections/{layer}/items")
        links.append(Link(href=items, rel="item", type="application/geo+json"))
    if receipt.rejected_file:
        links.append(
            Link(
                href=absolute(request, f"/uploads/rejected/{_keep(services.scratch_path, receipt)}.csv"),
                rel="related",
                type="text/csv",
                title=say("api.upload.rejected", lang),
            )
        )
    return UploadReport(
        layer=layer,
        mode=mode,
        rows=receipt.rows,
        accepted=receipt.accepted,
        rejected=receipt.rejected,
        total=receipt.total,
        dialect=plain(receipt.dialect),
        reasons=receipt.reasons,
        warnings=[
            *(say_warning(warning, lang) for warning in receipt.warnings),
            say("api.upload.rerun", lang),
        ],
        links=links,
    )


@router.get("/uploads/rejected/{name}.csv", summary="Rejected rows", response_class=Response)
def rejected_rows(name: Annotated[str, Path(pattern="^[0-9a-f]{32}$")], services: ServicesOf) -> Response:
    """Return the rows of a file that were rejected, with line, column and reason, to mend and send again."""
    path = services.scratch_path / f"rejected-{name}.csv"
    if not path.is_file():
        raise NotFoundError("no_such_file")
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename="rejected.csv")


def _read_mapping(columns: str | None) -> dict[str, str]:
    if not columns:
        return {}
    try:
        mapping = json.loads(columns)
    except (ValueError, RecursionError):
        raise InvalidInputError("columns_not_json", field="columns") from None
    if not (isinstance(mapping, dict) and all(isinstance(theirs, str) for theirs in mapping.values())):
        raise InvalidInputError("columns_not_json", field="columns")
    return mapping


def _keep(folder: Any, receipt: Receipt) -> str:
    """Keep a file of rejected rows for a while and return its name."""
    kept = sorted(folder.glob("rejected-*.csv"), key=lambda path: path.stat().st_mtime)
    for path in kept[: max(0, len(kept) - MOST_REJECTED_FILES + 1)]:
        path.unlink(missing_ok=True)
    name = uuid4().hex
    (folder / f"rejected-{name}.csv").write_bytes(receipt.rejected_file)
    return name
