# make demo    build the graph of the example corpus and print what was found
# make test    check, then run every test; starts the real services that it needs
# make check   format, lint, types, lock file
# make bench   how fast it is here; DATA=FOLDER measures on documents of your own, WORDS=N on so much example text
# make bench-stores  how fast the stores are; MENTIONS=1000000, STORES="oxigraph neo4j"
# make chaos   builds that are killed, cut off, crowded and out of room: nothing is lost, nothing double
# make readme  run the blocks of README.md and put in what they print
# Needed: make and Python 3.11 to 3.13; for the Neo4j and Fuseki of the tests also Java 17, Maven and
# Chromium. All else goes into .venv.

PYTHON ?= python3
BIN := .venv/bin
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/bin/uv)
export UV_PYTHON_DOWNLOADS ?= never
export UV_HTTP_TIMEOUT ?= 300

.PHONY: demo test check bench bench-stores chaos links readme format clean distclean
.DEFAULT_GOAL := demo
.DELETE_ON_ERROR:

demo: .venv/installed
	$(BIN)/graphwright build examples/corpus --to graph

test: check
	$(BIN)/pytest

check: .venv/installed-dev links
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(UV) lock --check

# To the reference load, the speeds of other days and machines compare.
bench: .venv/installed
	@$(BIN)/python tests/speed.py $(DATA) $(if $(WORDS),--words $(WORDS))

bench-stores: .venv/installed-dev
	@$(BIN)/python tests/store_speed.py $(STORES) $(if $(MENTIONS),--mentions $(MENTIONS))

chaos: .venv/installed-dev
	$(BIN)/python tests/chaos.py
	$(BIN)/python tests/chaos_links.py

# Type checkers read folders: pipeline/ must be found as graphwright/pipeline.
links:
	@mkdir -p .links/graphwright
	@for part in pipeline models flows; do ln -sfn ../../$$part .links/graphwright/$$part; done

readme: .venv/installed-dev
	$(BIN)/python tests/readme_blocks.py README.md

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The demo takes only what users install; --inexact leaves what the tests need, if it is there.
.venv/installed: pyproject.toml uv.lock | uv
	$(UV) sync --frozen --no-dev --inexact --python $(PYTHON)
	@touch $@

.venv/installed-dev: pyproject.toml uv.lock | uv
	$(UV) sync --frozen --python $(PYTHON)
	@touch $@ .venv/installed

.PHONY: uv
uv:
	@$(UV) --version >/dev/null 2>&1 || { $(PYTHON) -m venv .tools && .tools/bin/pip install --quiet uv; }

clean:
	rm -rf .links build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find pipeline models flows tests examples -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv .tools .services
