"""What an operator may set: environment variables KUZET_..., read when asked and never at import."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated

from pydantic import ByteSize, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ..data.times import HOME_ZONE, time_zone


class Settings(BaseSettings):
    """One operator's choices; each field is the variable KUZET_<NAME>.

    Attributes
    ----------
    store : Path
        The GeoPackage that holds the city.
    host, port
        Where the server listens.
    api_key : SecretStr or None
        With a key every request must carry it; without one only this machine is served.
    allowed_hosts : tuple of str
        Names by which browsers may call the server, separated by commas; `*` for any. Left empty: the
        names of this machine when it listens to itself only, else any.
    overpass_url : str
        The Overpass server that `ingest osm --place` and `--box` ask.
    geocoder_url : str
        The Nominatim server that `ingest osm --place` asks for the box of a place.
    time_zone : str
        The zone of times that name none, and of times shown.
    upload_limit : int
        Bytes a request may carry, such as `50MB`.
    workers : int
        Processes for long work.
    trace : bool
        Show where a fault of the program lies, for those who mend it.
    """

    model_config = SettingsConfigDict(
        env_prefix="KUZET_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    store: Path = Path("kuzet.gpkg")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    api_key: Annotated[SecretStr | None, Field(min_length=8)] = None
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    overpass_url: str = "https://overpass-api.de/api"
    geocoder_url: str = "https://nominatim.openstreetmap.org"
    time_zone: str = HOME_ZONE
    upload_limit: ByteSize = ByteSize(50_000_000)
    workers: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=lambda: min(os.cpu_count() or 1, 8))
    trace: bool = False

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip().lower() for name in value.split(",") if name.strip())
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        time_zone(value)
        return value

    @property
    def is_loopback(self) -> bool:
        """Whether the server listens to this machine only."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False
