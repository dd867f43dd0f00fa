"""Scripts, styles and the base map from this server itself, and the page of the interface's documentation."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from ...maps.assets import STATIC
from ..dependencies import ServicesOf
from ..middleware import CONTENT_POLICY

_SCRIPT: Final = re.compile("<script>(.*?)</script>", re.DOTALL)
MARK: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#0b2942"/>'
    '<path d="M16 7 27 25H5Z" fill="#56B4E9" opacity=".5"/><circle cx="16" cy="9" r="4" fill="#fff"/></svg>'
)

router = APIRouter(tags=["service"])


def mount(app: FastAPI) -> None:
    """Serve the folder of scripts and styles under /static."""
    app.mount("/static", _Kept(directory=STATIC, check_dir=False), name="static")


def html_page(page: str, lang: str) -> HTMLResponse:
    """Answer with a page whose own scripts, and no others, may run.

    Notes
    -----
    The policy names the hash of each script in the page: a script that a name of the data smuggles
    into an attribute stays dead even where escaping failed.
    """
    hashes = sorted({f" 'sha256-{_digest(script)}'" for script in _SCRIPT.findall(page)})
    headers = {
        "Content-Security-Policy": CONTENT_POLICY.format(scripts="".join(hashes)),
        "Content-Language": lang,
        "Vary": "Accept, Accept-Language",
    }
    return HTMLResponse(page, headers=headers)


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Show the interface with forms to try it, from this server's own files."""
    root = request.scope.get("root_path", "")
    page = get_swagger_ui_html(
        openapi_url=f"{root}{request.app.openapi_url}",
        title=request.app.title,
        swagger_js_url=f"{root}/static/vendor/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/static/vendor/swagger-ui.css",
        swagger_favicon_url=f"{root}/static/vendor/swagger-favicon.png",
        # else each look at the page would ask an outside host whether the document is valid
        swagger_ui_parameters={"validatorUrl": None},
    )
    return html_page(bytes(page.body).decode(), "en")


@router.get("/favicon.ico", include_in_schema=False)
def favicon() -> Response:
    """Return the mark of Kuzet, a camera and what it sees; browsers ask for it on their own."""
    return Response(MARK, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=86400"})


@router.get("/basemap.pmtiles", summary="The base map", response_class=FileResponse)
def basemap(services: ServicesOf) -> FileResponse:
    """Return vector tiles of the city's own streets, buildings, water and parks; ranges can be asked for."""
    tiles = services.store.basemap()
    path = services.scratch_path / f"{hashlib.sha256(tiles).hexdigest()[:16]}.pmtiles"
    if not path.exists():
        # two requests at one time may both write: each its own file, then one name
        fresh = path.with_suffix(f".{id(tiles)}")
        fresh.write_bytes(tiles)
        fresh.replace(path)
    return FileResponse(path, media_type="application/vnd.pmtiles")


class _Kept(StaticFiles):
    """Files that a browser may keep for a day: their addresses carry the hash of their content."""

    def file_response(self, *arguments: object, **options: object):
        response = super().file_response(*arguments, **options)  # pyright: ignore[reportArgumentType]
        response.headers["Cache-Control"] = "private, max-age=86400"
        return response


def _digest(script: str) -> str:
    # a browser reads every line break as one character before it hashes
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
