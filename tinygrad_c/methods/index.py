"""Indexing: ``x[key]`` and ``x[key] = value`` for the keys that NumPy and PyTorch take."""

import numpy as np

from tinygrad_c._kernels import index as kernels
from tinygrad_c._kernels.graph import from_any
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.views import inplace
from tinygrad_c.methods.shape import one_dim
from tinygrad_c.ops import index as ops
from tinygrad_c.ops import shape as shape_ops


def is_basic(key):
    """A key that gives a view: integers, slices, None and ``...``."""
    return (
        key is None
        or key is Ellipsis
        or (isinstance(key, (int, slice)) and not isinstance(key, bool))
    )


def split_key(key, ndim):
    """``(view key, dims, indices)``: the view to take first, then the index arrays and the
    dimensions of that view which they index."""
    items = [as_item(item) for item in (key if isinstance(key, tuple) else (key,))]
    taken = sum(item.ndim if is_mask(item) else 1 for item in items if counts(item))
    if Ellipsis in [item for item in items if not isinstance(item, np.ndarray)]:
        at = next(i for i, item in enumerate(items) if item is Ellipsis)
        items[at : at + 1] = [slice(None)] * (ndim - taken)
    view, dims, indices = [], [], []
    place = 0
    for item in items:
        if isinstance(item, np.ndarray):
            for array in kernels.nonzero(item) if is_mask(item) else (item,):
                view.append(slice(None))
                dims.append(place)
                indices.append(array)
                place += 1
        else:
            view.append(item)
            place += 0 if isinstance(item, int) else 1
    return tuple(view), dims, indices


def counts(item):
    """Does the item use up a dimension of the tensor?"""
    return item is not None and item is not Ellipsis


def is_mask(item):
    """Is the item an array of bool?"""
    return isinstance(item, np.ndarray) and item.dtype == np.bool_


def as_item(item):
    """One item of a key: a tensor, list or array as an array, NumPy's whole numbers as int."""
    if is_basic(item):
        return item
    if isinstance(item, np.integer):
        return int(item)
    array = item.array if isinstance(item, TensorBase) else np.asarray(item)
    if array.size == 0 and not isinstance(item, (TensorBase, np.ndarray)):
        array = array.astype(np.int64)
    if array.dtype.kind not in "iub":
        raise IndexError(
            f"index: tensors used as indices must be of whole numbers or bool, got {array.dtype}"
        )
    return from_any(array)


def to_front(t, dims):
    """The view of `t` with the dimensions `dims` first."""
    rest = [d for d in range(t.array.ndim) if d not in dims]
    order = (*dims, *rest)
    return t if order == tuple(range(t.array.ndim)) else shape_ops.permute(t, order)


def from_front(y, n_index, dims):
    """Move the index dimensions of the result to where the indices stood, if they stood together
    (NumPy's rule); otherwise they stay in front."""
    first = dims[0]
    if dims != list(range(first, first + len(dims))) or first == 0:
        return y
    rest = range(n_index, n_index + first)
    order = (*rest, *range(n_index), *range(n_index + first, y.array.ndim))
    return shape_ops.permute(y, order)


class IndexMethods:
    """Elements by their indices."""

    __slots__ = ()

    def __getitem__(self, key):
        if is_basic(key) or (isinstance(key, tuple) and all(map(is_basic, key))):
            return ops.slice_view(self, full_key(key))
        view_key, dims, indices = split_key(key, self.array.ndim)
        t = ops.slice_view(self, full_key(view_key))
        y = ops.index(to_front(t, dims), indices)
        n_index = y.array.ndim - (t.array.ndim - len(dims))
        return from_front(y, n_index, dims)

    def __setitem__(self, key, value):
        if is_basic(key) or (isinstance(key, tuple) and all(map(is_basic, key))):
            ops.slice_view(self, full_key(key)).copy_(value)
            return
        view_key, dims, indices = split_key(key, self.array.ndim)
        t = ops.slice_view(self, full_key(view_key))
        target = to_front(t, dims)
        if isinstance(value, TensorBase) and value.array.ndim > 0 and dims[0] > 0:
            together = dims == list(range(dims[0], dims[0] + len(dims)))
            value = index_dims_first(value, target, dims, indices) if together else value
        inplace(ops.index_put, target, value, indices=indices)

    def gather(self, dim, index):
        """``y[i, j] = self[index[i, j], j]`` for ``dim`` 0, and so on."""
        return ops.gather(self, index, one_dim("gather", dim, self.array.ndim))

    def index_select(self, dim, index):
        """The slices of dimension `dim` that `index`, a vector, names."""
        dim = one_dim("index_select", dim, self.array.ndim)
        return self[(slice(None),) * dim + (index,)]

    def select(self, dim, index):
        """The slice at `index` of dimension `dim`, as a view."""
        dim = one_dim("select", dim, self.array.ndim)
        return self[(slice(None),) * dim + (index,)]

    def masked_select(self, mask):
        """The elements where `mask` is true, in order."""
        return self[mask]

    def nonzero(self):
        """The indices of the nonzero elements, (n, ndim), int64."""
        from tinygrad_c.autograd.op import wrap
        from tinygrad_c.methods.shape import stack

        return stack([wrap(array) for array in kernels.nonzero(self.array)], 1)


def full_key(key):
    """The key with an Ellipsis, which makes NumPy return an array even for one element."""
    key = key if isinstance(key, tuple) else (key,)
    return key if Ellipsis in key else (*key, Ellipsis)


def index_dims_first(value, target, dims, indices):
    """`value` has its index dimensions where the indices stand: bring them to the front."""
    n_index = max(array.ndim for array in indices)
    n_value = n_index + target.array.ndim - len(dims)
    value = shape_ops.reshape(value, (1,) * (n_value - value.array.ndim) + value.array.shape)
    before = dims[0]
    order = (*range(before, before + n_index), *range(before), *range(before + n_index, n_value))
    return shape_ops.permute(value, order)
