"""Methods of the family `tinygrad_c.ops.elementwise`."""

from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.views import inplace
from tinygrad_c.dtypes import as_numpy_dtype
from tinygrad_c.dtypes import device as Device
from tinygrad_c.ops import comparison
from tinygrad_c.ops import copy as copy_ops
from tinygrad_c.ops import elementwise as ops


def in_place(operation):
    """The method that writes its result into the tensor: ``add_`` of ``add``."""

    def method(self, *others):
        return inplace(operation, self, *others)

    method.__name__ = method.__qualname__ = f"{operation.name}_"
    method.__doc__ = f"`{operation.name}`, written into the tensor's own memory; returns it."
    return method


class ElementwiseMethods:
    """Arithmetic, functions, comparisons."""

    __slots__ = ()

    multiply = mul = ops.mul
    divide = true_divide = ops.div
    pow = ops.pow
    floor_divide = ops.floor_divide
    remainder = ops.remainder
    negative = neg = ops.neg
    absolute = abs = ops.abs
    sign = ops.sign
    square = ops.square
    reciprocal = ops.reciprocal
    exp = ops.exp
    log = ops.log
    sqrt = ops.sqrt
    tanh = ops.tanh
    sigmoid = ops.sigmoid
    relu = ops.relu
    floor = ops.floor
    ceil = ops.ceil
    trunc = ops.trunc
    round = ops.round
    eq = comparison.eq
    ne = comparison.ne
    lt = comparison.lt
    le = comparison.le
    gt = comparison.gt
    ge = comparison.ge
    logical_and = comparison.logical_and
    logical_or = comparison.logical_or
    logical_xor = comparison.logical_xor
    logical_not = comparison.logical_not
    isnan = comparison.isnan
    isinf = comparison.isinf
    isfinite = comparison.isfinite
    maximum = ops.maximum
    minimum = ops.minimum

    multiply_ = mul_ = in_place(ops.mul)
    pow_ = in_place(ops.pow)
    floor_divide_ = in_place(ops.floor_divide)
    remainder_ = in_place(ops.remainder)
    neg_ = in_place(ops.neg)
    abs_ = in_place(ops.abs)
    square_ = in_place(ops.square)
    reciprocal_ = in_place(ops.reciprocal)
    exp_ = in_place(ops.exp)
    log_ = in_place(ops.log)
    sqrt_ = in_place(ops.sqrt)
    tanh_ = in_place(ops.tanh)
    sigmoid_ = in_place(ops.sigmoid)
    relu_ = in_place(ops.relu)
    floor_ = in_place(ops.floor)
    ceil_ = in_place(ops.ceil)
    trunc_ = in_place(ops.trunc)
    round_ = in_place(ops.round)

    def add(self, other, *, alpha=1):
        """``self + alpha * other``"""
        return ops.add(self, other if alpha == 1 else other * alpha)

    def add_(self, other, *, alpha=1):
        """`add`, written into the tensor's own memory; returns it."""
        other = other if alpha == 1 else other * alpha
        return inplace(ops.add, self, other)

    def sub(self, other, *, alpha=1):
        """``self - alpha * other``"""
        return ops.sub(self, other if alpha == 1 else other * alpha)

    def sub_(self, other, *, alpha=1):
        """`sub`, written into the tensor's own memory; returns it."""
        other = other if alpha == 1 else other * alpha
        return inplace(ops.sub, self, other)

    def div(self, other, *, rounding_mode=None):
        """``self / other``, rounded towards -inf ("floor") or 0 ("trunc") if asked."""
        if rounding_mode is None:
            return ops.div(self, other)
        if rounding_mode == "floor":
            return ops.floor_divide(self, other)
        if rounding_mode == "trunc":
            quotient = ops.trunc(ops.div(self, other))
            return quotient if self.is_floating_point() else quotient.to(self.dtype)
        raise ValueError(
            f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}"
        )

    div_ = in_place(ops.div)

    def clamp(self, min=None, max=None):
        """Limited to [min, max]: numbers or tensors, None for no limit."""
        if min is None and max is None:
            raise ValueError("clamp: at least one of min and max must be given")
        if isinstance(min, TensorBase) or isinstance(max, TensorBase):
            low = self if min is None else ops.maximum(self, min)
            return low if max is None else ops.minimum(low, max)
        return ops.clamp(self, min, max)

    clip = clamp

    def clamp_(self, min=None, max=None):
        """`clamp`, written into the tensor's own memory; returns it."""
        return inplace(ops.clamp, self, min=min, max=max)

    def where(self, condition, other):
        """The tensor where `condition` is true, else `other`."""
        return comparison.where(condition, self, other)

    def masked_fill(self, mask, value):
        """The tensor, with `value` where `mask` is true."""
        return comparison.where(mask, value, self)

    def masked_fill_(self, mask, value):
        """`masked_fill`, written into the tensor's own memory; returns it."""
        return self.copy_(comparison.where(mask, value, self))

    def copy_(self, source):
        """Write `source`, broadcast and cast, into the tensor; returns it."""
        return inplace(copy_ops.assign, self, source)

    def fill_(self, value):
        """Write `value` everywhere; returns the tensor."""
        return inplace(copy_ops.assign, self, value)

    def zero_(self):
        """Write 0 everywhere; returns the tensor."""
        return inplace(copy_ops.assign, self, 0)

    def clone(self):
        """A copy with memory of its own; the gradient passes through."""
        return copy_ops.clone(self)

    def contiguous(self):
        """The tensor itself if its elements lie in row-major order, else such a copy."""
        return self if self.array.flags.c_contiguous else copy_ops.contiguous(self)

    def type_as(self, other):
        """In the dtype of `other`."""
        return self.to(other.dtype)

    def to(self, *args, dtype=None, device=None, copy=False, non_blocking=False):
        """In another dtype: ``to(dtype)``, ``to(other)``, ``to(device, dtype)``; self if it is."""
        for given in args:
            if given is None or isinstance(given, bool):
                continue
            if isinstance(given, TensorBase):
                dtype = given.dtype
            elif isinstance(given, (str, Device)):
                Device(given)
            else:
                dtype = given
        if device is not None:
            Device(device)
        wanted = self.array.dtype if dtype is None else as_numpy_dtype(dtype)
        if wanted != self.array.dtype:
            return copy_ops.cast(self, wanted)
        return copy_ops.clone(self) if copy else self
