"""From a list of examples to one batch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_c.creation import as_tensor, tensor
from tinygrad_c.dtypes import float64
from tinygrad_c.methods.shape import stack
from tinygrad_c.tensor import Tensor


def default_collate(batch: Sequence[Any]) -> Any:
    """Put examples of the same structure together into one batch of that structure.

    Tensors, arrays and numbers become a Tensor with a new dimension 0 (a float becomes float64,
    an int int64), strings stay a list, mappings and sequences are collated member by member;
    a tuple becomes a list, a named tuple stays one.

    Raises
    ------
    ValueError : where lists or tuples of the examples differ in length.
    TypeError : for any other kind of member.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(list(batch))
    if isinstance(first, np.ndarray):
        return stack([as_tensor(array) for array in batch])
    if isinstance(first, np.generic):
        return as_tensor(np.array(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return rebuild_mapping(
            first, {key: default_collate([example[key] for example in batch]) for key in first}
        )
    if isinstance(first, Sequence):
        return rebuild_sequence(first, [default_collate(member) for member in transpose(batch)])
    raise TypeError(
        "default_collate: examples must be made of tensors, arrays, numbers, strings, mappings "
        f"and sequences, got {type(first).__name__}"
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


def transpose(batch: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The first members of all examples, then the second, and so on."""
    sizes = {len(example) for example in batch}
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
