"""Activations: element by element, and softmax along one dimension. Shapes do not change."""

import warnings
from typing import Any

from tinygrad_c.autograd.views import inplace as write_inplace
from tinygrad_c.errors import check_number
from tinygrad_c.nn.functional.checks import check_tensors
from tinygrad_c.ops import activation, comparison, elementwise
from tinygrad_c.ops import softmax as ops_softmax
from tinygrad_c.tensor import Tensor


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """y = max(input, 0), NaN where that is NaN; its derivative at 0 is 0.

    input: any shape, of all dtypes but bool (TypeError), which y has, too. With `inplace` y is
    written to its memory: RuntimeError for a leaf that requires a gradient.

    Source: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
    """
    return input.relu_() if inplace else elementwise.relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """y = input where that is positive, else negative_slope * input

    In place, the slope must not be negative: the gradient is found from the sign of y.
    """
    check_number("leaky_relu", "negative_slope", negative_slope)
    if negative_slope >= 0:
        if inplace:
            return write_inplace(activation.leaky_relu, input, negative_slope=negative_slope)
        return activation.leaky_relu(input, negative_slope)
    if inplace:
        raise RuntimeError(
            f"leaky_relu: negative_slope must be >= 0 in place, got {negative_slope}: the sign of "
            "the result would not tell the sign of the input"
        )
    return comparison.where(input > 0, input, input * negative_slope)


def logsigmoid(input: Tensor) -> Tensor:
    """y = log(1 / (1 + exp(-input))), without its overflow"""
    check_tensors("logsigmoid", input=input)
    return activation.log_sigmoid(input)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """The Gaussian error linear unit: each number times the probability that a normally distributed
    one is less::

        y = input * (1 + erf(input / sqrt(2))) / 2                                      "none"
        y = input * (1 + tanh(sqrt(2 / pi) * (input + 0.044715 * input**3))) / 2        "tanh"

    of float32 or float64. RuntimeError if `approximate` is neither.

    Source: Hendrycks, Gimpel, "Gaussian error linear units", 2016.
    """
    return activation.gelu(input, approximate)


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """y = exp(input) / sum(exp(input), dim): numbers from 0 to 1 whose sum along `dim` is 1.

    The largest number along `dim` is subtracted first, so that exp does not overflow; where it is
    infinite y is NaN.

    Parameters
    ----------
    input : float32 or float64, of any shape, which y has, too
    dim : int
        Without it, with a warning, 0 for 0, 1 or 3 dimensions, and 1 for any other number of them.
    dtype : optional
        What `input` is cast to first.

    Raises
    ------
    TypeError
        For other dtypes, and for a `dim` that is no whole number.
    IndexError
        If there is no such dimension.
    """
    check_tensors("softmax", input=input)
    dim = implicit_dim("softmax", input, _stacklevel) if dim is None else dim
    return ops_softmax.softmax(input if dtype is None else input.to(dtype), dim)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """y = input - log(sum(exp(input), dim)): the logarithm of `softmax`, without its overflow.

    Arguments, shapes and errors are those of `softmax`. y is exact also where `softmax` is so small
    that it is 0.
    """
    check_tensors("log_softmax", input=input)
    dim = implicit_dim("log_softmax", input, _stacklevel) if dim is None else dim
    return ops_softmax.log_softmax(input if dtype is None else input.to(dtype), dim)


def implicit_dim(name, input, stacklevel):
    """The dimension that PyTorch takes where none is given."""
    warnings.warn(
        f"{name}: dim is not given, and chosen by the number of dimensions: give it",
        stacklevel=stacklevel,
    )
    return 0 if input.dim() in (0, 1, 3) else 1
