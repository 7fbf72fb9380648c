"""Data sets: what a loader reads examples from."""

import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from numbers import Integral
from operator import index as as_int
from typing import Any, Generic, TypeVar

import numpy as np

from tinygrad_c._kernels.random import Generator
from tinygrad_c.creation import from_numpy, randperm
from tinygrad_c.tensor import Tensor
from tinygrad_c.utils.data.fetch import Columns, read_examples

T_co = TypeVar("T_co", covariant=True)


class Dataset(Generic[T_co]):
    """The base of all data sets: `dataset[i]` is an example, `len(dataset)` their number.

    A data set may also define `__getitems__(indices)`, which returns the list of the examples at
    `indices` (or `Columns`); a loader then calls it once for a batch. It is not called where a
    subclass changes `__getitem__` alone.
    """

    def __getitem__(self, index: int) -> T_co:
        raise TypeError(f"{type(self).__name__}: a data set must define __getitem__")

    def __add__(self, other: "Dataset[Any]") -> "ConcatDataset":
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co], Iterable[T_co]):
    """The base of data sets that give their examples one after the other, by `__iter__`.

    A loader reads such a data set in its own order: it takes no sampler and does not shuffle.
    Each worker of a loader iterates over the data set; `get_worker_info()` tells `__iter__` which
    part is the worker's.
    """

    def __iter__(self) -> Iterator[T_co]:
        raise TypeError(f"{type(self).__name__}: an iterable data set must define __iter__")

    def __add__(self, other: Dataset[Any]) -> "ChainDataset":  # type: ignore[override]
        return ChainDataset([self, other])


class ChainDataset(IterableDataset[Any]):
    """The examples of several iterable data sets, one data set after the other.

    Raises
    ------
    TypeError : while it is read, where one of `datasets` is no IterableDataset.
    """

    def __init__(self, datasets: Iterable[Dataset[Any]]):
        self.datasets = datasets

    def _checked(self) -> Iterator[Any]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise TypeError(
                    f"ChainDataset: datasets must be IterableDatasets, got {type(dataset).__name__}"
                )
            yield dataset

    def __iter__(self) -> Iterator[Any]:
        for dataset in self._checked():
            yield from dataset

    def __len__(self) -> int:
        return sum(map(len, self._checked()))


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Examples that are rows of tensors: ``dataset[i] == (tensors[0][i], tensors[1][i], ...)``.

    A loader reads a whole batch with one gather per tensor.

    Parameters
    ----------
    *tensors : Tensors of the same size N in dimension 0

    Raises
    ------
    ValueError : where there is no tensor, or their sizes differ.
    """

    def __init__(self, *tensors: Tensor):
        sizes = [tuple(tensor.shape) for tensor in tensors]
        if not sizes or any(not size or size[0] != sizes[0][0] for size in sizes):
            raise ValueError(
                "TensorDataset: tensors must be at least one and have the same size in "
                f"dimension 0, got shapes {sizes}"
            )
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __getitems__(self, indices: Iterable[int]) -> Columns:
        """The examples at `indices`, gathered with one call per tensor."""
        rows = index_tensor(indices)
        return Columns(*(tensor[rows] for tensor in self.tensors))

    def __len__(self) -> int:
        return self.tensors[0].shape[0]


def index_tensor(indices: Iterable[int]) -> Tensor:
    """Whole numbers as an int64 Tensor; TypeError where one is something else."""
    return from_numpy(np.fromiter(map(as_int, indices), np.int64))


class Subset(Dataset[T_co]):
    """The examples of another data set at chosen indices: ``subset[i] == dataset[indices[i]]``."""

    def __init__(self, dataset: Dataset[T_co], indices: Sequence[int]):
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> T_co:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]  # type: ignore[index]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: Sequence[int]) -> Sequence[T_co]:
        """The examples at `indices`, with one call where the data set below allows it."""
        return read_examples(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset[T_co]):
    """The examples of several data sets, one data set after the other.

    Raises
    ------
    ValueError : where `datasets` is empty.
    TypeError : where one of them is an IterableDataset.
    """

    def __init__(self, datasets: Iterable[Dataset[T_co]]):
        self.datasets = list(datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset: datasets must be at least one, got none")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise TypeError(
                "ConcatDataset: datasets must have indices, got an IterableDataset: "
                "ChainDataset chains those"
            )
        self.cumulative_sizes = list(accumulate(map(len, self.datasets)))  # type: ignore[arg-type]

    def __getitem__(self, index: int) -> T_co:
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(
                f"ConcatDataset: index must lie in [-{len(self)}, {len(self)}), got {index}"
            )
        which = bisect_right(self.cumulative_sizes, place)
        return self.datasets[which][place - ([0, *self.cumulative_sizes][which])]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


def random_split(
    dataset: Any, lengths: Sequence[int | float], generator: Generator | None = None
) -> list[Subset]:
    """Cut `dataset` at random into disjoint subsets of the given lengths.

    Parameters
    ----------
    dataset : N examples
    lengths : whole numbers with the sum N, or fractions with the sum 1: a fraction f gets
        floor(f * N) examples, and what is left goes to the first subsets, one to each
    generator : where the permutation comes from, the default generator by default

    Raises
    ------
    ValueError : where the lengths are negative or their sum is neither N nor 1.

    Warns where a fraction gets no example.
    """
    n = len(dataset)
    sizes = list(split_sizes(n, lengths))
    if any(not isinstance(size, Integral) or size < 0 for size in sizes) or sum(sizes) != n:
        raise ValueError(
            f"random_split: lengths must be at least 0 with a sum of {n}, the length of the data "
            f"set, or fractions with a sum of 1, got {list(lengths)}"
        )
    if 0 in sizes and sizes != list(lengths):
        warnings.warn(
            f"random_split: the fractions {list(lengths)} of {n} examples leave a subset empty",
            stacklevel=2,
        )
    order = randperm(n, generator=generator).tolist()
    return [
        Subset(dataset, order[end - size : end])
        for end, size in zip(accumulate(sizes), sizes, strict=True)
    ]


def split_sizes(n: int, lengths: Sequence[int | float]) -> Iterator[Any]:
    """The lengths of a split of n examples as whole numbers, where fractions are given."""
    if not (math.isclose(sum(lengths), 1) and sum(lengths) <= 1):
        yield from lengths
        return
    sizes = [math.floor(n * fraction) for fraction in lengths]
    rest = n - sum(sizes)
    for place, size in enumerate(sizes):
        yield size + rest // len(sizes) + (place < rest % len(sizes))
