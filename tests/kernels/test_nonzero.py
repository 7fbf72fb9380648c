"""The places that are not zero, and their inverse, one_hot."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out, shapes

from tests.kernels.indices import DTYPES, INDEX_DTYPES
from tinygrad_c._kernels import index as kernels
from tinygrad_c._kernels import runtime


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_nonzero(dtype, data):
    a = data.draw(laid_out(data.draw(shapes()), dtype, -1, 1))
    actual, expected = kernels.nonzero(a), np.nonzero(np.atleast_1d(a))
    assert len(actual) == len(expected)
    for ours, numpys in zip(actual, expected, strict=True):
        assert ours.dtype == np.int64 and np.array_equal(ours, numpys)


@pytest.mark.parametrize("shape", [(70000,), (300, 200), (16384,), (16385,), (7, 100, 50)])
def test_nonzero_of_many(n_threads, shape):
    for share in (0, 0.01, 0.5, 1):
        a = np.random.default_rng(6).random(shape) < share
        assert all(map(np.array_equal, kernels.nonzero(a), np.nonzero(a)))


def test_nonzero_of_special_values():
    a = np.array([np.nan, 0.0, -0.0, np.inf, 5e-324])
    assert kernels.nonzero(a)[0].tolist() == [0, 3, 4]


@given(st.data())
def test_one_hot(data):
    classes = data.draw(st.sampled_from([1, 2, 7, 16, 33]))
    shape = data.draw(shapes(2))
    dtype = data.draw(st.sampled_from(INDEX_DTYPES))
    index = np.asarray(data.draw(laid_out(shape, dtype, 0, classes - 1)))
    actual = kernels.one_hot(index, classes)
    assert actual.dtype == np.int64
    assert np.array_equal(actual, index[..., None] == np.arange(classes))


def test_bad_classes():
    for index, text in (
        ([[1, 3]], "class 3 must be from 0 to 2 (at position (0, 1))"),
        ([-1, 5], "class -1 must be from 0 to 2 (at position (0,))"),
        (7, "class 7 must be from 0 to 2 (at position ())"),
    ):
        with pytest.raises(IndexError, match=re.escape(text)):
            kernels.one_hot(np.array(index), 3)


def test_replay_of_nonzero_needs_as_many():
    a = runtime.from_foreign(np.array([0.0, 1, 1, 0]))
    with runtime.Recording() as recording:
        (places,) = kernels.nonzero(a)
    a[:] = [1, 0, 0, 1]
    recording.replay()
    assert places.tolist() == [0, 3]
    a[:] = 1
    with pytest.raises(IndexError, match="2 elements were not zero when .* now there are 4"):
        recording.replay()
