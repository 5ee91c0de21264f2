# Every target sets up what it needs in ./.venv and touches nothing outside this folder.
# Only Python 3.11 or newer and make are asked of the machine; all packages come as wheels.
#
# All paths are relative to this folder, so that spaces in its name do no harm.

TRIAL     = park2023_hacs
PEOPLE    = 60
UNIVERSES = 4
SEED      = 1
OUT       = demo-report

# Set PYTHON=/path/to/python to choose one; otherwise the newest suitable one is looked for.
PYTHON =
PIP    = .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input
RUN    = .venv/bin/python -m

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test gate-fast checks bench clean distclean

help:
	@echo 'virtualskin: what make can do'
	@echo '  make demo       simulate a published trial and write a report (options: PEOPLE=$(PEOPLE)'
	@echo '                  UNIVERSES=$(UNIVERSES) SEED=$(SEED) TRIAL=$(TRIAL) OUT=$(OUT))'
	@echo '  make test       the whole gate: style, floors, types, spelling, every test'
	@echo '  make gate-fast  the same without the slow tests'
	@echo '  make bench      run every benchmark in benchmarks/'
	@echo '  make clean      remove reports, caches and builds; make distclean removes .venv too'
	@echo 'The first run makes .venv here; PYTHON=/path/to/python chooses the interpreter.'

# ------------------------------------------------------------------------------- environment
# `python -m venv` is tried out, not only looked for: some systems ship it in a package of its own.
define FIND_PYTHON
for candidate in "$(PYTHON)" python3.13 python3.12 python3.11 python3 python; do \
  [ -n "$$candidate" ] || continue; \
  if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
      >/dev/null 2>&1; then found="$$candidate"; break; fi; \
  if [ "$$candidate" = "$(PYTHON)" ]; then break; fi; \
done; \
if [ -z "$$found" ]; then \
  echo 'virtualskin needs Python 3.11 or newer with its venv module, and found none.' >&2; \
  echo 'Install one (on Debian and Ubuntu: python3 and python3-venv), or name one: make PYTHON=/path/to/python' >&2; \
  exit 1; \
fi
endef

.venv/.made:
	@if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then \
	  found=; $(FIND_PYTHON); \
	  echo "Making .venv with $$("$$found" --version) ..."; \
	  "$$found" -m venv --clear .venv; \
	fi
	@touch .venv/.made

# Stamps are keyed on pyproject.toml: changed requirements are installed at the next run.
.venv/.ready-demo: .venv/.made pyproject.toml
	@echo 'Installing virtualskin and its libraries into .venv (about a minute the first time) ...'
	@$(PIP) install --only-binary :all: --editable .
	@touch $@

.venv/.ready-test: .venv/.made pyproject.toml
	@echo 'Installing virtualskin, its libraries and the test tools into .venv (about a minute the first time) ...'
	@$(PIP) install --only-binary :all: --editable '.[test]'
	@touch $@ .venv/.ready-demo

# --------------------------------------------------------------------------------- main jobs
demo: .venv/.ready-demo
	@.venv/bin/virtualskin trial run $(TRIAL) \
	  --people $(PEOPLE) --universes $(UNIVERSES) --seed $(SEED) --backend population --out '$(OUT)'
	@echo 'The report is in $(OUT):'
	@find '$(OUT)' -name '*.html' -print

checks: .venv/.ready-test
	$(RUN) ruff check
	$(RUN) ruff format --check
	.venv/bin/lint-imports
	$(RUN) basedpyright
	$(RUN) codespell_lib

# Tests marked slow are put last by conftest.py, within one pytest run whose last line counts all.
test: checks
	$(RUN) pytest

gate-fast: checks
	$(RUN) pytest -m 'not slow'

bench: .venv/.ready-demo
	@for script in benchmarks/bench_*.py; do \
	  echo "== $$script"; .venv/bin/python "$$script" || exit 1; \
	done

clean:
	rm -rf demo-report build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
