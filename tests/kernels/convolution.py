"""The definition of convolutions in NumPy, of lines, images and volumes, and what their tests share."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# Variant and ISA stay the same for all draws of one test.
steady = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def whole_numbers(seed, *shape, dtype="float32"):
    """Products and sums of these are exact in every order of summation."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(dtype)


def check_error(error, message, call, *arguments):
    with pytest.raises(error, match=re.escape(message)):
        call(*arguments)


def meetings(x_size, y_size, kernel, stride, padding, dilation):
    """For each tap, the slices of x and y, per axis, whose elements it brings together."""
    for tap in np.ndindex(*kernel):
        xs, ys = [], []
        for n, m, k, s, p, d in zip(x_size, y_size, tap, stride, padding, dilation, strict=True):
            first = max(0, -((k * d - p) // s))
            last = min(m, (n - 1 - k * d + p) // s + 1)
            count = max(last - first, 0)
            start = first * s + k * d - p if count else 0
            xs.append(slice(start, start + (count - 1) * s + 1 if count else start, s))
            ys.append(slice(first, first + count) if count else slice(0, 0))
        yield tap, tuple(xs), tuple(ys)


def split(a, axis, groups):
    """The channels at `axis` as (groups, channels / groups)."""
    return a.reshape(*a.shape[:axis], groups, a.shape[axis] // groups, *a.shape[axis + 1 :])


def define_conv(x, weight, size, stride, padding, dilation, groups, bias=None):
    y = np.zeros((len(x), groups, len(weight) // groups, *size), x.dtype)
    xg, w = split(x, 1, groups), split(weight, 0, groups)
    for tap, xs, ys in meetings(x.shape[2:], size, weight.shape[2:], stride, padding, dilation):
        y[(..., *ys)] += np.einsum("ngc...,goc->ngo...", xg[(..., *xs)], w[(..., *tap)])
    y = y.reshape(len(x), len(weight), *size)
    return y if bias is None else y + bias.reshape(-1, *[1] * len(size))


def define_conv_transpose(y, weight, size, stride, padding, dilation, groups, bias=None):
    channels = weight.shape[1]
    x = np.zeros((len(y), groups, channels, *size), y.dtype)
    yg, w = split(y, 1, groups), split(weight, 0, groups)
    for tap, xs, ys in meetings(size, y.shape[2:], weight.shape[2:], stride, padding, dilation):
        x[(..., *xs)] += np.einsum("ngo...,goc->ngc...", yg[(..., *ys)], w[(..., *tap)])
    x = x.reshape(len(y), groups * channels, *size)
    return x if bias is None else x + bias.reshape(-1, *[1] * len(size))


def define_conv_weight(y, x, kernel, stride, padding, dilation, groups):
    yg, xg = split(y, 1, groups), split(x, 1, groups)
    weight = np.zeros((groups, yg.shape[2], xg.shape[2], *kernel), x.dtype)
    places = "ijk"[: len(kernel)]
    for tap, xs, ys in meetings(x.shape[2:], y.shape[2:], kernel, stride, padding, dilation):
        weight[(..., *tap)] = np.einsum(
            f"ngo{places},ngc{places}->goc", yg[(..., *ys)], xg[(..., *xs)]
        )
    return weight.reshape(y.shape[1], xg.shape[2], *kernel)
