"""Gather, scatter and index_select: exact against NumPy's indexing, for any number of threads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out, shapes

from tests.kernels.indices import DTYPES, index_arrays
from tinygrad_c._kernels import index as kernels


@st.composite
def gathered(draw, dtype):
    """(a, dim, index) where index has the sizes of a or less in the other dimensions."""
    shape = draw(st.lists(st.sampled_from([1, 2, 3, 5, 8, 17]), min_size=1, max_size=3))
    dim = draw(st.integers(0, len(shape) - 1))
    index_shape = [draw(st.integers(0, size)) for size in shape]
    index_shape[dim] = draw(st.integers(0, 20))
    index = draw(index_arrays(tuple(index_shape), shape[dim]))
    signed = draw(st.sampled_from([dim, dim - len(shape)]))
    return draw(laid_out(shape, dtype)), signed, index


def places_of(a, dim, index):
    """The key of NumPy that names the places of gather and scatter."""
    places = list(np.indices(index.shape, sparse=True))
    places[dim] = index
    return tuple(places)


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_gather(dtype, data):
    a, dim, index = data.draw(gathered(dtype))
    expected = a[places_of(a, dim, index)]
    actual = kernels.gather(a, dim, index)
    assert actual.dtype == a.dtype and np.array_equal(actual, expected)
    out = np.ones_like(expected)
    assert kernels.gather(a, dim, index, out) is out
    assert np.array_equal(out, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_scatter(dtype, data):
    a, dim, index = data.draw(gathered(dtype))
    a = a.copy("K")
    larger = tuple(size + data.draw(st.integers(0, 2)) for size in index.shape)
    src = data.draw(laid_out(larger, dtype))
    used = src[tuple(slice(size) for size in index.shape)]
    expected, summed = a.copy(), a.copy()
    for p in np.ndindex(index.shape):
        place = list(p)
        place[dim] = index[p]
        expected[tuple(place)] = used[p]
    np.add.at(summed, places_of(a, dim, index), used)
    b = a.copy("K")
    assert kernels.scatter_(a, dim, index, src) is a
    assert np.array_equal(a, expected)
    assert kernels.scatter_add_(b, dim, index, src) is b
    assert np.array_equal(b, summed)


def test_scatter_one_number():
    a, index = np.zeros((2, 3)), np.array([[0, 2], [1, 1]])
    kernels.scatter_(a, 1, index, np.array(5.0))
    assert a.tolist() == [[5, 0, 5], [0, 5, 0]]
    kernels.scatter_add_(a, 1, index, np.array(1.0))
    assert a.tolist() == [[6, 0, 6], [0, 7, 0]]


@pytest.mark.parametrize("dim", [0, 1, 2])
def test_large_scatters(n_threads, dim):
    rng, shape = np.random.default_rng(5), (30, 40, 50)
    index, src = rng.integers(0, shape[dim], shape), rng.standard_normal(shape)
    expected = np.zeros(shape)
    np.add.at(expected, places_of(expected, dim, index), src)
    assert np.array_equal(kernels.scatter_add_(np.zeros(shape), dim, index, src), expected)
    taken = np.take_along_axis(src, index, dim)
    assert np.array_equal(kernels.gather(src, dim, index), taken)


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_index_select(dtype, data):
    shape = data.draw(shapes().filter(lambda shape: len(shape) > 0))
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    a = data.draw(laid_out(shape, dtype))
    n = data.draw(st.integers(0, 20)) if shape[dim] else 0
    index = data.draw(index_arrays((n,), max(min(shape[dim], 100), 1)))
    actual = kernels.index_select(a, dim, index)
    assert actual.dtype == a.dtype and np.array_equal(actual, np.take(a, index, dim))


def test_arrays_without_dimensions():
    a, zero, last = np.array(3.0), np.array(0), np.array(-1)
    assert kernels.gather(a, 0, zero).tolist() == kernels.gather(a, -1, zero).tolist() == 3
    assert kernels.gather(a, 0, np.array([0, 0])).tolist() == [3, 3]
    assert kernels.gather(np.arange(4.0), 0, np.array(2)).tolist() == 2
    assert kernels.index_select(a, 0, zero).tolist() == 3
    assert kernels.index(np.arange(4.0), [last]).tolist() == 3
    assert kernels.scatter_(a, 0, zero, np.array(5.0)) is a and a == 5
    assert kernels.scatter_add_(a, 0, zero, np.array(2.0)) is a and a == 7


def test_an_index_without_elements_has_any_shape():
    a, none = np.ones((2, 3)), np.zeros((0, 5, 2), np.int64)
    assert kernels.gather(a, 1, none).shape == (0, 5, 2)
    assert kernels.scatter_add_(a, 1, none, np.zeros((0, 5, 2))) is a
    assert a.all()
