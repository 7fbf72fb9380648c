"""Batch normalisation against its definition in float64, on every ISA, layout and thread count."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out

from tinygrad_c._kernels import norm as kernels
from tinygrad_c._kernels import runtime
from tinygrad_c.errors import ShapeError

FLOATS = ["float32", "float64"]
TOLERANCE = {"float32": 2e-5, "float64": 1e-12}
# Around vectors, groups of 8 rows, blocks of 1024 and 4096 elements and of 128 rows, tiles of 1024
# channels, 2 and 16 parts of rows, and 2, 7 and 9 groups of channels.
SHAPES = [(40, 70, 30), (2, 1), (5, 3), (9, 17), (17, 16), (127, 33), (128, 5), (129, 1030), (300, 65), (2050, 70),
          (30000, 37), (3, 2, 1), (1, 3, 2), (2, 3, 5), (4, 1, 4096), (2, 2, 4097), (1, 2, 12289), (70, 3, 63),
          (9, 5, 7, 9), (300, 2, 4, 4), (2, 3, 2, 3, 4), (21, 301, 9, 7),
          (9, 20000), (16, 5000, 15), (3, 7, 60000)]  # fmt: skip


def along(vector, x):
    """One number per channel, shaped to broadcast against x."""
    return vector.reshape(1, -1, *[1] * (x.ndim - 2))


def others(x):
    return (0, *range(2, x.ndim))


def forward(x, weight, bias, mean, var, eps):
    x = x.astype("float64")
    return (x - along(mean, x)) / np.sqrt(along(var, x) + eps) * along(weight, x) + along(bias, x)


def backward(grad, x, weight, mean, invstd, training):
    """(grad_x, grad_weight, grad_bias)"""
    grad, x = grad.astype("float64"), x.astype("float64")
    normal = (x - along(mean, x)) * along(invstd, x)
    grad_weight, grad_bias = (grad * normal).sum(others(x)), grad.sum(others(x))
    grad_x, m = grad, x.size / x.shape[1]
    if training:
        grad_x = grad - along(grad_bias, x) / m - normal * along(grad_weight, x) / m
    return grad_x * along(weight * invstd, x), grad_weight, grad_bias


def close(found, expected, dtype, scale=1.0):
    assert found.dtype == dtype
    np.testing.assert_allclose(
        found, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * scale
    )


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_training(isa, dtype, shape):
    rng = np.random.default_rng(0)
    x, grad = (rng.normal(size=shape).astype(dtype) for _ in range(2))
    weight, bias, mean, var = (rng.uniform(0.5, 2, shape[1]).astype(dtype) for _ in range(4))
    m, before = x.size // shape[1], (mean.copy(), var.copy())
    y, stats = kernels.batch_norm(x, weight, bias, mean, var, True, 0.25, 1e-3)
    exact = x.astype("float64")
    x_mean, x_var = exact.mean(others(x)), exact.var(others(x))
    close(y, forward(x, weight, bias, x_mean, x_var, 1e-3), dtype, 4)
    close(stats, np.stack([x_mean, 1 / np.sqrt(x_var + 1e-3)]), dtype, 1)
    close(mean, 0.75 * before[0] + 0.25 * x_mean, dtype)
    close(var, 0.75 * before[1] + 0.25 * x_var * m / (m - 1), dtype)
    found = kernels.batch_norm_backward(grad, x, stats, weight, True)
    for a, b in zip(found, backward(grad, x, weight, *stats.astype("float64"), True), strict=True):
        close(a, b, dtype, 50)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_evaluation(isa, dtype, shape):
    rng = np.random.default_rng(0)
    x, grad = (rng.normal(size=shape).astype(dtype) for _ in range(2))
    weight, bias, mean, var = (rng.uniform(0.5, 2, shape[1]).astype(dtype) for _ in range(4))
    before = mean.copy(), var.copy()
    y, stats = kernels.batch_norm(x, weight, bias, mean, var, False, 0.25, 1e-3)
    assert (mean == before[0]).all() and (var == before[1]).all() and (stats[0] == mean).all()
    close(y, forward(x, weight, bias, mean, var, 1e-3), dtype, 4)
    found = kernels.batch_norm_backward(grad, x, stats, weight, False)
    for a, b in zip(found, backward(grad, x, weight, *stats.astype("float64"), False), strict=True):
        close(a, b, dtype, 50)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(8, 3), (256, 70), (4, 5, 64), (2, 3, 32, 4)])
def test_exactly_on_whole_numbers(isa, dtype, shape):
    """Half of each channel is c - 1, the other c + 1: with eps = 3 the standard deviation is 2."""
    half = np.resize([1, -1], (shape[1], shape[0], *shape[2:])).swapaxes(0, 1)
    x = (half + along(np.arange(shape[1]), half)).astype(dtype)
    weight, bias = np.arange(shape[1]).astype(dtype) + 2, np.arange(shape[1]).astype(dtype) * 3
    mean, var = np.zeros(shape[1], dtype), np.ones(shape[1], dtype)
    y, stats = kernels.batch_norm(x, weight, bias, mean, var, True, 0.5, 3.0)
    np.testing.assert_array_equal(stats, [np.arange(shape[1]), [0.5] * shape[1]])
    np.testing.assert_array_equal(y, half * along(weight, x) / 2 + along(bias, x))
    np.testing.assert_array_equal(mean, np.arange(shape[1]) / 2)
    grad_x, grad_weight, grad_bias = kernels.batch_norm_backward(x, x, stats, weight, False)
    np.testing.assert_array_equal(grad_bias, x.sum(others(x)))
    np.testing.assert_array_equal(grad_weight, [x.size / shape[1] / 2] * shape[1])
    np.testing.assert_array_equal(grad_x, x * along(weight, x) / 2)


@given(data=st.data())
def test_any_layout(data):
    """Transposed, stepped, reversed, read-only: the bits of a contiguous copy."""
    shape = tuple(data.draw(st.lists(st.sampled_from([1, 2, 3, 5, 17]), min_size=2, max_size=4)))
    x, grad = data.draw(laid_out(shape, "float32")), data.draw(laid_out(shape, "float32"))
    weight = data.draw(laid_out(shape[1:2], "float32"))
    mean, var = np.zeros(shape[1], "float32"), np.ones(shape[1], "float32")
    for training in [False] if x.size == shape[1] else [False, True]:
        y, stats = kernels.batch_norm(x, weight, None, mean, var, training)
        same, same_stats = kernels.batch_norm(
            x.copy(), weight.copy(), None, mean * 0, var * 0 + 1, training
        )
        np.testing.assert_array_equal(stats, same_stats)
        np.testing.assert_array_equal(y, same)
        found = kernels.batch_norm_backward(grad, x, stats, weight, training)
        again = kernels.batch_norm_backward(grad.copy(), x.copy(), stats, weight.copy(), training)
        for a, b in zip(found, again, strict=True):
            np.testing.assert_array_equal(a, b)


# Of 9000 elements side by side a lane sums up to 512 terms: rounding may lose 512 * 2^-24 of the
# squares, and half of that of their root.
@pytest.mark.parametrize(
    ("shape", "rtol"),
    [((1000, 3), 1e-6), ((1000, 3, 8), 1e-6), ((3, 3, 1000), 1e-6), ((1, 3, 9000), 8e-6)],
)
@pytest.mark.parametrize("first", [1, 1e4, -1e6])
def test_first_elements_far_from_the_others(isa, first, shape, rtol):
    """They are what the distances of a block are taken from."""
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    for begin in (0, 128, 896):
        row, *column = np.unravel_index(np.arange(begin, begin + 3), (shape[0], *shape[2:]))
        for c in range(3):
            x[(row, c, *column)] *= first
    exact = x.astype("float64")
    _, stats = kernels.batch_norm(x, training=True, eps=1e-12)
    mean, std = exact.mean(others(x)), exact.std(others(x))
    np.testing.assert_allclose(stats[0], mean, rtol=1e-5, atol=1e-6 * exact.std())
    np.testing.assert_allclose(stats[1], 1 / std, rtol=rtol)


@pytest.mark.parametrize("shape", [(300, 3), (40, 2, 20, 20)])
@pytest.mark.parametrize("value", [0.1, 1e10 / 3, -1e15 / 3])
def test_equal_elements_have_no_variance(isa, shape, value):
    """Rounding does not make it negative, of which the root would be NaN."""
    y, stats = kernels.batch_norm(np.full(shape, value, "float32"), training=True)
    assert np.isfinite(stats).all() and np.isfinite(y).all()


@pytest.mark.parametrize("shape", [(3000, 3), (40, 2, 20, 20), (2, 2, 30000)])
def test_a_mean_far_from_0_costs_no_digits(isa, shape):
    x = (np.random.default_rng(0).normal(size=shape) + 10000).astype("float32")
    exact = x.astype("float64")
    _, stats = kernels.batch_norm(x, training=True, eps=1e-12)
    np.testing.assert_allclose(stats[0], exact.mean(others(x)), rtol=6e-8)
    np.testing.assert_allclose(stats[1], 1 / exact.std(others(x)), rtol=1e-6)


@pytest.mark.parametrize(
    "shape", [(40, 70), (3000, 90), (6, 7, 33, 35), (21, 301, 9, 7), (17, 1100, 57)]
)
def test_bits_do_not_depend_on_threads(isa, shape):
    rng = np.random.default_rng(0)
    x, grad = (rng.normal(size=shape).astype("float32") for _ in range(2))
    before, found = runtime.get_num_threads(), []
    for n in (1, 2, 3):
        runtime.set_num_threads(n)
        y, stats = kernels.batch_norm(x, training=True)
        evaluated = kernels.batch_norm(x, None, None, stats[0].copy(), stats[1].copy())
        results = (y, stats, *evaluated, *kernels.batch_norm_backward(grad, x, stats, None, True))
        found.append([result.tobytes() for result in results])
    runtime.set_num_threads(before)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("shape", [(5, 20), (3, 4, 35)])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_stays_in_its_channel(isa, shape, value):
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    for place in np.ndindex(*shape):
        spoilt = x.copy()
        spoilt[place] = value
        y, stats = kernels.batch_norm(spoilt, training=True)
        nan = np.isnan(y).any(others(x))
        assert nan[place[1]] and nan.sum() == 1
        assert np.isnan(stats[1, place[1]]) and np.isnan(stats[1]).sum() == 1
    # The gradient in evaluation does not depend on x.
    mean, var = np.zeros(shape[1], "float32"), np.ones(shape[1], "float32")
    _, stats = kernels.batch_norm(spoilt, None, None, mean, var)
    assert np.isfinite(kernels.batch_norm_backward(x, spoilt, stats)[0]).all()


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 2), (2, 3, 0), (2, 3, 0, 4), (2, 0), (2, 0, 3)])
def test_nothing(shape):
    x = np.zeros(shape, "float32")
    mean, var = np.full(shape[1], 7, "float32"), np.full(shape[1], 5, "float32")
    y, stats = kernels.batch_norm(x, None, None, mean, var, True)
    assert y.shape == shape and (mean == 7).all() and (var == 5).all()
    grad_x, *sums = kernels.batch_norm_backward(x, x, stats, None, True)
    assert grad_x.shape == shape
    assert all(s.tolist() == [0] * shape[1] for s in sums)


def test_the_gradient_of_x_only_if_needed():
    x = np.ones((2, 3, 4), "float32")
    _, stats = kernels.batch_norm(x, training=True)
    assert kernels.batch_norm_backward(x, x, stats, None, True, False)[0] is None


X = np.ones((2, 3, 4), "float32")
C3, C2 = np.ones(3, "float32"), np.ones(2, "float32")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((X.astype(int),), TypeError, "input must be float32 or float64, got int64"),
        ((X[0, 0],), ShapeError, r"input must be \(N, C\) or .*, got \(4,\)"),
        ((X, C2), ShapeError, r"weight must have one element for each channel, \(3,\), got \(2,\)"),
        ((X, None, C3.astype("f8")), TypeError, "bias must have the dtype of input, got float64"),
        ((X, None, None, C3), ValueError, "must both be given, or neither"),
        ((X,), ValueError, "must be given in evaluation"),
        ((X, None, None, C3, C2), ShapeError, "running_var must have one element"),
        ((X, None, None, None, None, True, 0.1, 0.0), ValueError, "eps must not be negative, nor 0 in training, got 0.0"),
    ],
)  # fmt: skip
def test_errors(arguments, error, message):
    with pytest.raises(error, match=f"batch_norm: .*{message}"):
        kernels.batch_norm(*arguments)


def test_running_statistics_are_written_to():
    frozen = C3.copy()
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="writeable"):
        kernels.batch_norm(X, None, None, frozen, C3.copy(), True)


def test_errors_of_gradients():
    _, stats = kernels.batch_norm(X, training=True)
    with pytest.raises(ShapeError, match=re.escape("grad must be like input, got (2, 3)")):
        kernels.batch_norm_backward(X[..., 0], X, stats)
    with pytest.raises(ShapeError, match=re.escape("stats must be those of batch_norm, (2, 3)")):
        kernels.batch_norm_backward(X, X, stats[:, :2])
