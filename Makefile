# make train   install into .venv and train a network that reads handwritten digits
# make test    install into .venv and run the tests
# make clean   remove everything that was built or installed here
#
# Both install again when a source has changed. ARGS="..." is passed on:
# make train ARGS="--epochs 10", make test ARGS="-k trainer".

PYTHON ?= python3
VENV := .venv
EXTRAS ?= train,test
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
SOURCES := setup.py pyproject.toml $(shell find csrc tinygrad_c -name '*.[ch]' -path 'csrc/*' \
	-o -name '*.py' -o -name '*.pyx' -o -name '*.px[di]' -o -name '*.pyi' -o -name '*.npz')

.PHONY: train test clean

train: $(VENV)/train.stamp
	$(VENV)/bin/tinygrad_c train $(ARGS)

test: $(VENV)/test-$(EXTRAS).stamp
	$(VENV)/bin/pytest $(ARGS)

# A stamp stands for the installed package with the extras that its name tells.
$(VENV)/train.stamp: $(SOURCES) | $(VENV)/bin/python
	@echo 'Installing tinygrad_c into $(VENV): compiles the kernels, some minutes on two cores.'
	$(PIP) install '.[train]'
	@touch $@

# What is installed already satisfies pip, which adds what the extras need.
$(VENV)/test-$(EXTRAS).stamp: $(VENV)/train.stamp
	$(PIP) install 'tinygrad_c[$(EXTRAS)]'
	@touch $@

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo '$(PYTHON) is missing: install Python 3.11 or later (Debian, Ubuntu: sudo apt install python3).'; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'tinygrad_c needs Python 3.11 or later: make PYTHON=/path/to/python3.11 ...'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'The module venv is missing (Debian, Ubuntu: sudo apt install python3-venv).'; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find tinygrad_c \( -name '*.so' -o -name '*.c' -o -name __pycache__ \) -prune -exec rm -rf {} +
