"""Optimizer steps: many parameters at once, in every layout, with the bits of one by one."""

import re

import numpy as np
import pytest

from tinygrad_c._kernels import graph, runtime
from tinygrad_c._kernels import optim as kernels
from tinygrad_c.errors import ShapeError

dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])
# Shapes of parameters of which one alone is work for several threads, and of small ones.
SHAPES = [(), (1,), (3, 5), (300, 401), (0, 3), (17,), (64, 1000)]


def made(rng, shape, dtype):
    """Positive numbers over a block of their own."""
    return runtime.from_foreign(np.asarray(rng.uniform(0.5, 2, size=shape)).astype(dtype))


def operands(n_states, dtype, shapes=SHAPES, seed=0):
    """(params, grads, states...) as lists over the parameters."""
    rng = np.random.default_rng(seed)
    return [[made(rng, shape, dtype) for shape in shapes] for _ in range(2 + n_states)]


def counters(n):
    """The number of steps of each parameter, 3."""
    return [runtime.from_foreign(np.array(3, np.float32)) for _ in range(n)]


def sgd(params, grads, buffers):
    kernels.sgd(params, grads, buffers, [False] * len(params), 0.1, 0.9, 0.1, 0.01, False, True)


def adam(params, grads, m, v, largest):
    steps = counters(len(params))
    kernels.adam(params, grads, m, v, largest, steps, 0.1, 0.9, 0.99, 1e-8, 0.01, False, False)


def rmsprop(params, grads, v, m, buffers):
    for square, mean in zip(v, m, strict=True):
        np.add(square, mean**2, out=square)  # a variance is not negative
    steps = counters(len(params))
    kernels.rmsprop(params, grads, v, m, buffers, steps, 0.1, 0.9, 1e-8, 0.01, 0.9, False)


def adagrad(params, grads, sums):
    kernels.adagrad(params, grads, sums, counters(len(params)), 0.1, 0.5, 1e-10, 0.01, False)


STEPS = [(sgd, 1), (adam, 3), (rmsprop, 3), (adagrad, 1)]
steps = pytest.mark.parametrize(
    ("step", "n_states"), STEPS, ids=lambda s: getattr(s, "__name__", "")
)


def all_bits(lists):
    return [array.tobytes() for arrays in lists for array in arrays]


@steps
@dtypes
def test_together_or_one_by_one_with_any_threads(isa, threads, step, n_states, dtype):
    threads(1)
    one_by_one = operands(n_states, dtype)
    for i in range(len(SHAPES)):
        step(*[arrays[i : i + 1] for arrays in one_by_one])
    for n in (1, 2, 3):
        threads(n)
        together = operands(n_states, dtype)
        step(*together)
        assert all_bits(together) == all_bits(one_by_one)


@steps
@dtypes
@pytest.mark.parametrize("shape", [(1,), (40,), (40, 1), (1, 37), (40, 37)])
def test_gradient_that_is_expanded(isa, step, n_states, dtype, shape):
    """A gradient that autograd.grad gives, or a user sets, may be one number for many elements."""
    full = [(40, 37)] if len(shape) == 2 else [(40,)]
    small = made(np.random.default_rng(9), shape, dtype)
    plain, expanded = operands(n_states, dtype, full), operands(n_states, dtype, full)
    plain[1] = [runtime.from_foreign(np.broadcast_to(small, full[0]).copy())]
    expanded[1] = [np.broadcast_to(small, full[0])]
    step(*plain)
    step(*expanded)
    assert all_bits(plain) == all_bits(expanded)


@steps
@dtypes
def test_any_layout(step, n_states, dtype):
    plain = operands(n_states, dtype, [(30, 40)])
    strided = [
        [runtime.from_foreign(np.zeros((40, 60), dtype))[:, ::2].T for _ in range(1)] for _ in plain
    ]
    for copies, arrays in zip(strided, plain, strict=True):
        copies[0][...] = arrays[0]
    step(*plain)
    step(*strided)
    for copies, arrays in zip(strided, plain, strict=True):
        np.testing.assert_array_equal(copies[0], arrays[0])


@steps
def test_nan_stays_in_its_element(isa, step, n_states):
    lists = operands(n_states, "float32", [(37,)])
    lists[1][0][11] = np.nan
    step(*lists)
    assert np.flatnonzero(np.isnan(lists[0][0])).tolist() == [11]


def test_parameters_that_share_memory_are_stepped_in_order(threads):
    threads(3)
    memory = runtime.from_foreign(np.ones(200_000, np.float32))
    grads = [np.full(200_000, g, np.float32) for g in (1, 2, 4)]
    grads = [runtime.from_foreign(g) for g in grads]
    for _ in range(20):
        kernels.sgd([memory] * 3, grads, None, None, 1.0, 0, 0, 0, False, False)
    assert (memory == 1 - 20 * 7).all()
    chained = [runtime.from_foreign(np.full(200_000, x, np.float32)) for x in (1, 10)]
    # The gradient of the second is the first parameter.
    kernels.sgd(chained, [grads[0], chained[0]], None, None, 1.0, 0, 0, 0, False, False)
    assert [a[0] for a in chained] == [0, 10]


def test_steps_are_recorded_one_by_one():
    params, grads, sums = operands(1, "float32", [(3,), (200, 300)])
    steps = counters(2)
    with runtime.Recording() as recording:
        kernels.adagrad(params, grads, sums, steps, 0.1, 0.5, 1e-10, 0.0, False)
    assert [name for name, *_ in recording.calls()] == ["adagrad", "adagrad"]
    recording.replay()
    other_params, other_grads, other_sums = operands(1, "float32", [(3,), (200, 300)])
    other_steps = counters(2)
    for _ in range(2):
        kernels.adagrad(
            other_params, other_grads, other_sums, other_steps, 0.1, 0.5, 1e-10, 0.0, False
        )
    assert all_bits([params, sums, steps]) == all_bits([other_params, other_sums, other_steps])
    assert [int(s) for s in steps] == [5, 5]


def test_writes_are_counted():
    params, grads, buffers = operands(1, "float32", [(3,), (200, 300)])
    before = [graph.version(p) for p in params]
    sgd(params, grads, buffers)
    assert [graph.version(p) - b for p, b in zip(params, before, strict=True)] == [1, 1]


def test_a_grad_that_overlaps_its_parameter_is_read_first():
    memory = runtime.from_foreign(np.arange(64, dtype=np.float32))
    kernels.sgd([memory[1:]], [memory[:63]], None, None, 1, 0, 0, 0, False, False)
    assert memory.tolist() == [0, *[1] * 63]


def test_nothing_changes_where_one_parameter_is_refused():
    params, grads, buffers = operands(1, "float32", [(3,), (4,)])
    before = all_bits([params, buffers])
    with pytest.raises(
        ShapeError,
        match=re.escape("grad must have the same shape as its parameter, got (5,) and (4,)"),
    ):
        sgd(params, [grads[0], np.ones(5, np.float32)], buffers)
    with pytest.raises(TypeError, match="grad must have the same dtype .* got float64 and float32"):
        sgd(params, [grads[0], np.ones(4)], buffers)
    with pytest.raises(ValueError, match="grads must be as many as params, got 1 and 2"):
        sgd(params, grads[:1], buffers)
    with pytest.raises(ValueError, match="a step must be a writeable 0-d float32 array"):
        kernels.adagrad(params, grads, buffers, [np.zeros(1), np.array(0)], 1, 0, 0, 0, False)
    assert all_bits([params, buffers]) == before


def test_no_parameters():
    kernels.sgd([], [], None, None, 0.1, 0, 0, 0, False, False)
    kernels.adagrad([], [], [], [], 0.1, 0, 0, 0, False)
