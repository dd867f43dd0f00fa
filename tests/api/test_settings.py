"""What an operator may set."""

from __future__ import annotations

from pathlib import Path

import pytest
from kuzet.api.settings import Settings
from pydantic import ValidationError


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each KUZET_ variable is read when settings are made, not before."""
    before = Settings()
    monkeypatch.setenv("KUZET_STORE", "town.gpkg")
    monkeypatch.setenv("KUZET_PORT", "9001")
    monkeypatch.setenv("KUZET_ALLOWED_HOSTS", "A.example , b.example")
    monkeypatch.setenv("KUZET_UPLOAD_LIMIT", "2MB")
    monkeypatch.setenv("KUZET_API_KEY", "long-enough")
    after = Settings()
    assert before.store == Path("kuzet.gpkg")
    assert (after.store, after.port, int(after.upload_limit)) == (Path("town.gpkg"), 9001, 2_000_000)
    assert after.allowed_hosts == ("a.example", "b.example")
    assert "long-enough" not in repr(after)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 70_000),
        ("port", "x"),
        ("api_key", "short"),
        ("workers", 0),
        ("time_zone", "Mars/Base"),
        ("stroe", 1),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(name: str, value: object) -> None:
    """A wrong port, a short key, an unknown zone or a misspelt name is a fault, never quietly replaced."""
    with pytest.raises((ValidationError, ValueError)):
        Settings(**{name: value})
