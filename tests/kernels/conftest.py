"""Fixtures for the tests of kernels."""

import pytest

from tinygrad_c._kernels import runtime


@pytest.fixture
def threads():
    """Set the number of threads; put back afterwards."""
    before = runtime.get_num_threads()
    yield runtime.set_num_threads
    runtime.set_num_threads(before)


@pytest.fixture(params=[1, 2, 3])
def n_threads(request, threads):
    """Run the test once with each of these numbers of threads."""
    threads(request.param)
    return request.param
