# Two commands do everything: `make run` starts the platform, `make test` proves it. The rest is for developers.

VENV := .venv
PY := $(VENV)/bin/python
PIP_FLAGS := --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run test setup setup-dev lint types imports check test-postgres test-browser test-slow soak bench lock clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: setup ## Set up and start the platform on 127.0.0.1:8000 with paper money
	@exec $(PY) manage.py run

test: setup setup-dev ## Set up and run the tests
	$(PY) -m pytest -n 2 -m "not slow and not browser and not postgres"

setup: $(VENV)/.base node_modules/.vendor/.done ## Make the environment and bring what the platform needs

setup-dev: $(VENV)/.dev

$(VENV)/bin/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making a virtual environment in $(VENV) with $$python"; \
	    $$python -m venv $(VENV) && exit 0; \
	  fi; \
	done; echo "Python 3.11 or newer is needed. Install it, or name it: make run PYTHON=/path/to/python3" >&2; exit 1

$(VENV)/.base: requirements/base.txt | $(VENV)/bin/python
	@echo "Installing what the platform needs (a few minutes the first time)"
	@$(PY) -m pip install $(PIP_FLAGS) -r requirements/base.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@echo "Installing what the tests need"
	@$(PY) -m pip install $(PIP_FLAGS) -r requirements/dev.txt
	@touch $@

node_modules/.vendor/.done: package.json package-lock.json autotrader/frontend.py | $(VENV)/.base
	@command -v npm >/dev/null 2>&1 || $(PY) -m pip install $(PIP_FLAGS) -r requirements/node.txt
	@$(PY) manage.py install_frontend
	@touch $@

lint: setup-dev ## Style and spelling of the code
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup-dev ## Types
	$(PY) -m mypy autotrader trading ai health evaluation dashboard

imports: setup-dev ## The floors hold
	$(VENV)/bin/lint-imports

check: lint types imports ## All checks that run no test

test-postgres: setup setup-dev ## The suite again on PostgreSQL (TEST_DATABASE_URL)
	DATABASE_URL=$${TEST_DATABASE_URL:-postgresql:///test} $(PY) -m pytest -n 2 -m "not slow and not browser"

test-browser: setup setup-dev ## Login, toggle and live update in headless Chromium
	$(PY) -m pytest -m browser tests

test-slow: setup setup-dev ## The long tests: whole recordings, every kill point
	$(PY) -m pytest -n 2 -m slow tests

soak: setup setup-dev ## 1,000 rounds of kill -9 under load
	$(PY) -m tests.soak --rounds 1000

bench: setup setup-dev ## Benchmarks, one JSON file
	@mkdir -p var
	$(PY) -m tests.benchmarks --out var/bench.json

lock: setup-dev ## Resolve the requirements again (needs uv)
	cd requirements && for name in base dev node; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $$name.in -o $$name.txt; done

clean: ## Remove the environment and front-end packages; keeps var/ with your data
	rm -rf $(VENV) node_modules
