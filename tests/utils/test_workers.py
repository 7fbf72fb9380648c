"""Loaders whose batches threads read. The random numbers were recorded from PyTorch 2.13."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_c as tgc
from tinygrad_c.utils.data import (
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    TensorDataset,
    get_worker_info,
)


class Numbers(IterableDataset):
    """0, 1, ..., n - 1; with workers, every worker gives its own part of them."""

    def __init__(self, n, shared=True):
        self.n = n
        self.shared = shared

    def __iter__(self):
        info = get_worker_info()
        if info is None or not self.shared:
            return iter(range(self.n))
        return iter(range(info.id, self.n, info.num_workers))


class Draws(Dataset):
    """Example i is (i, a random number, the seed that it comes from)."""

    def __len__(self):
        return 6

    def __getitem__(self, index):
        return index, float(tgc.rand(1)), tgc.initial_seed()


class Breaking(Dataset):
    """Example 5 cannot be read."""

    def __len__(self):
        return 12

    def __getitem__(self, index):
        if index == 5:
            raise LookupError("nothing at 5")
        return index


def lists(loader):
    return [batch.tolist() for batch in loader]


def workers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("DataLoader")]


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """Every test must leave no worker behind."""
    yield
    gc.collect()
    for thread in workers():
        thread.join(5)
    assert workers() == []


@given(
    n=st.integers(0, 25),
    batch_size=st.one_of(st.none(), st.integers(1, 6)),
    num_workers=st.integers(1, 4),
    prefetch=st.integers(1, 3),
    persistent=st.booleans(),
)
def test_threads_give_the_batches_of_the_calling_thread(
    n, batch_size, num_workers, prefetch, persistent
):
    plain = DataLoader(range(n), batch_size)
    loader = DataLoader(
        range(n),
        batch_size,
        num_workers=num_workers,
        prefetch_factor=prefetch,
        persistent_workers=persistent,
        collate_fn=plain.collate_fn if batch_size else int,
    )
    expected = lists(plain) if batch_size else list(plain)
    for _ in range(2):
        assert (lists(loader) if batch_size else list(loader)) == expected
    assert len(loader) == len(expected)


def test_a_shuffled_pass_has_the_order_of_the_calling_thread():
    dataset = TensorDataset(tgc.arange(10))
    passes = []
    for num_workers in (0, 3):
        tgc.manual_seed(0)
        loader = DataLoader(dataset, batch_size=4, shuffle=True, num_workers=num_workers)
        passes.append([[batch.tolist() for (batch,) in loader] for _ in range(2)])
    assert passes[0] == passes[1]
    assert passes[0][0] == [[6, 7, 1, 4], [2, 0, 9, 8], [3, 5]]


def test_workers_draw_pytorchs_numbers():
    tgc.manual_seed(3)
    loader = DataLoader(Draws(), batch_size=2, shuffle=True, num_workers=2)
    order, drawn, seeds = zip(*loader, strict=True)
    assert [batch.tolist() for batch in order] == [[2, 4], [0, 1], [3, 5]]
    assert [x for batch in drawn for x in batch.tolist()] == pytest.approx(
        [0.28760761, 0.68629098, 0.74701756, 0.82904083, 0.60204643, 0.69493431], abs=1e-7
    )
    assert [batch.tolist() for batch in seeds] == [
        [937055941807507096, 937055941807507096],
        [937055941807507097, 937055941807507097],
        [937055941807507096, 937055941807507096],
    ]
    assert int(tgc.randint(10**6, ())) == 426360


def test_manual_seed_in_a_worker_is_the_workers_alone():
    seen = []

    def init(worker):
        tgc.manual_seed(worker)
        seen.append((worker, tgc.initial_seed()))

    tgc.manual_seed(7)
    expected = float(tgc.rand(1))
    loader = DataLoader(range(4), num_workers=2, worker_init_fn=init, generator=tgc.Generator())
    tgc.manual_seed(7)
    list(loader)
    assert float(tgc.rand(1)) == expected
    assert sorted(seen) == [(0, 0), (1, 1)]


def test_a_worker_knows_itself_and_owns_its_data_set():
    class Own(Dataset):
        who = None

        def __len__(self):
            return 6

        def __getitem__(self, index):
            info = get_worker_info()
            assert info.dataset is self
            return index, self.who, info.id, info.num_workers, info.seed

    def init(worker):
        get_worker_info().dataset.who = worker

    dataset = Own()
    loader = DataLoader(dataset, None, num_workers=2, worker_init_fn=init, collate_fn=tuple)
    rows = list(loader)
    assert [row[:4] for row in rows] == [(i, i % 2, i % 2, 2) for i in range(6)]
    assert rows[1][4] == rows[0][4] + 1
    assert (dataset.who, get_worker_info()) == (None, None)


def test_persistent_workers_are_the_same_threads():
    class Who(Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return threading.get_ident()

    loader = DataLoader(Who(), num_workers=2, persistent_workers=True)
    first, second = (lists(loader) for _ in range(2))
    assert first == second
    iterator = iter(loader)
    next(iterator)
    assert iter(loader) is iterator
    assert len(list(iterator)) == 4
    assert len(workers()) == 2


# What goes wrong


@pytest.mark.parametrize("num_workers", [0, 1, 3])
def test_an_exception_comes_in_place_of_its_batch(num_workers):
    iterator = iter(DataLoader(Breaking(), batch_size=2, num_workers=num_workers))
    assert [next(iterator).tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    with pytest.raises(LookupError, match="nothing at 5") as caught:
        next(iterator)
    assert "__getitem__" in "".join(traceback.format_tb(caught.tb))
    if num_workers:
        assert caught.value.__notes__ == [f"Raised in DataLoader worker {2 % num_workers}."]
    assert lists(iterator) == [[6, 7], [8, 9], [10, 11]]


def test_a_worker_that_cannot_start_says_so():
    def init(worker):
        if worker:
            raise OSError("no file for worker 1")

    iterator = iter(DataLoader(range(4), num_workers=2, worker_init_fn=init))
    assert next(iterator).tolist() == [0]
    with pytest.raises(OSError, match="no file for worker 1"):
        next(iterator)
    assert next(iterator).tolist() == [2]
    with pytest.raises(RuntimeError, match="the worker could not start: OSError"):
        next(iterator)


@pytest.mark.parametrize("num_workers", [0, 2])
def test_stop_iteration_of_a_data_set_does_not_end_the_pass(num_workers):
    class Stops(Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return next(iter(()))

    with pytest.raises(RuntimeError, match="raised StopIteration, which would end the pass"):
        list(DataLoader(Stops(), num_workers=num_workers))


def test_a_slow_worker_is_named_after_the_timeout():
    release = threading.Event()

    class Slow(Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return release.wait(10)

    try:
        with pytest.raises(RuntimeError, match=r"after 0.05 seconds: worker 0 is still .* \[0\]"):
            next(iter(DataLoader(Slow(), num_workers=1, timeout=0.05)))
    finally:
        release.set()


@pytest.mark.parametrize("persistent", [False, True])
def test_threads_end_after_a_break(persistent):
    loader = DataLoader(range(100), num_workers=3, persistent_workers=persistent)
    for _ in loader:
        assert len(workers()) == 3
        break
    del loader


def test_few_batches_are_read_ahead():
    seen = []

    class Counting(Dataset):
        def __len__(self):
            return 100

        def __getitem__(self, index):
            seen.append(index)
            return index

    iterator = iter(DataLoader(Counting(), num_workers=2, prefetch_factor=3))
    next(iterator)
    time.sleep(0.05)
    assert 1 <= len(seen) <= 7
    del iterator


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_an_iterator_in_a_forked_child_says_that_its_threads_are_gone():
    iterator = iter(DataLoader(range(20), num_workers=1))
    assert next(iterator).tolist() == [0]
    child = os.fork()
    if not child:
        try:
            for _ in iterator:
                pass
        except RuntimeError as error:
            os._exit(0 if "worker 0 is gone" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


SCRIPT = """
import sys, threading, time
from tinygrad_c.utils.data import DataLoader, Dataset

class Slow(Dataset):
    def __len__(self): return 100
    def __getitem__(self, i):
        time.sleep(SECONDS)
        return i

loader = DataLoader(Slow(), num_workers=2)
iterator = iter(loader)
print("ready", flush=True)
WHAT
"""


def start(what, seconds):
    script = SCRIPT.replace("WHAT", what).replace("SECONDS", str(seconds))
    return subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_ctrl_c_interrupts_the_wait_for_a_worker():
    process = start("next(iterator)", 30)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    began = time.perf_counter()
    _, err = process.communicate(timeout=20)
    assert time.perf_counter() - began < 8
    assert process.returncode != 0
    assert "KeyboardInterrupt" in err


def test_a_program_ends_while_its_workers_read():
    process = start("print(next(iterator).item())", 0.05)
    out, err = process.communicate(timeout=20)
    assert (out, err, process.returncode) == ("ready\n0\n", "", 0)


# Iterable data sets


@pytest.mark.parametrize("num_workers", [0, 1, 2, 5])
@pytest.mark.parametrize("drop_last", [False, True])
def test_iterable_data_set(num_workers, drop_last):
    loader = DataLoader(Numbers(11), 3, num_workers=num_workers, drop_last=drop_last)
    for _ in range(2):
        batches = lists(loader)
        seen = sorted(number for batch in batches for number in batch)
        assert drop_last or seen == list(range(11))
        assert not drop_last or all(len(batch) == 3 for batch in batches)


def test_workers_take_turns_over_an_iterable_data_set():
    loader = DataLoader(Numbers(11), 2, num_workers=2)
    assert lists(loader) == [[0, 2], [1, 3], [4, 6], [5, 7], [8, 10], [9]]
    unbatched = DataLoader(Numbers(5), None, num_workers=2)
    assert list(unbatched) == [0, 1, 2, 3, 4]


def test_a_loader_of_a_stream_has_no_length():
    with pytest.raises(TypeError, match="has no len"):
        len(DataLoader(Numbers(3)))


def test_a_length_that_is_too_small_warns_once():
    class Sized(Numbers):
        def __len__(self):
            return self.n

    loader = DataLoader(Sized(4, shared=False), 2, num_workers=2)
    assert len(loader) == 2
    with pytest.warns(UserWarning, match="stands for 2 batches, but it gives more") as caught:
        batches = lists(loader)
    assert (len(batches), len(caught)) == (4, 1)
    assert len(DataLoader(Sized(5), 2, drop_last=True)) == 2
    assert len(DataLoader(Sized(5), None)) == 5


def test_chained_data_sets():
    chain = Numbers(3) + Numbers(2)
    assert isinstance(chain, ChainDataset)
    assert list(chain) == [0, 1, 2, 0, 1]
    assert lists(DataLoader(chain, 2)) == [[0, 1], [2, 0], [1]]
    with pytest.raises(TypeError, match="must be IterableDatasets, got range"):
        list(ChainDataset([range(3)]))
    with pytest.raises(TypeError, match="got an IterableDataset: ChainDataset chains those"):
        ConcatDataset([Numbers(3)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shuffle": True}, "shuffle must not be given for an IterableDataset"),
        ({"sampler": [1]}, "sampler must not be given for an IterableDataset"),
        ({"batch_sampler": [[1]]}, "batch_sampler must not be given for an IterableDataset"),
    ],
)
def test_an_iterable_data_set_has_its_own_order(arguments, message):
    with pytest.raises(ValueError, match=message):
        DataLoader(Numbers(3), **arguments)
    with pytest.raises(TypeError, match="an iterable data set must define __iter__"):
        iter(IterableDataset())
