"""Pooling: exact against the naive definitions, in every geometry, layout, ISA and thread count."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out

from tinygrad_c._kernels import pool as kernels
from tinygrad_c._kernels import runtime
from tinygrad_c.errors import ShapeError

FLOATS = ["float32", "float64"]


def every_isa():
    """The names of the instruction sets, each while it is in use."""
    before = runtime.current_isa()
    try:
        for name in runtime.isas():
            runtime.use_isa(name)
            yield name
    finally:
        runtime.use_isa(before)


# ---- definitions ----


def pairs(window):
    """The window with every size as a pair."""
    kernel, stride, padding, dilation, ceil_mode = window
    both = [v if isinstance(v, tuple) else (v, v) for v in (kernel, stride, padding, dilation)]
    return *both, ceil_mode


def count(n, kernel, stride, padding, dilation, ceil_mode):
    """The number of windows: those that fit, and with ceil_mode one that begins inside."""
    starts = range(-padding, n + padding, stride)
    fitting = [i for i in starts if i + (kernel - 1) * dilation < n + padding]
    if ceil_mode and (not fitting or fitting[-1] + (kernel - 1) * dilation < n + padding - 1):
        fitting += [i for i in starts if i not in fitting and i < n][:1]
    return len(fitting)


def windows(shape, window):
    """For every window its place in y, and its (tap, row, column) inside the plane."""
    kernel, stride, padding, dilation, ceil_mode = pairs(window)
    out = [
        count(shape[-2 + d], kernel[d], stride[d], padding[d], dilation[d], ceil_mode)
        for d in (0, 1)
    ]
    for i, j in np.ndindex(*out):
        taps = []
        for t, (a, b) in enumerate(np.ndindex(*kernel)):
            row = i * stride[0] - padding[0] + a * dilation[0]
            column = j * stride[1] - padding[1] + b * dilation[1]
            if 0 <= row < shape[-2] and 0 <= column < shape[-1]:
                taps.append((t, row, column))
        yield (i, j), taps


def out_shape(shape, window):
    last = max(place for place, _ in windows(shape, window))
    return (*shape[:-2], last[0] + 1, last[1] + 1)


def max_pool(a, window):
    """(y, taps, positions): the first of the largest; of NaNs the last, as in PyTorch."""
    shape = out_shape(a.shape, window)
    y, taps, positions = np.zeros(shape, a.dtype), np.zeros(shape, int), np.zeros(shape, int)
    for place, cells in windows(a.shape, window):
        for plane in np.ndindex(*a.shape[:-2]):
            t, row, column = cells[0]
            for other in cells:
                v = a[plane][other[1:]]
                if v > a[plane][row, column] or np.isnan(v):
                    t, row, column = other
            y[plane][place] = a[plane][row, column]
            taps[plane][place], positions[plane][place] = t, row * a.shape[-1] + column
    return y, taps, positions


def scatter(y, positions, shape):
    """Zeros of `shape`, with y added at its positions."""
    a = np.zeros((*shape[:-2], shape[-2] * shape[-1]), y.dtype)
    for plane in np.ndindex(*shape[:-2]):
        np.add.at(a[plane], positions[plane].ravel(), y[plane].ravel())
    return a.reshape(shape)


def divisor(shape, window, place, cells, count_include_pad, divisor_override):
    if divisor_override:
        return divisor_override
    if not count_include_pad:
        return len(cells)
    kernel, stride, padding, _, _ = pairs(window)
    sides = []
    for d in (0, 1):
        start = place[d] * stride[d] - padding[d]
        sides.append(min(start + kernel[d], shape[-2 + d] + padding[d]) - start)
    return sides[0] * sides[1]


def avg_pool(a, window, count_include_pad=True, divisor_override=None):
    y = np.zeros(out_shape(a.shape, window), a.dtype)
    for place, cells in windows(a.shape, window):
        n = divisor(a.shape, window, place, cells, count_include_pad, divisor_override)
        total = sum(a[..., row, column] for _, row, column in cells)
        y[(..., *place)] = total / a.dtype.type(n)
    return y


def avg_pool_backward(grad, shape, window, count_include_pad=True, divisor_override=None):
    a = np.zeros(shape, grad.dtype)
    for place, cells in windows(shape, window):
        n = divisor(shape, window, place, cells, count_include_pad, divisor_override)
        for _, row, column in cells:
            a[..., row, column] += grad[(..., *place)] / grad.dtype.type(n)
    return a


def parts(n, out):
    """The windows of adaptive pooling."""
    return [(o * n // out, -(-(o + 1) * n // out)) for o in range(out)]


def adaptive(a, output_size):
    y = np.zeros((*a.shape[:-2], *output_size), a.dtype)
    for i, (top, bottom) in enumerate(parts(a.shape[-2], output_size[0])):
        for j, (left, right) in enumerate(parts(a.shape[-1], output_size[1])):
            y[..., i, j] = a[..., top:bottom, left:right].mean((-2, -1))
    return y


def adaptive_backward(grad, shape):
    a = np.zeros(shape, grad.dtype)
    for i, (top, bottom) in enumerate(parts(shape[-2], grad.shape[-2])):
        for j, (left, right) in enumerate(parts(shape[-1], grad.shape[-1])):
            n = (bottom - top) * (right - left)
            a[..., top:bottom, left:right] += (grad[..., i, j] / n)[..., None, None]
    return a


# ---- drawn cases ----


@st.composite
def axes(draw, dilations, ceil_mode):
    """(size, kernel, stride, padding, dilation) with room for a window, or nearly so."""
    kernel, dilation = draw(st.integers(1, 5)), draw(st.sampled_from(dilations))
    padding, stride = draw(st.integers(0, kernel // 2)), draw(st.integers(1, 6))
    least = (kernel - 1) * dilation + 1 - 2 * padding - (ceil_mode and stride > 1)
    size = max(1, least, dilation) + draw(st.sampled_from([0, 1, 2, 3, 5, 9, 17, 33]))
    return size, kernel, stride, padding, dilation


@st.composite
def cases(draw, dtype, dilations=(1, 1, 2, 3)):
    """(a, window), with or without a batch, laid out in any way."""
    ceil_mode = draw(st.booleans())
    (h, *rows), (w, *columns) = (draw(axes(dilations, ceil_mode)) for _ in range(2))
    leading = draw(st.sampled_from([(1, 1), (2, 3), (3,), (1,), (0, 2)]))
    window = (*zip(rows, columns, strict=True), ceil_mode)
    return draw(laid_out((*leading, h, w), dtype)), window


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_max_pool(dtype, data):
    a, window = data.draw(cases(dtype))
    expected, expected_taps, positions = max_pool(a, window)
    grad = data.draw(laid_out(expected.shape, dtype))
    expected_grad = scatter(grad, positions, a.shape)
    for _ in every_isa():
        y, taps = kernels.max_pool2d(a, window)
        assert y.dtype == a.dtype and taps.dtype == np.uint8
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(taps, expected_taps)
        indices = kernels.max_pool2d_indices(a, taps, window)
        assert indices.dtype == np.int64
        np.testing.assert_array_equal(indices, positions)
        np.testing.assert_array_equal(kernels.max_pool2d_gather(a, taps, window), expected)
        grad_a = kernels.max_pool2d_backward(grad, taps, a.shape, window)
        np.testing.assert_array_equal(grad_a, expected_grad)


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_max_pool_of_pairs(dtype, data):
    """The windows of 2 x 2 that have a path of their own, with what is left of odd sizes."""
    h, w = (data.draw(st.sampled_from([2, 3, 4, 7, 14, 15, 31, 32, 33, 66])) for _ in range(2))
    a = data.draw(laid_out((2, 1, h, w), dtype))
    window = (2, None, 0, 1, data.draw(st.booleans()))
    expected, expected_taps, positions = max_pool(a, (2, 2, *window[2:]))
    grad = data.draw(laid_out(expected.shape, dtype))
    expected_grad = scatter(grad, positions, a.shape)
    for _ in every_isa():
        y, taps = kernels.max_pool2d(a, window)
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(taps, expected_taps)
        grad_a = kernels.max_pool2d_backward(grad, taps, a.shape, window)
        np.testing.assert_array_equal(grad_a, expected_grad)


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_avg_pool(dtype, data):
    a, window = data.draw(cases(dtype, dilations=(1,)))
    options = data.draw(st.sampled_from([(True, None), (False, None), (True, 3), (False, -2)]))
    expected = avg_pool(a, window, *options)
    grad = data.draw(laid_out(expected.shape, dtype))
    expected_grad = avg_pool_backward(grad, a.shape, window, *options)
    # Quotients of powers of two are exact, and so are their sums.
    expected_quarters = avg_pool_backward(grad, a.shape, window, False, 4)
    tolerance = 1e-5 if dtype == "float32" else 1e-14
    for _ in every_isa():
        y = kernels.avg_pool2d(a, window, *options)
        assert y.dtype == a.dtype
        np.testing.assert_array_equal(y, expected)
        grad_a = kernels.avg_pool2d_backward(grad, a.shape, window, *options)
        np.testing.assert_allclose(grad_a, expected_grad, rtol=tolerance, atol=tolerance)
        quarters = kernels.avg_pool2d_backward(grad, a.shape, window, False, 4)
        np.testing.assert_array_equal(quarters, expected_quarters)


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_adaptive_avg_pool(dtype, data):
    sizes = st.sampled_from([1, 2, 3, 5, 7, 8, 16, 17, 33])
    a = data.draw(laid_out((2, 3, data.draw(sizes), data.draw(sizes)), dtype))
    output_size = (data.draw(st.integers(0, 9)), data.draw(st.integers(0, 20)))
    expected = adaptive(a.astype("float64"), output_size).astype(dtype)
    grad = data.draw(laid_out(expected.shape, dtype))
    expected_grad = adaptive_backward(grad, a.shape)
    for _ in every_isa():
        y = kernels.adaptive_avg_pool2d(a, output_size)
        np.testing.assert_allclose(y, expected, rtol=1e-6)
        grad_a = kernels.adaptive_avg_pool2d_backward(grad, a.shape)
        np.testing.assert_allclose(grad_a, expected_grad, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", FLOATS)
def test_wide_taps(isa, dtype):
    """Windows of 255 and more elements."""
    a = np.random.default_rng(0).integers(-50, 50, (2, 2, 40, 37)).astype(dtype)
    for kernel in [(15, 17), (16, 16), (40, 37), (1, 37), (23, 30)]:
        window = (kernel, (3, 2), (kernel[0] // 2, 0), 1, True)
        y, taps = kernels.max_pool2d(a, window)
        expected, expected_taps, positions = max_pool(a, window)
        assert taps.dtype == (np.uint8 if kernel[0] * kernel[1] <= 255 else np.int32)
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(taps, expected_taps)
        np.testing.assert_array_equal(kernels.max_pool2d_indices(a, taps, window), positions)
        np.testing.assert_array_equal(kernels.max_pool2d_gather(a, taps, window), expected)
        np.testing.assert_array_equal(
            kernels.max_pool2d_backward(y, taps, a.shape, window), scatter(y, positions, a.shape)
        )
        np.testing.assert_array_equal(kernels.avg_pool2d(a, window), avg_pool(a, window))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("window", [(2, 2, 0, 1, False), (3, 2, 1, 1, True), (3, 1, 1, 2, False)])
def test_nan_in_every_place(isa, dtype, window):
    """Also between infinities, and where nothing is larger than -inf."""
    for fill, place in itertools.product([0, -np.inf, np.inf], np.ndindex(5, 34)):
        a = np.full((1, 5, 34), fill, dtype)
        a[0][place] = np.nan
        y, taps = kernels.max_pool2d(a, window)
        expected, expected_taps, _ = max_pool(a, window)
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(taps, expected_taps)
        if np.isfinite(fill):
            plain = (*window[:3], 1, False)
            found = np.isnan(kernels.avg_pool2d(a, plain))
            np.testing.assert_array_equal(found, np.isnan(avg_pool(a, plain)))


def test_the_first_maximum_wins_a_tie(isa):
    a = np.zeros((1, 6, 70), np.float32)
    for window in [(2, 2, 0, 1, False), (3, 3, 0, 1, False)]:
        assert not kernels.max_pool2d(a, window)[1].any()
    a[0, 1, 1] = a[0, 0, 1] = 3
    assert kernels.max_pool2d(a, (2, 2, 0, 1, False))[1][0, 0, 0] == 1
    # Of -inf alone the first that is not padding.
    assert kernels.max_pool2d(np.full((1, 2, 2), -np.inf), (3, 1, 1, 1, False))[1][0, 0, 0] == 4


def test_a_dilation_far_beyond_the_input_costs_nothing():
    far = 10**8
    x = np.arange(12, dtype=np.float32).reshape(1, 1, 4, 3)
    y, taps = kernels.max_pool2d(x, (2, (1, far), 0, (1, far), True))
    np.testing.assert_array_equal(y[..., 0], x[..., 1:, 0])
    assert y.shape == (1, 1, 3, 1) and (taps == 2).all()


@pytest.mark.parametrize("window", [(2, 2, 0, 1, False), (3, 2, 1, 1, False), (3, 1, 1, 1, False)])
def test_bits_do_not_depend_on_threads(isa, window):
    a = np.random.default_rng(0).normal(size=(9, 17, 45, 46)).astype("float32")
    before = runtime.get_num_threads()
    found = []
    for n in (1, 2, 3):
        runtime.set_num_threads(n)
        y, taps = kernels.max_pool2d(a, window)
        mean = kernels.avg_pool2d(a, window)
        parts = kernels.adaptive_avg_pool2d(a, (7, 5))
        found.append([
            x.tobytes() for x in (
                y, taps, mean, parts, kernels.max_pool2d_backward(y, taps, a.shape, window),
                kernels.max_pool2d_gather(a, taps, window),
                kernels.avg_pool2d_backward(mean, a.shape, window),
                kernels.adaptive_avg_pool2d_backward(parts, a.shape),
            )
        ])  # fmt: skip
    runtime.set_num_threads(before)
    assert found[0] == found[1] == found[2]


A = np.ones((1, 2, 5, 6), np.float32)


@pytest.mark.parametrize(
    ("a", "window", "error", "message"),
    [
        (A, (0, None, 0, 1, False), ShapeError, "kernel_size must be at least 1 .*, got 0"),
        (A, (2, 0, 0, 1, False), ShapeError, "stride must be at least 1 .*, got 0"),
        (A, (2, 1, -1, 1, False), ShapeError, "padding must be at least 0 .*, got -1"),
        (A, (2, 1, 0, 0, False), ShapeError, "dilation must be at least 1 .*, got 0"),
        (A, (2**31, 1, 0, 1, False), ShapeError, "kernel_size must be .* below 2"),
        (A, (2**13, 1, 0, 1, False), ShapeError, r"at most 2\*\*24 elements"),
        (A, ((2, 2, 2), 1, 0, 1, False), ValueError, r"int or a pair of ints, got \(2, 2, 2\)"),
        (A, (2.0, 1, 0, 1, False), TypeError, "kernel_size must be an int or a pair .* got 2.0"),
        (A, (3, 1, 2, 1, False), ShapeError, "padding must be at most half .* padding 2 .* 3"),
        (A, (7, 1, 0, 1, False), ShapeError, r"must fit .* \(1, 2, 5, 6\), kernel_size 7"),
        (A, (3, 1, 0, 3, True), ShapeError, "must fit .* dilation 3"),
        (A, (2, 1, 1, 6, False), ShapeError, "every window must reach the input.* dilation 6"),
        (A[0, 0], (2, 1, 0, 1, False), ShapeError, r"\(N, C, H, W\) or .*got \(5, 6\)"),
        (A[:, :0], (2, 1, 0, 1, False), ShapeError, r"at least one channel.*\(1, 0, 5, 6\)"),
        (A[..., :0], (2, 1, 0, 1, False), ShapeError, r"at least one.*\(1, 2, 5, 0\)"),
        (A.astype(int), (2, 1, 0, 1, False), TypeError, "must be float32 or float64, got int64"),
    ],
)
def test_errors(a, window, error, message):
    with pytest.raises(error, match=f"max_pool2d: .*{message}"):
        kernels.max_pool2d(a, window)


def test_errors_of_averages():
    window = (2, None, 0, 1, False)
    with pytest.raises(ValueError, match="divisor_override must not be zero"):
        kernels.avg_pool2d(A, window, True, 0)
    with pytest.raises(ShapeError, match="output_size must be at least 0"):
        kernels.adaptive_avg_pool2d(A, (-1, 2))
    with pytest.raises(ShapeError, match=re.escape("row and column, got (1, 2, 0, 6)")):
        kernels.adaptive_avg_pool2d(A[:, :, :0], 2)
    assert kernels.adaptive_avg_pool2d(A[:, :0], 2).shape == (1, 0, 2, 2)


def test_gradients_have_the_shape_of_the_output():
    window = (2, None, 0, 1, False)
    y, taps = kernels.max_pool2d(A, window)
    with pytest.raises(ShapeError, match=re.escape("grad must have the shape (1, 2, 2, 3)")):
        kernels.max_pool2d_backward(A, taps, A.shape, window)
    with pytest.raises(ShapeError, match="taps must have the shape"):
        kernels.max_pool2d_backward(y, taps[..., :1], A.shape, window)
    with pytest.raises(TypeError, match="taps must be those of max_pool2d, got int64"):
        kernels.max_pool2d_gather(A, taps.astype(int), window)
    with pytest.raises(ShapeError, match="grad must have the shape"):
        kernels.avg_pool2d_backward(A, A.shape, window)
