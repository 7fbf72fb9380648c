"""Indexing: ``x[key]`` and ``x[key] = value`` for the keys that PyTorch takes; its relatives."""

import math
import warnings
from operator import index as as_int
from typing import Any, NamedTuple

import numpy as np

from tinygrad_c._kernels import elementwise, layout
from tinygrad_c._kernels import index as kernels
from tinygrad_c._kernels.graph import from_any
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.op import wrap
from tinygrad_c.autograd.views import inplace
from tinygrad_c.errors import ShapeError
from tinygrad_c.methods.fill import as_source, check_mask
from tinygrad_c.methods.shape import one_dim, stack
from tinygrad_c.ops import comparison
from tinygrad_c.ops import copy as copy_ops
from tinygrad_c.ops import index as ops
from tinygrad_c.ops import shape as shape_ops

PLAIN = (int, type(None))


class Split(NamedTuple):
    """A key taken apart: first a view, then arrays of indices that enter dimensions of it."""

    view: tuple[Any, ...]
    dims: list[int]  # the dimensions of the view that are indexed
    indices: list[np.ndarray]  # with these
    masked: bool  # do they come from one mask?


def is_basic(item):
    """An item that gives a view: a whole number, a slice, None or ``...``."""
    return (
        item is None
        or item is Ellipsis
        or (isinstance(item, (int, slice)) and not isinstance(item, bool))
    )


def is_view_key(key):
    """Does the key give a view?"""
    return is_basic(key) or (isinstance(key, tuple) and all(map(is_basic, key)))


def items_of(key):
    """The items of a key. A list stands for a tuple where it holds anything but numbers and bools,
    which is how PyTorch and old NumPy read ``x[[[0, 1], [1, 2]]]``."""
    if isinstance(key, tuple):
        return key
    if isinstance(key, list) and len(key) < 32:
        nested = (list, tuple, range, str, slice, TensorBase, np.ndarray, type(None), type(...))
        if any(isinstance(item, nested) for item in key):
            return tuple(key)
    return (key,)


def as_item(item):
    """One item of a key: what `is_basic`, or an array of indices, or a mask (an array of bool)."""
    if is_basic(item):
        return item
    if isinstance(item, np.integer):
        return int(item)
    array = item.array if isinstance(item, TensorBase) else np.asarray(item)
    if array.size == 0 and not isinstance(item, (TensorBase, np.ndarray)):
        array = array.astype(np.int64)
    if array.dtype.kind not in "iub":
        raise IndexError(
            "index: indices must be whole numbers, slices, None, ..., or tensors or lists of whole "
            f"numbers or bool, got {type(item).__name__} of dtype {array.dtype}"
        )
    if array.dtype == np.uint8:
        warnings.warn(
            "indexing with dtype tinygrad_c.uint8 is deprecated: it is a mask; use bool",
            stacklevel=4,
        )
        return elementwise.cast(from_any(array), "bool")
    return int(array) if array.ndim == 0 and array.dtype != np.bool_ else from_any(array)


def is_mask(item):
    """Is the item an array of bool?"""
    return isinstance(item, np.ndarray) and item.dtype == np.bool_


def dims_taken(item):
    """How many dimensions of the tensor the item uses up."""
    if is_mask(item):
        return item.ndim
    return int(item is not None and item is not Ellipsis)


def split_key(key, shape):
    """The key taken apart, for a tensor of `shape`.

    A mask of n dimensions stands for n arrays, the places where it is true; one of none, and True
    and False, for a new dimension of length 1 or 0.
    """
    items = [as_item(item) for item in items_of(key)]
    left = len(shape) - sum(map(dims_taken, items))
    if left < 0:
        raise IndexError(
            f"index: too many indices for tensor of dimension {len(shape)} and shape {shape}, "
            f"got {len(shape) - left}"
        )
    if sum(item is Ellipsis for item in items) > 1:
        raise IndexError("index: a key can have one ellipsis ('...') only")
    arrays = [item for item in items if is_array(item)]
    one_mask = len(arrays) == 1 and is_mask(arrays[0]) and arrays[0].ndim > 0
    split = Split([], [], [], one_mask)
    source = place = 0  # the next dimension of the tensor, and of the view
    for item in items:
        if is_array(item):
            arrays = mask_indices(item, shape, source) if is_mask(item) else (item,)
            split.view.extend([slice(None) if dims_taken(item) else None] * len(arrays))
            split.dims.extend(range(place, place + len(arrays)))
            split.indices.extend(arrays)
            place += len(arrays)
            source += dims_taken(item)
        elif item is Ellipsis:
            split.view.extend([slice(None)] * left)
            place += left
            source += left
        else:
            split.view.append(item)
            place += not isinstance(item, int)
            source += dims_taken(item)
    return split._replace(view=tuple(split.view))


def is_array(item):
    """Is the item an array of indices, or a mask?"""
    return isinstance(item, np.ndarray)


def mask_indices(mask, shape, first):
    """The places where `mask`, which covers the dimensions from `first` on, is true."""
    covered = shape[first : first + mask.ndim]
    if mask.shape != covered:
        raise IndexError(
            f"index: the shape of the mask {mask.shape} does not match the shape {covered} of the "
            f"dimensions from {first} of the indexed tensor of shape {shape}"
        )
    return kernels.nonzero(mask)


def full_key(key):
    """The key of a view for NumPy: slices of plain whole numbers, and an Ellipsis, which makes it
    return an array even for one element."""
    key = key if isinstance(key, tuple) else (key,)
    for item in key:
        if type(item) is slice and not (
            item.step is None and type(item.start) in PLAIN and type(item.stop) in PLAIN
        ):
            key = tuple([plain_slice(s) if isinstance(s, slice) else s for s in key])
            break
    return key if Ellipsis in key else (*key, Ellipsis)


def plain_slice(item):
    """The slice with its bounds, which may be tensors, as Python's numbers."""
    bounds = [None if n is None else as_int(n) for n in (item.start, item.stop, item.step)]
    if bounds[2] is not None and bounds[2] <= 0:
        raise ValueError(f"index: step must be greater than zero, got {bounds[2]}")
    return slice(*bounds)


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
    """Move the index dimensions of the result to where the indices stood."""
    first = dims[0]
    if first == 0 or not stand_together(dims):
        return y
    rest = range(n_index, n_index + first)
    order = (*rest, *range(n_index), *range(n_index + first, y.array.ndim))
    return shape_ops.permute(y, order)


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
        split = split_key(key, self.array.shape)
        t = ops.slice_view(self, full_key(split.view))
        if not split.indices:
            return t
        y = ops.index(to_front(t, split.dims), split.indices)
        return from_front(y, y.array.ndim - (t.array.ndim - len(split.dims)), split.dims)

    def __setitem__(self, key, value):
        if key is False:  # nothing is written, whatever the value
            return
        value = as_source(value, self.array.dtype)
        if is_view_key(key):
            target, split = ops.slice_view(self, full_key(key)), None
        else:
            split = split_key(key, self.array.shape)
            target = ops.slice_view(self, full_key(split.view))
        if split is None or not split.indices:
            target.copy_(without_leading_ones(value, target.array.ndim))
            return
        if split.masked and value.array.size == 1 and value.array.dtype != self.array.dtype:
            value = copy_ops.cast(value, self.array.dtype)
        value = index_dims_first(value, target, split)
        inplace(ops.index_put, to_front(target, split.dims), value, indices=split.indices)

    def gather(self, dim, index):
        """``y[i, j] = self[index[i, j], j]`` for ``dim`` 0, and so on; no index is negative."""
        check_index("gather", index)
        return ops.gather(self, index, one_dim("gather", dim, self.array.ndim))

    def index_select(self, dim, index):
        """The slices of dimension `dim` that `index`, a vector, names; none of them negative."""
        check_index("index_select", index)
        dim = one_dim("index_select", dim, self.array.ndim)
        if index.array.ndim > 1:
            raise IndexError(f"index_select: index must be a vector, got shape {index.array.shape}")
        return ops.index_select(self, index, dim)

    def select(self, dim, index):
        """The slice at `index` of dimension `dim`, as a view."""
        dim = one_dim("select", dim, self.array.ndim)
        return self[(slice(None),) * dim + (index,)]

    def masked_select(self, mask):
        """The elements where `mask`, which broadcasts against the tensor, is true, in order."""
        check_mask("masked_select", mask)
        shape = common_shape("masked_select", self, mask)
        size = (math.prod(shape),)
        elements = shape_ops.reshape(shape_ops.expand(self, shape), size)
        wanted = shape_ops.reshape(shape_ops.expand(mask, shape), size)
        return ops.index(elements, list(kernels.nonzero(wanted.array)))

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
