"""The loader: a data set, cut into batches, in the order of a sampler."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tinygrad_c._kernels.random import Generator
from tinygrad_c.utils.data.collate import default_collate, default_convert
from tinygrad_c.utils.data.dataset import Dataset, gathers, read_examples
from tinygrad_c.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    SequentialSampler,
    draw_seed,
)


class DataLoader:
    """An iterable of the batches of a data set; every `iter(loader)` is a new pass.

    Batches of a `TensorDataset` (or of subsets of one) are gathered with one call per tensor;
    other data sets are read example by example and collated. Everything runs in the calling
    thread.

    Parameters
    ----------
    dataset : anything with `__getitem__` and `__len__`
    batch_size : examples in a batch; None gives the examples themselves, not collated
    shuffle : whether every pass visits the examples in a new random order
    sampler : iterable of indices, instead of `shuffle`
    batch_sampler : iterable of lists of indices, instead of `batch_size`, `shuffle`, `sampler`
        and `drop_last`
    num_workers : must be 0: there are no worker processes
    collate_fn : makes a batch of a list of examples; `default_collate` by default
    pin_memory : accepted for scripts that pass it; has no effect on a CPU
    drop_last : whether a last batch that is shorter than the others is left out
    generator : where the random numbers come from, the default generator by default

    Raises
    ------
    ValueError : where arguments contradict each other or are out of range.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        *,
        generator: Generator | None = None,
    ):
        check_arguments(batch_size, shuffle, sampler, batch_sampler, num_workers, drop_last)
        if sampler is None:
            sampler = (
                RandomSampler(dataset, generator=generator)
                if shuffle
                else SequentialSampler(dataset)
            )
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset: Dataset[Any] = dataset
        self.batch_size = batch_size
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.collate_fn = collate_fn or (
            default_convert if batch_sampler is None else default_collate
        )
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.generator = generator

    def __iter__(self) -> Iterator[Any]:
        indices = iter(self._index_sampler)
        # PyTorch draws a seed for its worker processes in every pass, with or without workers.
        # Drawn here as well, it leaves the generator where PyTorch leaves it.
        draw_seed(self.generator)
        return map(self._read, indices)

    def __len__(self) -> int:
        return len(self._index_sampler)  # type: ignore[arg-type]

    @property
    def _index_sampler(self) -> Iterable[Any]:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def _read(self, index: Any) -> Any:
        """The batch, or without batches the example, at `index`."""
        if self.batch_sampler is None:
            return self.collate_fn(self.dataset[index])
        if self.collate_fn is default_collate and gathers(self.dataset):
            return self.dataset.gather(index)  # type: ignore[attr-defined]
        return self.collate_fn(read_examples(self.dataset, index))


def check_arguments(
    batch_size: int | None,
    shuffle: bool | None,
    sampler: Iterable[Any] | None,
    batch_sampler: Iterable[Any] | None,
    num_workers: int,
    drop_last: bool,
) -> None:
    """ValueError where the arguments of a DataLoader contradict each other."""
    if num_workers != 0:
        raise ValueError(
            f"DataLoader: num_workers must be 0, there are no worker processes, got {num_workers}"
        )
    if sampler is not None and shuffle:
        raise ValueError("DataLoader: sampler and shuffle must not both be given")
    if batch_sampler is not None and (
        batch_size != 1 or shuffle or sampler is not None or drop_last
    ):
        raise ValueError(
            "DataLoader: batch_sampler must not be given together with batch_size, shuffle, "
            "sampler or drop_last"
        )
    if batch_size is None and drop_last:
        raise ValueError("DataLoader: drop_last must be False where batch_size is None")
