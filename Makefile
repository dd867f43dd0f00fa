# Everything a fresh machine needs is make and Python 3.11 or newer with venv:
#   make demo           the sample city, its maps at http://127.0.0.1:8000 (SERVE=0: write them and stop)
#   make test           the tests, with the lines of coverage/ they run
#   make check          format, lint and types
#   make wheel          the package, in dist/
#   make clean          take away what the others made
# Another Python: make demo PYTHON=python3.12

PYTHON ?= python3
SERVE ?= 1
OUT ?= out
UV_VERSION := 0.13.9

ifeq ($(OS),Windows_NT)
  PROGRAMS := Scripts
else
  PROGRAMS := bin
endif
UV_HOME := .uv
UV := $(UV_HOME)/$(PROGRAMS)/uv
RUN := .venv/$(PROGRAMS)
# the Python that is here, and no other: nothing is fetched but packages
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv

INSTALLED := .venv/.installed
LIBRARIES := maps/static/vendor/installed-lock.json

.PHONY: help install demo test check format wheel clean
.DEFAULT_GOAL := help

help:
	@sed -n '2,7s/^# *//p' Makefile

install: $(INSTALLED) $(LIBRARIES)

demo: install
	$(RUN)/kuzet demo --out $(OUT) $(if $(filter 0,$(SERVE)),--no-serve)

test: install
	$(RUN)/python -m pytest --cov=coverage $(TESTS)

check: install
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/pyright

format: install
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

wheel: install
	$(UV) build --wheel --python $(RUN)/python --out-dir dist

clean:
	rm -rf .venv $(UV_HOME) build dist out *.egg-info maps/static/vendor .coverage .pytest_cache .ruff_cache .hypothesis

$(UV_HOME)/.version-$(UV_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Kuzet needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv --clear $(UV_HOME)
	$(UV_HOME)/$(PROGRAMS)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(INSTALLED): $(UV_HOME)/.version-$(UV_VERSION) pyproject.toml uv.lock
	$(UV) sync --frozen --python $(PYTHON)
	@touch $@

$(LIBRARIES): maps/package.json maps/package-lock.json maps/install_browser_libraries.py | $(INSTALLED)
	$(RUN)/python maps/install_browser_libraries.py
	@touch $@
