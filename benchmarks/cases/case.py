"""A case: the same lines run by tinygrad_c and PyTorch, NumPy's beside them where it has them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """``torch(library)`` prepares the data and returns the function to time.

    `flops`: the floating-point operations that the definition takes.
    `reads`, `writes`: the bytes that have to be read and written, where memory is the limit: each
    operand and result once, in the forward and in the backward pass.
    `held`: the bytes of all operands and results, where that is less than the sum of both.
    """

    torch: Callable
    numpy: Callable | None = None
    flops: int = 0
    reads: int = 0
    writes: int = 0
    held: int = 0

    @property
    def working_set(self):
        """The bytes that a cache must hold for the next call to find them there."""
        return self.held or self.reads + self.writes
