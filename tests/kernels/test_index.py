"""Gathers and scatters: exact against NumPy's indexing; order, threads, bad indices."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out, shapes

from tinygrad_c._kernels import index as kernels
from tinygrad_c._kernels import runtime
from tinygrad_c.errors import ShapeError

DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]
INDEX_DTYPES = ["int64", "int32", "uint8", "int16"]


@pytest.fixture(params=[1, 2, 3])
def threads(request):
    """Run the test once with each of these numbers of threads."""
    before = runtime.get_num_threads()
    runtime.set_num_threads(request.param)
    yield request.param
    runtime.set_num_threads(before)


@st.composite
def index_arrays(draw, shape, size, from_end=False):
    """Indices of a dimension of this size, laid out in memory in any way; negative ones as well
    where they count from the end."""
    dtype = draw(st.sampled_from(INDEX_DTYPES))
    low = -size if from_end and dtype != "uint8" else 0
    return draw(laid_out(shape, dtype, low, size - 1))


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


# ---- index, index_put_ ----


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
def test_sums_are_in_the_order_of_the_index(threads, shape):
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


def test_many_rows(threads):
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


# ---- gather, scatter_, scatter_add_, index_select ----


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
def test_large_scatters(threads, dim):
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


# ---- nonzero, one_hot ----


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_nonzero(dtype, data):
    a = data.draw(laid_out(data.draw(shapes()), dtype, -1, 1))
    actual, expected = kernels.nonzero(a), np.nonzero(np.atleast_1d(a))
    assert len(actual) == len(expected)
    for ours, numpys in zip(actual, expected, strict=True):
        assert ours.dtype == np.int64 and np.array_equal(ours, numpys)


@pytest.mark.parametrize("shape", [(70000,), (300, 200), (16384,), (16385,), (7, 100, 50)])
def test_nonzero_of_many(threads, shape):
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


# ---- bad indices ----


def bad_index(name, value, dim, size, position):
    text = f"{name}: index {value} is out of bounds for dimension {dim} of size {size}"
    return pytest.raises(IndexError, match=re.escape(f"{text} (at position {position})") + "$")


@pytest.mark.parametrize("value", [10, -11, 2**31 - 1, -(2**31), 2**62, -(2**63)])
@pytest.mark.parametrize("n", [1, 2, 33])
def test_bad_index_in_every_position(value, n):
    """The first one is named, and nothing has changed."""
    a = np.zeros((10, 3))
    for at in range(n):
        index = np.arange(n) % 10
        index[at] = value
        index[at + 1 :: 2] = 99
        with bad_index("index", value, 0, 10, (at,)):
            kernels.index(a, [index])
        with bad_index("index_select", value, 0, 10, (at,)):
            kernels.index_select(a, 0, index)
        with bad_index("index_put", value, 0, 10, (at,)):
            kernels.index_put_(a, [index], np.ones(3))
        with bad_index("gather", value, 0, 10, (at, 0)):
            kernels.gather(a, 0, index[:, None])
        with bad_index("gather", value, 1, 10, (0, at)):
            kernels.gather(np.zeros((1, 10)), 1, index[None])
        with bad_index("index", value, 0, 10, (at,)):
            kernels.index(np.zeros(10), [index])
        with bad_index("scatter", value, 0, 10, (at, 0)):
            kernels.scatter_(a, 0, index[:, None], np.array(1.0))
        with bad_index("scatter_add", value, 0, 10, (at, 0)):
            kernels.scatter_add_(a, 0, index[:, None], np.array(1.0))
        assert not a.any()


def test_bad_index_among_several(threads):
    a = np.zeros((4, 5, 6))
    index = np.zeros((50, 70), np.int64)
    index[30, 40], index[30, 41] = 5, -9
    with bad_index("index", 5, 1, 5, (30, 40)):
        kernels.index(a, [np.array(3), index])
    with bad_index("index", -9, 0, 4, (30, 41)):
        kernels.index(a, [np.minimum(index, 3), index * 0])
    with bad_index("index_put", 5, 0, 4, (30, 40)):
        kernels.index_put_(a, [index, index[0]], np.ones(6), True)
    with bad_index("index_select", 7, 1, 5, (2,)):
        kernels.index_select(a, 1, np.array([0, 1, 7, 9], np.uint8))
    with bad_index("gather", 300, 2, 6, (1, 0, 3)):
        kernels.gather(a, 2, np.full((4, 5, 6), 1, np.int32) + 299 * big_at((4, 5, 6), (1, 0, 3)))
    assert not a.any()


def big_at(shape, position):
    array = np.zeros(shape, np.int32)
    array[position] = 1
    return array


def test_only_indexing_counts_from_the_end():
    a, last = np.zeros((2, 3)), np.array([[-1, 0, 0]])
    with bad_index("gather", -1, 0, 2, (0, 0)):
        kernels.gather(a, 0, last)
    with bad_index("scatter", -1, 0, 2, (0, 0)):
        kernels.scatter_(a, 0, last, np.array(1.0))
    with bad_index("scatter_add", -1, 0, 2, (0, 0)):
        kernels.scatter_add_(a, 0, last, np.array(1.0))
    with bad_index("index_select", -1, 1, 3, (0,)):
        kernels.index_select(a, 1, last[0])
    assert not a.any()


def test_an_index_without_elements_has_any_shape():
    a, none = np.ones((2, 3)), np.zeros((0, 5, 2), np.int64)
    assert kernels.gather(a, 1, none).shape == (0, 5, 2)
    assert kernels.scatter_add_(a, 1, none, np.zeros((0, 5, 2))) is a
    assert a.all()


def test_as_many_indices_as_there_can_be():
    a = np.arange(729.0).reshape((3,) * 6)
    index = np.array([0, -1, 2])
    assert np.array_equal(kernels.index(a, [index] * 6), a[(index,) * 6])
    with bad_index("index", 7, 5, 3, ()):
        kernels.index(a, [np.array(0)] * 5 + [np.array(7)])


def test_bad_index_without_position():
    with bad_index("index", 3, 0, 3, "()"):
        kernels.index(np.zeros(3), [np.array(3)])


def test_index_of_an_empty_dimension():
    for rest in (3, 0):
        with pytest.raises(IndexError, match="out of bounds for dimension 0 of size 0"):
            kernels.index(np.zeros((0, rest)), [np.array([0])])
        with pytest.raises(IndexError, match="out of bounds for dimension 0 of size 0"):
            kernels.index_put_(np.zeros((0, rest)), [np.array([0])], np.zeros(rest))
    empty = kernels.index(np.zeros((0, 3)), [np.zeros(0, np.int64)])
    assert empty.shape == (0, 3)


def test_bad_classes():
    for index, text in (
        ([[1, 3]], "class 3 must be from 0 to 2 (at position (0, 1))"),
        ([-1, 5], "class -1 must be from 0 to 2 (at position (0,))"),
        (7, "class 7 must be from 0 to 2 (at position ())"),
    ):
        with pytest.raises(IndexError, match=re.escape(text)):
            kernels.one_hot(np.array(index), 3)


# ---- replay ----


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


def test_replay_of_nonzero_needs_as_many():
    a = made(np.array([0.0, 1, 1, 0]))
    with runtime.Recording() as recording:
        (places,) = kernels.nonzero(a)
    a[:] = [1, 0, 0, 1]
    recording.replay()
    assert places.tolist() == [0, 3]
    a[:] = 1
    with pytest.raises(IndexError, match="2 elements were not zero when .* now there are 4"):
        recording.replay()


# ---- other errors ----

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
        (lambda: kernels.index_put_(READ_ONLY, [I], V), ValueError, "a must be writeable"),
        (
            lambda: kernels.index_put_(np.lib.stride_tricks.as_strided(A, (3,), (0,)), [I], V),
            RuntimeError,
            "more than one element of a refers to a single memory location, its stride is 0",
        ),
        (lambda: kernels.gather(A, 2, X), IndexError, "dim must be from -2 to 1, got 2"),
        (lambda: kernels.gather(A, 0.0, X), TypeError, "integer"),
        (lambda: kernels.gather(A, 0, I), ShapeError, "got index of shape (2,) and a of shape"),
        (lambda: kernels.gather(A[:, 1:], 0, X), ShapeError, "none larger but dim 0"),
        (
            lambda: kernels.scatter_(A, 0, X, np.zeros((2, 2))),
            ShapeError,
            "src must cover index, got src of shape (2, 2) and index of shape (2, 3)",
        ),
        (lambda: kernels.index_select(A, 0, I[None]), ShapeError, "at most one dimension"),
        (lambda: kernels.index_select(V[0, ...], 0, I), ShapeError, "must have 1 element, got"),
        (lambda: kernels.one_hot(I, 0), ValueError, "num_classes must be at least 1, got 0"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
