#!/bin/sh
# The file system may be read-only but for the data volume. numba wants to write where it reads compiled
# kernels, and uploads need a place for temporary files: both get a folder on the volume.
set -eu
mkdir -p "$NUMBA_CACHE_DIR" "$TMPDIR"
cp -R /opt/kuzet/kernels/. "$NUMBA_CACHE_DIR"
exec "$@"
