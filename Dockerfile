# Build stage: the wheel with its browser libraries, an environment that holds it, and compiled kernels.
FROM python:3.11-slim-bookworm AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 \
    NUMBA_CPU_NAME=generic NUMBA_CPU_FEATURES=
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /source
COPY maps/package.json maps/package-lock.json maps/.npmrc maps/install_browser_libraries.py maps/
RUN python maps/install_browser_libraries.py
COPY pyproject.toml uv.lock ./
RUN /opt/uv/bin/uv export --frozen --no-dev --no-emit-project --quiet --output-file /opt/requirements.txt \
 && /opt/uv/bin/uv venv --python python3.11 /opt/kuzet \
 && /opt/uv/bin/uv pip install --python /opt/kuzet --require-hashes --requirements /opt/requirements.txt
COPY __init__.py README.md LICENSE NOTICE ./
COPY coverage coverage
COPY data data
COPY maps maps
COPY api api
RUN /opt/uv/bin/uv build --wheel --out-dir /opt/wheel \
 && /opt/uv/bin/uv pip install --python /opt/kuzet --no-deps /opt/wheel/*.whl
# the sample city runs through every kernel, which compiles them; `generic`, above, because compiled code
# is tied to the processor it was made for, and the image runs on others
RUN NUMBA_CACHE_DIR=/opt/kuzet/kernels /opt/kuzet/bin/kuzet demo --no-serve --out /tmp/demo && rm -r /tmp/demo

# Run stage: no compiler, no uv, no Node; no root; one place to write to.
FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin kuzet \
 && install --directory --owner=kuzet --group=kuzet /data
COPY --from=build /opt/kuzet /opt/kuzet
COPY docker/entrypoint.sh /opt/kuzet/bin/entrypoint.sh
ENV PATH=/opt/kuzet/bin:$PATH HOME=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CPU_NAME=generic NUMBA_CPU_FEATURES= NUMBA_CACHE_DIR=/data/.kernels TMPDIR=/data/.temporary \
    KUZET_STORE=/data/city.gpkg KUZET_HOST=0.0.0.0 KUZET_PORT=8000
USER kuzet
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["entrypoint.sh"]
CMD ["kuzet", "serve"]
