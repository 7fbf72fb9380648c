"""Activations: element by element, and softmax along one dimension. Shapes do not change."""

from typing import Any

from tinygrad_c.ops import elementwise
from tinygrad_c.ops import softmax as ops_softmax
from tinygrad_c.tensor import Tensor


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """y = max(input, 0)"""
    return input.relu_() if inplace else elementwise.relu(input)


def softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """y = exp(input) / sum(exp(input), dim): positive numbers that sum to 1 along `dim`."""
    return ops_softmax.softmax(input if dtype is None else input.to(dtype), dim)


def log_softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """y = input - log(sum(exp(input), dim)): the logarithm of softmax, without its overflow."""
    return ops_softmax.log_softmax(input if dtype is None else input.to(dtype), dim)
