"""The catalogue is whole: every key in three languages, every error with its sentence and its remedy."""

import ast
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from kuzet.maps.text import LANGUAGES, catalogue_fields

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "maps" / "locale"
AREAS = sorted({path.name.split(".")[0] for path in LOCALE.glob("*.json")})
TEXTS = {
    lang: {
        key: value
        for path in sorted(LOCALE.glob(f"*.{lang}.json"))
        for key, value in json.loads(path.read_text(encoding="utf-8")).items()
    }
    for lang in LANGUAGES
}
FAULTS = {"result_broken"}
"""Faults of the program: no user meets their sentence."""


@pytest.mark.parametrize("area", AREAS)
def test_an_area_has_the_same_keys_and_facts_in_every_language(area):
    """No language lacks a key another has, and a sentence names the same facts in all of them."""
    texts = {lang: _read(area, lang) for lang in LANGUAGES}
    assert texts["kk"].keys() == texts["ru"].keys() == texts["en"].keys()
    odd = [
        key
        for key in texts["en"]
        if len({frozenset(catalogue_fields(texts[lang][key])) for lang in LANGUAGES}) > 1
    ]
    assert odd == []


@pytest.mark.parametrize("area", AREAS)
def test_no_text_is_empty_or_left_in_english(area):
    """Every text says something, and Kazakh and Russian sentences are written in Cyrillic."""
    for lang in LANGUAGES:
        assert [key for key, value in _read(area, lang).items() if not value.strip()] == []
    english = _read(area, "en")
    for lang in ("kk", "ru"):
        left = [
            key
            for key, value in _read(area, lang).items()
            if value == english[key]
            and len(re.findall(r"[A-Za-z]{3,}", re.sub(r"\{\w+\}|`[^`]*`", "", value))) > 2
        ]
        assert left == []


def test_no_key_is_in_two_areas():
    """A key has one text, whatever order the files are read in."""
    where = defaultdict(list)
    for area in AREAS:
        for key in _read(area, "en"):
            where[key].append(area)
    assert {key: areas for key, areas in where.items() if len(areas) > 1} == {}


@pytest.mark.parametrize("room", ["coverage", "data", "maps", "api"])
def test_every_error_has_its_sentence_and_its_remedy(room):
    """Every code raised in the source is told in three languages, with what to do and no unknown fact."""
    raised = _errors_raised(ROOT / room)
    missing = [
        (code, lang)
        for code in sorted(raised.keys() - FAULTS)
        for lang in LANGUAGES
        if not {f"errors.{code}", f"errors.{code}.do"} <= TEXTS[lang].keys()
    ]
    assert missing == []
    for code, facts in raised.items():
        if facts is None or code in FAULTS:
            continue
        for lang in LANGUAGES:
            told = catalogue_fields(TEXTS[lang][f"errors.{code}"]) | catalogue_fields(
                TEXTS[lang][f"errors.{code}.do"]
            )
            assert told <= facts, (code, lang)


def test_every_key_the_pages_ask_for_is_there():
    """Each literal key in this room's source and templates is in the catalogue."""
    sources = [*(ROOT / "maps").glob("*.py"), *(ROOT / "maps" / "templates").glob("*.html")]
    asked = {
        key
        for path in sources
        for key in re.findall(r"""\bsay\(\s*["']([\w.-]+[\w])["'][,)]""", path.read_text("utf-8"))
    }
    assert len(asked) > 60
    assert asked - TEXTS["en"].keys() == set()


def _read(area, lang):
    return json.loads((LOCALE / f"{area}.{lang}.json").read_text(encoding="utf-8"))


def _errors_raised(room):
    """Return code -> facts given wherever it is raised (None where they cannot be read from the source)."""
    raised = {}
    for path in room.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and _name(node.func).endswith("Error") and node.args):
                continue
            code = node.args[0]
            if not (
                isinstance(code, ast.Constant)
                and isinstance(code.value, str)
                and re.fullmatch(r"[a-z0-9_]+", code.value)
            ):
                continue
            facts = {word.arg for word in node.keywords}
            known = raised.get(code.value, facts)
            raised[code.value] = None if None in facts or known is None else known & facts
    return raised


def _name(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
