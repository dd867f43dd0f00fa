"""Scenarios as they are kept: a checked name, an id, the figures of the register of that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from ..coverage.errors import InvalidInputError
from ..data.scenarios import KeptScenario, keep_scenario
from ..data.store import Store
from .scenarios import Workbench
from .schemas_scenarios import Name


def check_name(name: str) -> str:
    """Return a name for a scenario as the API would take it; InvalidInputError (`scenario_name_wrong`)."""
    try:
        return TypeAdapter(Name).validate_python(name).strip()
    except ValidationError:
        raise InvalidInputError("scenario_name_wrong") from None


def keep_changes(
    store: Store,
    bench: Workbench,
    name: str,
    specs: Sequence[Mapping[str, Any]],
    figures: Mapping[str, Any],
    *,
    base: str | None = None,
) -> KeptScenario:
    """Keep changes under a name, with what they change on the register of a workbench."""
    moment = datetime.now(UTC)
    kept = KeptScenario(uuid4().hex[:12], name.strip(), moment, base, bench.register, specs, figures)
    keep_scenario(store.path, kept)
    return kept


def tell_kept(kept: KeptScenario, register: str) -> dict[str, Any]:
    """Return a kept scenario as a client reads it, its figures aside.

    Notes
    -----
    Figures that are asked for are always those of the register of today; `register_changed` tells whether it
    was another when the scenario was kept.
    """
    return {
        "id": kept.scenario_id,
        "name": kept.name,
        "created_at": kept.created_at.isoformat(),
        "base": kept.base,
        "changes": [dict(change) for change in kept.changes],
        "register_changed": kept.register != register,
    }
