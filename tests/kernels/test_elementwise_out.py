"""Element by element into a result that is given: any layout, dtype and overlap."""

import numpy as np
import pytest
from exact import ALL, NUMBERS, same
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out, shapes

from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c.errors import ShapeError


@pytest.mark.parametrize("y_dtype", ["int32", "int64", "float32", "float64"])
def test_out_of_another_dtype(y_dtype):
    a, b = np.arange(10, dtype=np.int32), np.arange(10, dtype=np.int32)[::-1]
    out = np.zeros((10, 2), y_dtype)[:, 0]
    assert kernels.mul(a, b, out=out) is out
    same(out, (a * b).astype(y_dtype))


@given(data=st.data(), dtype=st.sampled_from(ALL))
def test_out(data, dtype):
    shape = data.draw(shapes())
    a, b = data.draw(laid_out(shape, dtype)), data.draw(laid_out(shape, dtype))
    out = data.draw(laid_out(shape, dtype)).copy(order=data.draw(st.sampled_from("CFK")))
    assert kernels.maximum(a, b, out=out) is out
    same(out, np.maximum(a, b))


@given(data=st.data(), dtype=st.sampled_from(NUMBERS))
def test_in_place(data, dtype):
    shape = data.draw(shapes())
    a = data.draw(laid_out(shape, dtype))
    a.flags.writeable = True
    b = data.draw(laid_out(shape[1:], dtype))
    expected = a + b
    assert kernels.add(a, b, out=a) is a
    same(a, expected)
    expected = a - a
    same(kernels.sub(a, a, out=a), expected)


@pytest.mark.parametrize("n", [5, 600, 40000])
@pytest.mark.parametrize("dtype", ALL)
def test_out_that_overlaps_an_operand(n, dtype):
    for read, write in [
        (slice(0, -1), slice(1, None)),
        (slice(1, None), slice(0, -1)),
        (slice(None, None, -1), slice(None)),
        (slice(0, n // 2), slice(None, 2 * (n // 2), 2)),
    ]:
        memory = np.random.default_rng(n).integers(0, 5, n).astype(dtype)
        a, out = memory[read], memory[write]
        expected = np.add(a, a)
        same(kernels.add(a, a, out=out), expected)


def test_out_that_overlaps_a_number():
    memory = np.arange(1.0, 100.0)
    expected = memory * memory[50]
    same(kernels.mul(memory, memory[50:51].reshape(()), out=memory), expected)
    memory = np.arange(9.0).reshape(3, 3)
    expected = memory + memory[0]
    same(kernels.add(memory, memory[0], out=memory), expected)


def test_out_of_another_type_in_the_same_memory():
    memory = np.arange(1, 9, dtype=np.float32)
    expected = memory == 4
    same(kernels.eq(memory, np.array(4, np.float32), out=memory.view(bool)[:8]), expected)


def test_out_errors():
    a = np.ones((2, 3))
    with pytest.raises(ShapeError, match=r"add: out must have shape \(2, 3\), got \(3, 2\)"):
        kernels.add(a, a, out=np.ones((3, 2)))
    with pytest.raises(ShapeError, match=r"neg: out must have shape \(2, 3\), got \(1, 2, 3\)"):
        kernels.neg(a, out=np.ones((1, 2, 3)))
    with pytest.raises(TypeError, match="add: out must be able to hold float64, got dtype int64"):
        kernels.add(a, a, out=np.ones((2, 3), np.int64))
    frozen = np.ones((2, 3))
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="add: out must be writeable, got a read-only array"):
        kernels.add(a, a, out=frozen)
    spread = np.lib.stride_tricks.as_strided(np.ones(3), (2, 3), (0, 8))
    with pytest.raises(RuntimeError, match="more than one element of out refers to a single"):
        kernels.add(a, a, out=spread)
    np.testing.assert_array_equal(frozen, 1)
