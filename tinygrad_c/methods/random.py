"""Methods that fill a tensor with random numbers."""

from tinygrad_c._kernels import random as kernels
from tinygrad_c._kernels.graph import grad_enabled
from tinygrad_c.autograd.views import check_writable


class RandomMethods:
    """PyTorch's numbers from PyTorch's seed (see `tinygrad_c.manual_seed`).

    They are drawn in the order in which the elements lie in memory. The tensor has no gradient for
    what was there before.
    """

    __slots__ = ()

    def uniform_(self, a=0, b=1, *, generator=None):
        """Fill with numbers from the uniform distribution on [a, b); returns the tensor."""
        kernels.uniform_(drawn_to("uniform_", self), a, b, generator)
        return self

    def normal_(self, mean=0, std=1, *, generator=None):
        """Fill with numbers from the normal distribution; returns the tensor."""
        kernels.normal_(drawn_to("normal_", self), mean, std, generator)
        return self

    def random_(self, low=None, high=None, *, generator=None):
        """Fill with whole numbers from ``low ... high - 1``, from ``0 ... low - 1`` if there is one
        number, else up to the largest that the dtype holds; returns the tensor."""
        array = drawn_to("random_", self)
        if low is None:
            kernels.random_(array, generator)
        else:
            low, high = (0, low) if high is None else (low, high)
            kernels.randint_(array, low, high, generator, "random_")
        return self


def drawn_to(name, t):
    """The array of `t`, which is going to be overwritten: its history ends here."""
    if grad_enabled():
        check_writable(name, t)
        if t.requires_grad:
            t.zero_()
    return t.array
