"""Who may ask: the key, the name the server is called by, the page a request comes from; and who looked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers

from ..coverage.errors import RefusedError
from .errors import UnauthorisedError
from .settings import Settings

OPEN_PATHS: Final = ("/health",)
"""Asked by machines that watch the server and hold no key; tells nothing about a city."""
QUIET_PATHS: Final = ("/health", "/static/", "/docs", "/openapi.json", "/favicon.ico")
"""Neither cameras, blind spots, routes nor maps: not worth a line in the audit log."""
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\s:\[\]/@]+)(:[0-9]+)?")
_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")


def require_safe_binding(settings: Settings) -> None:
    """Refuse to listen to other machines without a key.

    Raises
    ------
    RefusedError
        Code `key_needed`.
    """
    if settings.api_key is None and not settings.is_loopback:
        raise RefusedError("key_needed")


def check_host(headers: Headers, settings: Settings) -> None:
    """Refuse a request for another name: a page of a stranger may point its own name at this machine.

    Raises
    ------
    RefusedError
        Code `host_refused`.
    """
    allowed = settings.allowed_hosts or (_LOOPBACK_NAMES if settings.is_loopback else ("*",))
    if "*" not in allowed and _host_name(headers.get("host", "")) not in allowed:
        raise RefusedError("host_refused")


def check_origin(method: str, headers: Headers) -> None:
    """Refuse a change that a page of another site sends through the browser of someone who may.

    Raises
    ------
    RefusedError
        Code `origin_refused`.
    """
    if method in SAFE_METHODS:
        return
    origin = headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    if foreign or headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise RefusedError("origin_refused")


def check_key(path: str, headers: Headers, settings: Settings) -> str:
    """Return who asks, as the audit log names them; the key itself is never written down.

    Parameters
    ----------
    path : str
        Path of the request.
    headers : Headers
        The key comes as a bearer token, or as the password of HTTP Basic, which QGIS and GDAL can send.
    settings : Settings
        Holds the key.

    Raises
    ------
    UnauthorisedError
        Code `key_wrong` or `key_missing`.
    """
    if settings.api_key is None:
        return "this machine"
    if path in OPEN_PATHS:
        return "anyone"
    offered = _offered_key(headers.get("authorization", ""))
    if offered is None:
        raise UnauthorisedError("key_missing")
    # digests have one length, so that the time to compare tells nothing of the key
    digest = hashlib.sha256(offered).digest()
    wanted = hashlib.sha256(settings.api_key.get_secret_value().encode()).digest()
    if not hmac.compare_digest(digest, wanted):
        raise UnauthorisedError("key_wrong")
    return f"key {digest.hex()[:8]}"


def record_look(*, who: str, method: str, path: str, status: int, request_id: str) -> None:
    """Write who looked at what into the audit log; the log adds when."""
    if not path.startswith(QUIET_PATHS):
        structlog.get_logger("kuzet.audit").info(
            "look", who=who, method=method, what=path, status=status, request_id=request_id
        )


def _host_name(host: str) -> str | None:
    found = _HOST.fullmatch(host.lower())
    return found["name"] if found else None


def _offered_key(authorization: str) -> bytes | None:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode()
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(value.strip(), validate=True)
        except (binascii.Error, ValueError):
            return None
        return pair.partition(b":")[2]
    return None
