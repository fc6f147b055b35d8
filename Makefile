# Two commands do everything: `make demo` and `make test`. Both set up what they need in .venv, from lock files with
# hashes; they need nothing but Python 3.11 or newer and make.

# The first of these that runs and is new enough; a version manager's shim may be there without its version.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON := $(shell for name in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
  if $$name -c '$(FITS)' 2>/dev/null; then command -v $$name; break; fi; done)
VENV := .venv
RUN := $(VENV)/bin
PIP := install --quiet --disable-pip-version-check --require-hashes
WORKERS ?= 3
KILLS := tests/survival tests/playground/test_trouble.py
REFEREE := uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
  --no-emit-find-links --no-build --python-version 3.11

.PHONY: demo test check tests coverage replay referee lab lab-part recordings survival survival-part bench golden page pictures event lock clean

# ARGS='--no-browser --port 8000' and the like go to `diagnose demo`.
demo: $(VENV)/run
	@$(RUN)/diagnose demo $(ARGS)

test: check tests replay

check: $(VENV)/test
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports --verbose

# Those that kill processes and wait for others to go on are `make survival-part`. Three at a time on two cores, since
# many wait for a database or a browser; `WORKERS=8` for those who have more.
tests: $(VENV)/test
	$(RUN)/pytest --numprocesses $(WORKERS) --dist loadfile --durations 20 $(KILLS:%=--ignore %)

# The same tests with what they cover, branches too; it takes half as long again.
coverage: $(VENV)/test
	$(RUN)/pytest --numprocesses auto --dist loadfile $(KILLS:%=--ignore %) --cov --cov-report=term:skip-covered

# The recordings give the same bytes on every supported Python that the machine has.
replay: $(VENV)/test
	$(RUN)/python tools/replay_everywhere.py

# Real packages' migrations, run by their frameworks on a real PostgreSQL, against what is folded: about five minutes.
referee: $(VENV)/test .venv-referee/made
	$(RUN)/python -W ignore -m tests.schema.referee .venv-referee/bin/python

# Incidents made for real: every scenario, or SCENARIO=name; ARGS=--keep leaves the servers of one up for a look.
lab: $(VENV)/test
	$(RUN)/python -W ignore -m tests.lab $(SCENARIO) $(ARGS)

# The same without letting anything happen twice: what CI runs.
lab-part: $(VENV)/test
	$(RUN)/python -W ignore -m tests.lab --part

# Record the incidents of `diagnose demo` anew from the lab, then read the differences before you commit them.
recordings: $(VENV)/test
	$(RUN)/python -W ignore -m tests.lab --record

# What a killed process, a database that is gone or a Slack that refuses leaves of the runs: about half an hour.
survival: $(VENV)/test
	$(RUN)/python -W ignore -m tests.survival

# The same at fewer points, and its own tests: what CI runs.
survival-part: $(VENV)/test
	$(RUN)/pytest --numprocesses auto --dist loadfile $(KILLS)
	$(RUN)/python -W ignore -m tests.survival --part

bench: $(VENV)/test
	$(RUN)/python -m bench

# Build the workspace's page anew; only this needs Node. A test holds what is committed to what this gives.
page:
	npm ci --prefix page --ignore-scripts --no-audit --no-fund --loglevel=error
	npm run --prefix page build

# Take the pictures of docs/ anew, from the recorded incidents themselves; needs Chromium.
pictures: $(VENV)/test
	@$(RUN)/python -m tools.pictures

# Write the golden diagnoses and cards anew from their recordings; read the difference before you commit it.
golden: $(VENV)/test
	$(RUN)/python -m tests.cases.golden

# Make the real event anew: a Django application on a real PostgreSQL, through the real SDK.
event: $(VENV)/test
	$(RUN)/python -m tests.real.event

$(VENV)/bin/python:
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || \
	  { echo "diagnose needs Python 3.11, 3.12 or 3.13: install one, or name one with make PYTHON=…"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing: on Debian, install python3-venv"; exit 2; }

$(VENV)/run: requirements.lock $(VENV)/bin/python
	@echo "setting up in $(VENV) (once, about half a minute)"
	@$(RUN)/pip $(PIP) -r requirements.lock
	@$(RUN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/test: requirements-test.lock $(VENV)/run
	@echo "adding what the tests need (once, about a minute)"
	@$(RUN)/pip $(PIP) -r requirements-test.lock
	@touch $@

# Installed each without its dependencies: the lock names what the migrations need, and no more.
.venv-referee/made: requirements-referee.lock $(VENV)/bin/python
	@echo "fetching the packages of the referee into .venv-referee (once, about three minutes)"
	@$(RUN)/python -m venv .venv-referee
	@.venv-referee/bin/pip $(PIP) --no-deps --only-binary :all: -r requirements-referee.lock
	@touch $@

# Needs uv; the locks hold hashes and no addresses, and fit every supported Python and platform.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --extra install pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --extra install --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
	$(REFEREE) tests/schema/referee/packages.in > requirements-referee.lock
	$(REFEREE) --no-deps tests/schema/referee/alone.in >> requirements-referee.lock

clean:
	rm -rf $(VENV) .venv-* .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
