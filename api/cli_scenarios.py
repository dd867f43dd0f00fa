"""The commands that try changes of cameras out, and list, compare and delete kept scenarios."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ..coverage.errors import InvalidInputError, TooLargeError
from .cli_options import JsonOption, LangOption, StoreOption, TolerantGroup, open_shell

LARGEST_FILE: Final = 10_000_000
EXAMPLES: Final = {
    "add": "--add 24.9384,60.1699,90",
    "move": "--move camera-1,24.944,60.171",
    "turn": "--turn camera-1,90",
    "set": "--set camera-1,state=live,height_m=4.5",
}
_SETTING: Final = r"(?:state|model|height_m)="

app = typer.Typer(
    cls=TolerantGroup,
    no_args_is_help=True,
    help="List, compare and delete the kept scenarios.",
    rich_markup_mode=None,
)


def whatif(
    context: typer.Context,
    add: Annotated[
        list[str] | None, typer.Option("--add", help="LON,LAT or LON,LAT,HEADING of a camera more.")
    ] = None,
    move: Annotated[list[str] | None, typer.Option("--move", help="CAMERA,LON,LAT.")] = None,
    turn: Annotated[list[str] | None, typer.Option("--turn", help="CAMERA,HEADING.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="CAMERA.")] = None,
    put: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="CAMERA,state=live with state, model or height_m, several joined by commas."
        ),
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option("--changes", help="JSON file: a list of changes as the API takes them, made first."),
    ] = None,
    keep: Annotated[
        str | None, typer.Option("--keep", help="Keep the changes as a scenario of this name.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say what adding, moving, turning or removing cameras would change; the register stays as it is."""
    # the analysis takes seconds to import: help and faults in options should not wait for it
    from ..data.store import Store
    from .keeping import check_name, keep_changes
    from .printing_scenarios import print_difference
    from .scenarios import describe_difference, open_workbench, read_changes, try_changes

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    specs = [
        *([] if changes is None else read_changes_file(changes)),
        *read_options(add or [], move or [], turn or [], remove or [], put or []),
    ]
    name = None if keep is None else check_name(keep)
    city = Store(settings.store)
    bench = open_workbench(city)
    after = try_changes(bench, read_changes(bench, specs))
    answer = describe_difference(bench, bench.today, after)
    if name is not None:
        answer["id"] = keep_changes(city, bench, name, specs, answer["figures"]).scenario_id
    shell.answer(answer)
    if not as_json:
        print_difference(shell, answer, name=name or "")
        if "id" in answer:
            shell.say("whatif.cli.kept", identity=answer["id"])


@app.command("list")
def list_kept(
    context: typer.Context, store: StoreOption = None, as_json: JsonOption = False, lang: LangOption = None
) -> None:
    """List the kept scenarios, the last first, and whether the register has changed since."""
    from ..data.scenarios import list_scenarios
    from ..data.store import Store
    from ..data.times import time_zone
    from .keeping import tell_kept
    from .printing_scenarios import print_scenarios

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    city = Store(settings.store)
    register = city.input_hashes(["cameras"])["cameras"]
    lines = [
        tell_kept(kept, register) | {"figures": dict(kept.figures)} for kept in list_scenarios(city.path)
    ]
    shell.answer({"scenarios": lines})
    if not as_json:
        print_scenarios(shell, lines, zone=time_zone(settings.time_zone))


@app.command()
def compare(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="Number of a kept scenario, or today.")],
    second: Annotated[str, typer.Argument(help="Number of the one that is compared with it, or today.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say what differs between two scenarios: above 0 where the second sees more."""
    from ..data.scenarios import read_scenario
    from ..data.store import Store
    from .printing_scenarios import print_difference
    from .scenarios import TODAY, describe_difference, open_workbench, try_kept

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    city = Store(settings.store)
    kept = [None if one == TODAY else read_scenario(city.path, one) for one in (first, second)]
    bench = open_workbench(city)
    before, after = (bench.today if one is None else try_kept(bench, one) for one in kept)
    answer = describe_difference(bench, before, after)
    shell.answer(answer)
    if not as_json:
        names = [TODAY if one is None else one.name for one in kept]
        print_difference(shell, answer, name=" → ".join(names))


@app.command()
def delete(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="Number of a kept scenario.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Delete a kept scenario."""
    from ..data.scenarios import drop_scenario
    from ..data.store import Store

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    drop_scenario(Store(settings.store).path, scenario)
    shell.answer({"deleted": scenario})
    shell.say("whatif.cli.dropped", identity=scenario)


def read_options(
    add: list[str], move: list[str], turn: list[str], remove: list[str], put: list[str]
) -> list[dict[str, Any]]:
    """Read the changes that options name: added first, removed last.

    Raises
    ------
    InvalidInputError
        Code `change_option_wrong`.
    """
    return [
        *(_with_place("add", None, text.split(",")) for text in add),
        *(_with_place("move", *_apart(text, 2, "move")) for text in move),
        *(
            {"action": "turn", "camera": camera, "heading_deg": _number(rest[0], "turn")}
            for camera, rest in (_apart(text, 1, "turn") for text in turn)
        ),
        *(_setting(text) for text in put),
        *({"action": "remove", "camera": text} for text in remove),
    ]


def read_changes_file(path: Path) -> list[dict[str, Any]]:
    """Read a file of changes, each checked as the API checks them.

    Raises
    ------
    InvalidInputError
        Code `changes_file_wrong`; TooLargeError (`request_too_large`) for more than 10 MB.
    """
    from pydantic import ValidationError

    from .schemas_scenarios import Trial
    from .strict_json import read_strictly

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TooLargeError("request_too_large", limit_mb=LARGEST_FILE / 1e6)
        told = read_strictly(path.read_bytes())
        body = {"changes": told["changes"] if isinstance(told, dict) else told}
        return [change.model_dump(exclude_none=True) for change in Trial(**body).changes]
    except (OSError, ValueError, KeyError, TypeError, RecursionError, ValidationError) as fault:
        if isinstance(fault, TooLargeError):
            raise
        raise InvalidInputError("changes_file_wrong") from None


def _apart(text: str, numbers: int, action: str) -> tuple[str, list[str]]:
    """Part a camera's id, which may hold commas, from the numbers behind it."""
    camera, *rest = text.rsplit(",", numbers)
    if len(rest) != numbers or not camera.strip():
        raise _wrong(action)
    return camera, rest


def _with_place(action: str, camera: str | None, rest: list[str]) -> dict[str, Any]:
    if len(rest) not in ((2,) if action == "move" else (2, 3)):
        raise _wrong(action)
    lon, lat, *heading = (_number(part, action) for part in rest)
    told: dict[str, Any] = {"action": action, "lon": lon, "lat": lat}
    if camera is not None:
        told["camera"] = camera
    if heading:
        told["heading_deg"] = heading[0]
    return told


def _setting(text: str) -> dict[str, Any]:
    found = re.fullmatch(rf"(?s)(.+?),({_SETTING}.*)", text)
    if found is None:
        raise _wrong("set")
    told: dict[str, Any] = {"action": "set", "camera": found[1]}
    for part in re.split(rf",(?={_SETTING})", found[2]):
        name, _, value = part.partition("=")
        told[name] = _number(value, "set") if name == "height_m" else value
    return told


def _number(text: str, action: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _wrong(action) from None


def _wrong(action: str) -> InvalidInputError:
    return InvalidInputError("change_option_wrong", option=f"--{action}", example=EXAMPLES[action])
