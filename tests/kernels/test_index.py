"""Indexing by arrays: exact against NumPy's; order, threads, replay."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out

from tests.kernels.indices import DTYPES, bad_index, index_arrays
from tinygrad_c._kernels import index as kernels
from tinygrad_c._kernels import runtime
from tinygrad_c.errors import ShapeError


@st.composite
def indexed(draw, dtype):
    """(a, indices): an array and arrays that index its first dimensions, which broadcast."""
    shape = draw(st.lists(st.sampled_from([0, 1, 2, 3, 17]), min_size=1, max_size=3))
    k = draw(st.integers(1, len(shape)))
    common = tuple(draw(st.lists(st.sampled_from([0, 1, 2, 3, 17]), max_size=2)))
    shape = tuple(max(size, 1) for size in shape[:k]) + tuple(min(n, 4) for n in shape[k:])
    indices = []
    for size in shape[:k]:
        own = common[draw(st.integers(0, len(common))) :]
        own = tuple(1 if draw(st.booleans()) and n > 0 else n for n in own)
        indices.append(draw(index_arrays(own, size, from_end=True)))
    return draw(laid_out(shape, dtype)), indices


def fancy(indices):
    """The indices as NumPy's key; uint8 would do, but int16 stays what it is."""
    return tuple(np.asarray(index) for index in indices)


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_index(dtype, data):
    a, indices = data.draw(indexed(dtype))
    expected = a[fancy(indices)]
    actual = kernels.index(a, indices)
    assert actual.dtype == a.dtype and actual.shape == expected.shape
    assert np.array_equal(actual, expected)


@given(st.data())
def test_index_to_out(data):
    a, indices = data.draw(indexed("float32"))
    expected = a[fancy(indices)]
    out = data.draw(laid_out(expected.shape, "float32"))
    out = out if out.flags.writeable else np.zeros(expected.shape, "float32")
    assert kernels.index(a, indices, out) is out
    assert np.array_equal(out, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_index_put(dtype, data):
    """The last of several values for one place stays."""
    a, indices = data.draw(indexed(dtype))
    a = a.copy("K")
    result = a[fancy(indices)].shape
    kept = result[data.draw(st.integers(0, len(result))) :]
    values = data.draw(laid_out(kept, dtype))
    expected = a.copy()
    flat, places = expected.reshape(-1), np.arange(a.size).reshape(a.shape)[fancy(indices)]
    for place, value in zip(places.ravel(), np.broadcast_to(values, result).ravel(), strict=True):
        flat[place] = value
    assert kernels.index_put_(a, indices, values) is a
    assert np.array_equal(a, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_index_put_accumulate(dtype, data):
    a, indices = data.draw(indexed(dtype))
    a = a.copy("K")
    values = data.draw(laid_out(a[fancy(indices)].shape, dtype))
    expected = a.copy()
    np.add.at(expected, fancy(indices), values)
    assert kernels.index_put_(a, indices, values, accumulate=True) is a
    assert np.array_equal(a, expected)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_sums_of_integers_wrap(dtype):
    largest = np.iinfo(dtype).max
    a = np.array([largest, 0], dtype)
    kernels.index_put_(a, [np.array([0, 0])], np.array([2, 1], dtype), True)
    assert a.tolist() == [np.iinfo(dtype).min + 2, 0]


@pytest.mark.parametrize("shape", [(5, 700), (700, 5), (40, 3, 64), (30000,), (3, 2, 2)])
def test_sums_are_in_the_order_of_the_index(n_threads, shape):
    """Numbers whose sum depends on the order; the same for any number of threads."""
    rng = np.random.default_rng(1)
    index = rng.integers(-shape[0], shape[0], 300 if len(shape) > 1 else 30000)
    values = rng.standard_normal((*index.shape, *shape[1:]), np.float32) * 10.0 ** rng.integers(
        -6, 6, (*index.shape, *shape[1:])
    ).astype(np.float32)
    a, expected, last = (np.zeros(shape, np.float32) for _ in range(3))
    for place, row in zip(index, values, strict=True):
        expected[place] += row
        last[place] = row
    assert kernels.index_put_(a, [index], values, True).tobytes() == expected.tobytes()
    a[...] = 0
    assert kernels.index_put_(a, [index], values).tobytes() == last.tobytes()


def test_many_rows(n_threads):
    rng = np.random.default_rng(2)
    a = rng.standard_normal((1000, 200)).astype(np.float32)
    index = rng.permutation(1000)
    assert np.array_equal(kernels.index(a, [index]), a[index])
    assert np.array_equal(kernels.index(a.T, [index[index < 200]]), a.T[index[index < 200]])
    single = kernels.index(a, [index[:, None], index[index < 200]])
    assert np.array_equal(single, a[index[:, None], index[index < 200]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_bits_are_moved_as_they_are(dtype):
    """NaN with its payload, -0.0, subnormals."""
    unsigned = "uint32" if dtype == "float32" else "uint64"
    bits = np.random.default_rng(3).integers(0, np.iinfo(unsigned).max, 99, unsigned)
    bits[:3] = np.array([np.nan, -0.0, np.finfo(dtype).smallest_subnormal], dtype).view(unsigned)
    a, index = bits.view(dtype), np.random.default_rng(4).permutation(99)
    assert np.array_equal(kernels.index(a, [index]).view(unsigned), bits[index])
    b = np.zeros(99, dtype)
    kernels.index_put_(b, [index], a)
    assert np.array_equal(b.view(unsigned)[index], bits)


def test_values_that_overlap_a():
    a = np.arange(6.0)
    kernels.index_put_(a, [np.arange(5)], a[1:][::-1])
    assert a.tolist() == [5, 4, 3, 2, 1, 5]


def test_as_many_indices_as_there_can_be():
    a = np.arange(729.0).reshape((3,) * 6)
    index = np.array([0, -1, 2])
    assert np.array_equal(kernels.index(a, [index] * 6), a[(index,) * 6])
    with bad_index("index", 7, 5, 3, ()):
        kernels.index(a, [np.array(0)] * 5 + [np.array(7)])


def made(array):
    return runtime.from_foreign(np.ascontiguousarray(array))


def test_replay_reads_new_indices():
    a, index = made(np.arange(10.0)), made(np.array([1, 2]))
    sums = made(np.zeros(10))
    with runtime.Recording() as recording:
        y = kernels.index(a, [index])
        kernels.index_put_(sums, [index], y, True)
    index[:] = [-1, 3]
    recording.replay()
    assert y.tolist() == [9, 3]
    assert sums.tolist() == [0, 1, 2, 3, 0, 0, 0, 0, 0, 9]
    index[1] = 10
    with bad_index("index", 10, 0, 10, (1,)):
        recording.replay()
    assert sums.tolist() == [0, 1, 2, 3, 0, 0, 0, 0, 0, 9]


A, I, X = np.zeros((2, 3)), np.array([0, 1]), np.zeros((2, 3), np.int64)
V = np.zeros(1)
READ_ONLY = np.zeros(3)
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: kernels.index(A, []), ValueError, "indices must be from 1 to 6 arrays"),
        (lambda: kernels.index(A, [I, I, I]), ValueError, "got 3 and a of shape (2, 3)"),
        (lambda: kernels.index(A, [[0, 1]]), TypeError, "must be an array of whole numbers"),
        (lambda: kernels.index(A, [A]), TypeError, "whole numbers, got float64"),
        (lambda: kernels.index(A, [I == 0]), TypeError, "whole numbers, got bool"),
        (
            lambda: kernels.index(A, [I, np.array([0, 1, 2])]),
            IndexError,
            "index: indices must broadcast together, got shapes (2,), (3,)",
        ),
        (lambda: kernels.index(A, [I], A[0]), ShapeError, "out must be float64 of shape (2, 3)"),
        (lambda: kernels.index(A, [I], A), ValueError, "must not overlap a"),
        (lambda: kernels.index(np.zeros([1] * 12), [X]), ValueError, "got 14"),
        (
            lambda: kernels.index_put_(A, [I], np.zeros((3, 3))),
            ShapeError,
            "values must broadcast to the indexed shape (2, 3), got shape (3, 3)",
        ),
        (
            lambda: kernels.index_put_(A, [I], X),
            TypeError,
            "must have its dtype float64, got int64",
        ),
        (
            lambda: kernels.index_put_(READ_ONLY, [I], V),
            ValueError,
            "a must be writeable, got a read-only array",
        ),
        (
            lambda: kernels.index_put_(np.lib.stride_tricks.as_strided(A, (3,), (0,)), [I], V),
            RuntimeError,
            "more than one element of a refers to a single memory location, its strides are (0,)",
        ),
        (lambda: kernels.gather(A, 2, X), IndexError, "gather: Dimension out of range"),
        (lambda: kernels.gather(A, 0.0, X), TypeError, "dim must be a whole number, got 0.0"),
        (lambda: kernels.gather(A, 0, I), ShapeError, "got index of shape (2,) and a of shape"),
        (lambda: kernels.gather(A[:, 1:], 0, X), ShapeError, "none larger but dim 0"),
        (
            lambda: kernels.scatter_(A, 0, X, np.zeros((2, 2))),
            ShapeError,
            "src must cover index, got src of shape (2, 2) and index of shape (2, 3)",
        ),
        (lambda: kernels.index_select(A, 0, I[None]), ShapeError, "at most one dimension"),
        (lambda: kernels.index_select(V[0, ...], 0, I), ShapeError, "must have 1 element, got"),
        (lambda: kernels.one_hot(I, 0), ValueError, "num_classes must be from 1 to 2"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
