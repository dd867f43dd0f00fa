"""Whether the server lives; for machines that watch it."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["service"])


@router.get("/health", summary="Whether the server lives")
async def health() -> dict[str, str]:
    """Answer at once, whatever else is going on; needs no key and tells nothing about the city."""
    return {"status": "ok"}
