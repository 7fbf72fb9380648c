"""The keys of ``x[key]``: what a key says, and which view and arrays of indices it stands for."""

import warnings
from operator import index as as_int
from typing import Any, NamedTuple

import numpy as np

from tinygrad_c._kernels import copy
from tinygrad_c._kernels import index as kernels
from tinygrad_c._kernels.graph import from_any
from tinygrad_c.autograd.node import TensorBase

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


def is_rows(key):
    """Is the key a tensor of indices of the first dimension? The usual one, to be fast with."""
    return isinstance(key, TensorBase) and key.array.dtype.type is np.int64 and key.array.ndim > 0


def is_mask_of(key, t):
    """Is the key a mask of all elements of `t`?"""
    return (
        isinstance(key, TensorBase)
        and key.array.dtype.type is np.bool_
        and key.array.shape == t.array.shape
        and key.array.ndim > 0
    )


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
    if array.dtype.kind in "iu" and array.dtype not in (np.int64, np.int32, np.uint8):
        array = array.astype(np.int64)
    if array.dtype == np.uint8:
        warnings.warn(
            "indexing with dtype tinygrad_c.uint8 is deprecated: it is a mask; use bool",
            stacklevel=4,
        )
        return copy.cast(from_any(array), "bool")
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
    items = list(map(as_item, items_of(key)))
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
