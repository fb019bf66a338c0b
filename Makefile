# Everything a person types. `make` alone shows it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The first that really runs: a version manager puts a python3.12 on the path that only says it is not installed.
PYTHON ?= $(firstword $(foreach python,python3.12 python3.11 python3,\
	$(shell $(python) -c 'print("$(python)")' 2>/dev/null)))
BIN := .venv/bin
UV := $(BIN)/uv pip --quiet
LANDING ?=
WAREHOUSE ?=
PORT ?= 8080

# An Airflow of this folder's own; what else is set for it stands in src/tokenworth_airflow/local.py.
export AIRFLOW_HOME := $(CURDIR)/.airflow
# Nothing phones home.
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED := False
export DBT_SEND_ANONYMOUS_USAGE_STATS := False
export GX_ANALYTICS_ENABLED := False

help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready ## build the environment in .venv, with .venv/bin/tokenworth

.venv/.ready: pyproject.toml requirements/dev.txt
	@echo "building the environment in .venv with $(PYTHON) (a minute on a fresh machine)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or 3.12 is needed: make PYTHON=path/to/python3.11") if sys.version_info[:2] not in ((3, 11), (3, 12)) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@# Compiled here, once: where Python may not write what it compiles, every start would do it again, for seconds.
	@$(UV) sync --python $(BIN)/python --compile-bytecode --require-hashes requirements/dev.txt
	@$(UV) install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## run the DAGs over an invented organisation, or your own: LANDING=path WAREHOUSE=path
	@$(BIN)/python -m tokenworth_airflow.local run --landing "$(LANDING)" --warehouse "$(WAREHOUSE)"

airflow: setup ## start Airflow with the DAGs on this machine, until Ctrl-C; also LANDING, WAREHOUSE, PORT
	@$(BIN)/python -m tokenworth_airflow.local serve --landing "$(LANDING)" --warehouse "$(WAREHOUSE)" --port "$(PORT)"

test: setup ## run all tests
	@$(BIN)/pytest

nightly: setup ## run all tests, and what takes long: hundreds of kills, fuzzing (FUZZ_MINUTES=1 for less)
	@$(BIN)/pytest -m "nightly or not nightly"

lint: setup ## check style, types, SQL and imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd dbt_project && TOKENWORTH_DBT_DATABASE=:memory: ../$(BIN)/sqlfluff lint models tests --disable-progress-bar --processes 2

format: setup ## bring the code into style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup ## resolve the requirement files anew from pyproject.toml
	@for group in core airflow dev; do \
		case $$group in core) groups="";; airflow) groups="--group airflow";; dev) groups="--group airflow --group dev";; esac; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			$$groups pyproject.toml --output-file requirements/$$group.txt; \
	done
	@echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - --output-file requirements/uv.txt

clean: ## remove the environment and what runs left in this folder
	@rm -rf .venv .airflow landing landing-truth warehouse .pytest_cache .mypy_cache .ruff_cache

.PHONY: help setup run airflow test nightly lint format lock clean
