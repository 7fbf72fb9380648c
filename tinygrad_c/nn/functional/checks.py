"""Checks of arguments that several functions share."""

from operator import index
from typing import Any

from tinygrad_c.tensor import Tensor


def check_tensors(name: str, input: Any, other: Any, what: str) -> None:
    """Raise TypeError unless `input` and the operand called `what` are Tensors."""
    if isinstance(input, Tensor) and isinstance(other, Tensor):
        return
    operand, value = (what, other) if isinstance(input, Tensor) else ("input", input)
    raise TypeError(f"{name}: {operand} must be a Tensor, got {type(value).__name__}")


def whole(name: str, what: str, value: Any) -> int:
    """`value` as an int; TypeError for what is no whole number, ValueError for one too large."""
    try:
        number = index(value)
    except TypeError:
        raise TypeError(f"{name}: {what} must be a whole number, got {value!r}") from None
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{name}: {what} must be a number of 64 bits, got {value!r}")
    return number
