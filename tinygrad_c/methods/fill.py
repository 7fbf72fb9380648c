"""Methods that write given values over a tensor: copies, numbers, numbers under a mask."""

import numpy as np

from tinygrad_c._kernels.graph import from_any
from tinygrad_c._kernels.promotion import checked_number
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.op import wrap
from tinygrad_c.autograd.views import inplace
from tinygrad_c.errors import ShapeError, renamed
from tinygrad_c.ops import comparison
from tinygrad_c.ops import copy as ops
from tinygrad_c.ops.index import slice_view


def as_source(name, value, dtype):
    """What is written, a tensor: a number has to fit `dtype`, that of what is written to."""
    if isinstance(value, TensorBase):
        return value
    if isinstance(value, np.ndarray):
        return wrap(from_any(value))
    try:
        return wrap(checked_number(value, dtype))
    except (RuntimeError, TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def as_number(name, value, dtype):
    """A number, or a tensor without dimensions, in `dtype`."""
    source = as_source(name, value, dtype)
    if source.array.ndim > 0:
        raise ShapeError(
            f"{name}: value must be a number or a tensor of 0 dimensions, got shape "
            f"{source.array.shape}"
        )
    if source.array.dtype == dtype:
        return source
    if dtype.kind != "f":
        return wrap(checked_number(source.array.item(), dtype))
    return ops.cast(source, dtype)


def check_mask(name, mask):
    """A mask is a tensor of bool."""
    if not isinstance(mask, TensorBase):
        raise TypeError(f"{name}: mask must be a Tensor, got {type(mask).__name__}")
    if mask.array.dtype != np.bool_:
        raise TypeError(f"{name}: mask must be of dtype bool, got {mask.array.dtype}")


def masked(name, t, mask, value):
    """`t` with `value` where `mask` is true."""
    check_mask(name, mask)
    number = as_number(name, value, t.array.dtype)
    try:
        return comparison.where(mask, number, t)
    except ShapeError:
        raise ShapeError(
            f"{name}: mask of shape {tuple(mask.shape)} must broadcast against the tensor of shape "
            f"{tuple(t.shape)}"
        ) from None


def assign(name, t, source):
    """Write `source` into the memory of `t`, which is returned; an error names `name`."""
    try:
        return inplace(ops.assign, t, source)
    except (RuntimeError, TypeError, ValueError) as error:
        raise renamed(error, name, "assign_", "copy_") from None


def each_once(t):
    """The view of `t`, which may be expanded, that has every element of its memory once."""
    array = t.array
    if array.flags.c_contiguous:
        return t
    repeated = [s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True)]
    if not any(repeated):
        return t
    return slice_view(t, (*[slice(0, 1) if r else slice(None) for r in repeated], ...))


class FillMethods:
    """Writing over the tensor's memory."""

    __slots__ = ()

    def copy_(self, source):
        """Write `source`, broadcast and cast, into the tensor; returns it."""
        return assign("copy_", self, as_source("copy_", source, self.array.dtype))

    def fill_(self, value):
        """Write `value`, a number, everywhere; returns the tensor.

        RuntimeError where the dtype cannot hold it; a float is truncated for whole numbers."""
        assign("fill_", each_once(self), as_number("fill_", value, self.array.dtype))
        return self

    def zero_(self):
        """Write 0 everywhere; returns the tensor."""
        assign("zero_", each_once(self), 0)
        return self

    def masked_fill(self, mask, value):
        """The tensor with `value`, a number, where `mask`, which broadcasts against it, is true."""
        return masked("masked_fill", self, mask, value)

    def masked_fill_(self, mask, value):
        """`masked_fill`, written into the tensor's own memory; returns it."""
        return assign("masked_fill_", self, masked("masked_fill_", self, mask, value))
