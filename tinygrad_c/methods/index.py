"""Indexing: ``x[key]`` and ``x[key] = value`` for the keys that PyTorch takes; its relatives."""

import warnings

import numpy as np

from tinygrad_c._kernels import copy, graph, layout
from tinygrad_c._kernels import index as kernels
from tinygrad_c._kernels.broadcast import find_axis
from tinygrad_c._kernels.promotion import checked_number
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.op import wrap
from tinygrad_c.autograd.views import inplace
from tinygrad_c.errors import ShapeError, one_name, whole
from tinygrad_c.methods.fill import as_source, check_mask
from tinygrad_c.methods.keys import full_key, is_mask_of, is_rows, is_view_key, split_key
from tinygrad_c.methods.shape import stack
from tinygrad_c.ops import comparison
from tinygrad_c.ops import copy as copy_ops
from tinygrad_c.ops import index as ops
from tinygrad_c.ops import shape as shape_ops


def lasting(indices, *tensors):
    """The indices as the graph of `tensors` may keep them: not the user's own arrays, which may be
    overwritten before backward."""
    if graph.grad_enabled() and any(t.requires_grad for t in tensors):
        return [copy.cast(array, array.dtype) for array in indices]
    return indices


def to_front(t, dims):
    """The view of `t` with the dimensions `dims` first."""
    rest = [d for d in range(t.array.ndim) if d not in dims]
    order = (*dims, *rest)
    return t if order == tuple(range(t.array.ndim)) else shape_ops.permute(t, order)


def stand_together(dims):
    """Are the dimensions neighbours? Then those of the index take their place (NumPy's rule);
    otherwise they come first."""
    return dims == list(range(dims[0], dims[0] + len(dims)))


def from_front(y, n_index, dims):
    """Move the index dimensions of the result to where the indices stood: in new memory, like all
    that an index takes."""
    first = dims[0]
    if first == 0 or not stand_together(dims):
        return y
    rest = range(n_index, n_index + first)
    order = (*rest, *range(n_index), *range(n_index + first, y.array.ndim))
    return copy_ops.contiguous(shape_ops.permute(y, order))


def index_dims_first(value, target, split):
    """`value` has its index dimensions where the indices stand: bring them to the front."""
    n_index = max(array.ndim for array in split.indices)
    n_value = n_index + target.array.ndim - len(split.dims)
    value = without_leading_ones(value, n_value)
    before, ndim = split.dims[0], value.array.ndim
    if ndim == 0 or ndim > n_value or before == 0 or not stand_together(split.dims):
        return value
    value = shape_ops.reshape(value, (1,) * (n_value - ndim) + value.array.shape)
    order = (*range(before, before + n_index), *range(before), *range(before + n_index, n_value))
    return shape_ops.permute(value, order)


def without_leading_ones(value, ndim):
    """`value` without dimensions of length 1 in front, until it has `ndim`."""
    shape = value.array.shape
    extra = len(shape) - ndim
    if extra > 0 and all(n == 1 for n in shape[:extra]):
        return shape_ops.reshape(value, shape[extra:])
    return value


class IndexMethods:
    """Elements by their indices."""

    __slots__ = ()

    def __getitem__(self, key):
        if is_view_key(key):
            return ops.slice_view(self, full_key(key))
        if is_rows(key) and self.array.ndim > 0:
            return ops.index(self, lasting([key.array], self))
        if is_mask_of(key, self):
            return selected(self, key)
        split = split_key(key, self.array.shape)
        t = ops.slice_view(self, full_key(split.view))
        if not split.indices:
            return t
        y = ops.index(to_front(t, split.dims), lasting(split.indices, self))
        return from_front(y, y.array.ndim - (t.array.ndim - len(split.dims)), split.dims)

    def __setitem__(self, key, value):
        if key is False:  # nothing is written, whatever the value
            return
        if is_mask_of(key, self) and isinstance(value, (int, float)):
            self.masked_fill_(key, value)
            return
        value = as_source("index", value, self.array.dtype)
        if is_rows(key) and self.array.ndim > 0:
            value = without_leading_ones(value, key.array.ndim + self.array.ndim - 1)
            inplace(ops.index_put, self, value, indices=lasting([key.array], self, value))
            return
        if is_view_key(key) or key is True:
            key = None if key is True else key
            target, split = ops.slice_view(self, full_key(key)), None
        else:
            split = split_key(key, self.array.shape)
            target = ops.slice_view(self, full_key(split.view))
        if split is None or not split.indices:
            target.copy_(without_leading_ones(value, target.array.ndim))
            return
        if split.masked and value.array.size == 1 and value.array.dtype != self.array.dtype:
            checked_number(value.array.item(), self.array.dtype)
            value = copy_ops.cast(value, self.array.dtype)
        value = index_dims_first(value, target, split)
        indices = lasting(split.indices, self, value)
        inplace(ops.index_put, to_front(target, split.dims), value, indices=indices)

    def gather(self, dim=None, index=None, *, axis=None):
        """``y[i, j] = self[index[i, j], j]`` for ``dim`` 0, and so on; no index is negative."""
        if axis is not None:
            dim = one_name("gather", dim, axis)
        check_index("gather", index)
        return ops.gather(self, index, find_axis("gather", dim, self.array.ndim))

    def index_select(self, dim=None, index=None, *, axis=None):
        """The slices of dimension `dim` that `index`, a vector, names; none of them negative."""
        if axis is not None:
            dim = one_name("index_select", dim, axis)
        check_index("index_select", index)
        dim = find_axis("index_select", dim, self.array.ndim)
        if index.array.ndim > 1:
            raise IndexError(f"index_select: index must be a vector, got shape {index.array.shape}")
        return ops.index_select(self, index, dim)

    def select(self, dim=None, index=None, *, axis=None):
        """The slice at `index` of dimension `dim`, as a view."""
        if axis is not None:
            dim = one_name("select", dim, axis)
        dim = find_axis("select", dim, self.array.ndim)
        index = whole("select", "index", index)
        return self[(slice(None),) * dim + (index,)]

    def masked_select(self, mask):
        """The elements where `mask`, which broadcasts against the tensor, is true, in order."""
        check_mask("masked_select", mask)
        shape = common_shape("masked_select", self, mask)
        return selected(shape_ops.expand(self, shape), shape_ops.expand(mask, shape))

    def where(self, condition, other):
        """The tensor where `condition` is true, else `other`."""
        return where(condition, self, other)

    def nonzero(self, *, as_tuple=False):
        """The indices of the elements that are not zero: (n, ndim), int64; with `as_tuple` a vector
        for each dimension, as for ``x[indices]``."""
        places = [wrap(array) for array in kernels.nonzero(self.array)]
        if as_tuple:
            return tuple(places)
        if self.array.ndim == 0:
            return wrap(layout.zeros((places[0].array.size, 0), np.int64))
        return stack(places, 1)


def selected(t, mask):
    """The elements of `t` where `mask`, which has its shape, is true."""
    size = (t.array.size,)
    places = kernels.nonzero(shape_ops.reshape(mask, size).array)
    return ops.index(shape_ops.reshape(t, size), places)


def where(condition, input=None, other=None):
    """`input` where `condition` is true, else `other`; without both, ``condition.nonzero()`` as a
    tuple."""
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if isinstance(condition, TensorBase) and condition.array.dtype == np.uint8:
        warnings.warn("where: a condition of dtype uint8 is deprecated: use bool", stacklevel=2)
        condition = condition.bool()
    return comparison.where(condition, input, other)


def check_index(name, index):
    """PyTorch's dtypes for indices that are no keys."""
    if not isinstance(index, TensorBase):
        raise TypeError(f"{name}: index must be a Tensor, got {type(index).__name__}")
    if index.array.dtype not in (np.int64, np.int32):
        raise TypeError(f"{name}: index must be int64 or int32, got {index.array.dtype}")


def common_shape(name, t, mask):
    """The shape that both broadcast to."""
    try:
        return np.broadcast_shapes(t.array.shape, mask.array.shape)
    except ValueError:
        raise ShapeError(
            f"{name}: mask must broadcast against the tensor, got shapes {mask.array.shape} and "
            f"{t.array.shape}"
        ) from None
