"""Fixtures and hypothesis profiles for all tests."""

import os
import signal
from pathlib import Path

import hypothesis
import pytest

import tinygrad_c
from tinygrad_c._kernels import runtime

# Programs that tests start import the very package that is tested, not what lies in their folder.
os.environ["PYTHONSAFEPATH"] = "1"
os.environ["PYTHONPATH"] = str(Path(tinygrad_c.__file__).parents[1])

# A shell may have started the tests with Ctrl-C ignored, which the programs they start inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis.settings.register_profile("everyday", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)
# Instrumented code is slow, and what it does wrong with memory shows in few examples of a layout.
hypothesis.settings.register_profile("sanitizer", deadline=None, derandomize=True, max_examples=10)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))


@pytest.fixture(params=runtime.isas())
def isa(request):
    """Run the test once with the kernels of every instruction set that this CPU has."""
    before = runtime.current_isa()
    runtime.use_isa(request.param)
    yield request.param
    runtime.use_isa(before)


# Fewer tests than this in a run of all of them means that some are no longer found.
FLOOR = 6500


def pytest_collection_finish(session):
    """A run of everything must find everything."""
    config = session.config
    everything = config.args == [str(path) for path in config.getini("testpaths")]
    chosen = config.option.keyword or config.option.markexpr not in ("", "not slow and not sanitizers")
    if everything and not chosen and len(session.items) < FLOOR:
        raise pytest.UsageError(f"found {len(session.items)} tests, there were at least {FLOOR}")
