# Two commands matter:   make        set up, check every record, build the site into build/html
#                        make test   run the tests of the program
# Everything they need goes into .venv; nothing outside this folder is touched.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -I -m pip --disable-pip-version-check --quiet

# Two stamps: what the lock file says is installed, and this checkout is installed on top of it.
LOCKED := $(VENV)/.locked
READY  := $(VENV)/.ready

# A virtual environment knows its own address and its Python. If this folder was moved, or that Python is gone, make it anew.
STALE := $(shell test -x $(BIN)/python && grep -qxF "$$(pwd -P)" $(LOCKED) 2>/dev/null || echo stale)

# The tests start the program hundreds of times: what Python compiled once must be kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all setup check site serve demo test lint wheel lock clean help stale

all: check site  ## set up, check every record, build the site (the same as plain `make`)
	@! grep -qs '^# Fernwater does not exist' playbook/team.yaml || echo 'These records are the demonstration, warnings included: "$(BIN)/salesops init ../our-sales" begins your own.'

setup: $(READY)  ## create .venv with the exact versions from requirements.lock

check: $(READY)  ## check every record
	@$(BIN)/salesops check

site: $(READY) check  ## check, then build the site into build/html
	@$(BIN)/salesops site

serve: $(READY)  ## show the site on this computer, rebuilt whenever a record is saved
	@$(BIN)/salesops serve

demo: $(READY)  ## write eighteen months of the records, commit by commit, into build/demo: a history to explore
	@$(BIN)/python -I tests/demonstration.py

test: $(READY)  ## run the tests; more for pytest in ARGS, as in make test ARGS="-k renewal"; the long proofs with ARGS="-m proof"
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(READY)  ## style, types, and the safety of the workflows
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/zizmor --offline --quiet --persona auditor .github salesops/setup/starter/.github action.yml

wheel: $(READY)  ## build the program as one file into build/dist, to install it on another computer
	@$(BIN)/python -I -m hatchling build -t wheel -d build/dist

clean:  ## remove what was built, and .venv
	rm -rf build $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "  %-12s %s\n", $$1, $$2}'

$(LOCKED): requirements.lock $(if $(STALE),stale)
	@$(PYTHON) -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  found=$$($(PYTHON) --version 2>/dev/null) || found='no Python at all'; \
	  echo; \
	  echo "salesops needs Python 3.11 or newer, and \"$(PYTHON)\" is $$found."; \
	  echo 'If a newer one is installed, name it:   make PYTHON=python3.12'; \
	  echo; \
	  exit 1; } >&2
	@echo 'Setting up $(VENV) from requirements.lock. This takes 20 s to 2 min, and only now and then.'
	@$(PYTHON) -I -m venv --clear $(VENV)
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@pwd -P > $@

# pip cannot take the hash of a folder, so the checkout comes second. Its build backend is in the lock: nothing else is downloaded.
$(READY): $(LOCKED) pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(PIP) check || { echo 'requirements.lock does not fit pyproject.toml any more: run make lock, then make again.' >&2; exit 1; }
	@touch $@

# uv sits in a corner of its own under build/, so that the same version writes the lock for everybody.
# One lock serves every system and every Python from 3.11 on, and holds hashes but no addresses.
UV_VERSION := 0.13.8
UV         ?= build/uv/bin/uv
UPGRADE    ?=
STARTER    := salesops/setup/starter/requirements.lock

lock: $(UV)  ## write requirements.lock anew from pyproject.toml; newest versions with UPGRADE=--upgrade
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --group dev $(UPGRADE) \
	  --output-file requirements.lock pyproject.toml
	@head -n 1 $(STARTER) > build/starter.lock  # the comment at its top stays
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --constraint requirements.lock pyproject.toml >> build/starter.lock
	@mv build/starter.lock $(STARTER)
	@! grep -n '://' requirements.lock $(STARTER) || { echo 'requirements.lock must not hold addresses.' >&2; exit 1; }

build/uv/bin/uv:
	@$(PYTHON) -I -m venv --clear build/uv
	@build/uv/bin/python -I -m pip --disable-pip-version-check --quiet install uv==$(UV_VERSION)
