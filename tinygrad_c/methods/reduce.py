"""Methods of the family `tinygrad_c.ops.reduce`, and of softmax."""

from typing import NamedTuple

from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.ops import reduce as ops
from tinygrad_c.ops import softmax as softmax_ops
from tinygrad_c.ops.elementwise import abs as absolute
from tinygrad_c.ops.elementwise import maximum, minimum, mul, square


class max(NamedTuple):  # noqa: N801  the name that PyTorch prints
    """The largest values and where they stand."""

    values: object
    indices: object


class min(NamedTuple):  # noqa: N801
    """The smallest values and where they stand."""

    values: object
    indices: object


def no_none(dim):
    """An empty tuple of dimensions means all, as None does."""
    return None if isinstance(dim, (tuple, list)) and not dim else dim


class ReduceMethods:
    """Sums, means, extremes; ``axis`` and ``keepdims`` are accepted as NumPy's users type them."""

    __slots__ = ()

    def sum(self, dim=None, keepdim=False, *, dtype=None, axis=None, keepdims=False):
        """The sum over `dim` (a number, several, or None for all)."""
        t = self if dtype is None else self.to(dtype)
        return ops.sum(t, no_none(axis if dim is None else dim), keepdim or keepdims)

    def mean(self, dim=None, keepdim=False, *, dtype=None, axis=None, keepdims=False):
        """The mean over `dim` (a number, several, or None for all)."""
        t = self if dtype is None else self.to(dtype)
        return ops.mean(t, no_none(axis if dim is None else dim), keepdim or keepdims)

    def prod(self, dim=None, keepdim=False, *, dtype=None, axis=None, keepdims=False):
        """The product over `dim` (a number, several, or None for all)."""
        t = self if dtype is None else self.to(dtype)
        return ops.prod(t, no_none(axis if dim is None else dim), keepdim or keepdims)

    def var(self, dim=None, unbiased=True, keepdim=False, *, correction=None):
        """The variance over `dim`: divided by n - 1, or by n - `correction`."""
        correction = int(unbiased) if correction is None else correction
        return ops.var(self, no_none(dim), correction, keepdim)

    def std(self, dim=None, unbiased=True, keepdim=False, *, correction=None):
        """The standard deviation, the root of `var`."""
        return ops.root(self.var(dim, unbiased, keepdim, correction=correction))

    def max(self, dim=None, keepdim=False):
        """The largest element; with a number `dim` (values, indices); with a tensor `maximum`."""
        if dim is None:
            return ops.amax(self)
        if isinstance(dim, TensorBase):
            return maximum(self, dim)
        return max(*ops.max_dim(self, dim, keepdim))

    def min(self, dim=None, keepdim=False):
        """The smallest element; with a number `dim` (values, indices); with a tensor `minimum`."""
        if dim is None:
            return ops.amin(self)
        if isinstance(dim, TensorBase):
            return minimum(self, dim)
        return min(*ops.min_dim(self, dim, keepdim))

    def amax(self, dim=None, keepdim=False):
        """The largest element over `dim`; equal ones share the gradient."""
        return ops.amax(self, no_none(dim), keepdim)

    def amin(self, dim=None, keepdim=False):
        """The smallest element over `dim`; equal ones share the gradient."""
        return ops.amin(self, no_none(dim), keepdim)

    argmax = ops.argmax
    argmin = ops.argmin
    any = ops.any
    all = ops.all

    def norm(self, p=2, dim=None, keepdim=False):
        """``sum(|x|**p) ** (1/p)``, for p = 1, 2 and inf; its derivative at 0 is taken as 0."""
        if p in (2, "fro"):
            return ops.root(ops.sum(square(self), no_none(dim), keepdim))
        if p == 1:
            return ops.sum(absolute(self), no_none(dim), keepdim)
        if p == float("inf"):
            return ops.amax(absolute(self), no_none(dim), keepdim)
        raise ValueError(f"norm: p must be 1, 2, 'fro' or inf, got {p!r}")

    def softmax(self, dim, dtype=None):
        """``exp(x) / sum(exp(x))`` along `dim`."""
        return softmax_ops.softmax(self if dtype is None else self.to(dtype), dim)

    def log_softmax(self, dim, dtype=None):
        """``log(softmax(x))`` along `dim`, without overflow."""
        return softmax_ops.log_softmax(self if dtype is None else self.to(dtype), dim)

    def allclose(self, other, rtol=1e-05, atol=1e-08, equal_nan=False):
        """Is ``|self - other| <= atol + rtol * |other|`` everywhere?"""
        return self.isclose(other, rtol, atol, equal_nan).all().item()

    def isclose(self, other, rtol=1e-05, atol=1e-08, equal_nan=False):
        """``|self - other| <= atol + rtol * |other|``, as bool."""
        near = absolute(self - other) <= mul(absolute(other), rtol) + atol
        close = (self == other).logical_or(near.logical_and(other.isfinite()))
        return close.logical_or(self.isnan().logical_and(other.isnan())) if equal_nan else close

    def equal(self, other):
        """Have both the same shape and the same elements?"""
        return self.array.shape == other.array.shape and (self == other).all().item()
