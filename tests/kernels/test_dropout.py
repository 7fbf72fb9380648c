"""Dropout: the masks that Philox defines, in any layout, the same for any number of threads."""

import math
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out, shapes

from tests.kernels.mersenne import FLOATS, generator
from tinygrad_c._kernels import random as kernels
from tinygrad_c._kernels import runtime
from tinygrad_c.errors import ShapeError


def philox(counter, key):
    """Philox4x32-10 as its paper defines it."""
    x = [counter & 0xFFFFFFFF, counter >> 32, 0, 0]
    key = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        p, q = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [q >> 32 ^ x[1] ^ key[0], q & 0xFFFFFFFF, p >> 32 ^ x[3] ^ key[1], p & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) % 2**32, (key[1] + 0xBB67AE85) % 2**32]
    return x


def dropout_words(block, seed, n):
    """The words of n elements, the first of which is that of a block of 64."""
    quads = [philox(16 * block + c, seed) for c in range(16 * -(-n // 64))]
    return np.array(quads, np.int64).reshape(-1, 16, 4).transpose(0, 2, 1).ravel()[:n]


def test_philox_known_answer():
    """The first line of the known answers that Random123 publishes for philox4x32, 10 rounds."""
    assert philox(0, 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seed", [0, 2**40 + 12345])
def test_dropout_masks(isa, dtype, seed):
    source, block = generator(seed), 0
    for n in (0, 1, 7, 16, 63, 64, 65, 200, 1000):
        for p in (0.0, 0.1, 0.5, 1.0):
            a = np.arange(1, n + 1).astype(dtype)
            y, mask = kernels.dropout(a, p, source)
            kept = dropout_words(block, seed, n) >> 1 >= round(p * 2**31)
            block += -(-n // 64)
            assert mask.dtype == bool and np.array_equal(mask, kept)
            scale = np.dtype(dtype).type(1 / (1 - p) if p < 1 else 0)
            assert y.dtype == a.dtype and np.array_equal(y, np.where(kept, a * scale, 0))


@pytest.mark.parametrize("dtype", FLOATS)
@given(st.data())
def test_dropout_of_any_layout(dtype, data):
    a = data.draw(shapes().flatmap(lambda shape: laid_out(shape, dtype, 1, 9)))
    y, mask = kernels.dropout(a, 0.5, generator(4))
    flat, flat_mask = kernels.dropout(a.ravel(), 0.5, generator(4))
    assert y.shape == mask.shape == a.shape
    assert np.array_equal(y.ravel(), flat) and np.array_equal(mask.ravel(), flat_mask)
    assert np.array_equal(y, np.where(mask, 2 * a, 0))


def test_dropout_is_the_same_for_any_number_of_threads():
    a, before, results = np.random.rand(100_003), runtime.get_num_threads(), []
    for n in (1, 2, 3):
        runtime.set_num_threads(n)
        results.append(kernels.dropout(a, 0.3, generator(9))[0])
    runtime.set_num_threads(before)
    assert np.array_equal(results[0], results[1]) and np.array_equal(results[0], results[2])


@pytest.mark.parametrize("dtype", FLOATS)
def test_dropout_of_special_values(isa, dtype):
    """What is dropped is 0, whatever it was; what is kept stays what it was."""
    for value in (np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).smallest_subnormal):
        a = np.full(131, value, dtype)
        y, mask = kernels.dropout(a, 0.5, generator(6))
        assert 0 < mask.sum() < 131
        assert np.array_equal(y[~mask], np.zeros((~mask).sum()))
        assert not np.signbit(y[~mask]).any()
        assert np.array_equal(y[mask], 2 * a[mask], equal_nan=True)
        assert np.array_equal(np.signbit(y[mask]), np.signbit(a[mask]))


def test_dropout_keeps_its_share():
    for p in (0.1, 0.5, 0.9):
        mask = kernels.dropout(np.ones(10**6, np.float32), p, generator(8))[1]
        assert abs(mask.mean() - (1 - p)) < 4 * math.sqrt(p * (1 - p) / 10**6)


@pytest.mark.parametrize("dtype", FLOATS)
@given(st.data())
def test_dropout_backward(dtype, data):
    shape = data.draw(shapes())
    grad = data.draw(laid_out(shape, dtype))
    mask = data.draw(laid_out(shape, "bool", 0, 1))
    for p in (0.0, 0.5, 0.75, 1.0):
        scale = 1 / (1 - p) if p < 1 else 0
        expected = np.where(mask, grad * scale, 0)
        actual = kernels.dropout_backward(grad, mask, p)
        assert actual.dtype == grad.dtype and np.array_equal(actual, expected)


def test_dropout_backward_in_every_lane(isa):
    for n in range(1, 70):
        grad, mask = np.arange(1, n + 1, dtype=np.float32), np.arange(n) % 3 == 0
        expected = np.where(mask, 2 * grad, 0)
        out = np.full(n + 1, 7, np.float32)
        assert kernels.dropout_backward(grad, mask, 0.5, out[:n]) is not None
        assert np.array_equal(out[:n], expected) and out[n] == 7


def test_dropout_backward_of_one_number():
    mask = np.array([[True, False, True]])
    grad = np.array(3.0)
    assert kernels.dropout_backward(grad, mask, 0.5).tolist() == [[6, 0, 6]]


FLOATS_3, INTS_3, MASK = np.empty(3), np.empty(3, np.int64), np.ones((2, 3), bool)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: kernels.dropout(INTS_3, 0.5), TypeError, "dropout: a must be float32 or float64"),
        (lambda: kernels.dropout(FLOATS_3, -0.1), ValueError, "p must be from 0 to 1, got -0.1"),
        (lambda: kernels.dropout(FLOATS_3, math.nan), ValueError, "p must be from 0 to 1"),
        (
            lambda: kernels.dropout_backward(FLOATS_3, FLOATS_3, 0.5),
            TypeError,
            "mask must be bool, got float64",
        ),
        (
            lambda: kernels.dropout_backward(np.empty(2), MASK, 0.5),
            ShapeError,
            r"got grad of shape \(2,\) and mask of shape \(2, 3\)",
        ),
        (
            lambda: kernels.dropout_backward(FLOATS_3, MASK, 0.5, FLOATS_3),
            ShapeError,
            r"out must be float64 of shape \(2, 3\), got float64 of shape \(3,\)",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_calls_of_two_threads_draw_different_masks():
    a = np.ones(1 << 20, np.float32)
    in_turn = generator(6)
    expected = {kernels.dropout(a, 0.5, in_turn)[1].tobytes() for _ in range(8)}
    source, both = generator(6), threading.Barrier(2)
    masks = []

    def draw():
        for _ in range(4):
            both.wait()
            masks.append(kernels.dropout(a, 0.5, source)[1].tobytes())

    others = [threading.Thread(target=draw) for _ in range(2)]
    for thread in others:
        thread.start()
    for thread in others:
        thread.join()
    assert len(expected) == 8
    assert set(masks) == expected
