"""From a list of examples to one batch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_c.creation import as_tensor, tensor
from tinygrad_c.dtypes import float64
from tinygrad_c.errors import ShapeError
from tinygrad_c.methods.shape import stack
from tinygrad_c.tensor import Tensor
from tinygrad_c.utils.data.fetch import Columns


def default_collate(batch: Sequence[Any]) -> Any:
    """Put examples of the same structure together into one batch of that structure.

    Tensors, arrays and numbers become a Tensor with a new dimension 0 (a float becomes float64,
    an int int64), strings stay a list, mappings and sequences are collated member by member;
    a tuple becomes a list, a named tuple stays one. The columns of `Columns` are collated each.

    Raises
    ------
    ValueError : where there is no example; where lists or tuples differ in length, or tensors
        and arrays in shape (ShapeError).
    KeyError : where an example has not the keys of the first.
    TypeError : for any other kind of member, or where examples are of different kinds.
    """
    if len(batch) == 0:
        raise ValueError("default_collate: batch must have at least one example, got none")
    if isinstance(batch, Columns):
        return [
            column if isinstance(column, Tensor) else default_collate(column)
            for column in batch.columns
        ]
    first = batch[0]
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return rebuild_mapping(first, {key: default_collate(members(batch, key)) for key in first})
    if isinstance(first, Sequence):
        return rebuild_sequence(first, [default_collate(member) for member in transpose(batch)])
    if isinstance(first, Tensor):
        return stack_all(list(check_kind(batch, Tensor)))
    if isinstance(first, np.ndarray) and first.dtype.kind in "biuf":
        return stack_all([as_tensor(array) for array in check_kind(batch, np.ndarray)])
    if isinstance(first, (np.bool_, np.number)):
        return as_tensor(np.array(check_kind(batch, np.generic)))
    if isinstance(first, float):
        return tensor(check_kind(batch, (int, float)), dtype=float64)
    if isinstance(first, int):
        return tensor(check_kind(batch, (int, float)))
    raise TypeError(
        "default_collate: examples must be made of tensors, arrays, numbers, strings, mappings "
        f"and sequences, got {describe(first)}"
    )


def default_convert(example: Any) -> Any:
    """Replace every NumPy array or number in one example by a Tensor."""
    if isinstance(example, (np.ndarray, np.generic)) and example.dtype.kind in "biuf":
        return as_tensor(example)
    if isinstance(example, (str, bytes)):
        return example
    if isinstance(example, Mapping):
        return rebuild_mapping(
            example, {key: default_convert(value) for key, value in example.items()}
        )
    if isinstance(example, Sequence):
        return rebuild_sequence(example, [default_convert(member) for member in example])
    return example


def describe(member: Any) -> str:
    """The type of something that cannot be collated, with the cure where it is known."""
    if isinstance(member, np.ndarray):
        return f"an array of {member.dtype}"
    if "PIL" in type(member).__module__:
        return "a PIL image: vision.transforms.ToTensor() makes a tensor of it"
    return type(member).__name__


def check_kind(batch: Sequence[Any], kind: type | tuple[type, ...]) -> Sequence[Any]:
    """The batch; TypeError where an example is not of this kind."""
    for i, example in enumerate(batch):
        if not isinstance(example, kind):
            raise TypeError(
                "default_collate: examples must be of one kind, got "
                f"{type(batch[0]).__name__} and, at {i}, {type(example).__name__}"
            )
    return batch


def stack_all(tensors: list[Tensor]) -> Tensor:
    """`stack` along a new dimension 0; ShapeError that names the first that does not fit."""
    for i, other in enumerate(tensors):
        if other.shape != tensors[0].shape:
            raise ShapeError(
                "default_collate: tensors and arrays must have the same shape, got "
                f"{tuple(tensors[0].shape)} and, at {i}, {tuple(other.shape)}"
            )
    return stack(tensors)


def members(batch: Sequence[Mapping[Any, Any]], key: Any) -> list[Any]:
    """The members of all examples at `key`."""
    for i, example in enumerate(batch):
        if not isinstance(example, Mapping) or key not in example:
            raise KeyError(f"default_collate: example {i} has no key {key!r}, the first has one")
    return [example[key] for example in batch]


def transpose(batch: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The first members of all examples, then the second, and so on."""
    sizes = {len(example) for example in check_kind(batch, Sequence)}
    if len(sizes) > 1:
        raise ValueError(
            f"default_collate: examples must have the same length, got {sorted(sizes)}"
        )
    return list(zip(*batch, strict=True))


def rebuild_mapping(like: Mapping[Any, Any], members: dict[Any, Any]) -> Mapping[Any, Any]:
    """A mapping of the type of `like`; a plain dict where that type takes no dict."""
    return rebuild(type(like), members, members)


def rebuild_sequence(like: Sequence[Any], members: list[Any]) -> Sequence[Any]:
    """A sequence of the type of `like`; a list where that is a tuple or takes no list."""
    if isinstance(like, tuple):
        fields = hasattr(like, "_fields")
        return type(like)(*members) if fields else members
    return rebuild(type(like), members, members)


def rebuild(make: Callable[[Any], Any], members: Any, otherwise: Any) -> Any:
    try:
        return make(members)
    except TypeError:
        return otherwise
