"""Samplers, random splits, and the orders of loaders, which were recorded from PyTorch 2.13."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_c as tgc
from tests.utils.examples import draw, lists, seeded
from tinygrad_c.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
    random_split,
)


def test_shuffled_passes_follow_the_default_generator():
    tgc.manual_seed(0)
    loader = DataLoader(range(10), batch_size=4, shuffle=True)
    assert lists(loader) == [[6, 7, 1, 4], [2, 0, 9, 8], [3, 5]]
    assert lists(loader) == [[2, 4, 7, 0], [8, 9, 5, 3], [6, 1]]
    assert draw() == 583497


def test_a_pass_in_order_draws_a_base_seed():
    tgc.manual_seed(1)
    assert lists(DataLoader(range(5), batch_size=2)) == [[0, 1], [2, 3], [4]]
    assert draw() == 770124


def test_an_unfinished_pass_leaves_the_generator_where_pytorch_does():
    tgc.manual_seed(2)
    assert next(iter(DataLoader(range(7), shuffle=True))).tolist() == [5]
    assert draw() == 782358


def test_examples_without_batches_follow_the_default_generator():
    tgc.manual_seed(10)
    assert list(DataLoader(range(5), batch_size=None, shuffle=True)) == [1, 0, 4, 3, 2]
    assert draw() == 498432


def test_shuffled_passes_follow_a_given_generator():
    generator = seeded(3)
    loader = DataLoader(range(7), batch_size=3, shuffle=True, drop_last=True, generator=generator)
    assert lists(loader) == [[3, 4, 2], [0, 1, 6]]
    assert lists(loader) == [[6, 1, 2], [3, 4, 0]]
    assert draw(generator) == 492694


def test_random_sampler_gives_whole_permutations_first():
    generator = seeded(4)
    order = list(RandomSampler(range(6), num_samples=15, generator=generator))
    assert order == [4, 5, 1, 2, 3, 0, 2, 5, 0, 3, 1, 4, 4, 2, 5]
    assert draw(generator) == 692087


def test_random_sampler_with_replacement():
    generator = seeded(5)
    sampler = RandomSampler(range(6), replacement=True, num_samples=40, generator=generator)
    assert list(sampler) == [
        *[5, 0, 1, 3, 2, 4, 4, 5, 0, 4, 1, 0, 5, 2, 0, 0, 3, 0, 5, 1],
        *[3, 3, 0, 3, 2, 1, 1, 3, 5, 0, 0, 2, 5, 0, 4, 3, 1, 2, 5, 1],
    ]
    assert draw(generator) == 676286
    tgc.manual_seed(6)
    assert list(RandomSampler(range(8), replacement=True)) == [4, 7, 5, 4, 3, 5, 0, 6]
    assert draw() == 842403


def test_subset_random_sampler():
    generator = seeded(7)
    sampler = SubsetRandomSampler([3, 1, 4, 1, 5], generator)
    assert (list(sampler), len(sampler)) == ([3, 1, 1, 4, 5], 5)
    assert draw(generator) == 953283


def test_random_split():
    generator = seeded(8)
    parts = random_split(range(11), [0.5, 0.3, 0.2], generator)
    assert [part.indices for part in parts] == [[10, 9, 2, 4, 0, 1], [7, 3, 6], [8, 5]]
    assert draw(generator) == 957488
    tgc.manual_seed(9)
    parts = random_split(range(7), [2, 5])
    assert [part.indices for part in parts] == [[4, 5], [6, 0, 2, 1, 3]]
    assert draw() == 793467


def test_weighted_random_sampler_with_replacement():
    generator = seeded(11)
    sampler = WeightedRandomSampler([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], 12, generator=generator)
    assert (list(sampler), len(sampler)) == ([2, 4, 4, 4, 4, 1, 1, 1, 4, 4, 5, 4], 12)
    assert draw(generator) == 289162


def test_weighted_random_sampler_without_replacement():
    generator = seeded(12)
    sampler = WeightedRandomSampler([0.9, 0.4, 0.05, 0.2, 0.3, 0.1], 5, False, generator)
    assert list(sampler) == [3, 0, 1, 2, 4]
    assert draw(generator) == 540852
    tgc.manual_seed(13)
    assert list(WeightedRandomSampler(tgc.tensor([1.0, 2.0, 3.0]), 1)) == [2]
    assert draw() == 861236


@given(n=st.integers(0, 30), size=st.integers(1, 12), drop_last=st.booleans())
def test_batches_are_the_indices_cut_into_pieces(n, size, drop_last):
    sampler = BatchSampler(SequentialSampler(range(n)), size, drop_last)
    whole = n // size if drop_last else -(-n // size)
    assert list(sampler) == [list(range(n))[i * size : (i + 1) * size] for i in range(whole)]
    assert len(sampler) == whole


@given(
    weights=st.lists(st.integers(0, 3), min_size=1, max_size=12).filter(any),
    seed=st.integers(0, 2**32),
)
def test_weights_of_zero_are_never_drawn(weights, seed):
    possible = {i for i, weight in enumerate(weights) if weight}
    drawn = list(WeightedRandomSampler(weights, 50, generator=seeded(seed)))
    assert (len(drawn), set(drawn) <= possible) == (50, True)
    order = list(WeightedRandomSampler(weights, len(possible), False, seeded(seed)))
    assert sorted(order) == sorted(possible)


@given(n=st.integers(1, 40), seed=st.integers(0, 2**32))
def test_a_shuffled_pass_visits_every_example_once(n, seed):
    sampler = RandomSampler(range(n), generator=seeded(seed))
    assert sorted(sampler) == list(range(n))
    assert len(sampler) == n


@given(
    n=st.integers(0, 40),
    weights=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    as_fractions=st.booleans(),
)
def test_random_split_is_a_partition(n, weights, as_fractions):
    lengths = [weight / sum(weights) for weight in weights]
    if not as_fractions:
        lengths = [n * weight // sum(weights) for weight in weights[:-1]]
        lengths.append(n - sum(lengths))
    elif sum(lengths) > 1:
        lengths[0] -= sum(lengths) - 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        parts = random_split(range(n), lengths, seeded(0))
    assert sorted(i for part in parts for i in part) == list(range(n))
    assert len(parts) == len(weights)
    if not as_fractions:
        assert [len(part) for part in parts] == lengths


def test_an_empty_part_of_a_split_warns():
    with pytest.warns(UserWarning, match="of 3 examples leave a subset empty"):
        parts = random_split(range(3), [0.9, 0.1])
    assert [len(part) for part in parts] == [3, 0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: list(RandomSampler([], num_samples=3)),
            "the length of data_source must be a whole number above 0, got 0",
        ),
        (lambda: WeightedRandomSampler([1.0], 0), "num_samples must be .* got 0"),
        (lambda: WeightedRandomSampler([1.0], True), "num_samples must be .* got True"),
        (lambda: WeightedRandomSampler([1.0], 1, None), "replacement must be a bool, got None"),
        (lambda: WeightedRandomSampler([[1.0]], 1), r"one dimension, got shape \(1, 1\)"),
        (lambda: WeightedRandomSampler([1.0, -1.0], 1), r"finite and not all 0, got \[1.0, -1.0\]"),
        (lambda: WeightedRandomSampler([1.0, float("nan")], 1), "finite and not all 0"),
        (lambda: WeightedRandomSampler([0.0, 0.0], 1), "not all 0"),
        (lambda: WeightedRandomSampler([0.0, 2.0], 2, False), "at most 1, .* got 2"),
        (lambda: BatchSampler([0], 1, None), "drop_last must be a bool, got None"),
        (lambda: random_split(range(5), [2, 2]), r"sum of 5, .* got \[2, 2\]"),
        (lambda: random_split(range(5), [6, -1]), r"got \[6, -1\]"),
        (lambda: random_split(range(5), [2.5, 2.5]), r"got \[2.5, 2.5\]"),
        (lambda: random_split(range(5), [1.5, -0.5]), r"got \[1.5, -0.5\]"),
    ],
)
def test_value_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
