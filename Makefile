# Everything a person or a CI job runs. Each target makes its own virtual environment when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench chaos hostile storm kills coverage mutation lock wheel clean

help: ## what can be run here
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "making $(VENV); this happens once"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q syncengine
	@touch $(READY)

demo: $(READY) ## five fake dialers planned, applied and planned again
	@$(BIN)/syncengine demo

test: check ## style, types and all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(READY) ## style and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## rewrite code in the house style, and schemas/ from the models
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/syncengine schema --write schemas

bench: $(READY) ## measure startup, the demo's plan and 100,000 contacts
	@$(BIN)/python -m benchmarks

chaos: $(READY) ## kills, faults and signals, all of them (hours); SUITE=kills COUNT=100 for a part
	$(BIN)/python -m tests.chaos $(or $(SUITE),all) --workers 2 $(if $(COUNT),--count $(COUNT)) \
		$(if $(SEED),--seed $(SEED)) $(if $(PART),--part $(PART)) $(if $(LEDGER),--ledger $(LEDGER)) --append
	$(if $(SUITE),,for seed in 11 12 13 14 15 16 17 18; do WATCH_SEED=$$seed $(MAKE) kills KILLS=250 APPEND=1 || exit; done)
	$(if $(SUITE),,$(MAKE) storm APPEND=1)

hostile: $(READY) ## 1,020 hostile inputs and 45 redirects, each in a process of its own
	@$(BIN)/python -m tests.hostile

storm: $(READY) ## 50 storms of 10,000 file events over a watched folder; APPEND=1 keeps the figures
	STORM_SEEDS=50 STORM_EVENTS=10000 RESULTS_APPEND=$(APPEND) $(BIN)/python -m pytest tests/watch/test_storm.py

kills: $(READY) ## kill a watcher 200 times while it applies; KILLS= and WATCH_SEED= for others, APPEND=1 keeps the figures
	WATCH_KILLS=$(or $(KILLS),200) RESULTS_APPEND=$(APPEND) $(BIN)/python -m pytest tests/cli/test_watch_kills.py

# Some tests measure time, which counting lines takes: whether tests pass is for `make test` to say.
coverage: $(READY) ## branches that the tests walk: all of the safety modules, 95 % of everything
	@rm -f .coverage .coverage.*
	-$(BIN)/python -m coverage run -m pytest -n 2 --dist loadgroup
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report --skip-covered --sort=cover --fail-under=95
	$(BIN)/python -m tests.chaos coverage

mutation: $(READY) ## change the safety modules spot by spot; their tests notice 95 % (an hour); ONLY='syncengine.engine.*'
	@$(PIP) install "mutmut>=3.8"
	$(BIN)/python -m tests.safety $(if $(ONLY),'$(ONLY)')

lock: $(READY) ## write requirements.lock anew from pyproject.toml
	$(PIP) install uv
	$(BIN)/python -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-annotate --output-file requirements.lock

wheel: $(READY) ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

clean: ## remove what the targets made
	rm -rf $(VENV) dist mutants .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
