"""The generator: seeds, its state, threads, replay."""

import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels.mersenne import SEEDS, generator, unit
from tinygrad_c._kernels import random as kernels
from tinygrad_c._kernels import runtime


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
