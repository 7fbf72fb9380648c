"""Random numbers: PyTorch's own, recorded; their definition."""

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out, shapes
from safetensors import safe_open

from tests.kernels.mersenne import FLOATS, SEEDS, generator, unit, words, words64
from tinygrad_c._kernels import random as kernels
from tinygrad_c.errors import ShapeError

GOLDENS = Path(__file__).parent / "random.safetensors"
ALL = ["bool", "uint8", "int32", "int64", *FLOATS]
SIZES = [0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 130, 623, 624, 625, 1300]


def assert_close(actual, expected, scale, ulps=4):
    """At most so many units in the last place of max(|expected|, scale) apart."""
    size = np.maximum(np.abs(expected), scale).astype(actual.dtype)
    assert actual.shape == expected.shape and actual.dtype == expected.dtype
    assert np.all(np.abs(actual.astype(np.float64) - expected) <= ulps * np.spacing(size))


def run(step, source):
    """What we draw for one step of the recorded program."""
    function, dtype, shape, arguments, *axes = step
    if function == "randperm":
        return kernels.randperm(*shape, source)
    out = np.zeros(shape, dtype)
    out = out.transpose(*axes) if axes else out
    return getattr(kernels, function)(out, *arguments, source)


def test_pytorch_numbers(isa):
    with safe_open(GOLDENS, "numpy") as file:
        program = json.loads(file.metadata()["program"])
        seeds = json.loads(file.metadata()["seeds"])
        assert len(program) > 60 and len(seeds) == 4
        for seed in seeds:
            source = generator(seed)
            for number, step in enumerate(program):
                expected = file.get_tensor(f"{seed}.{number}")
                actual = run(step, source)
                if step[0] in ("normal_", "exponential_"):
                    # Relative to the mean, which a number near 0 is the difference from.
                    scale = abs(step[3][0]) if step[0] == "normal_" else 0
                    assert_close(actual, expected, scale)
                else:
                    assert actual.dtype == expected.dtype
                    assert np.array_equal(actual, expected), (seed, step)


@given(SEEDS, st.sampled_from(SIZES), st.floats(-1e3, 1e3), st.floats(0, 1e3))
def test_uniform_float32(seed, n, low, width):
    low, high = np.float32(low), np.float32(low + width)
    actual = kernels.uniform_(np.empty(n, np.float32), low, high, generator(seed))
    expected = unit(seed, n, "float32") * float(high - low) + float(low)
    assert np.array_equal(actual, expected.astype(np.float32))


@given(SEEDS, st.sampled_from([0, 1, 63, 64, 65, 313]), st.floats(-1e3, 1e3), st.floats(0, 1e3))
def test_uniform_float64(seed, n, low, width):
    high = low + width
    actual = kernels.uniform_(np.empty(n), low, high, generator(seed))
    numbers = unit(seed, n, "float64").tolist()
    expected = [float(Fraction(u) * Fraction(high - low) + Fraction(low)) for u in numbers]
    assert actual.tolist() == expected


def box_muller(u, v):
    r = np.sqrt(-2 * np.log(u))
    return r * np.cos(v), r * np.sin(v)


@pytest.mark.parametrize("dtype", FLOATS)
@given(SEEDS, st.sampled_from(SIZES[4:]))
def test_normal_in_blocks(dtype, seed, n):
    drawn = unit(seed, n + (16 if n % 16 else 0), dtype)
    uniform = drawn[:n].copy()
    starts = [*range(0, n - 15, 16)]
    if n % 16:
        uniform[n - 16 :] = drawn[n:]
        starts.append(n - 16)
    expected = np.empty(n, dtype)
    two_pi = np.array(2 * math.pi, dtype)
    for start in starts:
        # The last block may overlap the one before, whose numbers it replaces.
        block = drawn[start : start + 16] if start % 16 == 0 else uniform[start:]
        u, v = block[:8], block[8:].astype(dtype)
        pair = box_muller((1 - u).astype(dtype).astype(np.float64), (two_pi * v).astype(np.float64))
        expected[start : start + 16] = np.concatenate(pair)
    actual = kernels.normal_(np.empty(n, dtype), 0.0, 1.0, generator(seed))
    assert_close(actual, expected, 0)


@pytest.mark.parametrize("dtype", FLOATS)
@given(SEEDS, st.lists(st.integers(0, 15), max_size=6))
def test_normal_one_by_one(dtype, seed, sizes):
    """The second of a pair stays for the next call."""
    n = sum(sizes)
    u = unit(seed, n + 1, "float64")
    pairs = box_muller(1 - u[1::2], 2 * math.pi * u[: n + 1 : 2][: len(u[1::2])])
    expected = np.stack(pairs, 1).reshape(-1)[:n].astype(dtype)
    source = generator(seed)
    actual = [kernels.normal_(np.empty(size, dtype), 0.0, 1.0, source) for size in sizes]
    assert_close(np.concatenate([*actual, np.empty(0, dtype)]), expected, 0)


def test_normal_blocks_leave_the_second_of_a_pair():
    source, other = generator(3), generator(3)
    first = kernels.normal_(np.empty(1), 0.0, 1.0, source)
    kernels.normal_(np.empty(16), 0.0, 1.0, source)
    second = kernels.normal_(np.empty(1), 0.0, 1.0, source)
    pair = kernels.normal_(np.empty(2), 0.0, 1.0, other)
    assert [first[0], second[0]] == pair.tolist()


@given(st.sampled_from(ALL), SEEDS, st.data())
def test_randint(dtype, seed, data):
    smallest, largest = {
        "bool": (0, 1),
        "float32": (-(2**24), 2**24),
        "float64": (-(2**53), 2**53),
    }.get(dtype) or (np.iinfo(dtype).min, np.iinfo(dtype).max)
    low = data.draw(st.integers(smallest, largest))
    high = data.draw(st.integers(low, largest)) + 1
    n = data.draw(st.sampled_from(SIZES))
    actual = kernels.randint_(np.zeros(n, dtype), low, high, generator(seed))
    drawn = (words64 if high - low >= 2**28 else words)(seed, n)
    assert actual.tolist() == [low + int(word) % (high - low) for word in drawn]


@given(SEEDS, st.sampled_from(SIZES))
def test_randperm(seed, n):
    expected = list(range(n))
    for i, word in enumerate(words(seed, max(n - 1, 0)).tolist()):
        j = i + word % (n - i)
        expected[i], expected[j] = expected[j], expected[i]
    actual = kernels.randperm(n, generator(seed))
    assert actual.dtype == np.int64
    assert actual.tolist() == expected


@pytest.mark.parametrize("dtype", FLOATS)
@given(SEEDS, st.sampled_from(SIZES), st.floats(0.1, 10))
def test_exponential(dtype, seed, n, rate):
    expected = -1 / rate * np.log1p(-unit(seed, n, "float64"))
    actual = kernels.exponential_(np.empty(n, dtype), rate, generator(seed))
    assert_close(actual, expected.astype(dtype), 0)


@pytest.mark.parametrize("p_dtype", FLOATS)
@given(st.sampled_from(ALL), SEEDS, st.data())
def test_bernoulli(p_dtype, dtype, seed, data):
    shape = data.draw(shapes())
    p = np.asarray(data.draw(laid_out(shape, p_dtype, 0, 8)) / np.dtype(p_dtype).type(8))
    actual = kernels.bernoulli_(np.empty(shape, dtype), p, generator(seed))
    expected = unit(seed, p.size, p_dtype).reshape(shape) < p
    assert np.array_equal(actual, expected.astype(dtype))


def test_bernoulli_broadcasts_and_takes_a_number():
    p = np.array([0.0, 1.0])
    assert np.array_equal(kernels.bernoulli_(np.ones((3, 2)), p), np.tile(p, (3, 1)))
    expected = unit(7, 100, "float64") < 0.3
    assert np.array_equal(kernels.bernoulli_(np.empty(100, bool), 0.3, generator(7)), expected)


DRAWS = {
    "uniform_": (-1.0, 1.0),
    "normal_": (0.5, 2.0),
    "exponential_": (2.0,),
    "randint_": (-9, 9),
    "bernoulli_": (0.5,),
}


def in_memory_order(out):
    """The array seen through its dimensions in the order in which they lie in memory."""
    order = sorted(range(out.ndim), key=lambda d: (out.shape[d] == 1, -abs(out.strides[d])))
    return out.transpose(order)


@pytest.mark.parametrize("name", DRAWS)
@given(st.sampled_from(FLOATS), st.data())
def test_any_layout_is_filled_in_memory_order(name, dtype, data):
    """By the numbers that a row of spaced elements takes."""
    out = data.draw(shapes().flatmap(lambda shape: laid_out(shape, dtype)))
    if not out.flags.writeable:
        out = out.copy("K")
    source, other = generator(11), generator(11)
    result = getattr(kernels, name)(out, *DRAWS[name], source)
    assert result is out
    if name == "normal_" and out.size >= 16 and out.flags.c_contiguous:
        return
    row = getattr(kernels, name)(np.empty(2 * out.size, dtype)[::2], *DRAWS[name], other)
    assert np.array_equal(in_memory_order(out).ravel(), row)
    assert source.get_state().tolist() == other.get_state().tolist()


FLOATS_3, INTS_3 = np.empty(3), np.empty(3, np.int64)
READ_ONLY, SPREAD = np.empty(3), np.broadcast_to(np.empty(1), 3)
READ_ONLY.flags.writeable = False
ONE_PLACE = np.lib.stride_tricks.as_strided(np.empty(1), (3,), (0,))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: kernels.uniform_(INTS_3), TypeError, "uniform_: out must be float32 or float64"),
        (lambda: kernels.normal_(INTS_3), TypeError, "normal_: out must be float32 or float64"),
        (lambda: kernels.exponential_(INTS_3), TypeError, "exponential_: out must be float32"),
        (lambda: kernels.uniform_(READ_ONLY), ValueError, "uniform_: out must be writeable"),
        (lambda: kernels.normal_(SPREAD), ValueError, "normal_: out must be writeable"),
        (lambda: kernels.normal_(ONE_PLACE), RuntimeError, "refers to a single memory location"),
        (lambda: kernels.uniform_(FLOATS_3, 1, 0), ValueError, "low must be <= high"),
        (lambda: kernels.uniform_(FLOATS_3, -1.7e308, 1.7e308), ValueError, "high - low <="),
        (lambda: kernels.uniform_(FLOATS_3, math.nan, 1), ValueError, "must be finite"),
        (lambda: kernels.uniform_(FLOATS_3, 0, math.inf), ValueError, "must be finite"),
        (
            lambda: kernels.uniform_(np.empty(3, np.float32), 0, 1e39),
            ValueError,
            "low and high must be finite in float32",
        ),
        (lambda: kernels.normal_(FLOATS_3, 0, -1), ValueError, "std must be >= 0, got -1"),
        (lambda: kernels.normal_(FLOATS_3, 0, math.nan), ValueError, "std must be >= 0"),
        (lambda: kernels.exponential_(FLOATS_3, 0), ValueError, "rate must be > 0"),
        (lambda: kernels.randint_(INTS_3, 5, 5), ValueError, "low must be < high, got 5 and 5"),
        (lambda: kernels.randint_(INTS_3, 0.5, 5), TypeError, "integer"),
        (lambda: kernels.randint_(INTS_3, 0, 2**63 + 1), ValueError, "whole numbers of int64"),
        (lambda: kernels.randint_(np.empty(3, np.uint8), -1, 5), ValueError, "of uint8"),
        (lambda: kernels.randint_(np.empty(3, bool), 0, 3), ValueError, "of bool"),
        (lambda: kernels.randint_(np.empty(3, np.float32), 0, 2**24 + 2), ValueError, "of float32"),
        (lambda: kernels.randperm(-1), ValueError, "randperm: n must be from 0 to 214748364"),
        (lambda: kernels.randperm(2**31), ValueError, "randperm: n must be from 0 to 214748364"),
        (lambda: kernels.randperm(2.5), TypeError, "integer"),
        (lambda: kernels.bernoulli_(FLOATS_3, 1.5), ValueError, "p must be from 0 to 1, got 1.5"),
        (lambda: kernels.bernoulli_(FLOATS_3, np.array([0, 1])), TypeError, "p must be float32"),
        (lambda: kernels.bernoulli_(FLOATS_3, np.zeros(2)), ShapeError, "p must broadcast to out"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
