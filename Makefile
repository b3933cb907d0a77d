# One command each, on a machine with only Python 3.11+, make and a package registry.
#   make demo    plan right-bank Kherson, certify it, write the report to out/kherson/
#   make test    every test
#   make bench   ours against its peers; writes docs/benchmarks.md
#   make lint    style, types, and the rooms' import rules
#   make docs    the manual, to docs/_build/html

SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
# uv is taken where it is installed, else put beside the project by pip.
UV ?= $(shell command -v uv || echo .tools/bin/uv)
export UV_PYTHON_DOWNLOADS := never
# Set by some images; numba and Python would then compile everything anew at each start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test bench lint docs scenarios scenarios-check clean
.DELETE_ON_ERROR:

demo: .venv/ready
	.venv/bin/farshore demo

test: .venv/ready
	.venv/bin/python -m pytest -n auto --dist worksteal

bench: .venv/ready
	$(UV) sync --quiet --frozen --inexact --python $(PYTHON) --group peers
	.venv/bin/python -m benchmarks

lint: .venv/ready
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports

docs: .venv/ready
	$(UV) sync --quiet --frozen --inexact --python $(PYTHON) --group docs
	.venv/bin/python -m sphinx -W --keep-going -b html docs docs/_build/html

# Rebuild the shipped scenarios from their sources.
scenarios: .venv/ready
	$(UV) sync --quiet --frozen --inexact --python $(PYTHON) --group build
	.venv/bin/python scenarios/kherson/build.py

# The shipped scenarios are still what their build scripts make of their sources, byte for byte.
scenarios-check: .venv/ready
	$(UV) sync --quiet --frozen --inexact --python $(PYTHON) --group build
	.venv/bin/python scenarios/kherson/build.py --check

.venv/ready: pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found" >&2; exit 1; }
	@command -v "$(UV)" >/dev/null || { "$(PYTHON)" -m venv .tools && .tools/bin/python -m pip install --quiet uv; }
	$(UV) sync --quiet --frozen --inexact --python "$(PYTHON)"
	@touch $@

clean:
	rm -rf .venv .tools out docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
