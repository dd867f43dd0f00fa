"""What `try_in_chroot.py` runs in the finished image: only the volume can be written, and all works."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

told = json.loads(sys.argv[1])


def ask(path: str) -> bytes:
    """Get a page of the server with the key."""
    request = Request(f"http://127.0.0.1:8000{path}", headers={"Authorization": f"Bearer {told['key']}"})
    with urlopen(request, timeout=30) as answer:
        return answer.read()


print("user", os.getuid())
assert os.getuid() != 0
for place in ("/opt/kuzet/x", "/tmp/x", "/etc/x", "/opt/kuzet/kernels/x"):
    try:
        Path(place).write_text("x")
    except OSError:
        continue
    raise SystemExit(f"{place} could be written")
print("only the volume can be written")

started = time.monotonic()
demo = ["kuzet", "demo", "--no-serve", "--store", os.environ["KUZET_STORE"], "--out", "/data/out"]
subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
print(f"kuzet demo: {time.monotonic() - started:.1f} s")
fresh = [path for path in Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbc")]
built = list(Path("/opt/kuzet/kernels").rglob("*.nbc"))
print(f"compiled kernels: {len(built)} in the image, {len(fresh) - len(built)} made anew")
assert len(fresh) == len(built) > 0

server = subprocess.Popen(told["command"])
try:
    for _ in range(60):
        if subprocess.run(told["health"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            break
        time.sleep(0.5)
    else:
        raise SystemExit("the health check never passed")
    print("health check passed")
    for path in ("/", "/collections", "/maps/coverage", "/maps/blind-spots", "/maps/sites", "/maps/patrol"):
        print(f"GET {path}: {len(ask(path))} bytes")
    try:
        urlopen("http://127.0.0.1:8000/maps/coverage", timeout=30)
    except URLError as refused:
        print("without the key:", refused)
    else:
        raise SystemExit("served without the key")
finally:
    server.terminate()
    print("server ended with", server.wait(timeout=20))
