"""Go through the Dockerfile without a container engine, and try what comes out.

Run as root on Debian with debootstrap: `python docker/try_in_chroot.py FOLDER`. Every instruction is
carried out in order in an empty root made with debootstrap (Debian 12 with its Python 3.11, in place of the
image `python:3.11-slim-bookworm`). Then the server runs as the Dockerfile's user, with a file system that is
read-only but for the data volume, with no network at all, and is asked for its health and for every map.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASE = ["--variant=minbase", "--include=python3,python3-venv,ca-certificates", "bookworm"]
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin"
KEY = "a-key-for-this-trial"
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
# how this machine reaches package registries, if it needs to be told
HANDED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL", "UV_INDEX_URL", "npm_config_registry")


@dataclass
class Stage:
    """One stage: its root, and what the instructions have set so far."""

    root: Path
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin"}
    )
    folder: str = "/"
    user: str = "root"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    volume: str = ""


def main(folder: Path) -> None:
    """Build the stages under a folder and try the last one."""
    base = folder / "base"
    if not (base / "usr/bin/python3.11").exists():
        subprocess.run(["debootstrap", *BASE[:2], BASE[2], str(base)], check=True)
    stages: dict[str, Stage] = {}
    stage = Stage(base)
    for word, rest in read_instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")):
        started = time.monotonic()
        if word == "FROM":
            name = rest.split()[-1] if " AS " in rest else "final"
            stage = stages[name] = Stage(copy_base(base, folder / name))
        else:
            carry_out(stage, word, rest, stages)
        print(f"{time.monotonic() - started:7.1f} s  {word} {' '.join(rest.split())[:90]}", flush=True)
    size = subprocess.run(
        ["du", "-sm", stage.root / "opt"], check=True, capture_output=True, text=True
    ).stdout
    print(f"size of /opt in the last stage: {size.split()[0]} MB")
    try_out(stage)


def read_instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile in order, lines joined and comments left out."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in joined.splitlines()]


def carry_out(stage: Stage, word: str, rest: str, stages: dict[str, Stage]) -> None:
    """Carry out one instruction as a container engine would."""
    match word:
        case "RUN":
            run_in(stage, ["/bin/sh", "-c", rest], network=True)
        case "COPY":
            copy(stage, rest, stages)
        case "ENV":
            for name, value in re.findall(r"(\w+)=(\S*)", rest):
                known = stage.environment.get("PATH", "")
                stage.environment[name] = value.replace("$PATH", known)
        case "WORKDIR":
            stage.folder = rest
            (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "USER":
            stage.user = rest
        case "VOLUME":
            stage.volume = rest
        case "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        case "CMD":
            stage.command = json.loads(rest)
        case "HEALTHCHECK":
            stage.health = json.loads(rest[rest.index("CMD") + 3 :])
        case "EXPOSE":
            pass
        case _:
            raise SystemExit(f"an instruction that this trial does not know: {word}")


def copy(stage: Stage, rest: str, stages: dict[str, Stage]) -> None:
    """Copy from the checkout, without what .dockerignore keeps out, or from another stage."""
    *sources, target = rest.split()
    origin = ROOT
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")].root
    place = stage.root / Path(stage.folder, target).as_posix().lstrip("/")
    for name in sources:
        source = origin / name.lstrip("/")
        into = place / source.name if len(sources) > 1 or target.endswith("/") else place
        into = place / source.name if target in (".", "./") else into
        into.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(
                source, into, symlinks=True, dirs_exist_ok=True, ignore=_ignored if origin == ROOT else None
            )
        else:
            shutil.copy2(source, into)


def run_in(stage: Stage, command: list[str], *, network: bool) -> int:
    """Run a command in a stage's root; with no network it also gets a read-only file system."""
    environment = dict(stage.environment)
    if network:
        environment |= {name: os.environ[name] for name in HANDED_ON if name in os.environ}
        # programs that bring certificates of their own also trust those that this machine trusts
        environment |= {"SSL_CERT_FILE": TRUSTED, "NODE_EXTRA_CA_CERTS": TRUSTED}
    inside = ["chroot", *([f"--userspec={stage.user}"] if stage.user != "root" else []), str(stage.root)]
    inside += ["/usr/bin/env", "-i", *[f"{name}={value}" for name, value in environment.items()]]
    inside += ["/bin/sh", "-c", 'cd "$0" && exec "$@"', stage.folder, *command]
    mounts = [f'mount -t proc proc "{stage.root}/proc"', f'mount -t tmpfs tmpfs "{stage.root}/dev/shm"']
    if not network:
        data = stage.root / stage.volume.lstrip("/")
        mounts += [
            "ip link set lo up",
            f'mount --bind "{stage.root}" "{stage.root}" && mount -o remount,bind,ro "{stage.root}"',
            f'mount -t tmpfs -o mode=1777 tmpfs "{stage.root}/dev/shm"',
            f'mount -t proc proc "{stage.root}/proc"',
            f'mount --bind "{stage.root.parent}/volume" "{data}"',
        ]
    else:
        shutil.copy("/etc/resolv.conf", stage.root / "etc/resolv.conf")
    spaces = ["unshare", "--mount", "--pid", "--fork", *([] if network else ["--net"])]
    script = " && ".join([*mounts, 'exec "$@"'])
    return subprocess.run([*spaces, "/bin/sh", "-c", script, "trial", *inside], check=network).returncode


def try_out(stage: Stage) -> None:
    """Run the last stage as it would run: its user, read-only, no network; fail on anything unexpected."""
    volume = stage.root.parent / "volume"
    shutil.rmtree(volume, ignore_errors=True)
    shutil.copytree(stage.root / stage.volume.lstrip("/"), volume)
    found = (stage.root / "etc/passwd").read_text()
    uid = int(re.search(rf"^{stage.user}:x:(\d+)", found, re.MULTILINE)[1])  # pyright: ignore[reportOptionalSubscript]
    os.chown(volume, uid, uid)
    stage.environment["KUZET_API_KEY"] = KEY
    trial = Path(__file__).with_name("trial_inside.py").read_text(encoding="utf-8")
    told = json.dumps({"command": stage.command, "health": stage.health, "key": KEY})
    code = run_in(stage, [*stage.entrypoint, "python", "-c", trial, told], network=False)
    print("passed" if code == 0 else "FAILED")
    sys.exit(code)


def copy_base(base: Path, root: Path) -> Path:
    """Return a fresh copy of the base, with Python where the image of Docker's library has it."""
    if root.exists():
        shutil.rmtree(root)
    subprocess.run(["cp", "-a", base, root], check=True)
    for name in ("python", "python3", "python3.11"):
        (root / "usr/local/bin" / name).symlink_to("/usr/bin/python3.11")
    (root / "dev/shm").mkdir(exist_ok=True)
    # links in there are absolute: copied through, they would lead back to this machine
    shutil.rmtree(root / "etc/ssl/certs")
    shutil.copytree("/etc/ssl/certs", root / "etc/ssl/certs")
    return root


def _ignored(folder: str, names: list[str]) -> set[str]:
    kept_out = {name for name in names if name in ("__pycache__", "node_modules")}
    return kept_out | {name for name in names if Path(folder, name) == ROOT / "maps/static/vendor"}


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
