"""Softmax, log-softmax and cross-entropy of what is not finite, wherever in a line it stands."""

import numpy as np
import pytest

from tinygrad_c._kernels import softmax as kernels

TOLERANCE = {"float32": 4e-6, "float64": 1e-14}
# Around vectors and the blocks of four of them in which a line's maximum is taken.
LENGTHS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 33, 64, 65]


def definition(x):
    """(softmax, log_softmax) of rows, in float64."""
    x = x.astype("float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        terms = np.exp(x - x.max(1, keepdims=True))
        total = terms.sum(1, keepdims=True)
        return terms / total, x - x.max(1, keepdims=True) - np.log(total)


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
