"""Element by element: exact against NumPy's definition, in every layout, dtype and lane."""

import itertools

import numpy as np
import pytest
from exact import ALL, FLOATS, NUMBERS, same
from hypothesis import given
from hypothesis import strategies as st
from layouts import broadcastable, laid_out, shapes

from tests.kernels.elementwise_definitions import (
    BINARY,
    COMPARISONS,
    DIVISIONS,
    EXACT_REAL_UNARY,
    GRADIENTS,
    LOGICAL,
    PREDICATES,
    REAL_UNARY,
    UNARY,
    define,
)
from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c.errors import ShapeError


def bits(array):
    return array.tobytes()


@pytest.mark.parametrize("dtype", NUMBERS)
@given(data=st.data())
def test_unary(dtype, data):
    a = data.draw(laid_out(data.draw(shapes()), dtype))
    for name, function in UNARY.items():
        y = getattr(kernels, name)(a)
        np.testing.assert_array_equal(y, function(a), err_msg=name)
        assert y.dtype == dtype


@pytest.mark.parametrize("dtype", ALL)
@given(data=st.data())
def test_binary(dtype, data):
    a, b = data.draw(broadcastable(2, dtype))
    for name, function in {**BINARY, **COMPARISONS}.items():
        if (dtype, name) != ("bool", "sub"):
            same(getattr(kernels, name)(a, b), function(a, b))
    if dtype in FLOATS:
        same(kernels.div(a, b), define(np.divide, a, b))
        for name, function in GRADIENTS.items():
            np.testing.assert_array_equal(getattr(kernels, name)(a, b), function(a, b), name)


@given(data=st.data(), dtypes=st.tuples(st.sampled_from(ALL), st.sampled_from(ALL)))
def test_logical(dtypes, data):
    a, b = data.draw(broadcastable(2, dtypes, low=-1, high=1))
    same(kernels.logical_not(a), np.logical_not(a))
    for name, function in LOGICAL.items():
        same(getattr(kernels, name)(a, b), function(a, b))


@pytest.mark.parametrize("dtype", NUMBERS)
@given(data=st.data())
def test_division_with_remainder(dtype, data):
    a, b = data.draw(broadcastable(2, dtype, low=-9, high=9))
    b = np.where(b == 0, b.dtype.type(7), b)
    for name, function in DIVISIONS.items():
        np.testing.assert_array_equal(getattr(kernels, name)(a, b), function(a, b), name)


@pytest.mark.parametrize("dtype", ALL)
@given(data=st.data())
def test_where_and_clamp(dtype, data):
    condition, a, b = data.draw(broadcastable(3, ["bool", dtype, dtype]))
    same(kernels.where(condition, a, b), np.where(condition, a, b))
    if dtype != "bool":
        least = np.maximum(condition, a).astype(dtype)
        clamp = kernels.clamp
        c = condition.astype(dtype)
        np.testing.assert_array_equal(clamp(c, a, b), np.minimum(least, b))
        np.testing.assert_array_equal(clamp(c, min=a), least)
        np.testing.assert_array_equal(clamp(c, max=b), np.minimum(c, b))
        np.testing.assert_array_equal(clamp(a, 1, 2), np.clip(a, 1, 2))


@pytest.mark.parametrize("a_shape, b_shape", [
    ((1000, 3), (3,)), ((1000, 3), (1000, 1)), ((3000, 1), (1, 2)), ((700, 1, 5), (1, 11, 1)),
    ((40, 7, 2, 2), (1, 7, 1, 1)), ((4, 7, 30, 31), (1, 7, 1, 1)), ((2, 3, 700), (3, 1)),
    ((600, 40), (600, 40)), ((5, 513), (513,)), ((20000,), ()), ((2, 1, 9000), (1, 3, 1)),
])  # fmt: skip
@pytest.mark.parametrize("layout", ["as is", "transposed", "reversed", "stepped"])
def test_every_way_of_walking(isa, a_shape, b_shape, layout):
    a = np.random.default_rng(0).integers(-99, 99, a_shape).astype(np.float32)
    b = np.random.default_rng(1).integers(-99, 99, b_shape).astype(np.float32)
    if layout == "transposed":
        a = np.asfortranarray(a)
    elif layout == "reversed":
        a = a[::-1, ..., ::-1] if a.ndim > 1 else a[::-1]
    elif layout == "stepped":
        a = np.repeat(a, 2, axis=-1)[..., ::2]
    same(kernels.sub(a, b), a - b)
    same(kernels.sub(b, a), b - a)
    same(kernels.gt(a, b), a > b)
    same(kernels.where(kernels.lt(a, b), a, b), np.minimum(a, b))


def every_kernel(dtype):
    """(name, function of one operand list) for each kernel that takes two reals."""
    for name in [*UNARY, *EXACT_REAL_UNARY, *REAL_UNARY, *PREDICATES]:
        yield name, lambda a, b, name=name: getattr(kernels, name)(a)
    for name in [*BINARY, *DIVISIONS, *COMPARISONS, *GRADIENTS, "div", "pow"]:
        yield name, lambda a, b, name=name: getattr(kernels, name)(a, b)
    for form in (False, True):
        yield f"gelu {form}", lambda a, b, form=form: kernels.gelu(a, form)
        yield f"gelu_backward {form}", lambda a, b, form=form: kernels.gelu_backward(a, b, form)
    yield "where", lambda a, b: kernels.where(kernels.lt(a, b), a, b)
    yield "clamp", lambda a, b: kernels.clamp(a, b, np.array(1.5, dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_same_bits_for_any_number_of_threads(isa, dtype, threads):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 311, 173)).astype(dtype)
    for name, kernel in every_kernel(dtype):
        for first, second in [(a, b), (a, b.T[0]), (a.T, b.T), (a, b[:, :1])]:
            if name in ("floor_divide", "remainder", "pow") and first is not a:
                continue
            threads(1)
            expected = bits(kernel(first, second[: len(first)] if second.ndim > 1 else b[0]))
            for n in (2, 3):
                threads(n)
                got = bits(kernel(first, second[: len(first)] if second.ndim > 1 else b[0]))
                assert got == expected, (name, n)


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_result_does_not_depend_on_its_lane(isa, dtype):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 67)).astype(dtype)
    for name, kernel in every_kernel(dtype):
        whole = kernel(a, b)
        for i in range(67):
            assert bits(kernel(a[i : i + 1], b[i : i + 1])) == bits(whole[i : i + 1]), (name, i)
        spread = np.repeat(a, 3)[::3]
        assert bits(kernel(spread, b)) == bits(whole), name


def test_shapes_that_do_not_broadcast():
    message = r"add: shapes of operands must broadcast, got \(2, 3\) and \(4,\)"
    with pytest.raises(ShapeError, match=message):
        kernels.add(np.ones((2, 3)), np.ones(4))
    message = r"where: shapes of operands must broadcast, got \(2,\) and \(3,\) and \(1,\)"
    with pytest.raises(ShapeError, match=message):
        kernels.where(np.ones(2, bool), np.ones(3), np.ones(1))
    with pytest.raises(ShapeError, match=r"\(0,\) and \(2,\)"):
        kernels.mul(np.ones(0), np.ones(2))


def test_too_many_dimensions():
    a = np.ones((1,) * 13)
    with pytest.raises(ValueError, match="at most 12 dimensions, got 13"):
        kernels.add(a, a[0].T)
    with pytest.raises(ValueError, match="at most 12 dimensions, got 13"):
        kernels.neg(np.ones((2,) * 13)[..., ::-1])


def test_unaligned_operands_are_refused():
    memory = np.zeros(17, np.uint8)[1:].view(np.float32)
    with pytest.raises(ValueError, match="aligned"):
        kernels.neg(memory)
    with pytest.raises(ValueError, match="aligned"):
        kernels.add(memory[0:1].reshape(()), np.ones(2, np.float32))


@pytest.mark.parametrize("dtype", FLOATS)
def test_clamp_to_numbers(isa, dtype):
    values = np.array([np.nan, -np.inf, -2, -0.0, 0, 1, 3, np.inf], dtype)
    for n in range(1, 40):
        a = np.resize(values, n)
        for low, high in itertools.product(values, values):
            expected = np.minimum(np.maximum(a, low), high)
            np.testing.assert_array_equal(kernels.clamp(a, low.item(), high.item()), expected)
    negative = np.full((5, 6), -0.0, dtype)
    for a in (negative, negative.T, negative[:, ::2]):
        for bounds in ((0.0, 1.0), (0.0, np.ones_like(a)), (-1.0, 0.0), (0.0, None), (None, 0.0)):
            assert np.signbit(kernels.clamp(a, *bounds)).all()


def test_clamp_without_bounds():
    with pytest.raises(ValueError, match="clamp: min and max must not both be None"):
        kernels.clamp(np.ones(2))
