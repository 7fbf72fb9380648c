"""Dropout."""

from tinygrad_c.nn import functional as F
from tinygrad_c.nn.functional.checks import check_probability
from tinygrad_c.nn.module import Module
from tinygrad_c.tensor import Tensor


class Dropout(Module):
    """In training, each element is 0 with probability `p`, and x / (1 - p) otherwise.

    The expectation is x; in eval mode y = x. x: float32 or float64, of any shape, which y has, too;
    see `nn.functional.dropout`. ValueError for a `p` outside of [0, 1].

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
    2014.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability("Dropout", p)
        self.p = p
        self.inplace = inplace

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"
