"""Every fault the shell can raise, and every word it says, is in the catalogue in three languages."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from kuzet.api.errors import STATUS, status_of
from kuzet.coverage import errors
from kuzet.maps.text import catalogue_fields, has_text, say

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("kk", "ru", "en")
PLAIN = ("JSONDecodeError", "TypeError", "ValueError")
"""Faults of the program, told to no user."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield each call in the shell with the name of what is called."""
    for path in sorted((ROOT / "api").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node


def first_text(call: ast.Call) -> str | None:
    """Return the first argument of a call if it is a plain text."""
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_every_fault_has_its_sentence_and_remedy() -> None:
    """Each code raised in the shell has a sentence and what to do, whose facts the raise gives."""
    found = 0
    for name, call in calls():
        code = first_text(call)
        if not name.endswith("Error") or code is None or name in PLAIN:
            continue
        given = {keyword.arg for keyword in call.keywords}
        for lang in LANGUAGES:
            for key in (f"errors.{code}", f"errors.{code}.do"):
                assert has_text(key, lang), (key, lang)
                assert catalogue_fields(raw(key, lang)) <= given, (key, lang, given)
        found += 1
    assert found > 30


def test_every_word_said_is_in_the_catalogue() -> None:
    """Each key the shell says is there in each language, and gets the facts its text names."""
    found = 0
    for name, call in calls():
        key = first_text(call)
        if name not in ("say", "note", "heading") or key is None:
            continue
        given = {keyword.arg for keyword in call.keywords}
        for lang in LANGUAGES:
            assert has_text(key, lang), (key, lang)
            assert catalogue_fields(raw(key, lang)) <= given, (key, lang)
        found += 1
    assert found > 30


@pytest.mark.parametrize("area", ["api", "cli"])
def test_the_languages_hold_the_same_keys_and_fields(area: str) -> None:
    """The three languages have the same keys with the same fields, and none is left untranslated."""
    texts = {lang: catalogue(area, lang) for lang in LANGUAGES}
    assert texts["kk"].keys() == texts["ru"].keys() == texts["en"].keys()
    for key, english in texts["en"].items():
        for lang in ("kk", "ru"):
            assert catalogue_fields(texts[lang][key]) == catalogue_fields(english), (key, lang)
            if any(sign.isalpha() for sign in english) and key not in ("cli.col.rank", "cli.col.order"):
                assert texts[lang][key] != english, (key, lang)
    assert set("әғқңөұүі") <= set("".join(texts["kk"].values()).lower())


def test_every_class_of_fault_has_a_status() -> None:
    """Each class of fault that a user can mend has a status of the 4xx or 502, 503; never 500."""
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.KuzetError) and kind is not errors.KuzetError:
            assert 400 <= status_of(kind("code")) < 600
            assert status_of(kind("code")) != 500
    assert status_of(ValueError()) == 500
    for status in set(STATUS.values()):
        assert all(has_text(f"api.title.{status}", lang) for lang in LANGUAGES), status


def catalogue(area: str, lang: str) -> dict[str, str]:
    """Return one file of the catalogue."""
    return json.loads((ROOT / "maps" / "locale" / f"{area}.{lang}.json").read_text(encoding="utf-8"))


def raw(key: str, lang: str) -> str:
    """Return a text with its fields unfilled, whichever area holds it."""
    for path in (ROOT / "maps" / "locale").glob(f"*.{lang}.json"):
        texts = json.loads(path.read_text(encoding="utf-8"))
        if key in texts:
            return texts[key]
    return say(key, lang)
