"""Fixtures for the tests of kernels."""

import pytest

from tinygrad_c._kernels import conv, runtime


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


@pytest.fixture(params=conv.VARIANTS)
def variant(request):
    """Run the test once with every variant of convolutions; put back afterwards."""
    before = conv.variant()
    conv.set_variant(request.param)
    yield request.param
    conv.set_variant(before)
