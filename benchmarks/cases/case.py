"""A case: the same lines run by tinygrad_c and PyTorch, NumPy's beside them where it has them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """``torch(library)`` prepares the data and returns the function to time.

    `flops`: the floating-point operations that the definition takes.
    `nbytes`: the bytes that have to be read and written once, where memory is the limit.
    """

    torch: Callable
    numpy: Callable | None = None
    flops: int = 0
    nbytes: int = 0
