"""Softmax, log-softmax and cross-entropy: lines of any length and layout, and what is not finite."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels.convolution import steady
from tests.layouts import laid_out
from tinygrad_c._kernels import runtime
from tinygrad_c._kernels import softmax as kernels

TOLERANCE = {"float32": 4e-6, "float64": 1e-14}
# Around vectors and the blocks of four of them in which a line's maximum is taken.
LENGTHS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65]


def definition(x):
    """(softmax, log_softmax) of rows, in float64."""
    x = x.astype("float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        terms = np.exp(x - x.max(1, keepdims=True))
        total = terms.sum(1, keepdims=True)
        return terms / total, x - x.max(1, keepdims=True) - np.log(total)


@st.composite
def lines(draw, dtype):
    """(array of lines, its axis): as many and as long as make whole vectors or nearly so."""
    n, count = draw(st.sampled_from(LENGTHS)), draw(st.sampled_from([1, 2, 7, 8, 9, 16, 17, 33]))
    axis = draw(st.sampled_from([0, 1]))
    return draw(laid_out((count, n) if axis else (n, count), dtype)), axis


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@steady
@given(data=st.data())
def test_lines_of_any_length_and_layout(isa, dtype, data):
    x, axis = data.draw(lines(dtype))
    grad = data.draw(laid_out(x.shape, dtype))
    close = {"rtol": TOLERANCE[dtype], "atol": 4 * TOLERANCE[dtype]}
    p, log_p = (np.moveaxis(y, 1, axis) for y in definition(np.moveaxis(x, axis, 1)))
    np.testing.assert_allclose(kernels.softmax(x, axis), p, **close)
    np.testing.assert_allclose(kernels.log_softmax(x, axis), log_p, **close)
    of = {"axis": axis, "keepdims": True, "dtype": "float64"}
    # What the kernels are given is rounded: to where it is large, the gradient follows.
    y, log_y = p.astype(dtype), log_p.astype(dtype)
    np.testing.assert_allclose(
        kernels.softmax_backward(grad, y, axis), p * (grad - (grad * p).sum(**of)), **close
    )
    close["atol"] *= max(1, abs(grad.sum(**of)).max())
    np.testing.assert_allclose(
        kernels.log_softmax_backward(grad, log_y, axis), grad - p * grad.sum(**of), **close
    )


def test_bits_do_not_depend_on_threads(isa):
    x = np.random.default_rng(1).normal(size=(20010, 10)).astype("float32")
    before, found = runtime.get_num_threads(), []
    for n_threads in (1, 2, 3):
        runtime.set_num_threads(n_threads)
        found.append([kernels.log_softmax(a, 1) for a in (x, x[:, ::3], x.reshape(69, -1))])
    runtime.set_num_threads(before)
    for one, *others in zip(*found, strict=True):
        for other in others:
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("n", [4, 10, 16, 31, 200])
def test_a_line_gives_the_same_bits_wherever_it_stands(isa, n):
    row = np.random.default_rng(2).normal(size=2 * n).astype("float32")[::2]
    rows = np.broadcast_to(row, (1025, n))
    for kernel in (kernels.softmax, kernels.log_softmax):
        one = kernel(row.copy(), 0)
        for many in (kernel(rows.copy(), 1), kernel(rows, 1), kernel(row[None], 1)):
            np.testing.assert_array_equal(many, np.broadcast_to(one, many.shape))


@pytest.mark.parametrize("shape", [(5, 9, 40), (3, 70, 33), (2, 70000, 3)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_layouts_give_the_bits_of_a_copy(isa, shape, axis):
    rng = np.random.default_rng(3)
    y, other = (rng.normal(size=shape).astype("float32") for _ in range(2))
    one = np.broadcast_to(np.float32(1.5), shape)
    stepped = np.repeat(other, 2, axis=2)[:, :, ::2]
    for kernel in (kernels.softmax_backward, kernels.log_softmax_backward):
        for grad in (one, stepped):
            np.testing.assert_array_equal(kernel(grad, y, axis), kernel(grad.copy(), y, axis))
    for kernel in (kernels.softmax, kernels.log_softmax):
        np.testing.assert_array_equal(kernel(stepped, axis), kernel(other, axis))


def test_cross_entropy_of_other_steps(isa):
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(37, 46)).astype("float32")
    target, weight = rng.integers(0, 23, 37), rng.uniform(1, 2, 46).astype("float32")
    views = [(logits[:, ::2], weight[::2]), (logits[:, ::2].T.copy().T, weight[:23])]
    for x, w in views:
        found = kernels.cross_entropy(x, target, w, label_smoothing=0.1, reduction="none")
        same = kernels.cross_entropy(x.copy(), target, w.copy(), label_smoothing=0.1, reduction="none")
        for a, b in zip(found, same, strict=True):
            np.testing.assert_array_equal(a, b)


def rows_with(value, n, dtype):
    """A row with `value` at every place, and one of nothing else."""
    x = np.random.default_rng(0).normal(size=(n + 1, n)).astype(dtype)
    np.fill_diagonal(x, value)
    x[n] = value
    return x


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite(isa, value, dtype):
    for n in LENGTHS:
        x = rows_with(value, n, dtype)
        for kernel, expected in zip(
            (kernels.softmax, kernels.log_softmax), definition(x), strict=True
        ):
            across = np.ascontiguousarray(x.T)
            for found in (kernel(x, 1), kernel(across, 0).T, kernel(across.T, 1)):
                np.testing.assert_allclose(
                    found, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype]
                )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_cross_entropy_of_what_is_not_finite(isa, value):
    for n in LENGTHS:
        x = rows_with(value, n, "float32")
        target = np.arange(n + 1) % n
        loss = kernels.cross_entropy(x, target, reduction="none")[0]
        expected = -definition(x)[1][np.arange(n + 1), target]
        np.testing.assert_allclose(
            loss, expected, rtol=TOLERANCE["float32"], atol=TOLERANCE["float32"]
        )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("offset", [-3.4e38, -1e30, -1e12, 1e8, 1e16, 3e38])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_does_not_see_an_offset(isa, offset, dtype, smoothing):
    """The gradient of equal logits: 1 / C - 1 for the target, 1 / C for the others."""
    x, target = np.full((3, 4), offset, dtype), np.array([0, 3, 1])
    options = {"label_smoothing": smoothing, "reduction": "sum"}
    loss, norm = kernels.cross_entropy(x, target, **options)
    grad = kernels.cross_entropy_backward(np.ones((), dtype), x, target, norm, **options)
    np.testing.assert_allclose(loss, 3 * np.log(4), rtol=1e-6)
    wanted = 0.25 - (1 - smoothing) * np.eye(4)[target] - smoothing / 4
    np.testing.assert_allclose(grad, wanted, rtol=1e-6, atol=1e-7)
