"""Checks of arguments that several functions share."""

from typing import Any

from tinygrad_c.errors import ShapeError, check_number
from tinygrad_c.methods.shape import check_tensor
from tinygrad_c.tensor import Tensor


def check_tensors(name: str, **operands: Any) -> None:
    """Raise TypeError unless all operands are Tensors."""
    for what, value in operands.items():
        check_tensor(name, what, value)


def check_broadcasts(name: str, what: str, value: Any, input: Tensor) -> None:
    """Raise unless the operand called `what` is None, or a Tensor that broadcasts to `input`."""
    if value is None:
        return
    check_tensor(name, what, value)
    shape, wanted = value.shape, input.shape
    pairs = zip(reversed(shape), reversed(wanted), strict=False)
    if len(shape) > len(wanted) or any(n not in (1, m) for n, m in pairs):
        raise ShapeError(
            f"{name}: {what} of shape {tuple(shape)} must broadcast to the shape of input, "
            f"{tuple(wanted)}"
        )


def check_probability(name: str, p: Any) -> None:
    """Raise unless `p` is a number from 0 to 1."""
    check_number(name, "p", p)
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: p must be a probability from 0 to 1, got {p}")
