"""Threads: the same bits for any number of them, forks, many callers, how many there are."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from tinygrad_c._kernels import elementwise, matmul, reduce, runtime

THREADS = [1, 2, 3, 4, 8]


@pytest.fixture(autouse=True)
def threads_as_before():
    before = runtime.get_num_threads()
    yield
    runtime.set_num_threads(before)


def drawn(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def run_python(code, **environment):
    """What a fresh process prints for `code`."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout.strip()  # fmt: skip


@pytest.mark.parametrize(
    "work",
    [
        lambda: elementwise.exp(drawn(300, 1001)),
        lambda: elementwise.mul(drawn(1000, 301)[:, ::-1], drawn(301)),
        lambda: reduce.sum(drawn(700, 501)),
        lambda: reduce.sum(drawn(700, 501), 0),
        lambda: reduce.sum(drawn(700, 501), 1),
        lambda: matmul.matmul(drawn(301, 203), drawn(203, 305)),
    ],
    ids=["exp", "mul", "sum", "sum over rows", "sum over columns", "matmul"],
)
def test_same_bits_for_any_number_of_threads(work):
    results = []
    for n in THREADS:
        runtime.set_num_threads(n)
        results.append(work().tobytes())
    assert len(set(results)) == 1


def child_computes(x, expected):
    """Whether a child made by fork gets `expected` from a kernel that runs on its own pool."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if elementwise.mul(x, x).tobytes() == expected else 1)
    return os.waitpid(pid, 0)[1] == 0


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_forks_after_kernels():
    runtime.set_num_threads(3)
    x = drawn(400, 400)
    expected = elementwise.mul(x, x).tobytes()
    for _ in range(150):
        assert child_computes(x, expected)
        assert elementwise.mul(x, x).tobytes() == expected


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_forks_while_another_thread_runs_kernels():
    runtime.set_num_threads(3)
    x, stop, wrong = drawn(400, 400), threading.Event(), []
    expected = elementwise.mul(x, x).tobytes()

    def work():
        while not stop.is_set():
            if elementwise.mul(x, x).tobytes() != expected:
                wrong.append(1)

    other = threading.Thread(target=work)
    other.start()
    try:
        assert all(child_computes(x, expected) for _ in range(150))
    finally:
        stop.set()
        other.join()
    assert not wrong


def test_eight_callers_at_once():
    runtime.set_num_threads(4)
    wrong = []

    def work(seed):
        x = np.full((500, 500), seed, np.float32)
        for _ in range(30):
            y = elementwise.add(x, elementwise.mul(x, x))
            if not (y == seed + seed * seed).all():
                wrong.append(seed)

    callers = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not wrong


def test_set_num_threads():
    for n in (1, 5, np.int64(3)):
        runtime.set_num_threads(n)
        assert runtime.get_num_threads() == n
    for n in (0, -1, 10**6):
        with pytest.raises(ValueError, match=f"n must be from 1 to .* got {n}"):
            runtime.set_num_threads(n)
    with pytest.raises(TypeError):
        runtime.set_num_threads(2.0)
    assert runtime.get_num_threads() == 3


SHOW = "from tinygrad_c._kernels import runtime; print(runtime.get_num_threads())"


def test_number_from_the_environment():
    assert run_python(SHOW, TINYGRAD_C_NUM_THREADS="3") == "3"


@pytest.mark.parametrize("text", ["", "0", "-2", "many"])
def test_environment_that_says_nothing(text):
    assert run_python(SHOW, TINYGRAD_C_NUM_THREADS=text) == run_python(
        SHOW, TINYGRAD_C_NUM_THREADS=""
    )


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system has no affinity")
def test_number_from_the_affinity():
    pin = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    assert run_python(pin + SHOW, TINYGRAD_C_NUM_THREADS="") == "1"


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="the system has no /proc")
def test_threads_start_with_the_first_region():
    # A thread that has been joined stands in /proc a moment longer.
    counts = run_python(
        """
import os, time, numpy as np

def count(expected):
    end = time.monotonic() + 10
    while (n := len(os.listdir("/proc/self/task"))) != expected and time.monotonic() < end:
        time.sleep(0.001)
    return n

before = len(os.listdir("/proc/self/task"))
from tinygrad_c._kernels import elementwise, runtime
runtime.set_num_threads(4)
x = np.ones(4, np.float32)
elementwise.mul(x, x)
print(count(before) - before)
x = np.ones(10**6, np.float32)
elementwise.mul(x, x)
print(count(before + 3) - before)
runtime.set_num_threads(2)
elementwise.mul(x, x)
print(count(before + 1) - before)
"""
    )
    assert counts.split() == ["0", "3", "1"]
