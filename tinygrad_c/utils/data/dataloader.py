"""The loader: a data set, cut into batches, in the order of a sampler."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import repeat
from typing import Any

from tinygrad_c._kernels.random import Generator
from tinygrad_c.utils.data.collate import default_collate, default_convert
from tinygrad_c.utils.data.dataset import IterableDataset
from tinygrad_c.utils.data.fetch import Fetch, iterable_fetch, map_fetch
from tinygrad_c.utils.data.iterator import SerialIterator, ThreadedIterator
from tinygrad_c.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
)

FIXED = {"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"}


class DataLoader:
    """An iterable of the batches of a data set; every `iter(loader)` is a new pass.

    A data set that defines `__getitems__`, as `TensorDataset` and the data sets of
    `vision.datasets` do, is asked for a whole batch at once; others are read example by example.
    `default_collate` makes the batch.

    With `num_workers`, that many threads read ahead. They share memory with the program, so
    nothing is pickled or copied between processes, and a data set that spends its time in
    Python alone gains little from them. Each has a shallow copy of the data set, so attributes
    that it sets are its own, and a random generator of its own (what `manual_seed` and the
    transforms use in it). Batches come in order; an exception in a worker is raised with its
    traceback in place of its batch.

    Parameters
    ----------
    dataset : anything with `__getitem__` and `__len__`, or an IterableDataset
    batch_size : examples in a batch; None gives the examples themselves, not collated
    shuffle : whether every pass visits the examples in a new random order
    sampler : iterable of indices, instead of `shuffle`
    batch_sampler : iterable of lists of indices, instead of `batch_size`, `shuffle`, `sampler`
        and `drop_last`
    num_workers : threads that read ahead; with 0 the calling thread reads
    collate_fn : makes a batch of a list of examples; `default_collate` by default
    pin_memory, pin_memory_device : accepted for scripts that pass them; no effect on a CPU
    drop_last : whether a last batch that is shorter than the others is left out
    timeout : seconds to wait for a worker; with 0 there is no limit
    worker_init_fn : called in every worker with its number before it reads
    multiprocessing_context : accepted for scripts that pass it; there are no processes
    generator : where the random numbers come from, the default generator by default
    prefetch_factor : batches that each worker reads ahead, 2 by default
    persistent_workers : whether the workers are kept for the next pass, which then ends this one
    in_order : accepted; batches come in order in any case

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
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ):
        check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        iterable = isinstance(dataset, IterableDataset)
        if iterable:
            check_iterable(shuffle, sampler, batch_sampler)
        check_batches(batch_size, shuffle, sampler, batch_sampler, drop_last)
        if sampler is None:
            sampler = make_sampler(dataset, iterable, bool(shuffle), generator)
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset = dataset
        self.batch_size = batch_size
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.collate_fn = collate_fn or (
            default_convert if batch_sampler is None else default_collate
        )
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.drop_last = drop_last
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.generator = generator
        self.prefetch_factor = (prefetch_factor or 2) if num_workers else None
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        # What `len` has said of an iterable data set, and the iterator that is kept.
        self._told_length: int | None = None
        self._iterator: ThreadedIterator | None = None
        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name in FIXED and "_ready" in vars(self):
            raise ValueError(f"DataLoader: {name} must not be set after the loader is made")
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:
        if not self.num_workers:
            return SerialIterator(self)
        if not self.persistent_workers:
            return ThreadedIterator(self)
        if self._iterator is None:
            self._iterator = ThreadedIterator(self)
        else:
            self._iterator.reset(self)
        return self._iterator

    def __len__(self) -> int:
        size = self._size()
        if isinstance(self.dataset, IterableDataset):
            self._told_length = size
        return size

    @property
    def _index_sampler(self) -> Iterable[Any]:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    @property
    def _size(self) -> Callable[[], int]:
        return partial(
            count_batches, self.dataset, self._index_sampler, self.batch_size, self.drop_last
        )

    @property
    def _begin(self) -> Callable[[Any], Fetch]:
        return partial(begin, self.batch_sampler is not None, self.collate_fn, self.drop_last)


# What an iterator and its threads take from the loader is functions that do not refer to it: it
# keeps its iterator where workers are persistent, and that must end with the loader.


def begin(batched: bool, collate: Callable[[Any], Any], drop_last: bool, dataset: Any) -> Fetch:
    """Start to read `dataset`, the loader's or a worker's copy of it."""
    if isinstance(dataset, IterableDataset):
        return iterable_fetch(dataset, batched, collate, drop_last)
    return map_fetch(dataset, batched, collate, collate is default_collate)


def count_batches(
    dataset: Any, indices: Iterable[Any], batch_size: int | None, drop_last: bool
) -> int:
    """The number of batches; TypeError where the data set or the sampler has no length."""
    if not isinstance(dataset, IterableDataset):
        return len(indices)  # type: ignore[arg-type]
    count = len(dataset)  # type: ignore[arg-type]
    if batch_size is None:
        return count
    whole, rest = divmod(count, batch_size)
    return whole + (rest > 0 and not drop_last)


def make_sampler(
    dataset: Any, iterable: bool, shuffle: bool, generator: Generator | None
) -> Iterable[Any]:
    """The sampler of a loader that was given none."""
    if iterable:
        return Endless()
    return RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)


class Endless(Sampler[None]):
    """Stands for the indices of an iterable data set, which has none."""

    def __iter__(self) -> Iterator[None]:
        return repeat(None)


def check_workers(
    num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool
) -> None:
    """ValueError unless the arguments about workers fit together."""
    if num_workers < 0:
        raise ValueError(f"DataLoader: num_workers must be at least 0, got {num_workers}")
    if not timeout >= 0:
        raise ValueError(f"DataLoader: timeout must be at least 0, got {timeout}")
    if prefetch_factor is not None and prefetch_factor < 1:
        raise ValueError(f"DataLoader: prefetch_factor must be at least 1, got {prefetch_factor}")
    if num_workers == 0:
        for name, value in (
            ("timeout", timeout),
            ("prefetch_factor", prefetch_factor),
            ("persistent_workers", persistent_workers),
        ):
            if value:
                raise ValueError(f"DataLoader: {name} needs num_workers > 0, got {value} without")


def check_iterable(
    shuffle: bool | None, sampler: Iterable[Any] | None, batch_sampler: Iterable[Any] | None
) -> None:
    """ValueError where the order of an iterable data set is to be changed."""
    for name, value in (("sampler", sampler), ("batch_sampler", batch_sampler)):
        if value is not None:
            raise ValueError(f"DataLoader: {name} must not be given for an IterableDataset")
    if shuffle:
        raise ValueError(
            "DataLoader: shuffle must not be given for an IterableDataset, which has its own order"
        )


def check_batches(
    batch_size: int | None,
    shuffle: bool | None,
    sampler: Iterable[Any] | None,
    batch_sampler: Iterable[Any] | None,
    drop_last: bool,
) -> None:
    """ValueError where the arguments about order and batches contradict each other."""
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
