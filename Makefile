# Needs make and Python 3.11 or later, nothing else. `make` alone lists what there is.

PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$candidate" && exit; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: bench-edi fuzz-edi help demo test check check-pyright check-others fix services services-down orders-under-faults bench bench-orders bench-freshness bench-day bench-vendor-week explain-page lock clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

demo: .venv/installed ## the whole house at work, with faults, in under two minutes
	$(BIN)/goodsout demo

test: .venv/installed ## every test; starts RabbitMQ and PostgreSQL itself; WORKERS=3, or 0 for one process
	$(BIN)/python -m pytest --numprocesses $(or $(WORKERS),3)

check: .venv/installed ## format, lint, types, import contracts; two at a time
	@$(MAKE) --no-print-directory --jobs 2 check-pyright check-others

check-pyright:
	$(BIN)/pyright

check-others:
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy

fix: .venv/installed ## format, and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

services: .venv/installed ## start RabbitMQ and PostgreSQL and leave them running, so that tests begin at once
	$(BIN)/python -m tests.services up

services-down: .venv/installed ## stop them and throw their data away
	$(BIN)/python -m tests.services down

orders-under-faults: .venv/installed ## 5,000 orders while everything goes wrong; FAULTS_SEED=number, ORDERS_UNDER_FAULTS=how many, FAULTS_REPLICAS=how many daemons
	ORDERS_UNDER_FAULTS="$${ORDERS_UNDER_FAULTS:-5000}" $(BIN)/python -m pytest -s tests/journeys/test_orders_under_faults.py

bench: .venv/installed ## speed and memory; the last line holds the figures
	$(BIN)/python -m tests.bench

bench-orders: .venv/installed ## orders from the channel's poll to the warehouse's request, with a million stored
	$(BIN)/python -m tests.bench.orders

bench-edi: .venv/installed ## X12 read to purchase orders, and the memory of one of 100,000 lines
	$(BIN)/python -m tests.bench.edi

fuzz-edi: .venv/fuzz/installed ## each EDI decoder under a coverage-guided fuzzer; MINUTES=10
	for decoder in x12 edifact; do \
		PYTHONPATH=.:$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
		.venv/fuzz/bin/python -m tests.edi.fuzz $$decoder --minutes $(or $(MINUTES),10) || exit 1; done

bench-day: .venv/installed ## 24 hours of a real shop on a fast clock; draws docs/pictures/day.svg; TRACE=folder
	$(BIN)/python -m tests.bench.day

bench-vendor-week: .venv/installed ## a retailer's week of 2,000 purchase orders on a fast clock; draws docs/pictures/vendor-week.svg
	$(BIN)/python -m tests.bench.vendor_week

explain-page: .venv/installed ## print the story in docs/explain.md anew
	$(BIN)/python -m tests.manual

bench-freshness: .venv/installed ## how true the channel is by each way of choosing what to send; TRACE=folder of day files
	$(BIN)/python -m tests.bench.freshness --trace "$(TRACE)"

lock: .venv/tools/installed ## write both locks anew from pyproject.toml, newest versions
	$(BIN)/python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); \
		print(*p['project']['dependencies'], *p['dependency-groups']['dev'], \
		*p['build-system']['requires'], 'editables', sep='\n')" > .venv/requirements.in
	.venv/tools/bin/pip-compile --upgrade --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
		--no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock .venv/requirements.in
	$(BIN)/python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); \
		print(*p['project']['dependencies'], sep='\n')" > .venv/runtime.in
	.venv/tools/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
		--no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--constraint requirements.lock --output-file requirements-runtime.lock .venv/runtime.in

clean: ## remove what was built here (not the demo's data)
	@if [ -d .services ] && [ -x $(BIN)/python ]; then $(BIN)/python -m tests.services down; fi
	rm -rf .venv .services dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later was not found. Install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11. Name a newer one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments. Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "making .venv"; $(PYTHON) -m venv --clear .venv; }
	@echo "installing what requirements.lock names"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/fuzz/installed: .venv/installed requirements-fuzz.lock
	@$(BIN)/python -m venv .venv/fuzz
	@.venv/fuzz/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-fuzz.lock
	@touch $@

.venv/tools/installed: .venv/installed
	@$(BIN)/python -m venv .venv/tools
	@.venv/tools/bin/python -m pip --disable-pip-version-check --quiet install pip-tools
	@touch $@
