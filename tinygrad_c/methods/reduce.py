"""Methods of the family `tinygrad_c.ops.reduce`, and of softmax."""

from numbers import Real

from tinygrad_c import return_types
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.errors import ShapeError, check_number, one_name, renamed
from tinygrad_c.methods.shape import check_tensor
from tinygrad_c.ops import reduce as ops
from tinygrad_c.ops import softmax as softmax_ops
from tinygrad_c.ops.elementwise import abs as absolute
from tinygrad_c.ops.elementwise import maximum, minimum, mul


def check_floating(name, t):
    """An error for whole numbers and bool."""
    if t.array.dtype.kind != "f":
        raise TypeError(f"{name}: the tensor must be float32 or float64, got {t.array.dtype}")


def close(name, a, b, rtol, atol, equal_nan):
    """Where two tensors of one dtype are equal, or ``|a - b| <= atol + rtol * |b|``."""
    check_tensor(name, "other", b)
    if a.array.dtype != b.array.dtype:
        raise TypeError(f"{name}: {a.dtype} did not match {b.dtype}")
    check_number(name, "rtol", rtol)
    check_number(name, "atol", atol)
    if rtol < 0 or atol < 0:
        raise ValueError(f"{name}: rtol and atol must not be negative, got {rtol} and {atol}")
    try:
        equal = a == b
    except ShapeError as error:
        raise renamed(error, name, "eq") from None
    if equal_nan:
        equal = equal.logical_or(a.isnan().logical_and(b.isnan()))
    if a.array.dtype.kind in "bu":  # their differences may be negative
        a, b = a.long(), b.long()
    near = absolute(a - b) <= mul(absolute(b), rtol) + atol
    return equal.logical_or(near.logical_and(b.isfinite()))


def of_all(name, operation, t):
    """`operation` of all elements, which is called `name` where it takes a dimension, too."""
    try:
        return operation(t)
    except IndexError as error:
        raise renamed(error, name, "amax", "amin") from None


def of_two(name, operation, a, b, keepdim, axis):
    """`operation` of two tensors, which is called `name` where it takes one and a dimension."""
    if keepdim or axis is not None:
        raise TypeError(f"{name}: keepdim and axis must not be given beside another tensor")
    return operation(a, b)


class ReduceMethods:
    """Sums, means, extremes; `axis` and `keepdims` are other names of `dim` and `keepdim`."""

    # A parameter after the star costs each call 20 ns: `axis` and `keepdims` stand before it.
    __slots__ = ()

    def sum(self, dim=None, keepdim=False, axis=None, keepdims=False, *, dtype=None):
        """The sum over `dim` (a number, several, or None for all)."""
        if axis is not None:
            dim = one_name("sum", dim, axis)
        t = self if dtype is None else self.to(dtype)
        y = ops.sum(t, dim, keepdim or keepdims)
        return y if dtype is None else y.to(dtype)

    def mean(self, dim=None, keepdim=False, axis=None, keepdims=False, *, dtype=None):
        """The mean over `dim` (a number, several, or None for all)."""
        if axis is not None:
            dim = one_name("mean", dim, axis)
        t = self if dtype is None else self.to(dtype)
        return ops.mean(t, dim, keepdim or keepdims)

    def prod(self, dim=None, keepdim=False, axis=None, keepdims=False, *, dtype=None):
        """The product over `dim` (a number, several, or None for all)."""
        if axis is not None:
            dim = one_name("prod", dim, axis)
        t = self if dtype is None else self.to(dtype)
        y = ops.prod(t, dim, keepdim or keepdims)
        return y if dtype is None else y.to(dtype)

    def var(
        self, dim=None, unbiased=True, keepdim=False, axis=None, keepdims=False, *, correction=None
    ):
        """The variance over `dim`: divided by n - 1, or by n - `correction`; ``var(False)`` is that
        of all elements, divided by n."""
        check_floating("var", self)
        if axis is not None:
            dim = one_name("var", dim, axis)
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        correction = int(unbiased) if correction is None else correction
        return ops.var(self, dim, correction, keepdim or keepdims)

    def std(
        self, dim=None, unbiased=True, keepdim=False, axis=None, keepdims=False, *, correction=None
    ):
        """The standard deviation, the root of `var`."""
        if axis is not None:
            dim = one_name("std", dim, axis)
        try:
            return ops.root(self.var(dim, unbiased, keepdim or keepdims, correction=correction))
        except (IndexError, ShapeError, TypeError) as error:
            raise renamed(error, "std", "var") from None

    def max(self, dim=None, keepdim=False, axis=None, keepdims=False):
        """The largest element; with a number `dim` (values, indices); with a tensor `maximum`."""
        if isinstance(dim, TensorBase):
            return of_two("max", maximum, self, dim, keepdim or keepdims, axis)
        if axis is not None:
            dim = one_name("max", dim, axis)
        if dim is None:
            return of_all("max", ops.max_all, self)
        return return_types.max(*ops.max_dim(self, dim, keepdim or keepdims))

    def min(self, dim=None, keepdim=False, axis=None, keepdims=False):
        """The smallest element; with a number `dim` (values, indices); with a tensor `minimum`."""
        if isinstance(dim, TensorBase):
            return of_two("min", minimum, self, dim, keepdim or keepdims, axis)
        if axis is not None:
            dim = one_name("min", dim, axis)
        if dim is None:
            return of_all("min", ops.min_all, self)
        return return_types.min(*ops.min_dim(self, dim, keepdim or keepdims))

    def amax(self, dim=None, keepdim=False, axis=None, keepdims=False):
        """The largest element over `dim`; equal ones share the gradient."""
        if axis is not None:
            dim = one_name("amax", dim, axis)
        return ops.amax(self, dim, keepdim or keepdims)

    def amin(self, dim=None, keepdim=False, axis=None, keepdims=False):
        """The smallest element over `dim`; equal ones share the gradient."""
        if axis is not None:
            dim = one_name("amin", dim, axis)
        return ops.amin(self, dim, keepdim or keepdims)

    argmax = ops.argmax
    argmin = ops.argmin
    any = ops.any
    all = ops.all

    def norm(self, p="fro", dim=None, keepdim=False, *, dtype=None):
        """``sum(|x|**p) ** (1/p)`` over `dim` (a number, several, or None for all).

        The limits: the largest and the smallest ``|x|`` for p = inf and -inf, and the number of
        elements that are not 0 for p = 0. "fro" is 2. The derivative at 0 is taken as 0.
        """
        t = self if dtype is None else self.to(dtype)
        check_floating("norm", t)
        if p != "fro" and not isinstance(p, Real):
            raise TypeError(f"norm: p must be a number or 'fro', got {p!r}")
        try:
            return ops.norm(t, 2 if p == "fro" else p, dim, keepdim)
        except (IndexError, ShapeError, TypeError) as error:
            raise renamed(error, "norm", "sum", "amax", "amin") from None

    def softmax(self, dim=None, dtype=None, axis=None):
        """``exp(x) / sum(exp(x))`` along `dim`."""
        if axis is not None:
            dim = one_name("softmax", dim, axis)
        return softmax_ops.softmax(self if dtype is None else self.to(dtype), dim)

    def log_softmax(self, dim=None, dtype=None, axis=None):
        """``log(softmax(x))`` along `dim`, without overflow."""
        if axis is not None:
            dim = one_name("log_softmax", dim, axis)
        return softmax_ops.log_softmax(self if dtype is None else self.to(dtype), dim)

    def allclose(self, other, rtol=1e-05, atol=1e-08, equal_nan=False):
        """True if ``|self - other| <= atol + rtol * |other|`` everywhere."""
        return close("allclose", self, other, rtol, atol, equal_nan).all().item()

    def isclose(self, other, rtol=1e-05, atol=1e-08, equal_nan=False):
        """``|self - other| <= atol + rtol * |other|``, as bool; both have one dtype."""
        return close("isclose", self, other, rtol, atol, equal_nan)

    def equal(self, other):
        """True if both have the same shape and the same elements."""
        check_tensor("equal", "other", other)
        return self.array.shape == other.array.shape and (self == other).all().item()
