# make report | test | lab | lint | bench | pictures. Needs python3 (3.11 or newer) and a reachable package index.
# Another story: make report STORY=path/to/folder. From another folder: make -C path/to/parallax report

PYTHON ?= python3
RUN = .venv/bin/python -m

.PHONY: report test lab lint bench pictures lock
.DEFAULT_GOAL := report

report: .venv/ready
	@$(RUN) analysis report $(if $(strip $(STORY)),"$(STORY)")

test: lint
	$(RUN) pytest --numprocesses=auto

lint: .venv/ready
	$(RUN) ruff check .
	$(RUN) ruff format --check .

# JupyterLab would ask for news and for updates of itself; its settings here tell it not to: nothing leaves the machine.
lab: .venv/ready
	$(RUN) jupyter lab --notebook-dir=notebooks --LabApp.app_settings_dir="$(CURDIR)/notebooks/.lab"

bench: .venv/ready
	$(RUN) benchmarks

pictures: .venv/ready
	$(RUN) tests.browser.pictures

# The lock holds versions and hashes only; where packages come from is the reader's own setting.
lock: .venv/ready
	$(RUN) uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --quiet --output-file requirements.lock

# One step, done again only when what it reads has changed. uv itself comes first, by the hashes of the lock.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Parallax needs Python 3.11 or newer, and $(PYTHON) is %d.%d: make PYTHON=python3.12 ..." % sys.version_info[:2])'
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@awk '/^[^ #]/ { uv = /^uv==/ } uv' requirements.lock > .venv/uv.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.lock
	@$(RUN) uv pip install --quiet --python .venv/bin/python --require-hashes --requirement requirements.lock
	@$(RUN) uv pip install --quiet --python .venv/bin/python --no-deps --editable .
	@touch .venv/ready
