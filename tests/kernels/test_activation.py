"""Leaky ReLU and GELU: the definition in any layout, special values, dtypes."""

import math

import numpy as np
import pytest
from exact import FLOATS, same
from hypothesis import given
from hypothesis import strategies as st
from layouts import SIZES, laid_out, shapes

from tests.kernels.elementwise_definitions import SPECIALS, define
from tinygrad_c._kernels import elementwise as kernels


def leaky_relu(a, slope):
    return np.where(a > 0, a, a * a.dtype.type(slope))


def leaky_relu_backward(grad, y, slope):
    return np.where(y > 0, grad, grad * grad.dtype.type(slope))


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_leaky_relu(dtype, data):
    shape = data.draw(shapes())
    a, grad = data.draw(laid_out(shape, dtype)), data.draw(laid_out(shape, dtype))
    for slope in (0.25, 0.0, 2):
        same(kernels.leaky_relu(a, slope), leaky_relu(a, slope))
        same(kernels.leaky_relu_backward(grad, a, slope), leaky_relu_backward(grad, a, slope))


@pytest.mark.parametrize("dtype", FLOATS)
def test_leaky_relu_passes_on_what_is_special(isa, dtype):
    for n in SIZES:
        a = np.resize(np.array(SPECIALS, dtype), n)
        same(kernels.leaky_relu(a, 0.5), define(leaky_relu, a, 0.5))
        same(kernels.leaky_relu_backward(a, a, 0.5), define(leaky_relu_backward, a, a, 0.5))


def normal_distribution(a):
    return np.vectorize(math.erfc, otypes=[float])(a * -math.sqrt(0.5)) / 2


def gelu_slope(a, approximate):
    """The derivative of gelu."""
    if approximate:
        scale = math.sqrt(2 / math.pi)
        t = np.tanh(scale * (a + 0.044715 * a**3))
        return (1 + t) / 2 + a / 2 * (1 - t * t) * scale * (1 + 3 * 0.044715 * a * a)
    return normal_distribution(a) + a * np.exp(-a * a / 2) / math.sqrt(2 * math.pi)


def gelu(a, approximate):
    if approximate:
        return a / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**3)))
    return a * normal_distribution(a)


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_gelu(dtype, approximate, data):
    """The last digits are measured in tests/csrc: here is what it is, in any layout."""
    shape = data.draw(shapes())
    a, grad = data.draw(laid_out(shape, dtype)), data.draw(laid_out(shape, dtype))
    near = {"rtol": 8 * np.finfo(dtype).eps, "atol": 8 * np.finfo(dtype).eps}
    y = kernels.gelu(a, approximate)
    np.testing.assert_allclose(y, gelu(a.astype(np.float64), approximate), **near)
    found = kernels.gelu_backward(grad, a, approximate)
    expected = grad * gelu_slope(a.astype(np.float64), approximate)
    np.testing.assert_allclose(found, expected, rtol=near["rtol"], atol=8 * near["atol"])
    assert y.dtype == found.dtype == dtype


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", SIZES)
def test_gelu_limits(isa, n, dtype, approximate):
    """As in PyTorch: 0 times infinity is NaN."""
    inf, nan = np.inf, np.nan
    a = np.resize(np.array([0, -0.0, inf, -inf, nan, 1e30, -1e30], dtype), n)
    y = np.resize(np.array([0, -0.0, inf, nan, nan, 1e30, -0.0], dtype), n)
    slope = np.resize(np.array([0.5, 0.5, nan, nan, nan, 1, 0], dtype), n)
    same(kernels.gelu(a, approximate), y)
    np.testing.assert_array_equal(kernels.gelu_backward(np.ones(n, dtype), a, approximate), slope)


def test_leaky_relu_and_gelu_are_of_real_numbers():
    for operand, call in (
        ("a", lambda a: kernels.gelu(a, False)),
        ("a", lambda a: kernels.gelu_backward(a, a, True)),
        ("a", lambda a: kernels.leaky_relu(a, 0.5)),
        ("y", lambda a: kernels.leaky_relu_backward(a, a, 0.5)),
    ):
        message = rf"elu.*: {operand} must be float32 or float64, got int32"
        with pytest.raises(TypeError, match=message):
            call(np.ones(2, np.int32))
