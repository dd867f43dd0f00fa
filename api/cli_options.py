"""What the commands share: options, settings from them, and faults told in one sentence."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from ..coverage.errors import InvalidInputError, KuzetError
from ..maps.text import has_text
from .console import Shell, shell_language
from .errors import problem_of
from .settings import Settings

StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help="The GeoPackage that holds the city; else KUZET_STORE, else kuzet.gpkg."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Write JSON for programs, and nothing else, to standard output.")
]
LangOption = Annotated[
    str | None,
    typer.Option("--lang", help="Language: kk, ru or en; else that of the environment."),
]
LadderOption = Annotated[
    str,
    typer.Option(
        "--ladder", help="Ladder of pixel densities: 2014 (EN 62676-4:2015) or 2025 (IEC 62676-4:2025)."
    ),
]
SeenOption = Annotated[
    str | None,
    typer.Option(
        "--seen-at", help="Class from which a place counts as seen; else observe (2014) or discern (2025)."
    ),
]
LightOption = Annotated[
    str,
    typer.Option(
        "--light", help="When cameras look: day, or night, when only a lamp or infrared lights things up."
    ),
]
ObstaclesOption = Annotated[
    str,
    typer.Option(
        "--obstacles",
        help="What hides: buildings alone, with leaf_off walls and solid fences too, with leaf_on hedges and "
        "rows of trees as well.",
    ),
]
TargetOption = Annotated[
    float,
    typer.Option("--target", help="Height of what must be seen, metres: 0 ground, 1.7 a person's head."),
]


class TolerantGroup(TyperGroup):
    """Commands whose faults are told in one sentence with what to do, and end with an exit code above 0."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KuzetError as error:
            _tell(ctx, error)
            raise typer.Exit(1) from None
        except (typer.Exit, typer.Abort, KeyboardInterrupt):
            raise
        except Exception as error:
            if type(error).__module__.startswith(("click", "typer")):
                raise
            if _wants_trace():
                traceback.print_exception(error)
            _tell(ctx, KuzetError("unexpected"))
            raise typer.Exit(70) from None


def open_shell(
    context: typer.Context, *, lang: str | None, as_json: bool, store: Path | None, **options: Any
) -> tuple[Shell, Settings]:
    """Return where a command writes and its settings: options first, then the environment.

    Raises
    ------
    InvalidInputError
        Codes `setting_wrong`, `language_unknown`.
    """
    shell = Shell(lang=shell_language(lang), as_json=as_json)
    # faults are told in this language from here on
    context.find_root().obj = shell
    if lang is not None and lang.split("-")[0].lower() not in ("kk", "ru", "en"):
        raise InvalidInputError("language_unknown")
    given = {name: value for name, value in {"store": store, **options}.items() if value is not None}
    try:
        return shell, Settings(**given)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        name = str(place[0]) if place else ""
        raise InvalidInputError("setting_wrong", setting=f"KUZET_{name.upper()}") from None


def _tell(context: Any, error: KuzetError) -> None:
    shell = context.find_root().obj or Shell(lang=shell_language(None))
    if not has_text(f"errors.{error.code}", shell.lang) and _wants_trace():
        traceback.print_exception(error)
    problem = problem_of(error, shell.lang)
    problem.pop("request_id")
    shell.answer(problem)
    shell.err.print(problem["detail"], style="bold red", markup=False)
    shell.err.print(problem["remedy"], markup=False)


def _wants_trace() -> bool:
    try:
        return Settings().trace
    except ValidationError:
        return False
