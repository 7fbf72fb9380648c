"""Rows of a table: exact against NumPy; order of sums, threads, bad indices, replays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out

from tinygrad_c._kernels import embedding as kernels
from tinygrad_c._kernels import runtime
from tinygrad_c.errors import ShapeError

FLOATS = ["float32", "float64"]
SIZES = st.sampled_from([0, 1, 2, 3, 7, 8, 9, 16, 17, 33, 65])


@pytest.fixture(params=runtime.isas(), scope="module")
def every_isa(request):
    """The tests of this file once for each instruction set."""
    before = runtime.current_isa()
    runtime.use_isa(request.param)
    yield request.param
    runtime.use_isa(before)


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_definition(every_isa, dtype, data):
    rows, columns = data.draw(st.sampled_from([1, 2, 5, 40])), data.draw(SIZES)
    shape = tuple(data.draw(st.lists(st.sampled_from([0, 1, 2, 5, 30]), max_size=3)))
    weight = data.draw(laid_out((rows, columns), dtype))
    index = data.draw(laid_out(shape, data.draw(st.sampled_from(["int64", "int32"])), 0, rows - 1))
    skip = data.draw(st.integers(-1, rows - 1))
    kept = (index != skip)[..., None]
    np.testing.assert_array_equal(kernels.embedding(weight, index), weight[index])
    y = kernels.embedding(weight, index, skip)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, weight[index] * kept)
    grad = data.draw(laid_out((*shape, columns), dtype))
    expected = np.zeros((rows, columns), dtype)
    np.add.at(expected, index, grad * kept)
    found = kernels.embedding_backward(grad, index, rows, skip)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("rows", "columns"), [(3, 5), (50, 64), (20000, 33), (1000, 700)])
def test_sums_are_in_the_order_of_the_index(every_isa, dtype, rows, columns):
    """Numbers whose sum depends on the order; the same for any number of threads."""
    rng = np.random.default_rng(0)
    index = rng.integers(0, rows, 900)
    grad = (rng.normal(size=(900, columns)) * 10.0 ** rng.integers(-3, 4, (900, 1))).astype(dtype)
    expected = np.zeros((rows, columns), dtype)
    np.add.at(expected, index, grad)
    before = runtime.get_num_threads()
    for n in (1, 2, 3):
        runtime.set_num_threads(n)
        np.testing.assert_array_equal(kernels.embedding_backward(grad, index, rows), expected)
        y = kernels.embedding(expected, index)
        np.testing.assert_array_equal(y, expected[index])
    runtime.set_num_threads(before)


@pytest.mark.parametrize("bad", [5, -1, 2**62, -(2**63)])
def test_bad_indices(every_isa, bad):
    weight, index = np.ones((5, 300), "float32"), np.zeros((40, 50), "int64")
    index[3, 7], index[30, 0] = bad, 9
    message = rf"index out of range: input must be from 0 to 4, got {bad} \(element 157\)"
    with pytest.raises(IndexError, match=message):
        kernels.embedding(weight, index)
    with pytest.raises(IndexError, match=message):
        kernels.embedding_backward(np.ones((40, 50, 300), "float32"), index, 5)


def test_a_bad_index_of_a_replay():
    weight = runtime.from_foreign(np.ones((5, 3), "float32"))
    index = runtime.from_foreign(np.array([1, 2]))
    with runtime.Recording() as recording:
        kernels.embedding(weight, index)
    index[1] = 5
    with pytest.raises(IndexError, match="index out of range: .* got 5"):
        recording.replay()


def test_errors():
    weight, index = np.ones((5, 3), "float32"), np.zeros(2, "int64")
    with pytest.raises(TypeError, match="weight must be float32 or float64, got int64"):
        kernels.embedding(weight.astype(int), index)
    with pytest.raises(TypeError, match="input must be int64 or int32, got float32"):
        kernels.embedding(weight, index.astype("float32"))
    with pytest.raises(ShapeError, match=r"weight must be \(rows, columns\), got \(5,\)"):
        kernels.embedding(weight[:, 0], index)
    with pytest.raises(ShapeError, match=r"row for each index, got \(3, 3\) and \(2,\)"):
        kernels.embedding_backward(np.ones((3, 3), "float32"), index, 5)
