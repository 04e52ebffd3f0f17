# `make help` lists what there is. A bare clone needs Python 3.10 or later and nothing else, no compiler either.
# The environment is .venv; with PYTHON=python3.12 it is .venv-3.12, so several versions live side by side.

ifeq ($(origin PYTHON), undefined)
PYTHON := python3
VENV ?= .venv
else
VENV ?= .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
endif

BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PACKAGES := tracing_facade lint_plugin reference_server
SOURCES := $(PACKAGES) tracing_facade_pytest.py tests demo docs
WORKERS ?= 2
FUZZ_SECONDS ?= 20
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all bench load sanitize coverage lint format types contracts seal docs docs-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## create the environment and install everything, once

# The stamp is newer than pyproject.toml as long as the dependencies are what it asks for, and newer than the sources of
# the native engine as long as that is built from them.
$(INSTALLED): pyproject.toml setup.py $(wildcard tracing_facade/_engine/native/*.p[xy][xi])
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or later is needed, %s is %d.%d: run make with PYTHON=python3.12, for example" % ((sys.executable,) + sys.version_info[:2]))'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot create environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(INSTALLED) ## the whole product in under a minute
	$(BIN)/python -m demo.run

test: $(INSTALLED) ## run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

test-all: ## run the tests with every Python from 3.10 to 3.13 on this machine
	@set -e; for python in $$(.ci/interpreters); do echo "== $$python"; $(MAKE) --no-print-directory test PYTHON=$$python; done

bench: $(INSTALLED) ## measure both engines beside OpenTelemetry against their targets; BENCH_ARGS=--write refreshes the documentation
	$(BIN)/python -m tests.benchmarks $(BENCH_ARGS)

load: $(INSTALLED) ## the reference server under load, traced and not; LOAD_ARGS=--write refreshes the documentation; needs wrk
	$(BIN)/python -m tests.benchmarks.load $(LOAD_ARGS)

sanitize: $(INSTALLED) ## attack the native engine under sanitizers for FUZZ_SECONDS, 20 unless told
	VENV=$(VENV) .ci/sanitized $(FUZZ_SECONDS)

coverage: $(INSTALLED) ## run the tests and report the lines that none reaches
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest $(PYTEST_ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

lint: $(INSTALLED) ## ruff: style, names, complexity, docstrings, format
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

format: $(INSTALLED) ## let ruff rewrite what it can
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

types: $(INSTALLED) ## mypy --strict over everything
	$(BIN)/mypy

contracts: $(INSTALLED) ## import-linter: who may import whom
	$(BIN)/lint-imports

seal: $(INSTALLED) ## our own checker on our own tree, alone and inside flake8
	$(BIN)/tracing-lint check --strict
	$(BIN)/flake8 --isolated --select TRF $(PACKAGES) demo docs
	$(BIN)/tracing-lint spans check reference_server/spans.py --against tests/golden/reference_server_spans.yaml
	$(BIN)/tracing-lint spans golden reference_server/spans.py --check tests/golden/reference_server_spans.yaml

docs: $(INSTALLED) ## write the generated reference pages anew
	$(BIN)/python -m docs.generate

docs-check: $(INSTALLED) ## run the examples, follow the links, compare the generated pages
	$(BIN)/python -m docs.generate --check
	$(BIN)/python -m pytest -q tests/docs

clean: ## remove environments, caches and reports
	rm -rf .venv .venv-* build dist htmlcov .coverage* *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .tracing-lint-cache
