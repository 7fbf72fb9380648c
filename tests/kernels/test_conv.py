"""Convolution: exact against its definition in NumPy, in every variant and on every ISA."""

import itertools
import math

import numpy as np
import pytest
from exact import FLOATS, same
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out

from tests.kernels.convolution import (
    check_error,
    define_conv,
    define_conv_transpose,
    define_conv_weight,
    meetings,
    steady,
    whole_numbers,
)
from tinygrad_c._kernels import conv as kernels
from tinygrad_c.errors import ShapeError

# ---- shapes ----


@st.composite
def problems(draw):
    """(n, groups, channels, outputs, image, kernel, size, stride, padding, dilation)."""
    ndim = draw(st.sampled_from([1, 2, 2, 2]))
    n = draw(st.sampled_from([1, 2, 3, 0]))
    groups = draw(st.sampled_from([1, 1, 2, 5]))
    channels = groups * draw(st.sampled_from([1, 2, 3, 9]))
    outputs = groups * draw(st.sampled_from([1, 2, 7, 16, 17, 33]))
    per_axis = st.tuples(
        st.sampled_from([1, 2, 3, 4, 5, 7]),
        st.sampled_from([1, 1, 2, 3]),
        st.sampled_from([0, 0, 1, 2, 5]),
        st.sampled_from([1, 1, 2, 3]),
    )
    axes = [draw(per_axis) for _ in range(ndim)]
    kernel, stride, padding, dilation = (tuple(a) for a in zip(*axes, strict=True))
    image = tuple(draw(st.sampled_from([1, 2, 3, 5, 8, 14, 15, 17, 33, 0])) for _ in range(ndim))
    if draw(st.booleans()):
        fitting = [(m + 2 * p - d * (k - 1) - 1) // s + 1
                   for m, k, s, p, d in zip(image, kernel, stride, padding, dilation, strict=True)]  # fmt: skip
        size = tuple(max(m, 0) for m in fitting)
    else:
        size = tuple(draw(st.sampled_from([0, 1, 2, 7, 14, 17, 35])) for _ in range(ndim))
    return n, groups, channels, outputs, image, kernel, size, (stride, padding, dilation, groups)


@pytest.mark.parametrize("dtype", FLOATS)
@steady
@given(data=st.data())
def test_conv(variant, isa, dtype, data):
    n, groups, channels, outputs, image, kernel, size, window = data.draw(problems())
    x = data.draw(laid_out((n, channels, *image), dtype))
    weight = data.draw(laid_out((outputs, channels // groups, *kernel), dtype))
    bias = data.draw(st.none() | laid_out((outputs,), dtype))
    expected = define_conv(x, weight, size, *window, bias)
    same(kernels.conv(x, weight, size, *window, bias), expected)
    assert kernels.ran() == variant or (variant == "auto" and kernels.ran() in ("implicit", "im2col"))


@pytest.mark.parametrize("dtype", FLOATS)
@steady
@given(data=st.data())
def test_conv_transpose(variant, isa, dtype, data):
    n, groups, channels, outputs, image, kernel, size, window = data.draw(problems())
    y = data.draw(laid_out((n, outputs, *size), dtype))
    weight = data.draw(laid_out((outputs, channels // groups, *kernel), dtype))
    bias = data.draw(st.none() | laid_out((channels,), dtype))
    expected = define_conv_transpose(y, weight, image, *window, bias)
    same(kernels.conv_transpose(y, weight, image, *window, bias), expected)


@pytest.mark.parametrize("dtype", FLOATS)
@steady
@given(data=st.data())
def test_conv_weight(variant, isa, dtype, data):
    n, _, channels, outputs, image, kernel, size, window = data.draw(problems())
    y = data.draw(laid_out((n, outputs, *size), dtype))
    x = data.draw(laid_out((n, channels, *image), dtype))
    same(kernels.conv_weight(y, x, kernel, *window), define_conv_weight(y, x, kernel, *window))


# Layers of networks, (n, channels, outputs, image, kernel, stride, padding, dilation, groups):
# large enough to be cut into chunks, blocks and tiles of every kind.
LAYERS = {
    "few channels": (9, 1, 16, (28, 28), (3, 3), 1, 1, 1, 1),
    "few outputs": (7, 16, 6, (14, 14), (5, 5), 1, 2, 1, 1),
    "narrow": (5, 40, 64, (7, 7), (3, 3), 1, 1, 1, 1),
    "short rows": (3, 64, 64, (7, 4), (3, 3), 1, 1, 1, 1),
    "half rows": (3, 64, 64, (7, 8), (3, 3), 1, 1, 1, 1),
    "several blocks": (1, 64, 64, (20, 28), (3, 3), 1, 1, 1, 1),
    "most taps outside": (4, 20, 64, (8, 8), (7, 7), 1, 3, 1, 1),
    "all taps outside": (2, 20, 64, (3, 14), (3, 3), 1, 5, 1, 1),
    "many taps": (1, 3, 64, (14, 14), (13, 13), 1, 6, 1, 1),
    "wide": (1, 3, 20, (9, 700), (3, 3), 1, 1, 1, 1),
    "deep": (2, 300, 40, (6, 5), (3, 3), 1, 1, 1, 1),
    "strided": (3, 24, 40, (29, 31), (3, 3), 2, 1, 1, 1),
    "stem": (2, 3, 33, (45, 61), (7, 7), 2, 3, 1, 1),
    "dilated": (2, 20, 18, (24, 30), (3, 3), 1, 2, 2, 1),
    "pointwise": (3, 40, 70, (15, 17), (1, 1), 1, 0, 1, 1),
    "pointwise and long": (3, 130, 12, (11, 12), (1, 1), 1, 0, 1, 1),
    "pointwise and wide": (2, 40, 130, (11, 12), (1, 1), 1, 0, 1, 1),
    "pointwise strided": (3, 40, 70, (15, 17), (1, 1), 2, 0, 1, 1),
    "depthwise": (4, 30, 30, (17, 19), (3, 3), 1, 1, 1, 30),
    "depthwise in steps of two": (3, 6, 6, (28, 33), (3, 3), 2, 1, 1, 6),
    "depthwise in steps of three": (2, 6, 6, (18, 40), (3, 3), 3, 1, 1, 6),
    "few outputs in steps of two": (3, 5, 3, (9, 70), (4, 4), 2, 1, 1, 1),
    "narrow in steps of two": (3, 20, 40, (14, 14), (3, 3), 2, 1, 1, 1),
    "depthwise strided": (4, 30, 60, (17, 19), (5, 5), 2, 2, 1, 30),
    "groups": (4, 24, 36, (14, 14), (3, 3), 1, 1, 1, 3),
    "the whole image": (40, 12, 30, (5, 5), (5, 5), 1, 0, 1, 1),
    "large kernel": (2, 5, 20, (20, 26), (11, 13), 1, 6, 1, 1),
    "line": (3, 20, 30, (1, 1500), (1, 9), 1, 4, 1, 1),
}


def layer(name, dtype, seed=0):
    return whole_layer(*LAYERS[name], dtype, seed)


def whole_layer(
    n, channels, outputs, image, kernel, stride, padding, dilation, groups, dtype, seed=0
):
    """x, y, weight, bias and window of a layer, of whole numbers."""
    pad = (padding if kernel[0] > 1 else 0, padding)
    size = tuple(
        (m + 2 * p - dilation * (k - 1) - 1) // stride + 1
        for m, p, k in zip(image, pad, kernel, strict=True)
    )
    x = whole_numbers(seed, n, channels, *image, dtype=dtype)
    y = whole_numbers(seed + 1, n, outputs, *size, dtype=dtype)
    weight = whole_numbers(seed + 2, outputs, channels // groups, *kernel, dtype=dtype)
    bias = whole_numbers(seed + 3, outputs, dtype=dtype)
    return x, y, weight, bias, ((stride, stride), pad, (dilation, dilation), groups)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_layers(variant, isa, dtype, name):
    x, y, weight, bias, window = layer(name, dtype)
    expected = define_conv(x, weight, y.shape[2:], *window, bias)
    same(kernels.conv(x, weight, y.shape[2:], *window, bias), expected)
    expected = define_conv_transpose(y, weight, x.shape[2:], *window)
    same(kernels.conv_transpose(y, weight, x.shape[2:], *window), expected)
    expected = define_conv_weight(y, x, weight.shape[2:], *window)
    same(kernels.conv_weight(y, x, weight.shape[2:], *window), expected)


def test_columns_of_windows_of_one_element():
    """Long sums over many places, of weights' gradients where the products are smaller than y; and
    many weights for few places."""
    kernels.set_variant("auto")
    window = (1, 1), (0, 0), (1, 1), 1
    for n, channels, outputs, image, chosen in [
        (6, 96, 96, (12, 16), ["im2col", "im2col", "im2col"]),
        (6, 96, 97, (12, 15), ["im2col", "im2col", "implicit"]),
        (6, 95, 96, (12, 16), ["implicit", "im2col", "im2col"]),
        (6, 96, 95, (12, 16), ["im2col", "implicit", "implicit"]),
        (6, 96, 96, (5, 19), ["implicit", "implicit", "implicit"]),
        (32, 64, 128, (4, 4), ["im2col", "im2col", "im2col"]),
        (33, 64, 128, (4, 4), ["implicit", "implicit", "implicit"]),
        (32, 63, 130, (4, 4), ["implicit", "implicit", "implicit"]),
    ]:
        x, y = np.ones((n, channels, *image), "f4"), np.ones((n, outputs, *image), "f4")
        weight, ran = np.ones((outputs, channels, 1, 1), "f4"), []
        for product, operands, size in [
            (kernels.conv, (x, weight), image), (kernels.conv_transpose, (y, weight), image),
            (kernels.conv_weight, (y, x), (1, 1)),
        ]:  # fmt: skip
            product(*operands, size, *window)
            ran.append(kernels.ran())
        assert ran == chosen


@pytest.mark.parametrize("n", [1, 5, 40])
@pytest.mark.parametrize("image", [(3, 4), (1, 12)])
@pytest.mark.parametrize("dtype", FLOATS)
def test_windows_that_are_the_image(isa, dtype, n, image):
    """One place: a product of matrices, if it is worth it."""
    kernels.set_variant("auto")
    x, y, weight, bias, window = whole_layer(n, 20, 40, image, image, 1, 0, 1, 1, dtype)
    same(kernels.conv(x, weight, (1, 1), *window, bias), define_conv(x, weight, (1, 1), *window, bias))
    assert kernels.ran() == "im2col"
    expected = define_conv_transpose(y, weight, image, *window)
    same(kernels.conv_transpose(y, weight, image, *window), expected)
    assert kernels.ran() == "im2col"
    same(kernels.conv_weight(y, x, image, *window), define_conv_weight(y, x, image, *window))
    assert kernels.ran() == "im2col"
    kernels.conv(x[:, :1], weight[:3, :1], (1, 1), *window)
    assert kernels.ran() == "implicit"


def test_windows_of_no_element():
    x, weight = np.ones((2, 100, 12, 12)), np.ones((5, 100, 0, 1))
    window = (1, 1), (0, 0), (1, 1), 1
    same(kernels.conv(x, weight, (12, 12), *window), np.zeros((2, 5, 12, 12)))


@pytest.mark.parametrize("image", [(3, 4), (4, 3), (1, 8)])
@pytest.mark.parametrize("dtype", FLOATS)
def test_images_that_share_many_weights(isa, dtype, image):
    """Units of four images, and the last of three, whose rows fill micro-kernels together."""
    x, y, weight, bias, window = whole_layer(35, 130, 260, image, (3, 3), 1, 1, 1, 1, dtype)
    same(kernels.conv(x, weight, image, *window, bias), define_conv(x, weight, image, *window, bias))
    expected = define_conv_transpose(y, weight, image, *window)
    same(kernels.conv_transpose(y, weight, image, *window), expected)


@pytest.mark.parametrize("width", [1, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 70])
@pytest.mark.parametrize("dtype", FLOATS)
def test_rows_of_one_channel(isa, dtype, width):
    """Heights around the rows of a micro-kernel, windows whose taps share what they load or not."""
    for height, kernel, stride, dilation in itertools.product(
        (3, 4, 6, 7, 8, 15), ((3, 3), (3, 2), (2, 3), (5, 1)), (1, 2), (1, 2)
    ):
        size = [(m + 2 - dilation * (k - 1) - 1) // stride + 1 for m, k in zip((height, width), kernel, strict=True)]  # fmt: skip
        if min(size) < 1:
            continue
        window = ((stride, stride), (1, 1), (dilation, dilation), 3)
        x, y = (whole_numbers(i, 2, 3, *s, dtype=dtype) for i, s in enumerate(((height, width), size)))
        weight, bias = whole_numbers(2, 3, 1, *kernel, dtype=dtype), whole_numbers(3, 3, dtype=dtype)
        same(kernels.conv(x, weight, size, *window, bias), define_conv(x, weight, size, *window, bias))
        expected = define_conv_transpose(y, weight, x.shape[2:], *window)
        same(kernels.conv_transpose(y, weight, x.shape[2:], *window), expected)


@pytest.mark.parametrize("name", LAYERS)
def test_the_bits_do_not_depend_on_the_number_of_threads(variant, isa, threads, name):
    x, y, weight, bias, window = layer(name, "float32")
    rng = np.random.default_rng(0)
    x, y, weight, bias = (rng.standard_normal(a.shape).astype("f4") for a in (x, y, weight, bias))
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append((
            kernels.conv(x, weight, y.shape[2:], *window, bias),
            kernels.conv_transpose(y, weight, x.shape[2:], *window),
            kernels.conv_weight(y, x, weight.shape[2:], *window),
        ))  # fmt: skip
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            same(a, b)


@pytest.mark.parametrize("name", LAYERS)
def test_each_is_the_adjoint_of_the_others(variant, name):
    x, y, weight, _, window = layer(name, "float64")
    forward = np.vdot(kernels.conv(x, weight, y.shape[2:], *window), y)
    assert forward == np.vdot(kernels.conv_transpose(y, weight, x.shape[2:], *window), x)
    assert forward == np.vdot(kernels.conv_weight(y, x, weight.shape[2:], *window), weight)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_reaches_every_sum_that_it_is_a_term_of_and_no_other(variant, isa, dtype, bad):
    for channels, outputs, image, kernel, stride in [
        (1, 2, (5, 19), (3, 3), 1), (3, 17, (4, 18), (2, 3), 1), (2, 9, (7, 9), (3, 3), 2),
    ]:  # fmt: skip
        size = tuple((m + 2 - k) // stride + 1 for m, k in zip(image, kernel, strict=True))
        window = ((stride, stride), (1, 1), (1, 1), 1)
        weight = np.zeros((outputs, channels, *kernel), dtype)  # 0 * NaN is NaN
        ones = np.ones_like(weight)
        for place in [0, 1, image[1] - 1, image[1], math.prod(image) - 1]:
            x = np.zeros((2, channels, *image), dtype)
            x[1, 0].flat[place] = bad
            touched = define_conv((x != 0).astype(dtype), ones, size, *window) > 0
            y = kernels.conv(x, weight, size, *window)
            np.testing.assert_array_equal(np.isnan(y), touched)
        for place in [0, size[1] - 1, math.prod(size) - 1]:
            y = np.zeros((2, outputs, *size), dtype)
            y[1, -1].flat[place] = bad
            touched = define_conv_transpose((y != 0).astype(dtype), ones, image, *window) > 0
            x = kernels.conv_transpose(y, weight, image, *window)
            np.testing.assert_array_equal(np.isnan(x), touched)
            grad = kernels.conv_weight(y, np.zeros((2, channels, *image), dtype), kernel, *window)
            np.testing.assert_array_equal(np.isnan(grad).any((1, 2, 3)), np.arange(outputs) == outputs - 1)


def test_without_input_channels(variant, isa):
    """There is nothing to sum but the bias, whatever ran before."""
    bias = whole_numbers(1, 5)
    window = ((2, 2), (1, 1), (1, 1), 1)
    for _ in range(3):
        x = kernels.conv_transpose(
            np.ones((1, 0, 9, 9), "f4"), np.ones((0, 5, 5, 5), "f4"), (20, 20), *window, bias
        )
        same(x, np.broadcast_to(bias[:, None, None], (1, 5, 20, 20)))
        y = kernels.conv(
            np.ones((1, 0, 9, 9), "f4"), np.ones((5, 0, 3, 3), "f4"), (5, 5), *window, bias
        )
        same(y, np.broadcast_to(bias[:, None, None], (1, 5, 5, 5)))


def test_many_small_images(variant):
    """A batch that no memory of windows would hold."""
    x, weight = whole_numbers(1, 3000, 2, 3, 3), whole_numbers(2, 3, 2, 2, 2)
    window = ((1, 1), (0, 0), (1, 1), 1)
    same(kernels.conv(x, weight, (2, 2), *window), define_conv(x, weight, (2, 2), *window))


def test_extreme_windows(variant):
    """Taps that read nothing but padding, strides beyond the image."""
    x = whole_numbers(1, 2, 3, 4, 5)
    weight = whole_numbers(2, 4, 3, 2, 2)
    for window in [((1, 1), (10**6, 0), (2 * 10**6, 1), 1), ((10**6, 10**6), (0, 0), (1, 1), 1),
                   ((3, 1), (0, 10**9), (1, 10**9), 1)]:  # fmt: skip
        same(kernels.conv(x, weight, (1, 3), *window), define_conv(x, weight, (1, 3), *window))
        y = whole_numbers(3, 2, 4, 1, 3)
        same(kernels.conv_transpose(y, weight, (4, 5), *window),
             define_conv_transpose(y, weight, (4, 5), *window))  # fmt: skip
        same(kernels.conv_weight(y, x, (2, 2), *window), define_conv_weight(y, x, (2, 2), *window))


# ---- columns ----


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_columns(dtype, data):
    n, _, channels, _, image, kernel, size, (*window, _) = data.draw(problems())
    x = data.draw(laid_out((n, channels, *image), dtype))
    columns = kernels.im2col(x, kernel, size, *window)
    expected = np.zeros((n, channels, *kernel, *size), dtype)
    for tap, xs, ys in meetings(image, size, kernel, *window):
        expected[(slice(None), slice(None), *tap, *ys)] = x[(..., *xs)]
    same(columns, expected)
    other = data.draw(laid_out(columns.shape, dtype))
    summed = kernels.col2im(other, image, *window)
    assert summed.shape == x.shape
    assert np.vdot(summed, x) == np.vdot(other, columns)


# ---- errors ----

X, W = np.ones((2, 3, 4, 5), "f4"), np.ones((6, 3, 2, 2), "f4")
WINDOW = ((1, 1), (0, 0), (1, 1), 1)


def test_errors():
    check_error(ShapeError, "conv: x of shape (2, 3, 4, 5) and weight of shape (6, 3, 2) must both "
                "have 3 or 4 dimensions", kernels.conv, X, W[..., 0], (3, 4), *WINDOW)
    check_error(ShapeError, "conv: x of shape (2, 3, 4, 5) must have 4 channels for weight of shape "
                "(6, 4, 2, 2) in 1 groups", kernels.conv, X, np.ones((6, 4, 2, 2), "f4"), (3, 4), *WINDOW)
    check_error(ShapeError, "conv_transpose: y of shape (2, 3, 4, 5) must have 6 channels",
                kernels.conv_transpose, X, W, (3, 4), *WINDOW)
    check_error(ShapeError, "conv_weight: y of shape (2, 3, 4, 5) and x of shape (1, 3, 4, 5) must "
                "agree in their first dimension", kernels.conv_weight, X, X[:1], (1, 1), *WINDOW)
    check_error(ShapeError, "conv: bias must have shape (6,), got (5,)", kernels.conv, X, W, (3, 4),
                *WINDOW, np.ones(5, "f4"))
    check_error(TypeError, "conv: bias must have dtype float32, got float64", kernels.conv, X, W,
                (3, 4), *WINDOW, np.ones(6))
    check_error(TypeError, "conv: x and weight must have the same dtype, float32 or float64, got "
                "float32 and float64", kernels.conv, X, W.astype("f8"), (3, 4), *WINDOW)
    check_error(TypeError, "got int64 and int64", kernels.conv, X.astype(int), W.astype(int), (3, 4),
                *WINDOW)
    check_error(ValueError, "conv: stride must be from 1 to 1073741824, got (0, 1)", kernels.conv, X,
                W, (3, 4), (0, 1), (0, 0), (1, 1), 1)
    check_error(ValueError, "conv: padding must be from 0", kernels.conv, X, W, (3, 4), (1, 1),
                (0, -1), (1, 1), 1)
    check_error(ValueError, "conv: groups must be from 1", kernels.conv, X, W, (3, 4), (1, 1), (0, 0),
                (1, 1), 0)
    check_error(ShapeError, "conv: size must have 2 numbers, got (3,)", kernels.conv, X, W, (3,),
                *WINDOW)
    check_error(ShapeError, "col2im: columns must have 4 or 6 dimensions, got (2, 3, 4, 5, 1)",
                kernels.col2im, X[..., None], (4, 4), *WINDOW[:3])  # fmt: skip


def test_strides_far_beyond_the_result():
    x, w = np.full((1, 1, 1, 1), 3, np.float32), np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    far = (2**30, 2**30)
    y = kernels.conv_transpose(x, w, (3, 3), far, (0, 0), (1, 1), 1)
    np.testing.assert_array_equal(y, 3 * w)
    y = kernels.conv(w, x, (1, 1), far, (0, 0), (1, 1), 1)
    np.testing.assert_array_equal(y, 3 * w[..., :1, :1])


def test_results_that_no_memory_holds():
    with pytest.raises(MemoryError):
        kernels.conv(X, W, (2**30, 2**30), *WINDOW)
