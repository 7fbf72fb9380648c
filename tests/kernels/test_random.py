"""Random numbers: PyTorch's own, recorded; their definition; the generator; dropout."""

import json
import math
import sys
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out, shapes
from safetensors import safe_open

from tinygrad_c._kernels import random as kernels
from tinygrad_c._kernels import runtime
from tinygrad_c.errors import ShapeError

GOLDENS = Path(__file__).parent / "random.safetensors"
FLOATS = ["float32", "float64"]
ALL = ["bool", "uint8", "int32", "int64", *FLOATS]
SEEDS = st.integers(0, 2**32 - 1)
SIZES = [0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 130, 623, 624, 625, 1300]


def generator(seed=0):
    return kernels.Generator().manual_seed(seed)


def words(seed, n):
    """The first n words of the Mersenne Twister, by NumPy."""
    return np.frombuffer(np.random.RandomState(seed).bytes(4 * n), "<u4")


def words64(seed, n):
    upper, lower = words(seed, 2 * n).reshape(n, 2).astype(np.uint64).T
    return upper << np.uint64(32) | lower


def unit(seed, n, dtype):
    """The first n numbers in [0, 1), of 24 or 53 bits."""
    if dtype == "float32":
        return words(seed, n) % 2**24 / 2**24
    return (words64(seed, n) % np.uint64(2**53)).astype(np.float64) / 2**53


def assert_close(actual, expected, scale, ulps=4):
    """At most so many units in the last place of max(|expected|, scale) apart."""
    size = np.maximum(np.abs(expected), scale).astype(actual.dtype)
    assert actual.shape == expected.shape and actual.dtype == expected.dtype
    assert np.all(np.abs(actual.astype(np.float64) - expected) <= ulps * np.spacing(size))


# ---- PyTorch's numbers ----


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


# ---- the definition ----


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


# ---- the generator ----


@pytest.mark.parametrize("seed", [0, 1, 2**32, 2**63, 2**64 - 1, -1, -(2**63)])
def test_seeds(seed):
    source = kernels.Generator()
    assert source.manual_seed(seed) is source
    assert source.initial_seed() == seed % 2**64
    drawn = kernels.uniform_(np.empty(9, np.float32), 0, 1, source)
    assert np.array_equal(drawn, unit(seed % 2**32, 9, "float32"))


def test_first_seed_is_pytorchs():
    assert kernels.Generator().initial_seed() == 67280421310721


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_seed_out_of_range(seed):
    with pytest.raises(ValueError, match="manual_seed: seed must be from"):
        kernels.Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", [1.0, "1", None])
def test_seed_of_another_type(seed):
    with pytest.raises(TypeError):
        kernels.Generator().manual_seed(seed)


def test_seed_of_the_system():
    source = kernels.Generator()
    seeds = {source.seed() for _ in range(3)}
    assert len(seeds) == 3 and source.initial_seed() in seeds


@given(SEEDS, st.integers(0, 1400), st.integers(0, 3))
def test_state_goes_on(seed, n_words, n_normals):
    """The second of a pair of normals and dropout's place are parts of the state."""
    source = generator(seed)
    kernels.uniform_(np.empty(n_words, np.float32), 0, 1, source)
    kernels.normal_(np.empty(n_normals), 0, 1, source)
    kernels.dropout(np.ones(100), 0.5, source)
    state = source.get_state()
    assert state.dtype == np.uint8
    other = kernels.Generator().set_state(state)
    assert other.initial_seed() == seed
    for draw in (
        lambda s: kernels.normal_(np.empty(3), 0, 1, s),
        lambda s: kernels.dropout(np.ones(100), 0.5, s)[1],
        lambda s: kernels.randperm(700, s),
    ):
        assert np.array_equal(draw(source), draw(other))
    assert not np.array_equal(state, source.get_state())


def test_bad_states():
    source = kernels.Generator()
    state = source.get_state()
    for bad in (state[:-1], state.astype(np.int64), state[None]):
        with pytest.raises(ValueError, match="set_state: state must be an array of"):
            source.set_state(bad)
    with pytest.raises(ValueError, match="must be what get_state returned"):
        source.set_state(np.full_like(state, 255))
    assert source.get_state().tolist() == state.tolist()


def test_default_generator():
    kernels.default_generator.manual_seed(5)
    drawn = kernels.uniform_(np.empty(3, np.float32))
    assert np.array_equal(drawn, unit(5, 3, "float32"))
    with pytest.raises(TypeError):
        kernels.uniform_(np.empty(3), 0, 1, 5)


def test_threads_share_a_generator():
    """Each call gets numbers of its own, in one piece."""
    source, drawn = generator(1), [[] for _ in range(3)]

    def draw(mine):
        mine += [kernels.uniform_(np.empty(50_000), 0, 1, source) for _ in range(4)]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=draw, args=(mine,)) for mine in drawn]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    finally:
        sys.setswitchinterval(interval)
    expected = kernels.uniform_(np.empty((12, 50_000)), 0, 1, generator(1))
    actual = np.array([numbers for mine in drawn for numbers in mine])
    assert sorted(actual.tolist()) == sorted(expected.tolist())


def test_replay_draws_on():
    source, other = generator(2), generator(2)
    out, a = runtime.from_foreign(np.empty(40)), runtime.from_foreign(np.ones(40))
    with runtime.Recording() as recording:
        kernels.normal_(out, 0, 1, source)
        _, mask = kernels.dropout(a, 0.5, source)
    seen = []
    for _ in range(3):
        assert np.array_equal(out, kernels.normal_(np.empty(40), 0, 1, other))
        assert np.array_equal(mask, kernels.dropout(a, 0.5, other)[1])
        seen.append(mask.tolist())
        recording.replay()
    assert seen[0] != seen[1] != seen[2]


# ---- dropout ----


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


# ---- errors ----

FLOATS_3, INTS_3 = np.empty(3), np.empty(3, np.int64)
READ_ONLY, SPREAD = np.empty(3), np.broadcast_to(np.empty(1), 3)
READ_ONLY.flags.writeable = False
ONE_PLACE = np.lib.stride_tricks.as_strided(np.empty(1), (3,), (0,))
MASK = np.ones((2, 3), bool)


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


def test_a_thread_can_have_a_generator_of_its_own():
    """Draws without a generator, `manual_seed` and `seed` then leave the default one alone."""
    kernels.manual_seed(1)
    before = kernels.default_generator.get_state()
    drawn = []

    def draw():
        with kernels.own_generator(2) as mine:
            assert kernels.current_generator() is mine
            drawn.append((kernels.initial_seed(), kernels.uniform_(np.empty(3, np.float32))))
            kernels.manual_seed(5)
            drawn.append((kernels.initial_seed(), kernels.uniform_(np.empty(3, np.float32))))
            assert kernels.seed() == kernels.initial_seed()
        assert kernels.current_generator() is kernels.default_generator

    thread = threading.Thread(target=draw)
    thread.start()
    thread.join()
    for (seed, numbers), expected in zip(drawn, (2, 5), strict=True):
        assert seed == expected
        assert np.array_equal(numbers, unit(expected, 3, "float32"))
    assert np.array_equal(kernels.default_generator.get_state(), before)
