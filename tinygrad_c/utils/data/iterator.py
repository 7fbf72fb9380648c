"""A pass over a loader: in the calling thread, or with threads that read ahead."""

import warnings
import weakref
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tinygrad_c.utils.data.fetch import EXHAUSTED, Fetch, read
from tinygrad_c.utils.data.sampler import draw_seed
from tinygrad_c.utils.data.workers import (
    Failure,
    Share,
    Task,
    WorkerInfo,
    private_copy,
    start_thread,
)

if TYPE_CHECKING:
    from tinygrad_c.utils.data.dataloader import DataLoader


class LoaderIterator(Iterator[Any]):
    """One pass over a loader; ``len`` is the number of its batches."""

    def __init__(self, loader: "DataLoader"):
        self.begin(loader)
        # PyTorch draws the seed of its worker processes in every pass, with or without workers.
        # Drawn here as well, it leaves the generator where PyTorch leaves it.
        self.seed = draw_seed(loader.generator)

    def begin(self, loader: "DataLoader") -> None:
        """Start at the first index."""
        self.indices = iter(loader._index_sampler)
        self.size = loader._size
        self.given = 0
        self.told = loader._told_length

    def __len__(self) -> int:
        return self.size()

    def __next__(self) -> Any:
        batch = self.read_next()
        self.given += 1
        if self.told is not None and self.given == self.told + 1:
            warnings.warn(
                f"DataLoader: the length of the iterable data set stands for {self.told} batches, "
                "but it gives more: with workers, does each read its own part "
                "(see get_worker_info)?",
                stacklevel=2,
            )
        return batch

    def read_next(self) -> Any:
        """The next batch; StopIteration at the end."""
        raise NotImplementedError


class SerialIterator(LoaderIterator):
    """Reads every batch when it is asked for."""

    def __init__(self, loader: "DataLoader"):
        super().__init__(loader)
        self.fetch: Fetch = loader._begin(loader.dataset)

    def read_next(self) -> Any:
        batch = read(self.fetch, next(self.indices))
        if batch is EXHAUSTED:
            raise StopIteration
        return batch


class ThreadedIterator(LoaderIterator):
    """Keeps `prefetch_factor` tasks for each of `num_workers` threads under way.

    The threads end after the last batch (not those of a loader with `persistent_workers`), or
    when the iterator is collected: after a `break`, too.
    """

    def __init__(self, loader: "DataLoader"):
        super().__init__(loader)
        count = loader.num_workers
        self.limit = count * (loader.prefetch_factor or 1)
        self.timeout = loader.timeout or None
        self.persistent = loader.persistent_workers
        self.share = Share(count)
        self.stop = weakref.finalize(self, self.share.stop)
        self.threads = [
            start_thread(
                self.share,
                WorkerInfo(i, count, self.seed + i, private_copy(loader.dataset)),
                loader._begin,
                loader.worker_init_fn,
            )
            for i in range(count)
        ]
        self.begin_tasks()

    def begin_tasks(self) -> None:
        """Give every worker its first tasks."""
        self.waiting: deque[Task] = deque()
        self.active = deque(range(len(self.threads)))
        self.send()

    def reset(self, loader: "DataLoader") -> None:
        """Start a new pass with the same threads; what is left of the old one is given up."""
        self.share.epoch += 1
        self.begin(loader)
        self.begin_tasks()

    def send(self) -> None:
        """Hand out tasks, to one worker after the other, until enough are under way."""
        while self.active and len(self.waiting) < self.limit:
            try:
                index = next(self.indices)
            except StopIteration:
                return
            task = Task(self.share.epoch, self.active[0], index)
            self.active.rotate(-1)
            self.waiting.append(task)
            self.share.tasks[task.worker].put(task)

    def read_next(self) -> Any:
        while self.waiting:
            task = self.waiting[0]
            self.wait_for(task)
            self.waiting.popleft()
            if task.answer is EXHAUSTED and task.worker in self.active:
                self.active.remove(task.worker)
            self.send()
            if isinstance(task.answer, Failure):
                raise_from_worker(task)
            if task.answer is not EXHAUSTED:
                return task.answer
        if not self.persistent:
            self.stop()
            for thread in self.threads:
                thread.join()
        raise StopIteration

    def wait_for(self, task: Task) -> None:
        """Block until the task is done; Ctrl-C interrupts.

        RuntimeError after `timeout`, and where the thread is gone because the process was forked.
        """
        if not task.done.is_set() and not self.threads[task.worker].is_alive():
            raise RuntimeError(
                f"DataLoader: worker {task.worker} is gone: start a pass in the process that reads"
            )
        if not task.done.wait(self.timeout):
            raise RuntimeError(
                f"DataLoader: timed out after {self.timeout} seconds: worker {task.worker} is "
                f"still reading {task.index!r:.200}"
            )


def raise_from_worker(task: Task) -> None:
    """Raise what the worker met, with its traceback."""
    error = task.answer.error
    error.add_note(f"Raised in DataLoader worker {task.worker}.")
    # An exception refers to the frames it passes, and these would refer to it.
    task.answer = None
    try:
        raise error
    finally:
        del error
