# Every target makes its own virtual environment and installs what it needs.
#   PYTHON=/path/to/python3.12   the interpreter to make it from (default: the first usable of CANDIDATES)
#   VENV=.venv-3.12              where to make it
#   ARGS="--once"                passed on to the command that the target runs

VENV ?= .venv
PYTHON ?=
ARGS ?=

CANDIDATES = python3.13 python3.12 python3.11 python3
BIN = $(VENV)/bin
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Run, not only found: a version manager's stand-in may exist and fail. ensurepip, because Debian's python3
# comes without it, and then makes no environment.
USABLE = import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: help demo test lint bench clean
.DEFAULT_GOAL := help

help: ## show this list
	@echo 'Targets (pass arguments on with ARGS="..."):'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed-all ## ask Asta's five source systems and show the merged overview (ARGS="--once")
	@$(BIN)/riv-careplans demo $(ARGS)

test: $(VENV)/.installed-test ## run the tests (ARGS="-k merge")
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

lint: $(VENV)/.installed-test ## check style, format, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/.installed-all ## measure reading, writing, fan-out, producer, outbox and validation
	@$(BIN)/python bench/run.py $(ARGS)

clean: ## remove the environments, caches and built packages
	rm -rf $(VENV) .venv-3.* dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find riv_careplans tests examples bench -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: installed again only when what is asked for has changed.
$(VENV)/.installed-all: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing riv-careplans into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[all]'
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing riv-careplans and its test tools into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[all,test]'
	@touch $(VENV)/.installed-all $@

$(BIN)/python:
	@python=; \
	for candidate in $(or $(PYTHON),$(CANDIDATES)); do \
	  if "$$candidate" -c '$(USABLE)' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "None of these is a working Python 3.11, 3.12 or 3.13 with venv: $(or $(PYTHON),$(CANDIDATES));" \
	    "install one, or name it with PYTHON=/path/to/python3.12." >&2; \
	  exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version) ..."; \
	"$$python" -m venv --clear $(VENV)
