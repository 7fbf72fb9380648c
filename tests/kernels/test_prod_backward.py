"""The gradient of products of rows, against its definition."""

import numpy as np
import pytest

from tinygrad_c._kernels import reduce as kernels
from tinygrad_c.errors import ShapeError

SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 33, 130]


def definition(grad, a):
    y = np.empty_like(a)
    for k in range(a.shape[1]):
        y[:, k] = grad * np.delete(a, k, 1).prod(1)
    return y


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("n", SIZES)
def test_exactly_on_whole_numbers(dtype, rows, n):
    rng = np.random.default_rng(rows + n)
    a = rng.choice([-1, 1, 1, 2, 0, -1, 1, 1, 1, 1], (rows, n)).astype(dtype)
    grad = rng.integers(-3, 4, 2 * rows).astype(dtype)[::2]
    np.testing.assert_array_equal(kernels.prod_backward(grad, a), definition(grad, a))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.0, 1e-45])
def test_what_is_not_finite(value):
    a = np.full((5, 6), 2.0, "float32")
    np.fill_diagonal(a, value)
    grad = np.ones(5, "float32")
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(kernels.prod_backward(grad, a), definition(grad, a))


def test_any_number_of_threads(threads):
    rng = np.random.default_rng(0)
    grad, a = rng.normal(size=3000), rng.normal(size=(3000, 40))
    one, *others = [(threads(n), kernels.prod_backward(grad, a))[1] for n in (1, 2, 3, 8)]
    for other in others:
        np.testing.assert_array_equal(other, one)


def test_errors():
    a = np.ones((2, 3), "float32")
    with pytest.raises(ShapeError, match="a must be a contiguous matrix, got shape"):
        kernels.prod_backward(a[:, 0], a.T)
    with pytest.raises(ShapeError, match=r"grad must be float32 of shape \(2,\), got float64"):
        kernels.prod_backward(np.ones(2), a)
