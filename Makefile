# Two lines for a newcomer:
#   make lab     makes the environment and opens the course in JupyterLab
#   make test    makes the environment and runs everything that CI runs
# Everything lands in .venv; `make clean` removes it. PYTHON=... and VENV=... choose others.

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; \
	then echo $$name; break; fi; done)
WORKERS ?= auto
TESTS ?=

.PHONY: help lab test quick build check style clean

help:
	@sed -n 's/^#   //p' $(MAKEFILE_LIST); \
	echo "make quick   the tests without browsers and whole notebooks"; \
	echo "make build   solutions/*.py into the notebooks of lessons/"; \
	echo "make check   says whether lessons/ is what solutions/ gives"; \
	echo "make style   the linter's opinion"; \
	echo "make clean   removes .venv and everything that was built, not your own work"

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
	echo "This course needs Python 3.11 to 3.14: install one, or say make PYTHON=/its/path." >&2; \
	exit 2; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "Python's venv module is missing: on Debian or Ubuntu, apt install python3-venv." >&2; \
	exit 2; }
	@echo "Making the environment in $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)

# The stamps stand for what is installed; they are older than pyproject.toml when that changes.
$(VENV)/.lab: pyproject.toml | $(BIN)/python
	@echo "Installing the course ..."
	@$(PIP) install --editable '.[instructor]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "Installing the course and what its tests need ..."
	@$(PIP) install --editable '.[dev]'
	@$(PIP) install --editable '.[torch]' || { \
	echo "PyTorch is not to be had here: the tests that compare with it are left out." >&2; \
	[ -z "$$BP_REQUIRE_ALL" ]; }
	@touch $@ $(VENV)/.lab

lab: $(VENV)/.lab
	@$(BIN)/bp lab $(LESSON)

test: $(VENV)/.dev
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

quick: $(VENV)/.dev
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) \
	-m 'not (slow or browser or e2e)' $(TESTS)

build: $(VENV)/.dev
	@$(BIN)/bp build $(LESSON)

check: $(VENV)/.dev
	@$(BIN)/bp build --check

style: $(VENV)/.dev
	@$(BIN)/ruff check .

clean:
	rm -rf $(VENV) build dist *.egg-info _site .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
