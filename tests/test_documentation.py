"""What the papers promise is there, and what is there is in the papers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kuzet.api.cli import app
from typer.main import get_command

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAPERS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/sample/SOURCE.md"]


def list_commands() -> Iterator[str]:
    """Yield every command of the program, such as `kuzet ingest osm`."""

    def walk(command, words: list[str]) -> Iterator[str]:
        inner = getattr(command, "commands", {})
        if not inner:
            yield " ".join(words)
        for name, child in inner.items():
            yield from walk(child, [*words, name])

    yield from walk(get_command(app), ["kuzet"])


def test_every_command_is_in_the_readme():
    """The README's table of commands holds the commands of the program, all of them and no other."""
    in_readme = set(re.findall(r"^\| `(kuzet [a-z -]+)`", README, re.MULTILINE))
    assert in_readme == set(list_commands())
    assert len(in_readme) > 10


def test_every_path_of_the_api_is_in_the_readme(tmp_path):
    """The README's table of the API holds the paths that the server describes, all of them and no other."""
    from kuzet.api.main import create_app
    from kuzet.api.settings import Settings

    paths = set(create_app(Settings(store=tmp_path / "city.gpkg")).openapi()["paths"])
    told = re.search(r"^## API$(.*?)^## ", README, re.MULTILINE | re.DOTALL)
    assert told is not None
    rows = re.findall(r"^\| (`(?:GET|POST|DELETE) .*?) \|", told[1], re.MULTILINE)
    in_readme = {path for row in rows for path in re.findall(r"(/[^`,\s]*)", row)}
    alike = {
        re.sub(r"^/processes/[a-z-]+/execution$", "/processes/{process}/execution", path) for path in paths
    }
    assert in_readme == {path for path in alike if not path.endswith(".pmtiles")}


def test_every_target_that_is_named_exists():
    """Every `make target` in the papers is in the Makefile, and all its targets are declared phony."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    papers = "\n".join((ROOT / paper).read_text("utf-8") for paper in PAPERS)
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", papers, re.MULTILINE))
    assert {"demo", "test", "check"} <= named
    assert named <= targets
    assert set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()) == targets


@pytest.mark.parametrize("paper", PAPERS)
def test_links_lead_somewhere(paper):
    """Every link and picture of a paper that is not on the internet is a file of the repository."""
    text = (ROOT / paper).read_text("utf-8")
    targets = [
        target for target in re.findall(r"\]\(([^)#\s]+)", text) if not target.startswith(("http", "mailto:"))
    ]
    assert [target for target in targets if not ((ROOT / paper).parent / target).exists()] == []


def test_options_of_the_readme_exist():
    """Every option in the README's examples of `kuzet` is one of that command."""
    commands = {}

    def walk(command, words: list[str]) -> None:
        options = [(*parameter.opts, *parameter.secondary_opts) for parameter in command.params]
        commands[" ".join(words)] = {option for names in options for option in names}
        for name, child in getattr(command, "commands", {}).items():
            walk(child, [*words, name])

    walk(get_command(app), ["kuzet"])
    used = re.findall(r"^(kuzet (?:(?:ingest|export) )?[a-z-]+)([^\n#]*)", README, re.MULTILINE)
    assert len(used) > 5
    for command, rest in used:
        assert set(re.findall(r"--[a-z-]+", rest)) <= commands[command], command


def test_changelog_is_kept():
    """The changelog has a part for what is not released yet, with something in it."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    unreleased = re.search(r"^## \[Unreleased\]$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert unreleased is not None
    assert re.findall(r"^- .+", unreleased[1], re.MULTILINE)


def test_licences_are_told():
    """The licence is the whole of Apache-2.0, and the notice names the data and every browser library."""
    import json

    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert "END OF TERMS AND CONDITIONS" in licence
    assert len(licence) == 11_358
    notice = (ROOT / "NOTICE").read_text("utf-8")
    assert "Open Database License" in notice
    versions = json.loads((ROOT / "maps/package.json").read_text("utf-8"))["dependencies"].values()
    assert [version for version in versions if version not in notice] == []
