# `make demo` and `make test` set up everything they need; nothing is installed outside .venv.
PYTHON ?= python3
BIN := .venv/bin
HOME_OF_DEMO := .demo

.PHONY: demo install test lint format quality clean

# Ends by serving the chat where somebody sits at the terminal; PORT=8000 puts it there.
demo: install
	@$(BIN)/newscite --home $(HOME_OF_DEMO) add --samples
	@$(BIN)/newscite --home $(HOME_OF_DEMO) ask "why does Hecker doubt a split?"
	@echo
	@if [ -t 0 ]; then exec $(BIN)/newscite --home $(HOME_OF_DEMO) serve $(if $(PORT),--port $(PORT)); fi; \
	echo "Try next:"; \
	echo "  $(BIN)/newscite --home $(HOME_OF_DEMO) serve        # the chat, in your browser"; \
	echo "  $(BIN)/newscite --home $(HOME_OF_DEMO) ask \"who is Ali Wyne?\""; \
	echo "  $(BIN)/newscite add your-articles/ && $(BIN)/newscite serve"

install: .venv/.installed

.venv/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Newscite needs Python 3.11 or newer, and there is no '$(PYTHON)' here. Install one, or name it: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Newscite needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V). Name a newer one: make demo PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --constraint constraints.txt --editable .
	@touch $@

.venv/.dev: .venv/.installed
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[dev]'
	@touch $@

# The real language model of the tests; where it is out of reach they skip, saying so.
.venv/models/smollm2.gguf: | .venv/.dev
	-@$(BIN)/python -m tests.smollm

# The real wikis of the tests, the last of which is this one; where Debian's packages are out of reach they skip as well.
.venv/wikis/dokuwiki: | .venv/.dev
	-@$(BIN)/python -m tests.wikis

test: .venv/.dev lint .venv/models/smollm2.gguf .venv/wikis/dokuwiki
	$(BIN)/python -m pytest

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Measures again everything that docs/quality.md shows (about a quarter of an hour), from the development data.
quality: .venv/.dev
	$(BIN)/python -m rag.evaluation ../shared/data docs/quality.md

clean:
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache
