"""Losses: exact on whole numbers, in every layout, instruction set, and number of threads."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import broadcastable, laid_out, shapes

from tinygrad_c._kernels import loss as kernels
from tinygrad_c.errors import ShapeError

DTYPES = ["float32", "float64"]
REDUCTIONS = ["none", "mean", "sum"]
dtypes = pytest.mark.parametrize("dtype", DTYPES)
reductions = pytest.mark.parametrize("reduction", REDUCTIONS)


def mse(x, t):
    return (x - t) ** 2


def bce(x, t):
    with np.errstate(divide="ignore"):
        return -t * np.maximum(np.log(x), -100) - (1 - t) * np.maximum(np.log1p(-x), -100)


def bce_with_logits(x, t):
    return (1 - t) * x - (np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))))


LOSSES = {
    "mse_loss": (mse, lambda x, t: 2 * (x - t)),
    "binary_cross_entropy": (bce, lambda x, t: (x - t) / np.maximum(x * (1 - x), 1e-12)),
    "binary_cross_entropy_with_logits": (
        bce_with_logits,
        lambda x, t: np.exp(-np.logaddexp(0, -x)) - t,
    ),
}


def reduced(losses, reduction, n=None):
    """The losses, their sum, or their sum divided by n."""
    if reduction == "none":
        return losses
    with np.errstate(all="ignore"):
        total = np.sum(losses, dtype=np.float64)
        return total if reduction == "sum" else total / np.float64(losses.size if n is None else n)


# ---- element by element ----


@dtypes
@given(data=st.data())
def test_mse_loss_is_exact(dtype, data):
    x, t = data.draw(broadcastable(2, dtype))
    for reduction in REDUCTIONS:
        y = kernels.mse_loss(x, t, reduction)
        assert y.dtype == dtype
        np.testing.assert_array_equal(y, np.asarray(reduced(mse(x, t), reduction)).astype(dtype))


@dtypes
@given(data=st.data())
def test_the_gradient_of_mse_loss_is_exact(dtype, data):
    x, t = data.draw(broadcastable(2, dtype))
    shape = np.broadcast_shapes(x.shape, t.shape)
    grad = data.draw(laid_out(shape, dtype))
    found = kernels.mse_loss_backward(grad, x, t, "none")
    np.testing.assert_array_equal(found, grad * (2 * (x - t)))
    assert (found.shape, found.dtype) == (shape, np.dtype(dtype))
    one = np.array(3, dtype)
    np.testing.assert_array_equal(kernels.mse_loss_backward(one, x, t, "sum"), 6 * (x - t))
    n = max(found.size, 1)
    scale = np.array(1 / n, dtype) * one
    np.testing.assert_array_equal(
        kernels.mse_loss_backward(one, x, t, "mean"), scale * (2 * (x - t))
    )


def drawn(name, shape, dtype, seed=0):
    """Operands that the loss is defined for."""
    rng = np.random.default_rng(seed)
    x, t = rng.normal(size=shape), rng.uniform(size=shape)
    return (rng.uniform(size=shape) if name == "binary_cross_entropy" else x).astype(
        dtype
    ), t.astype(dtype)


@dtypes
@reductions
@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shape", [(), (1,), (7,), (16, 3), (3, 65, 2), (257, 129)])
def test_losses_and_gradients_are_those_of_the_definition(isa, name, shape, reduction, dtype):
    define, slope = LOSSES[name]
    x, t = drawn(name, shape, dtype)
    exact = [a.astype(np.longdouble) for a in (x, t)]
    tolerance = {"float32": 1e-6, "float64": 2e-15}[dtype]
    expected = reduced(define(*exact), reduction)
    found = getattr(kernels, name)(x, t, reduction)
    np.testing.assert_allclose(found, expected.astype(np.float64), rtol=tolerance, atol=tolerance)
    grad = np.random.default_rng(1).normal(size=found.shape).astype(dtype)
    expected = grad.astype(np.longdouble) * slope(*exact) / (x.size if reduction == "mean" else 1)
    found = getattr(kernels, f"{name}_backward")(grad, x, t, reduction)
    np.testing.assert_allclose(
        found, expected.astype(np.float64), rtol=10 * tolerance, atol=10 * tolerance
    )


@dtypes
def test_logits_far_out(isa, dtype):
    x = np.array([1000, 1000, -1000, -1000, 0, 1e30, -1e30], dtype)
    t = np.array([0, 1, 0, 1, 0.5, 1, 0], dtype)
    losses = kernels.binary_cross_entropy_with_logits(x, t, "none")
    log_2 = np.array(np.log(2), dtype)
    np.testing.assert_array_equal(losses, np.array([1000, 0, 0, 1000, log_2, 0, 0], dtype))
    grads = kernels.binary_cross_entropy_with_logits_backward(np.ones(7, dtype), x, t, "none")
    np.testing.assert_array_equal(grads, np.array([1, 0, 0, -1, 0, 0, 0], dtype))


@dtypes
def test_probabilities_at_their_ends_cost_at_most_100(isa, dtype):
    x, t = np.array([0, 0, 1, 1], dtype), np.array([0, 1, 0, 1], dtype)
    losses = kernels.binary_cross_entropy(x, t, "none")
    np.testing.assert_array_equal(losses, np.array([0, 100, 100, 0], dtype))
    grads = kernels.binary_cross_entropy_backward(np.ones(4, dtype), x, t, "none")
    np.testing.assert_allclose(grads, [0, -1e12, 1e12, 0], rtol=1e-6)


@dtypes
@pytest.mark.parametrize("name", ["mse_loss", "binary_cross_entropy_with_logits"])
def test_nan_is_passed_on_from_every_lane(isa, name, dtype):
    for n in (1, 5, 17, 40):
        for i in range(n):
            x, t = drawn(name, n, dtype)
            x[i] = np.nan
            losses = getattr(kernels, name)(x, t, "none")
            np.testing.assert_array_equal(np.isnan(losses), np.isnan(x))
            assert np.isnan(getattr(kernels, name)(t, x, "sum"))
            grads = getattr(kernels, f"{name}_backward")(np.ones(n, dtype), x, t, "none")
            np.testing.assert_array_equal(np.isnan(grads), np.isnan(x))


@pytest.mark.parametrize("name", LOSSES)
@reductions
def test_same_bits_for_any_number_of_threads(isa, threads, name, reduction):
    x, t = drawn(name, (331, 517), "float32")
    grad = np.ones_like(x) if reduction == "none" else np.float32(0.7)
    results = set()
    for n in (1, 2, 3):
        threads(n)
        results.add(
            (
                getattr(kernels, name)(x.T, t.T, reduction).tobytes(),
                getattr(kernels, f"{name}_backward")(np.asarray(grad), x, t, reduction).tobytes(),
            )
        )
    assert len(results) == 1


def test_sums_are_precise():
    """A chunk is summed in blocks, and blocks in double: no term of a million is lost."""
    x, t = np.full(1_000_000, 1.1, np.float32), np.ones(1_000_000, np.float32)
    exact = np.sum((x - t).astype(np.float64) ** 2)
    assert abs(kernels.mse_loss(x, t, "sum") - exact) <= 1e-6 * exact


def test_promotion():
    x, t = np.ones(3, np.float32), np.zeros(3, np.int64)
    assert kernels.mse_loss(x, t).dtype == np.float32
    assert kernels.mse_loss(x.astype(np.float64), x).dtype == np.float64
    assert kernels.mse_loss_backward(np.ones(()), x, t, "sum").dtype == np.float32


@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        ([0.5, 1.5], [0, 1], "all elements of input should be between 0 and 1, got 1.5"),
        ([0.5, np.nan], [0, 1], "all elements of input should be between 0 and 1, got nan"),
        ([0.5, 0.5], [0, -1], "all elements of target should be between 0 and 1, got -1"),
        ([[0.5], [-2]], [0, 1], "all elements of input should be between 0 and 1, got -2"),
    ],
)
@reductions
def test_what_is_no_probability(isa, x, t, message, reduction):
    with pytest.raises(RuntimeError, match=f"binary_cross_entropy: {message}"):
        kernels.binary_cross_entropy(np.float64(x), np.float64(t), reduction)


def check_error(error, message, call, *arguments):
    with pytest.raises(error, match=re.escape(message)):
        call(*arguments)


def test_errors():
    a, b = np.ones((2, 3)), np.ones((2, 4))
    shapes = "got (2, 3) and (2, 4)"
    check_error(
        ShapeError,
        f"mse_loss: shapes of operands must broadcast, {shapes}",
        kernels.mse_loss, a, b,
    )  # fmt: skip
    check_error(
        TypeError,
        "mse_loss: input or target must be float32 or float64, got int64 and int64",
        kernels.mse_loss, np.ones(2, int), np.ones(2, int),
    )  # fmt: skip
    check_error(
        ValueError,
        "mse_loss: reduction must be none, mean or sum, got 'avg'",
        kernels.mse_loss, a, a, "avg",
    )  # fmt: skip
    check_error(
        ShapeError,
        "mse_loss_backward: grad must have the shape of the loss, got (2, 3)",
        kernels.mse_loss_backward, a, a, a, "mean",
    )  # fmt: skip


# ---- the likelihood of classes ----


def nll(x, target, weight, ignore_index, reduction):
    """The definition, one target after the other."""
    axis = 1 if x.ndim > 1 else 0
    x = np.moveaxis(x, axis, -1)
    losses, total = np.zeros(target.shape), 0.0
    for p in np.ndindex(target.shape):
        if target[p] != ignore_index:
            losses[p] = -weight[target[p]] * x[p][target[p]]
            total += weight[target[p]]
    return reduced(losses, reduction, total)


@st.composite
def likelihoods(draw, dtype):
    """(input, target, weight): whole numbers, in every layout, some targets ignored."""
    classes = draw(st.sampled_from([1, 2, 3, 5, 17]))
    batched = draw(st.booleans())
    examples = draw(shapes(3)) if batched else ()
    if batched and not examples:
        examples = (1,)
    shape = (examples[0], classes, *examples[1:]) if batched else (classes,)
    x = draw(laid_out(shape, dtype))
    seed = draw(st.integers(0, 1000))
    target = np.random.default_rng(seed).integers(-1, classes, examples[::-1]).T
    target[target == -1] = -7
    return x, target, draw(laid_out((classes,), dtype, 1, 4))


@dtypes
@given(data=st.data())
def test_nll_loss_is_exact(dtype, data):
    x, target, weight = data.draw(likelihoods(dtype))
    ones = np.ones_like(weight)
    for reduction in REDUCTIONS:
        for w in (None, weight):
            y, total = kernels.nll_loss(x, target, w, -7, reduction)
            expected = nll(x, target, ones if w is None else w, -7, reduction)
            assert y.dtype == dtype
            np.testing.assert_array_equal(y, np.asarray(expected).astype(dtype))
            assert (total is None) == (reduction == "none")


@dtypes
@given(data=st.data())
def test_the_gradient_of_nll_loss_is_its_adjoint(dtype, data):
    """sum(grad_x * x) == sum(grad * loss(x)), exactly: the loss is linear."""
    x, target, weight = data.draw(likelihoods(dtype))
    for reduction in ("none", "sum"):
        y, _ = kernels.nll_loss(x, target, weight, -7, reduction)
        grad = data.draw(laid_out(y.shape, dtype))
        grad_x = kernels.nll_loss_backward(grad, target, weight, None, x.shape, -7, reduction)
        assert (grad_x.shape, grad_x.dtype) == (x.shape, x.dtype)
        assert np.count_nonzero(grad_x) <= target.size
        assert np.sum(grad_x * x, dtype=np.float64) == np.sum(grad * y, dtype=np.float64)
    y, total = kernels.nll_loss(x, target, weight, -7, "mean")
    if total > 0:
        one = np.ones((), dtype)
        mean = kernels.nll_loss_backward(one, target, weight, total, x.shape, -7, "mean")
        whole = kernels.nll_loss_backward(one, target, weight, None, x.shape, -7, "sum")
        np.testing.assert_array_equal(mean, (whole.astype(np.float64) / total).astype(dtype))


def test_nll_loss_has_the_same_bits_for_any_number_of_threads(threads):
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(4, 6, 170, 171)), rng.integers(0, 6, (4, 170, 171))
    weight, results = rng.uniform(size=6), set()
    for n in (1, 2, 3):
        threads(n)
        y, total = kernels.nll_loss(x, target, weight)
        grad = kernels.nll_loss_backward(np.ones(()), target, weight, total, x.shape)
        results.add((y.tobytes(), total.tobytes(), grad.tobytes()))
    assert len(results) == 1


def test_nll_loss_passes_on_nan_that_it_picks():
    x = np.array([[np.nan, 1.0], [2.0, np.nan]])
    assert kernels.nll_loss(x, np.array([1, 0]))[0] == -1.5
    assert np.isnan(kernels.nll_loss(x, np.array([1, 1]))[0])
    assert np.isnan(kernels.nll_loss(x, np.array([-100, -100]))[0])


def test_nll_loss_errors():
    x = np.zeros((2, 3, 4))
    targets = np.zeros((2, 4), np.int64)
    targets[1, 2] = 3
    check_error(
        IndexError,
        "nll_loss: target must be from 0 to 2 or ignore_index, got 3 at position (1, 2)",
        kernels.nll_loss, x, targets,
    )  # fmt: skip
    targets[1, 2] = -1
    check_error(IndexError, "got -1 at position (1, 2)", kernels.nll_loss, x, targets)
    check_error(
        ShapeError,
        "nll_loss: input must be (N, C, d1, ...) or (C,) and target (N, d1, ...) or (), "
        "got (2, 3, 4) and (2,)",
        kernels.nll_loss, x, np.zeros(2, np.int64),
    )  # fmt: skip
    check_error(
        TypeError, "nll_loss: target must be int64, got int32",
        kernels.nll_loss, x, np.zeros((2, 4), np.int32),
    )  # fmt: skip
    check_error(
        ShapeError, "nll_loss: weight must be one number for each class, (3,), got (2,)",
        kernels.nll_loss, x, np.zeros((2, 4), np.int64), np.ones(2),
    )  # fmt: skip
    check_error(
        TypeError, "nll_loss: weight must be float64 like input, got float32",
        kernels.nll_loss, x, np.zeros((2, 4), np.int64), np.ones(3, np.float32),
    )  # fmt: skip
