"""Dropout."""

from tinygrad_c.nn.functional.checks import check_probability
from tinygrad_c.ops import random
from tinygrad_c.tensor import Tensor


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, each element is 0 with probability `p`, and input / (1 - p) otherwise.

    The expectation is `input`, which is returned itself without `training` or with p = 0. Whether
    an element is 0 does not depend on the others; `manual_seed` determines which are.

    input: float32 or float64 (TypeError), of any shape; y has both. With `inplace` y is written to
    its memory. ValueError for a `p` outside of [0, 1], TypeError for one that is no number.

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
    2014.
    """
    check_probability("dropout", p)
    if not training or p == 0:
        return input
    y = random.dropout(input, p)
    return input.copy_(y) if inplace else y
