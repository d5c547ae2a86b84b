# `make run` starts a server, `make test` is the whole gate, `make bench` measures.
# Each makes what it needs (a virtual environment in .venv) and can be repeated.

PYTHON ?= python3
PORT ?= 8400
WORKERS ?= 2
FUZZ_INPUTS ?= 150000
DATA ?= ./chat-data
BIN := .venv/bin

.PHONY: run test lint types floors tests fuzz bench curves format clean help
.DEFAULT_GOAL := help

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run: .venv/.run ## start a server on http://127.0.0.1:8400
	@exec $(BIN)/chatd serve --data $(DATA) --port $(PORT)

test: lint types floors tests ## the whole gate: lint, types, floors, tests

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.dev
	$(BIN)/mypy

floors: .venv/.dev
	$(BIN)/lint-imports

tests: .venv/.dev # the tests of a file stay together and share its servers
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

fuzz: .venv/.dev ## a million inputs and more, for the night; the gate makes what fits into half a minute
	FUZZ_SECONDS=0 FUZZ_INPUTS=$(FUZZ_INPUTS) \
	  $(BIN)/pytest -n $(WORKERS) --dist load --timeout 7200 tests/fuzz

bench: .venv/.bench ## measure speed and size, beside a socket.io server when Node is there
	$(BIN)/python -m bench

curves: .venv/.bench ## draw what acts cost as rooms, people and messages grow, into docs/curves
	$(BIN)/python -m bench curves --svg docs/curves

format: .venv/.dev ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what make made; chat-data stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "chatd needs Python 3.11 or later as '$(PYTHON)'; name another one with: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || echo "making a virtual environment in .venv …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "installing chatd and its libraries into .venv; the first time takes half a minute …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off --editable '.[graphql]'
	@touch $@

.venv/.dev: .venv/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

.venv/.bench: .venv/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@
