# Everything a person or a machine runs. `make test` is what .ci/run calls.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Drawn examples are few and the same on every run; a plain `pytest` draws new ones.
export HYPOTHESIS_PROFILE ?= ci

# Tests start the program many times; compiled once it starts faster, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo check check-static check-tests test coverage docs bench lock format clean
.DEFAULT_GOAL := help

help:
	@echo "make setup   virtual environment from requirements.lock"
	@echo "make demo    run the example study into demo-report/"
	@echo "make check   style, types, room borders, tests: under two minutes"
	@echo "make test    check, long tests, and the built wheel without development packages"
	@echo "make coverage  every line and branch from protocol to summary must run in a test"
	@echo "make docs    run the code blocks of the documentation"
	@echo "make bench   run the benchmarks"
	@echo "make format  rewrite the layout of the code"
	@echo "make lock    rebuild requirements.lock (needs uv)"

setup: $(STAMP)

PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

# The stamp names its inputs: a second `make setup` does nothing until one of them changes. pyspark comes as source; what
# builds it is locked too and goes in first, because a build of its own would fetch tools that no hash vouches for.
$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	awk '/^[a-z0-9]/ { tool = /^setuptools==/ } tool' requirements.lock > $(VENV)/build.lock
	$(PIP) --require-hashes -r $(VENV)/build.lock
	$(PIP) --require-hashes --no-build-isolation --use-pep517 -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --no-index --editable .
	touch $@

# Test processes at once. Those of one file, and all that need Spark, stay in one of them: tests/conftest.py spreads them.
WORKERS ?= 2
SPREAD := -n $(WORKERS) --dist loadgroup

demo: setup
	$(BIN)/caseseries demo --out demo-report

check: check-static check-tests

check-static: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-cache

check-tests: setup
	$(BIN)/python -m pytest -q $(SPREAD) -m "not slow" --doctest-modules src tests

test: check-static
	$(BIN)/python -m pytest $(SPREAD) --doctest-modules src tests

# The rooms between a protocol and its numbers, and the tests that are about them; docs/coverage.md says what is left out.
COVERED := engine protocol chart form verdict reference cohort assessment response safety summary
COVERED_BY := chart cli engine form protocol published reference safety source spec study summary verdict
comma := ,
empty :=
space := $(empty) $(empty)

coverage: setup
	$(BIN)/python -m pytest -q $(SPREAD) -m "not slow" --cov=caseseries --cov-branch --cov-report= \
		--doctest-modules $(COVERED_BY:%=tests/%) src
	$(BIN)/python -m coverage report --show-missing --skip-covered --fail-under=100 \
		--include=$(subst $(space),$(comma),$(patsubst %,src/caseseries/%/*,$(COVERED))),src/caseseries/errors.py

docs: setup
	$(BIN)/python -m pytest -q tests/docs

bench: setup
	@set -e; for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

format: setup
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

# The lock names packages and hashes only; no address of a registry may enter it (tests/repository checks).
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -o requirements.lock

clean:
	rm -rf $(VENV) dist demo-report demo-report-study .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
