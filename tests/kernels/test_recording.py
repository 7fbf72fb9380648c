"""Record and replay: the same bits as eager, on the memory of the recorded step."""

import threading

import numpy as np
import pytest

from tinygrad_c._kernels import (
    copy,
    elementwise,
    graph,
    index,
    loss,
    matmul,
    optim,
    random,
    reduce,
    runtime,
    softmax,
)

Recording, Cell = runtime.Recording, runtime.Cell


def made(array):
    """A copy of `array` over a block."""
    return copy.contiguous(runtime.from_foreign(np.asarray(array)[::-1]))[::-1]


def drawn(*shape, seed=0):
    return made(np.random.default_rng(seed).standard_normal(shape).astype(np.float32))


def step(x, w):
    """One step of gradient descent on sum(relu(x @ w)), in place; returns the sum."""
    h = elementwise.relu(matmul.matmul(x, w))
    grad = matmul.matmul(x.T, elementwise.relu_backward(h, h))
    elementwise.sub(w, elementwise.mul(grad, grad), out=w)
    return reduce.sum(h)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_replay_gives_the_bits_of_eager(threads, isa):
    before = runtime.get_num_threads()
    runtime.set_num_threads(threads)
    try:
        x, w, eager_w = drawn(300, 200), drawn(200, 100, seed=1), drawn(200, 100, seed=1)
        eager = [step(x, eager_w).item() for _ in range(4)]
        with Recording() as recording:
            loss = step(x, w)
        replayed = [loss.item()]
        for _ in range(3):
            recording.replay()
            replayed.append(loss.item())
    finally:
        runtime.set_num_threads(before)
    assert np.array(replayed).tobytes() == np.array(eager).tobytes()
    assert w.tobytes() == eager_w.tobytes()


def test_replay_reads_new_inputs():
    x = made([1.0, 2.0])
    with Recording() as recording:
        y = elementwise.add(elementwise.mul(x, x), x)
    x[:] = [3, 4]
    recording.replay()
    assert (y == [12, 20]).all()


def test_temporaries_are_kept():
    x = made([1.0, 2.0])
    with Recording() as recording:
        y = elementwise.add(elementwise.mul(x, x), x)
    others = [elementwise.mul(x, x) for _ in range(10)]
    recording.replay()
    assert (y == [2, 6]).all()
    assert all((other == [1, 4]).all() for other in others)


def test_replay_counts_writes():
    x = made([1.0])
    with Recording() as recording:
        y = elementwise.mul(x, x)
        elementwise.add(y, y, out=y)
    before = graph.version(y), graph.version(x)
    recording.replay()
    assert (graph.version(y), graph.version(x)) == (before[0] + 2, before[1])


def test_cells_change_between_replays():
    x, p = made(np.ones(1000, np.float32)), Cell(0.0)
    with Recording() as recording:
        y, _ = random.dropout(x, p)
    assert (y == 1).all()
    p.value = 1
    recording.replay()
    assert (y == 0).all()
    assert repr(p) == "Cell(1.0)"


def test_recording_keeps_its_cells():
    x = made(np.ones(100, np.float32))
    with Recording() as recording:
        y, _ = random.dropout(x, Cell(1.0))
    others = [Cell(0.0) for _ in range(100)]
    y[:] = 5
    recording.replay()
    assert (y == 0).all()
    assert all(other.value == 0 for other in others)


def test_calls_are_listed():
    x, y = made(np.ones((3, 1), np.float32)), made(np.ones((1, 4), np.float32))
    with Recording() as recording:
        elementwise.mul(x, y)
        elementwise.exp(x.T)
    assert recording.calls() == [
        ("mul", [(3, 4)] * 3, 12 + 16 + 48),
        ("exp", [(1, 3)] * 2, 12 + 12),
    ]


def test_python_runs_in_its_place():
    x = made([3.0, 1.0, 2.0])
    seen = []

    def sort():
        seen.append(1)
        doubled.sort()

    with Recording() as recording:
        doubled = elementwise.add(x, x)
        runtime.run_python(sort)
        y = elementwise.add(doubled, x)
    assert recording.calls()[1] == ("sort", [], 0)
    x[:] = [30, 10, 20]
    recording.replay()
    assert (y == [50, 50, 80]).all()
    assert len(seen) == 2
    runtime.run_python(sort)
    assert len(seen) == 3
    assert len(recording.calls()) == 3


def test_python_that_raises_ends_the_replay():
    x = made([1.0])
    fail = []

    def divide():
        if fail:
            raise ZeroDivisionError

    with Recording() as recording:
        runtime.run_python(divide)
        y = elementwise.add(x, x)
    x[:], fail[:] = 5, [1]
    with pytest.raises(ZeroDivisionError):
        recording.replay()
    assert (y == 2).all()
    fail.clear()
    recording.replay()
    assert (y == 10).all()


def test_calls_that_fail_are_not_recorded():
    """Of several that run together, none is kept where one has memory of somebody else."""
    params, grads = [made(np.ones(2)), np.ones(2)], [made(np.ones(2)), made(np.ones(2))]
    recording = Recording()
    with recording, pytest.raises(ValueError, match="sgd: operand 1 must have a block"):
        optim.sgd(params, grads, None, [True, True], 0.1, 0.0, 0.0, 0.0, False, False)
    assert recording.calls() == []
    with recording:
        y = elementwise.add(grads[0], grads[1])
    assert len(recording.calls()) == 1
    assert (y == 2).all()


def cross_entropy_of(target):
    return softmax.cross_entropy(made(np.zeros((2, 3), np.float32)), target)


def binary_cross_entropy_of(x):
    return loss.binary_cross_entropy(x, made(np.ones(2, np.float32)), "mean")


@pytest.mark.parametrize(
    ("call", "good", "bad", "error", "message"),
    [
        (lambda b: elementwise.floor_divide(made([4, 6]), b), [2, 3], [2, 0], RuntimeError,
         "floor_divide: the divisor of an integer must not be zero"),
        (lambda b: elementwise.remainder(made([4, 6]), b), [2, 3], [2, 0], RuntimeError,
         "remainder: the divisor of an integer must not be zero"),
        (binary_cross_entropy_of, np.float32([0.5, 0.25]), np.float32([0.5, 7]), RuntimeError,
         "binary_cross_entropy: all elements of input should be between 0 and 1, got 7"),
        (cross_entropy_of, [0, 1], [0, 9], IndexError,
         r"cross_entropy: target must be from 0 to 2 or ignore_index, got 9 at position \(1,\)"),
    ],
)  # fmt: skip
def test_replay_raises_what_eager_raises(call, good, bad, error, message):
    x = made(good)
    with Recording() as recording:
        call(x)
    x[:] = bad
    with pytest.raises(error, match=message):
        call(x)
    with pytest.raises(error, match=message):
        recording.replay()


def test_index_out_of_range_is_reported():
    x, at = made(np.arange(5.0)), made(np.array([0, 4, 2]))
    with Recording() as recording:
        y = index.gather(x, 0, at)
        z = elementwise.add(y, y)
    assert (z == [0, 8, 4]).all()
    at[1] = 9
    with pytest.raises(IndexError, match="9"):
        recording.replay()
    assert (z == [0, 8, 4]).all()
    at[1] = 1
    recording.replay()
    assert (z == [0, 2, 4]).all()


def test_foreign_operands_are_refused():
    x = np.ones(3, np.float32)
    recording = Recording()
    with pytest.raises(ValueError, match="mul: operand 0 must have a block"), recording:
        elementwise.mul(x, x)
    assert recording.calls() == []
    with recording:
        own = runtime.from_foreign(x)
        elementwise.mul(own, own)
    assert len(recording.calls()) == 1


def test_one_recording_at_a_time():
    x = made([1.0])
    with Recording() as recording:
        elementwise.add(x, x)
        with pytest.raises(RuntimeError, match="is recording already"), Recording():
            pass
        with pytest.raises(RuntimeError, match="this thread is recording"):
            recording.replay()
        elementwise.add(x, x)
    assert len(recording.calls()) == 2
    with pytest.raises(RuntimeError, match="is made once"), recording:
        pass
    Recording().replay()


def test_recording_is_of_one_thread():
    x = made([1.0])
    with Recording() as recording:
        other = threading.Thread(target=lambda: elementwise.mul(x, x))
        other.start()
        other.join()
        elementwise.add(x, x)
    assert [name for name, _, _ in recording.calls()] == ["add"]


def test_instruction_set_of_the_recording_stays():
    x = drawn(1000)
    before = runtime.current_isa()
    with Recording() as recording:
        y = elementwise.exp(x)
    expected = y.tobytes()
    try:
        runtime.use_isa("generic")
        y[:] = 0
        recording.replay()
    finally:
        runtime.use_isa(before)
    assert y.tobytes() == expected


def test_error_ends_the_recording():
    x = made([1.0])
    recording = Recording()
    with pytest.raises(ZeroDivisionError), recording:
        elementwise.add(x, x)
        raise ZeroDivisionError
    elementwise.add(x, x)
    assert len(recording.calls()) == 1
