"""The threads of a loader: they read batches ahead, and the loader hands them out in order.

Batch k is read by worker k modulo the number of workers, and each worker has a random generator
of its own, so the batches do not depend on which thread is faster.
"""

import atexit
import copy
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from tinygrad_c._kernels.random import own_generator
from tinygrad_c.utils.data.fetch import Fetch, read


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker is told: its number, how many there are, its seed and its data set."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


# The attribute `info` of a worker's thread is its WorkerInfo.
current = threading.local()


def get_worker_info() -> WorkerInfo | None:
    """The worker that calls; None outside the workers of a loader."""
    return getattr(current, "info", None)


@dataclass(frozen=True)
class Failure:
    """An exception that a worker met in place of a batch."""

    error: BaseException


class Task:
    """Read what stands at `index`; `answer` holds it, or a Failure, once `done` is set.

    `epoch` counts the passes: tasks of a pass that was given up are not read any more.
    """

    def __init__(self, epoch: int, worker: int, index: Any):
        self.epoch = epoch
        self.worker = worker
        self.index = index
        self.answer: Any = None
        self.done = threading.Event()


class Share:
    """What the threads know of the iterator they work for; it can be collected while they run."""

    def __init__(self, num_workers: int):
        self.tasks: list[SimpleQueue[Task | None]] = [SimpleQueue() for _ in range(num_workers)]
        self.epoch = 0
        self.stopped = False

    def stop(self) -> None:
        """Let every thread end once it has read what it is reading."""
        self.stopped = True
        for tasks in self.tasks:
            tasks.put(None)


running: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


@atexit.register
def wait_for_threads() -> None:
    """Give the threads, which are stopped by now, a moment to end before the interpreter does."""
    for thread in list(running):
        thread.join(1)


def start_thread(share: Share, info: WorkerInfo, *functions: Any) -> threading.Thread:
    """A running worker; the interpreter does not wait for it to end."""
    thread = threading.Thread(
        target=work,
        args=(share, info, *functions),
        name=f"DataLoader worker {info.id}",
        daemon=True,
    )
    thread.start()
    running.add(thread)
    return thread


def private_copy(dataset: Any) -> Any:
    """A shallow copy, so that what a worker sets on its data set is its own.

    The data set itself where it cannot be copied.
    """
    try:
        return copy.copy(dataset)
    except (TypeError, copy.Error):
        return dataset


def work(
    share: Share,
    info: WorkerInfo,
    begin: Callable[[Any], Fetch],
    init: Callable[[int], Any] | None,
) -> None:
    """The life of a worker: `init(id)`, then in every pass `begin(dataset)` and its tasks."""
    current.info = info
    with own_generator(info.seed):
        broken = None if init is None else attempt(init, info.id)
        if isinstance(broken, Failure):
            refusal = refuse(broken)

            def begin(_: Any) -> Fetch:
                return refusal

        fetch: Any = None
        epoch = -1
        while (task := share.tasks[info.id].get()) is not None and not share.stopped:
            if task.epoch == share.epoch:
                if task.epoch != epoch:
                    epoch = task.epoch
                    fetch = attempt(begin, info.dataset)
                if isinstance(fetch, Failure):
                    fetch = refuse(fetch)
                task.answer = attempt(read, fetch, task.index)
                task.done.set()
            # A thread that waits keeps neither a batch nor the frames of an exception alive.
            broken = task = None


def attempt(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function returns, or the Failure that it raised."""
    try:
        return function(*arguments)
    except BaseException as error:
        return Failure(error)


def refuse(failure: Failure) -> Fetch:
    """The Fetch of a worker that could not start: raises the reason, and then names it."""
    reasons = [failure.error]
    name = repr(failure.error)

    def fetch(_: Any) -> Any:
        if reasons:
            raise reasons.pop()
        raise RuntimeError(f"DataLoader: the worker could not start: {name}")

    return fetch
