"""Dropout."""

from tinygrad_c.nn.functional.checks import check_probability
from tinygrad_c.ops import random
from tinygrad_c.tensor import Tensor


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, each element is 0 with probability `p`, and input / (1 - p) otherwise."""
    check_probability("dropout", p)
    if not training or p == 0:
        return input
    y = random.dropout(input, p)
    return input.copy_(y) if inplace else y
