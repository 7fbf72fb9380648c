"""Methods that fill a tensor with random numbers."""

from tinygrad_c._kernels import elementwise
from tinygrad_c._kernels import random as kernels
from tinygrad_c._kernels.graph import grad_enabled
from tinygrad_c.autograd.views import check_writable


class RandomMethods:
    """PyTorch's numbers from PyTorch's seed (see `tinygrad_c.manual_seed`)."""

    __slots__ = ()

    def uniform_(self, a=0, b=1, *, generator=None):
        """Fill with numbers from the uniform distribution on [a, b); returns the tensor."""
        return fill(self, "uniform", kernels.uniform_, a, b, generator)

    def normal_(self, mean=0, std=1, *, generator=None):
        """Fill with numbers from the normal distribution; returns the tensor."""
        return fill(self, "normal", kernels.normal_, mean, std, generator)


def fill(t, name, kernel, first, second, generator):
    """Run `kernel` on the tensor's memory."""
    if grad_enabled():
        check_writable(name, t)
    array = t.array
    if array.flags.c_contiguous:
        kernel(array, first, second, generator)
    else:
        drawn = elementwise.cast(array, array.dtype)
        kernel(drawn, first, second, generator)
        elementwise.copy_(array, drawn)
    return t
