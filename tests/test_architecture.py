"""The walls of the house: who may use whom, and what the pure rooms may not touch."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("coverage", "data", "maps", "api")
MAY_USE = {
    "coverage": {"coverage"},
    "data": {"data", "coverage"},
    "maps": {"maps", "coverage"},
    "api": {"api", "maps", "data", "coverage"},
}
# what reaches the disk, the network, the clock, the environment, other processes or hidden randomness
FORBIDDEN_MODULES = {
    "asyncio", "builtins", "concurrent", "ctypes", "ftplib", "getpass", "glob", "http", "importlib", "io",
    "locale", "logging", "multiprocessing", "os", "pathlib", "platform", "pickle", "pyogrio", "random",
    "requests", "secrets", "select", "shelve", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib", "uuid", "zipfile",
}  # fmt: skip
FORBIDDEN_CALLS = {"open", "exec", "eval", "input", "print", "compile", "__import__"}
FORBIDDEN_METHODS = {
    "now", "today", "utcnow", "fromtimestamp", "to_file", "read_file", "to_csv", "read_csv", "to_parquet",
    "read_parquet", "to_pickle", "read_pickle", "tofile", "fromfile", "loadtxt", "savetxt", "save", "savez",
    "memmap",
}  # fmt: skip


def list_files(room: str) -> list[Path]:
    return sorted(
        path for path in (ROOT / room).rglob("*.py") if not {"node_modules", "vendor"} & set(path.parts)
    )


def imports_of(tree: ast.Module, file: Path) -> Iterator[str]:
    """Yield the full name of everything imported, relative imports made absolute."""
    package = ["kuzet", *file.relative_to(ROOT).parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = [*above, *([node.module] if node.module else [])]
            # `from . import x` may mean the module x
            yield from (".".join([*module, alias.name]) for alias in node.names)


def arrows(room: str, source: str, file: Path) -> list[str]:
    """Return the imports that no room may make from here."""
    wrong = []
    for name in imports_of(ast.parse(source), file):
        first, *rest = name.split(".")
        if first == "kuzet" and (not rest or rest[0] not in MAY_USE[room]):
            wrong.append(name)
        if first in ROOMS and first != "coverage":
            wrong.append(name)
    return wrong


def impurities(source: str, file: Path) -> list[str]:
    """Return what makes a file of coverage/ impure."""
    tree = ast.parse(source)
    # inside compiled code these names are numba's own generator, seeded when the search begins
    seeded = file.parent.name == "kernels" and "np.random.seed(seed)" in source
    found = [name for name in imports_of(tree, file) if name.split(".")[0] in FORBIDDEN_MODULES]
    for node in ast.walk(tree):
        match node:
            case ast.Global():
                found.append(f"global {node.names}")
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                found.append(f"{name}()")
            case ast.Call(func=ast.Attribute(attr=name)) if name in FORBIDDEN_METHODS:
                found.append(f".{name}()")
            case ast.Call(func=ast.Attribute(attr="default_rng"), args=[], keywords=[]):
                found.append("default_rng() without a seed")
            case ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"), attr=name
            ) if not seeded and name not in ("default_rng", "Generator", "SeedSequence"):
                found.append(f"np.random.{name}")
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_point_one_way(room):
    """Every import of a room leads to itself or to a room below it: api -> maps, data -> coverage."""
    files = list_files(room)
    assert files
    wrong = {path.name: arrows(room, path.read_text("utf-8"), path) for path in files}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_coverage_is_pure():
    """The analysis touches no disk, network, clock, environment or hidden randomness."""
    found = {path.name: impurities(path.read_text("utf-8"), path) for path in list_files("coverage")}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_inside_the_package_are_relative(room):
    """Inside the package imports are relative, so that every reader follows them without settings."""
    absolute = [
        f"{path.name}: {name}"
        for path in list_files(room)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and node.level == 0
            else []
        )
        if name.split(".")[0] in ("kuzet", "data", "maps", "api", "coverage")
    ]
    assert absolute == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("coverage", "from ..data.store import Store"),
        ("coverage", "from .. import api"),
        ("coverage", "from kuzet.maps import text"),
        ("data", "from ..maps.text import say"),
        ("maps", "from ..data import store"),
        ("maps", "import kuzet.api.cli"),
        ("data", "def late():\n    from ..api import jobs"),
    ],
)
def test_wrong_arrows_are_found(room, line):
    """Every way to write a forbidden import is seen, also inside a function."""
    assert len(arrows(room, line, ROOT / room / "somewhere.py")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from pathlib import Path",
        "from urllib.request import urlopen",
        "import datetime\ndatetime.datetime.now()",
        "open('x')",
        "import numpy as np\nnp.random.seed(1)",
        "import numpy as np\nnp.random.default_rng()",
        "def count():\n    global total",
        "frame.to_csv('x')",
    ],
)
def test_impurity_is_found(line):
    """Every kind of impurity is seen where it is."""
    assert len(impurities(line, ROOT / "coverage" / "somewhere.py")) == 1


def test_pure_code_is_let_through():
    """Seeded randomness, given times and names that only look alike are no impurity."""
    code = "import numpy as np\nrng = np.random.default_rng(seed)\nlater = time + step\nplan.save_time = 1\n"
    assert impurities(code, ROOT / "coverage" / "somewhere.py") == []
    kernel = ROOT / "coverage" / "kernels" / "somewhere.py"
    assert impurities("np.random.seed(seed)\nnp.random.random()", kernel) == []
    assert len(impurities("np.random.random()", kernel)) == 1
    below = "from .errors import KuzetError\nfrom .kernels.sweep import run\nimport numpy"
    assert arrows("coverage", below, ROOT / "coverage" / "somewhere.py") == []


@pytest.mark.parametrize("room", ROOMS)
def test_files_hold_one_concept(room):
    """No file is longer than 330 lines: past about 300 it is two concepts."""
    long = {
        path.name: count
        for path in list_files(room)
        if (count := len(path.read_text("utf-8").splitlines())) > 330
    }
    assert long == {}


def test_no_package_hides_coverage_py():
    """The folder coverage/ has no __init__.py: with one it would hide coverage.py where it is on the path."""
    assert not (ROOT / "coverage" / "__init__.py").exists()
    assert (ROOT / "__init__.py").exists()
