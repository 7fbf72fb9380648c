"""Convolution of volumes: exact against its definition, where planes lie and where they are copied."""

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
    steady,
    whole_numbers,
)
from tinygrad_c._kernels import conv as kernels
from tinygrad_c._kernels import volume
from tinygrad_c.errors import ShapeError


@st.composite
def volumes(draw):
    """(n, groups, channels, outputs, image, kernel, size, window), small."""
    n = draw(st.sampled_from([1, 2, 3, 0]))
    groups = draw(st.sampled_from([1, 1, 2]))
    channels, outputs = (groups * draw(st.sampled_from([1, 2, 3])) for _ in range(2))
    per_axis = st.tuples(
        st.sampled_from([1, 2, 3]), st.sampled_from([1, 1, 2, 3]), st.sampled_from([0, 1, 2, 5]),
        st.sampled_from([1, 1, 2]),
    )  # fmt: skip
    kernel, stride, padding, dilation = zip(*[draw(per_axis) for _ in range(3)], strict=True)
    image = tuple(draw(st.sampled_from([1, 2, 3, 5, 8, 0])) for _ in range(3))
    size = tuple(draw(st.sampled_from([0, 1, 2, 4, 7])) for _ in range(3))
    return n, groups, channels, outputs, image, kernel, size, (stride, padding, dilation, groups)


@pytest.mark.parametrize("dtype", FLOATS)
@steady
@given(data=st.data())
def test_volumes(variant, isa, dtype, data):
    n, groups, channels, outputs, *rest = data.draw(volumes())
    image, kernel, size, window = rest
    x = data.draw(laid_out((n, channels, *image), dtype))
    y = data.draw(laid_out((n, outputs, *size), dtype))
    weight = data.draw(laid_out((outputs, channels // groups, *kernel), dtype))
    bias = data.draw(st.none() | laid_out((outputs,), dtype))
    same(volume.conv(x, weight, size, *window, bias), define_conv(x, weight, size, *window, bias))
    bias = data.draw(st.none() | laid_out((channels,), dtype))
    expected = define_conv_transpose(y, weight, image, *window, bias)
    same(volume.conv_transpose(y, weight, image, *window, bias), expected)
    same(volume.conv_weight(y, x, kernel, *window), define_conv_weight(y, x, kernel, *window))


def test_volumes_in_parts(monkeypatch, variant):
    """As many at once as memory shall hold; the sums of weights go over all."""
    x, y = whole_numbers(1, 5, 2, 3, 4, 4), whole_numbers(2, 5, 3, 3, 4, 4)
    weight, window = whole_numbers(3, 3, 2, 3, 3, 3), ((1, 1, 1), (1, 1, 1), (1, 1, 1), 1)
    for most in (1, 600, 10**9):
        monkeypatch.setattr(volume, "PLANES", most)
        same(volume.conv(x, weight, (3, 4, 4), *window), define_conv(x, weight, (3, 4, 4), *window))
        expected = define_conv_transpose(y, weight, (3, 4, 4), *window)
        same(volume.conv_transpose(y, weight, (3, 4, 4), *window), expected)
        expected = define_conv_weight(y, x, (3, 3, 3), *window)
        same(volume.conv_weight(y, x, (3, 3, 3), *window), expected)


# Volumes, (n, channels, outputs, image, kernel, stride, padding, dilation, groups).
VOLUMES = {
    "few channels": (2, 3, 16, (5, 12, 20), (3, 3, 3), 1, 1, 1, 1),
    "few outputs": (2, 4, 2, (9, 5, 21), (3, 3, 3), 1, 1, 1, 1),
    "small planes": (3, 20, 40, (7, 4, 4), (3, 3, 3), 1, 1, 1, 1),
    "many weights": (9, 70, 150, (3, 2, 3), (3, 3, 3), 1, 1, 1, 1),
    "strided": (2, 10, 33, (9, 9, 11), (3, 3, 3), 2, 1, 1, 1),
    "steps of three": (2, 5, 9, (8, 10, 7), (2, 2, 2), 3, 0, 1, 1),
    "dilated": (2, 6, 17, (8, 9, 9), (3, 2, 3), 1, 2, 2, 1),
    "dilated and strided": (2, 6, 17, (9, 9, 9), (3, 3, 2), 2, 2, 3, 1),
    "groups": (2, 6, 9, (6, 7, 9), (3, 3, 3), 1, 1, 1, 3),
    "depthwise": (2, 8, 8, (5, 9, 17), (3, 3, 3), 1, 1, 1, 8),
    "pointwise": (2, 20, 30, (4, 5, 6), (1, 1, 1), 1, 0, 1, 1),
    "along the depth": (2, 20, 18, (6, 5, 5), (3, 1, 1), 1, 0, 1, 1),
    "the whole volume": (5, 4, 20, (3, 4, 4), (3, 4, 4), 1, 0, 1, 1),
}


def products_of_a_volume(name, whole, dtype):
    """The operands of the three products, each with the definition of it and what makes it."""
    n, channels, outputs, image, kernel, *numbers, groups = VOLUMES[name]
    stride, padding, dilation = ((m,) * 3 for m in numbers)
    window = stride, padding, dilation, groups
    size = tuple((m + 2 * p - d * (k - 1) - 1) // s + 1
                 for m, k, s, p, d in zip(image, kernel, *window[:3], strict=True))  # fmt: skip
    shapes = ((n, channels, *image), (n, outputs, *size), (outputs, channels // groups, *kernel))
    rng = np.random.default_rng(0)
    x, y, weight = (
        whole_numbers(i, *shape, dtype=dtype) if whole else rng.standard_normal(shape).astype(dtype)
        for i, shape in enumerate(shapes)
    )
    return [
        (volume.conv, define_conv, (x, weight, size, *window, y[0, :, 0, 0, 0])),
        (volume.conv_transpose, define_conv_transpose, (y, weight, image, *window, x[0, :, 0, 0, 0])),
        (volume.conv_weight, define_conv_weight, (y, x, kernel, *window)),
    ]


@pytest.mark.parametrize("name", VOLUMES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_layers_of_volumes(variant, isa, dtype, name):
    for product, definition, operands in products_of_a_volume(name, True, dtype):
        same(product(*operands), definition(*operands))
        assert kernels.ran() == ("implicit" if variant == "auto" else variant)


@pytest.mark.parametrize("name", VOLUMES)
def test_the_bits_of_volumes_do_not_depend_on_the_number_of_threads(isa, threads, name):
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append([f(*a) for f, _, a in products_of_a_volume(name, False, "float32")])
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            same(a, b)


def test_nan_reaches_every_sum_of_a_volume_that_it_is_a_term_of_and_no_other(isa):
    x, weight = np.zeros((2, 2, 4, 5, 6), "f4"), np.zeros((17, 2, 3, 3, 3), "f4")
    window = ((1, 1, 1), (1, 1, 1), (1, 1, 1), 1)
    for place in (0, 29, 30, 119):
        x[1, 0].flat[place] = np.nan
        touched = define_conv((x != 0).astype("f4"), weight + 1, (4, 5, 6), *window) > 0
        y = volume.conv(x, weight, (4, 5, 6), *window)
        np.testing.assert_array_equal(np.isnan(y), touched)
        x[1, 0].flat[place] = 0


def test_errors_of_volumes():
    x, w = np.ones((2, 3, 4, 5, 6), "f4"), np.ones((6, 3, 2, 2, 2), "f4")
    window = ((1, 1, 1), (0, 0, 0), (1, 1, 1), 1)
    check_error(ShapeError, "conv: x of shape (2, 3, 4, 5, 6) and weight of shape (6, 3, 2, 2) must "
                "both have 5 dimensions", volume.conv, x, w[..., 0], (3, 4, 5), *window)
    check_error(ShapeError, "conv: x of shape (2, 3, 4, 5, 6) must have 2 channels for weight of shape "
                "(6, 2, 2, 2, 2) in 1 groups", volume.conv, x, w[:, :2], (3, 4, 5), *window)
    check_error(ShapeError, "conv_transpose: y of shape (2, 3, 4, 5, 6) must have 6 channels",
                volume.conv_transpose, x, w, (3, 4, 5), *window)
    check_error(ShapeError, "conv_transpose: bias must have shape (6,), got (5,)",
                volume.conv_transpose, x, np.ones((3, 6, 1, 1, 1), "f4"), (4, 5, 6), *window,
                np.ones(5, "f4"))
    check_error(ShapeError, "conv_weight: y of shape (1, 3, 4, 5, 6) and x of shape (2, 3, 4, 5, 6) "
                "must agree in their first dimension", volume.conv_weight, x[:1], x, (1, 1, 1), *window)
    check_error(TypeError, "conv: x and weight must have the same dtype", volume.conv, x,
                w.astype("f8"), (3, 4, 5), *window)
    check_error(TypeError, "conv: x and weight must have the same dtype, float32 or float64, got "
                "int64 and int64", volume.conv, x.astype(int), w.astype(int), (3, 4, 5), *window)
    check_error(TypeError, "conv: bias must have dtype float32, got float64",
                volume.conv, x, w, (3, 4, 5), *window, np.ones(6))
    check_error(ValueError, "conv: stride must be from 1 to 1073741824, got (1, 1, 2147483648)",
                volume.conv, x, w, (3, 4, 5), (1, 1, 2**31), *window[1:])
    check_error(ShapeError, "conv: size must have 3 numbers, got (3, 4)", volume.conv, x, w, (3, 4),
                *window)
    check_error(ValueError, "conv: stride must be from 1 to 1073741824, got (0, 1, 1)", volume.conv, x, w,
                (3, 4, 5), (0, 1, 1), *window[1:])  # fmt: skip
