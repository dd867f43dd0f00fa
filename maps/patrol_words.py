"""What a patrol plan can hold and what it cannot, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .text import has_text, say


def say_statements(statements: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """Return the sentences of `PatrolPlan.statements` in a language, in their order.

    Parameters
    ----------
    statements : sequence of mapping
        `code` and the facts of its sentence.
    lang : str
    """
    return [say(f"feasibility.{said['code']}", lang, **_facts(said, lang)) for said in statements]


def _facts(said: Mapping[str, Any], lang: str) -> dict[str, Any]:
    facts = {name: value for name, value in said.items() if name != "code"}
    if facts.get("near") is None:
        facts["near"] = "–"
    reason = f"reasons.{facts.get('reason')}"
    if has_text(reason, lang):
        facts["reason"] = say(reason, lang)
    return facts
