# Everything a person or a machine runs. `make test` is what .ci/run calls.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUNNING := $(VENV)/.running
DEVELOPING := $(VENV)/.developing
DOCUMENTING := $(VENV)/.documenting
# Drawn examples are few and the same on every run; a plain `pytest` draws new ones.
export HYPOTHESIS_PROFILE ?= ci

# Tests start the program many times; compiled once it starts faster, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo check check-static check-tests test long measure golden coverage manual site docs bench release lock format clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    set up what running needs, run the example study into demo-report/"
	@echo "make setup   what development needs as well, from requirements.lock and requirements-dev.lock"
	@echo "make check   style, types, room borders, and the tests that take seconds"
	@echo "make test    check, slow tests, and the built wheel without development packages"
	@echo "make long    the tests that take minutes: many drawn studies and charts, Spark, fresh installations"
	@echo "make measure which tests make test leaves to make long because they last"
	@echo "make golden  write the kept words of the example's report anew; git diff shows what changed"
	@echo "make coverage  how much of each room the tests run; from protocol to summary it must be every line and branch"
	@echo "make manual  print docs/rules and docs/definitions anew from the specs in tests/spec"
	@echo "make site    the manual as pages for a browser, in build/manual/site, with the reports of the examples"
	@echo "make docs    print the manual, run the code blocks of the documentation"
	@echo "make bench   run the benchmarks"
	@echo "make release check that this can be released, and build it into dist/; sends nothing"
	@echo "make format  rewrite the layout of the code"
	@echo "make lock    rebuild the locks (needs uv)"

# Nothing is resolved here: every package, at its version and with its hash, stands in a lock. `--no-deps` because pip would
# otherwise look beyond the lock for whatever a package or one of its extras names (tests/repository/test_locks.py holds that
# the locks leave nothing out), `--only-binary` because nobody should need a compiler.
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps
LOCKED := $(PIP) --require-hashes
OLD := caseseries needs Python 3.11 or newer; name it so: make PYTHON=python3.12

setup: $(RUNNING) $(DEVELOPING)

# A stamp names its inputs: a second `make demo` installs nothing until one of them changes.
$(RUNNING): requirements.lock pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit("$(OLD)" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(LOCKED) --only-binary=:all: -r requirements.lock
	$(PIP) --no-build-isolation --no-index --editable .
	touch $@

# pyspark comes as source; what builds it is locked too and goes in first, because a build of its own would fetch tools that
# no hash vouches for.
$(DEVELOPING): $(RUNNING) requirements-dev.lock
	awk '/^[a-z0-9]/ { tool = /^setuptools==/ } tool' requirements-dev.lock > $(VENV)/build.lock
	$(LOCKED) --only-binary=:all: -r $(VENV)/build.lock
	$(LOCKED) --only-binary=:all: --no-binary=pyspark --no-build-isolation --use-pep517 -r requirements-dev.lock
	touch $@

# Test processes at once. Those of one file, and all that need Spark, stay in one of them: tests/conftest.py spreads them.
WORKERS ?= 2
SPREAD := -n $(WORKERS) --dist loadgroup

demo: $(RUNNING)
	$(BIN)/caseseries demo --out demo-report

check: check-static check-tests

check-static: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-cache

check-tests: setup
	$(BIN)/python -m pytest -q $(SPREAD) -m "not slow and not long" --doctest-modules src tests

test: check-static
	$(BIN)/python -m pytest $(SPREAD) -m "not long" --doctest-modules src tests

# What `make test` leaves out, so that it stays one that is run before every commit. `make long PART=2/3` runs the second of three
# parts of it: CI runs one of them each day, beside `make test`.
long: setup
	PART=$(PART) $(BIN)/python -m pytest $(SPREAD) -m long tests

# Writes tests/lasting.txt anew: which tests `make test` leaves to `make long` because they last.
measure: setup
	MEASURE=yes $(BIN)/python -m pytest -q $(SPREAD) -m "not long" tests --junitxml=$(VENV)/measured.xml
	$(BIN)/python -m tools.lasting $(VENV)/measured.xml

golden: setup
	REWRITE_GOLDEN=yes $(BIN)/python -m pytest -q tests/published/test_published_report.py

# Every test and every room; docs/coverage.md says what is left out. From protocol to summary every line and branch must run.
COVERED := engine protocol chart form verdict reference cohort assessment response safety summary
comma := ,
empty :=
space := $(empty) $(empty)
within = --include=$(subst $(space),$(comma),$(patsubst %,src/caseseries/%/*,$(1)))
REPORTED := $(BIN)/python -m coverage report

coverage: setup
	$(BIN)/python -m pytest -q $(SPREAD) --cov=caseseries --cov-branch --cov-report= --doctest-modules src tests
	@for room in src/caseseries/*/; do room=$$(basename $$room); \
		ls src/caseseries/$$room/*.py >/dev/null 2>&1 || continue; \
		printf '%-12s %s %%\n' $$room "$$($(REPORTED) --precision=1 --format=total "--include=src/caseseries/$$room/*")"; done
	$(REPORTED) --show-missing --skip-covered --fail-under=100 $(call within,$(COVERED)),src/caseseries/errors.py

# Seconds; tests/docs/test_manual.py holds that the pages are those that it prints.
manual: setup
	$(BIN)/python -m tools.manual

# What builds the pages goes in beside the rest, from a lock of its own; with it installed nothing needs a network.
$(DOCUMENTING): $(RUNNING) requirements-docs.lock
	$(LOCKED) --only-binary=:all: -r requirements-docs.lock
	touch $@

site: $(DOCUMENTING)
	$(BIN)/python -m tools.manual_site build/manual
	$(BIN)/python -m tools.links build/manual/site

docs: manual
	$(BIN)/python -m pytest -q tests/docs

bench: setup
	@set -e; for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

# Refuses until versions, changelog, citation and locks agree and everything is committed; docs/release.md has the rest.
release: setup
	$(BIN)/python -m tools.release

format: setup
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

# The locks name packages and hashes only; no address of a registry may enter them. The second and the third hold what the first does
# not: developing, and building the manual as pages, need the first as well, and no version can differ between any of them.
COMPILE_GROUP := uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header
COMPILE := $(COMPILE_GROUP) pyproject.toml --group build

lock:
	$(COMPILE) --upgrade --output-file requirements.lock
	$(COMPILE) --all-extras --group dev --constraints requirements.lock --upgrade --output-file $(VENV)/all.lock
	{ echo "-r requirements.lock"; awk 'NR == FNR { if (/^[a-z0-9]/) have[$$0]; next } /^[a-z0-9]/ { new = !($$0 in have) } new' \
		requirements.lock $(VENV)/all.lock; } > requirements-dev.lock
	cat requirements.lock requirements-dev.lock | grep -v '^-r' > $(VENV)/all.lock
	$(COMPILE_GROUP) --group docs --constraints $(VENV)/all.lock --upgrade --output-file $(VENV)/docs.lock
	{ echo "-r requirements.lock"; awk 'NR == FNR { if (/^[a-z0-9]/) have[$$0]; next } /^[a-z0-9]/ { new = !($$0 in have) } new' \
		requirements.lock $(VENV)/docs.lock; } > requirements-docs.lock

clean:
	rm -rf $(VENV) build dist demo-report demo-report-study .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
