"""Element by element: whole numbers wrap, are divided with remainder, and are what rounding gives back."""

import numpy as np
import pytest
from exact import INTEGERS, same

from tests.kernels.elementwise_definitions import BINARY, DIVISIONS, UNARY, define
from tinygrad_c._kernels import elementwise as kernels


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["add", "sub", "mul", "neg", "abs", "square"])
def test_integer_overflow_wraps(name, dtype):
    info = np.iinfo(dtype)
    ends = np.array([info.min, info.min + 1, info.max - 1, info.max, 0, 1, 7], dtype)
    a, b = np.repeat(ends, 7), np.tile(ends, 7)
    function = {**BINARY, **UNARY}[name]
    operands = (a, b) if name in BINARY else (a,)
    same(getattr(kernels, name)(*operands), define(function, *operands))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integer_pow(dtype):
    a, b = np.repeat(np.arange(-9, 10), 40).astype(dtype), np.tile(np.arange(40), 19).astype(dtype)
    same(kernels.pow(a, b), define(np.power, a, b))


def test_integer_to_a_negative_power_is_0_but_for_1_and_minus_1():
    a = np.array([2, -3, 1, 1, -1, -1, 0])
    b = np.array([-1, -2, -1, -2, -1, -2, -5])
    same(kernels.pow(a, b), np.array([0, 0, 1, 1, -1, 1, 0]))


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_smallest_integer_divided_by_minus_1_wraps(dtype):
    low = np.array([np.iinfo(dtype).min], dtype)
    minus_1 = np.array([-1], dtype)
    same(kernels.floor_divide(low, minus_1), low)
    same(kernels.remainder(low, minus_1), np.zeros(1, dtype))


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", DIVISIONS)
def test_integer_division_by_zero(name, dtype):
    a, b = np.ones(40000, dtype), np.ones(40000, dtype)
    b[-1] = 0
    message = f"{name}: the divisor of an integer must not be zero"
    with pytest.raises(RuntimeError, match=message):
        getattr(kernels, name)(a, b)
    with pytest.raises(RuntimeError, match=message):
        getattr(kernels, name)(a[::2], np.array(0, dtype))
    np.testing.assert_array_equal(getattr(kernels, name)(a, a), DIVISIONS[name](a, a))


def test_predicates_of_integers():
    a = np.array([[0, 1], [2, 3]], np.int32)
    for array in (a, a.astype(bool), a.T):
        same(kernels.isnan(array), np.zeros((2, 2), bool))
        same(kernels.isinf(array), np.zeros((2, 2), bool))
        same(kernels.isfinite(array), np.ones((2, 2), bool))


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "round"])
def test_rounding_copies_integers(name):
    a = np.arange(-3, 4)
    y = getattr(kernels, name)(a)
    same(y, a)
    assert not np.shares_memory(y, a)


@pytest.mark.parametrize("name", ["floor_divide", "remainder"])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_a_divisor_of_zero_leaves_out_as_it_was(name, dtype):
    a = np.array([7, 8, 9], dtype)
    with pytest.raises(RuntimeError, match="must not be zero"):
        getattr(kernels, name)(a, np.array([2, 0, 2], dtype), a)
    assert a.tolist() == [7, 8, 9]
    assert getattr(kernels, name)(a, np.array(2, dtype), a) is a
    assert a.tolist() == ([3, 4, 4] if name == "floor_divide" else [1, 0, 1])


def test_square_of_bool_is_int64():
    same(kernels.square(np.array([True, False])), np.array([1, 0]))
