# Headset. `make help` lists what there is; everything lives in .venv and data/.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --require-hashes --no-build-isolation --use-pep517
UV := $(shell command -v uv 2>/dev/null || echo $(VENV)/installer/bin/uv)
UV_INSTALL = UV_HTTP_TIMEOUT=$${UV_HTTP_TIMEOUT:-30} $(UV) pip install --quiet --python $(BIN)/python
BI := .venv-bi

# pip's own output is long; this counts packages instead. Its warnings go to a file (a mirror that
# is configured but away gives hundreds); errors stay visible.
QUIETLY = 2> >(tee -a $(VENV)/pip.log | grep -v '^WARNING' >&2)
COUNT = awk -v total=$$(grep -c '==' $(1)) \
	'/^Collecting / { n++; if (n % 20 == 0) { print "    " n " of " total " packages"; fflush() } } \
	 /^Installing collected/ { print "    unpacking"; fflush() }'

export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1

.PHONY: help run dev test campaign lint types bi test-bi lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## set up, simulate a small centre, run its nights, publish (minutes at first)
	@$(BIN)/headset demo

dev: $(VENV)/run.stamp ## open Dagster on the state that `make run` made
	@$(BIN)/headset dev

test: $(VENV)/dev.stamp ## set up and run all tests
	@$(BIN)/pytest

campaign: $(VENV)/dev.stamp ## every row of operators' mistakes, whole nights where they need one; prints the table
	@CAMPAIGN=whole $(BIN)/pytest -n 0 tests/campaign

lint: $(VENV)/dev.stamp ## style of Python and SQL, contracts and metric lock
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache | sed -n '/^A room/,$$p'
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project
	@$(BIN)/headset lint

types: $(VENV)/dev.stamp ## mypy, strict
	@$(BIN)/mypy

bi: $(BI)/stamp ## open dashboards (Superset, in an environment of its own) on what is published
	@HEADSET_HOME=$${HEADSET_HOME:-$(CURDIR)/data} $(BI)/bin/python -m bi.server

test-bi: $(BI)/stamp $(VENV)/dev.stamp ## the same for real: import, roles, ways out, pictures (needs chromium)
	@HEADSET_BI_PYTHON=$(CURDIR)/$(BI)/bin/python $(BIN)/pytest -n 0 tests/bi

lock: $(VENV)/dev.stamp ## resolve requirements*.in into the lock files
	@for name in requirements requirements-dev bi/requirements; do \
	  echo "==> $$name.lock"; \
	  $(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes \
	    --no-emit-index-url --no-header --python-version 3.11 --output-file $$name.lock $$name.in; \
	done

clean: ## remove the environment and all state in data/
	rm -rf $(VENV) $(BI) data build *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Headset needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "==> making an environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

BI_PIP = $(BI)/bin/python -m pip --disable-pip-version-check --no-input

# The build backend first, at its pinned version: the one source distribution in the lock is then
# built with it, and nothing unpinned is fetched. uv installs the same lock with the same hashes in
# a tenth of pip's time, so where the machine has none, pip fetches the one that the lock names. uv
# is told what pip is told of indexes and certificates; where it fails all the same, pip installs.
define install
	@echo "==> installing $$(grep -c '==' $(1)) pinned packages (half a minute with uv, else one to two minutes)"
	@$(call pinned,setuptools,$(1)) > $(VENV)/backend.txt
	@$(call with_uv,$(1)) || { echo "    uv could not ($(VENV)/uv.log); pip instead"; $(call with_pip,$(1)); }
endef

# A package's lines of a lock: its version and its hashes.
pinned = awk '/^$(1)==/ { found = 1 } found { print } found && !/\\$$/ { exit }' $(2)

# A setting of pip, from its variables or its files, as uv's variable.
as_pip = said=$$($(PIP) config get $(1) 2>/dev/null || $(PIP) config get $(2) 2>/dev/null || true); \
	[ -z "$$said" ] || export $(3)="$${$(3):-$$said}"

with_pip = $(PIP) install --quiet --require-hashes -r $(VENV)/backend.txt $(QUIETLY) && \
	$(INSTALL) -r $(1) $(QUIETLY) | $(call COUNT,$(1)) && \
	$(PIP) install --quiet --no-deps --no-build-isolation --editable . $(QUIETLY)

with_uv = { { [ -x "$(UV)" ] || { $(call pinned,uv,requirements-dev.lock) > $(VENV)/uv.txt && \
	$(PIP) install --quiet --require-hashes --no-deps --target $(VENV)/installer -r $(VENV)/uv.txt; }; } && \
	$(call as_pip,:env:.cert,global.cert,SSL_CERT_FILE) && \
	$(call as_pip,:env:.index-url,global.index-url,UV_DEFAULT_INDEX) && \
	$(call as_pip,:env:.find-links,global.find-links,UV_FIND_LINKS) && \
	$(UV_INSTALL) --require-hashes -r $(VENV)/backend.txt && \
	$(UV_INSTALL) --require-hashes --no-build-isolation -r $(1) && \
	$(UV_INSTALL) --no-deps --no-build-isolation --editable .; } 2> $(VENV)/uv.log

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/run.stamp

$(BI)/stamp: bi/requirements.lock
	@echo "==> making an environment for Superset in $(BI) (two to three minutes, 700 MB)"
	@$(PYTHON) -m venv $(BI)
	@$(call pinned,setuptools,bi/requirements.lock) > $(BI)/backend.txt
	@$(BI_PIP) install --quiet --require-hashes -r $(BI)/backend.txt 2> >(grep -v '^WARNING' >&2)
	@$(BI_PIP) install --require-hashes --no-build-isolation --use-pep517 -r bi/requirements.lock \
	  2> >(grep -v '^WARNING' >&2) | $(call COUNT,bi/requirements.lock)
	@touch $@
