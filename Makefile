# Everyday commands; `make help` lists them. Everything is installed into .venv, nothing elsewhere.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := .demo

.PHONY: help demo test generate drift lint types check spec docs bench fuzz dist clean

help:  ## list the commands; a star marks the everyday ones
	@awk -F ':[^#]*##' '/^[a-z]+:.*##/ { star = sub(/^\*/, "", $$2) ? "*" : " "; printf "%s %-10s%s\n", star, $$1, $$2 }' Makefile

demo: $(DEMO)/ready  ##* import a real score into a local Flat API and export it
	$(DEMO)/bin/python examples/demo.py demo-output

test: $(VENV)/ready  ##* run the whole test suite
	$(BIN)/python -m pytest

generate: $(VENV)/ready  ##* regenerate the SDK, its documentation and its tests from openapi.yaml
	$(BIN)/python -m generator

drift: $(VENV)/ready  ## fail when generated files differ from what the generator makes
	$(BIN)/python -m generator --check

lint: $(VENV)/ready  ## ruff: format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/ready  ## mypy --strict and pyright
	$(BIN)/mypy flat_api examples generator
	$(BIN)/pyright --pythonpath $(BIN)/python

spec: $(VENV)/ready  ## check openapi.yaml: valid, and every example fits its schema
	$(BIN)/python -m pytest test/test_contract.py

check: drift lint types  ##* drift, lint and types

docs: $(VENV)/ready  ##* build the browsable documentation into site/
	$(BIN)/python -m sphinx -W --keep-going -n -q -d build/doctrees docs site

bench: $(VENV)/ready  ## measure against raw urllib3 + json (needs nginx)
	$(BIN)/python -m bench

fuzz: $(VENV)/ready  ## send random requests to the sandbox with schemathesis
	$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	SCHEMATHESIS=1 $(BIN)/python -m pytest test/sandbox/test_sandbox_schemathesis.py

dist: $(VENV)/ready  ## build wheel and sdist into dist/
	rm -rf build/lib  # else modules of an earlier build get into the wheel
	$(BIN)/python -m build

clean:  ## remove everything that was made
	rm -rf $(VENV) $(DEMO) build dist site demo-output *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/ready: pyproject.toml requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(DEMO)/ready: pyproject.toml requirements.txt
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --editable '.[sandbox]'
	touch $@
