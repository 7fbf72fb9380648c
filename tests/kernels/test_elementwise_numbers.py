"""Element by element: special values in every lane, limits, and how far functions are from the true value."""

import numpy as np
import pytest
from exact import FLOATS, same
from layouts import SIZES

from tests.kernels.elementwise_definitions import (
    BINARY,
    COMPARISONS,
    DIVISIONS,
    EXACT_REAL_UNARY,
    GRADIENTS,
    PREDICATES,
    REAL_UNARY,
    SPECIALS,
    UNARY,
    define,
)
from tinygrad_c._kernels import elementwise as kernels


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", [*SIZES, 63, 64, 65])
def test_every_special_value_in_every_lane(isa, dtype, n):
    specials = define(np.asarray(SPECIALS).astype, dtype)
    for shift in range(len(specials)):
        a = np.resize(np.roll(specials, shift), n)
        b = np.resize(np.repeat(specials, len(specials) - 1), n)
        for name, function in {**UNARY, **EXACT_REAL_UNARY, **PREDICATES}.items():
            if name != "sign":
                same(getattr(kernels, name)(a), define(function, a))
        for name, function in {**COMPARISONS, **GRADIENTS, "div": np.divide}.items():
            same(getattr(kernels, name)(a, b), define(function, a, b))
        for name in ("add", "sub", "mul"):
            same(getattr(kernels, name)(a, b), define(BINARY[name], a, b))
        for name in ("maximum", "minimum", "floor_divide", "remainder"):
            expected = define({**BINARY, **DIVISIONS}[name], a, b)
            np.testing.assert_array_equal(getattr(kernels, name)(a, b), expected)
        chosen = np.resize([True, False, False], n)
        same(kernels.where(chosen, a, b), np.where(chosen, a, b))


def test_sign_of_nan_is_zero_as_in_pytorch(isa):
    a = np.array([np.nan, 0.0, -0.0, np.inf, -np.inf, 5e-324, -5e-324])
    same(kernels.sign(a), np.array([0.0, 0.0, 0.0, 1.0, -1.0, 1.0, -1.0]))


@pytest.mark.parametrize("dtype", FLOATS)
def test_clamp_passes_on_nan_from_any_operand(isa, dtype):
    for i in range(3):
        for n in (1, 4, 9, 17, 33):
            operands = [np.full(n, value, dtype) for value in (2, 1, 3)]
            operands[i][::2] = np.nan
            expected = np.where(np.arange(n) % 2 == 0, np.nan, 2).astype(dtype)
            same(kernels.clamp(*operands), expected)


def test_clamp_with_min_above_max_gives_max(isa):
    a = np.arange(20, dtype=np.float32)
    same(kernels.clamp(a, 5.0, 3.0), np.full(20, 3, np.float32))
    same(kernels.clamp(a.astype(np.int32), 5, 3), np.full(20, 3, np.int32))


@pytest.mark.parametrize("dtype", FLOATS)
def test_guarded_is_zero_where_the_gradient_is(isa, dtype):
    grad = np.array([0, -0.0, 1, 0, 2, 0, 0, 3, 0, 0, 0], dtype)
    d = np.array([np.inf, np.nan, 2, np.nan, np.inf, 1, -np.inf, -1, 0, 5e-324, -np.nan], dtype)
    expected = np.array([0, 0, 2, 0, np.inf, 0, 0, -3, 0, 0, 0], dtype)
    same(kernels.guarded(grad, d), expected)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", REAL_UNARY)
def test_transcendental(isa, name, dtype):
    a = np.random.default_rng(0).uniform(-9, 9, 1000)
    a = np.abs(a) if name in ("log", "log1p") else a
    a = a.astype(dtype)
    expected = REAL_UNARY[name](a.astype(np.longdouble))
    error = np.abs(getattr(kernels, name)(a) - expected) / np.spacing(
        np.abs(expected).astype(dtype)
    )
    assert error.max() <= 4


@pytest.mark.parametrize("dtype", FLOATS)
def test_transcendental_limits(isa, dtype):
    inf, nan = np.inf, np.nan
    a = np.array([0, -0.0, inf, -inf, nan, 1], dtype)
    same(kernels.exp(a[:5]), np.array([1, 1, inf, 0, nan], dtype))
    same(kernels.log(a), np.array([-inf, -inf, inf, nan, nan, 0], dtype))
    same(kernels.tanh(a[:5]), np.array([0, -0.0, 1, -1, nan], dtype))
    same(kernels.sigmoid(a[:5]), np.array([0.5, 0.5, 1, 0, nan], dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_pow(isa, dtype):
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.1, 9, 1000).astype(dtype), rng.uniform(-9, 9, 1000).astype(dtype)
    expected = a.astype(np.longdouble) ** b
    error = np.abs(kernels.pow(a, b) - expected) / np.spacing(expected.astype(dtype))
    assert error.max() <= 4
    whole = np.resize(np.arange(-7, 8), 99).astype(dtype)
    same(kernels.pow(whole, np.array(2, dtype)), whole * whole)
    same(kernels.pow(whole, np.array(3, dtype)), whole * whole * whole)
    same(kernels.pow(whole, np.array(0, dtype)), np.ones(99, dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("exponent", [-2, -1, -0.5, 0.5, 2, 3, 4])
def test_usual_powers(isa, dtype, exponent):
    """One number as the exponent of all: within 2 ulp, and C99's pow at the limits."""
    number = np.array(exponent, dtype)
    info = np.finfo(dtype)
    drawn = np.random.default_rng(0).uniform(info.minexp, info.maxexp, 2000)
    a = np.exp2(drawn / max(1, abs(exponent))).astype(dtype)
    expected = a.astype(np.longdouble) ** exponent
    error = np.abs(kernels.pow(a, number) - expected) / np.spacing(expected.astype(dtype))
    assert error.max() <= 2
    limits = [0, -0.0, 1, -1, 3, -3, info.max, -info.max, np.inf, -np.inf, np.nan, info.tiny]
    limits = np.array([*limits, -info.tiny, info.smallest_subnormal], dtype)
    for n in range(1, 40):
        a = np.resize(limits, n)
        # Of a number NumPy takes the square root, which is -0 for -0.
        assert_same_or_near(kernels.pow(a, number), define(np.power, a, np.full_like(a, number)))


@pytest.mark.parametrize("exponent", [-2, -0.5, 3, 1.5])
def test_powers_do_not_depend_on_the_layout(isa, exponent):
    a = np.random.default_rng(0).uniform(0.1, 9, (37, 41)).astype(np.float32)
    number = np.array(exponent, np.float32)
    whole = kernels.pow(a, number)
    for view in (np.s_[::2], np.s_[:, ::3], np.s_[:, :7], np.s_[5:6, 7:8], np.s_[::-1, ::-1]):
        same(kernels.pow(a[view], number), np.ascontiguousarray(whole[view]))
    same(kernels.pow(a.T, number), np.ascontiguousarray(whole.T))


@pytest.mark.parametrize("dtype", FLOATS)
def test_pow_limits(isa, dtype):
    values = np.array([0, -0.0, 1, -1, 2, -2, 0.5, -0.5, np.inf, -np.inf, np.nan, 3, -3], dtype)
    a, b = np.repeat(values, len(values)), np.tile(values, len(values))
    assert_same_or_near(kernels.pow(a, b), define(np.power, a, b))


def assert_same_or_near(got, expected):
    """NaN where expected, the signs, also of zeros, and numbers within 4 eps."""
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    np.testing.assert_array_equal(
        np.signbit(got), np.signbit(np.where(np.isnan(got), got, expected))
    )
    np.testing.assert_allclose(got, expected, rtol=4 * np.finfo(got.dtype).eps, atol=0)


def test_round_takes_the_even_of_two():
    a = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 3.5, 2.4999998], np.float32)
    same(kernels.round(a), np.array([0, 2, 2, -0.0, -2, 4, 2], np.float32))
