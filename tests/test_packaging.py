"""The wheel: what it carries, and that it works away from the checkout."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "maps" / "static" / "vendor"


def find_uv() -> str:
    for folder in ("bin", "Scripts"):
        if (found := shutil.which("uv", path=str(ROOT / ".uv" / folder))) is not None:
            return found
    found = shutil.which("uv")
    if found is None:
        pytest.skip("no uv here: `make install` puts it into .uv")
    return found


def run(*command: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # a plain environment: nothing of this checkout may leak into the new one
    leaking = ("PYTHON", "VIRTUAL_ENV", "COV_", "KUZET_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(leaking)}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=kept | {"NO_COLOR": "1", "PYTHONUTF8": "1"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """Return the wheel, built from a copy of what is in the checkout."""
    if not (VENDOR / "leaflet.js").exists():
        pytest.skip("no browser libraries yet: `make install` fetches them")
    source = tmp_path_factory.mktemp("source") / "checkout"
    skipped = shutil.ignore_patterns(
        ".*", "tests", "bench", "out", "build", "dist", "*.egg-info", "*.gpkg", "node_modules"
    )
    shutil.copytree(ROOT, source, ignore=skipped)
    # what a developer's folders are full of, and no wheel may carry
    for folder in ("maps/node_modules/leaflet", "coverage/kernels/__pycache__"):
        (source / folder).mkdir(parents=True, exist_ok=True)
        (source / folder / "leftover.js").write_text("x")
    out = tmp_path_factory.mktemp("dist")
    done = run(
        find_uv(), "build", "--wheel", "--quiet", "--python", sys.executable, "--out-dir", out, folder=source
    )
    assert done.returncode == 0, done.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Path:
    """Return the Python of a fresh environment elsewhere, with the wheel and the locked packages."""
    folder = tmp_path_factory.mktemp("elsewhere")
    uv, home = find_uv(), folder / "environment"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    exported = (
        "export",
        "--frozen",
        "--no-dev",
        "--no-emit-project",
        "--quiet",
        "--output-file",
        folder / "locked.txt",
    )
    for command in (
        (uv, "--directory", ROOT, *exported),
        (uv, "venv", "--quiet", "--python", sys.executable, home),
        (uv, "pip", "install", "--quiet", "--python", python, "--requirements", folder / "locked.txt"),
        (uv, "pip", "install", "--quiet", "--python", python, "--no-deps", wheel),
    ):
        done = run(*command, folder=folder)
        assert done.returncode == 0, done.stderr
    return python


def test_wheel_carries_all_it_needs(wheel):
    """The wheel holds the sample city, words, pages, browser libraries with licences, and every module."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        sample = archive.getinfo("kuzet/data/sample/Helsinki.osm.pbf").file_size
    assert sample == (ROOT / "data/sample/Helsinki.osm.pbf").stat().st_size
    expected = {"kuzet/data/sample/SOURCE.md"}
    for folder in ("maps/locale", "maps/static", "maps/templates"):
        expected |= {
            f"kuzet/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
        }
    for room in ("coverage", "data", "maps", "api"):
        expected |= {f"kuzet/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / room).rglob("*.py")}
    assert "kuzet/maps/static/vendor/NOTICE.txt" in expected
    assert {name for name in expected - names if "__pycache__" not in name} == set()
    licences = {name.rsplit("/", 1)[-1] for name in names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


def test_wheel_carries_nothing_else(wheel):
    """No leftovers, node_modules, tests, stores or folders beside the package are in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for left_out in (
        "__pycache__",
        "node_modules",
        ".pyc",
        ".nbc",
        ".gpkg",
        "/tests/",
        "/bench/",
        "/docker/",
    ):
        assert [name for name in names if left_out in name] == []
    assert {name.split("/")[0].split("-")[0] for name in names} == {"kuzet"}


@pytest.mark.parametrize("place", ["checkout", "elsewhere"])
def test_coverage_py_is_not_hidden(installed, place):
    """`import coverage, numba` find coverage.py, from inside the checkout too."""
    code = (
        "import coverage, numba, kuzet.coverage.schema as schema;"
        "print(coverage.Coverage.__name__, coverage.__file__, schema.__file__, sep='\\n')"
    )
    done = run(installed, "-c", code, folder=ROOT if place == "checkout" else installed.parent)
    assert done.returncode == 0, done.stderr
    name, coverage_file, schema_file = done.stdout.splitlines()
    assert name == "Coverage"
    for file in (coverage_file, schema_file):
        assert Path(file).resolve().is_relative_to(installed.parents[1].resolve())


def test_demo_runs_from_the_wheel(installed, tmp_path):
    """Installed elsewhere, `kuzet demo` writes maps of the sample city that name no outside host."""
    kuzet = installed.with_name("kuzet.exe" if os.name == "nt" else "kuzet")
    done = run(
        kuzet,
        "demo",
        "--no-serve",
        "--lang",
        "en",
        "--out",
        tmp_path / "out",
        folder=tmp_path,
        KUZET_TRACE="1",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pages = sorted((tmp_path / "out").rglob("*.html"))
    for kind in ("coverage", "blind-spots", "sites", "patrol"):
        assert [page for page in pages if kind in page.name], f"no page for {kind} among {pages}"
    assert list((tmp_path / "out").rglob("*.gpx"))
    for page in pages:
        assert outside_hosts(page.read_text("utf-8")) == []


def outside_hosts(page: str) -> list[str]:
    """Return every address a browser would fetch from another host when it opens the page."""
    fetched = r"""(?:<(?:script|img|iframe|source|audio|video|embed)\b[^>]*?\bsrc|<link\b[^>]*?\bhref|\bfetch\s*\(|\bimport\s*\(|@import|url\s*\()\s*[=(]?\s*["']?\s*((?:https?:)?//[^"'\s)>]+)"""  # noqa: E501
    return re.findall(fetched, page, re.IGNORECASE)


@pytest.mark.parametrize(
    "page",
    [
        '<script async src="https://cdn.example/x.js"></script>',
        "<link rel='stylesheet' href='//cdn.example/x.css'>",
        "<style>b { background: url(https://cdn.example/x.png) }</style>",
        "<style>@import 'https://cdn.example/x.css';</style>",
        "<script>fetch('https://cdn.example/x.json')</script>",
    ],
)
def test_outside_hosts_are_found(page):
    """Every way in which a page fetches from another host is seen, and a plain link is none."""
    assert len(outside_hosts(page)) == 1
    assert outside_hosts('<a href="https://www.openstreetmap.org/copyright">OSM</a><img src="data:,">') == []
