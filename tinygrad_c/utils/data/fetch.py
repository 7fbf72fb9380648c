"""Reading a data set: one example, or a whole batch with one call where the data set can."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from tinygrad_c.tensor import Tensor

Collate = Callable[[Any], Any]
# Reads what stands at an index of the sampler: a batch at a list of indices, or one example.
Fetch = Callable[[Any], Any]
# What a Fetch returns when an iterable data set is at its end.
EXHAUSTED = object()


class Columns(Sequence[Any]):
    """The examples of a batch kept as columns: ``columns[i] == (first[i], second[i], ...)``.

    What `__getitems__` of a data set may return in place of a list of tuples, so that
    `default_collate` finds the batch already made.

    Parameters
    ----------
    *columns : of equal lengths; a Tensor holds an example in each row and is collated already,
        a list is collated as the members it has
    """

    def __init__(self, *columns: Tensor | list[Any]):
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return list(self)[index]
        return tuple(column[index] for column in self.columns)

    def __iter__(self) -> Iterator[Any]:
        return zip(*self.columns, strict=True)


def stands_for(kind: type, many: str, one: str) -> bool:
    """Whether the method `many` of a class does what its method `one` does, for many at once.

    It does not where a subclass has changed `one` alone, nor where `many` is None.
    """
    for base in kind.__mro__:
        if many in vars(base):
            return vars(base)[many] is not None
        if one in vars(base):
            return False
    return False


def read_examples(dataset: Any, indices: Sequence[int]) -> Sequence[Any]:
    """The examples of `dataset` at `indices`, with one call where its `__getitems__` is theirs."""
    if stands_for(type(dataset), "__getitems__", "__getitem__"):
        return dataset.__getitems__(indices)
    return [dataset[i] for i in indices]


def map_fetch(dataset: Any, batched: bool, collate: Collate, takes_columns: bool) -> Fetch:
    """Reads a data set that has indices.

    `takes_columns` says that `collate` knows `Columns`; other functions get a list.
    """

    def fetch_batch(indices: Sequence[int]) -> Any:
        examples = read_examples(dataset, indices)
        if isinstance(examples, Columns) and not takes_columns:
            examples = list(examples)
        return collate(examples)

    return fetch_batch if batched else lambda index: collate(dataset[index])


def iterable_fetch(
    dataset: Iterable[Any], batched: bool, collate: Collate, drop_last: bool
) -> Fetch:
    """Reads a data set that gives its examples in its own order, as many as there are indices."""
    examples = iter(dataset)
    ended = False

    def fetch_batch(indices: Sequence[Any]) -> Any:
        nonlocal ended
        batch = [] if ended else list(islice(examples, len(indices)))
        ended = len(batch) < len(indices)
        return collate(batch) if batch and not (ended and drop_last) else EXHAUSTED

    def fetch_example(_: Any) -> Any:
        example = next(examples, EXHAUSTED)
        return EXHAUSTED if example is EXHAUSTED else collate(example)

    return fetch_batch if batched else fetch_example


def read(fetch: Fetch, index: Any) -> Any:
    """``fetch(index)``. A StopIteration of the data set would end the pass as if it were over."""
    try:
        return fetch(index)
    except StopIteration as error:
        raise RuntimeError(
            "DataLoader: the data set or collate_fn raised StopIteration, which would end the "
            f"pass before its time, at index {index!r:.200}"
        ) from error
