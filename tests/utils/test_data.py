"""Data sets, samplers and loaders. The orders were recorded from PyTorch 2.13."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_c as tgc
from tinygrad_c.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    default_collate,
    default_convert,
    random_split,
)


class Squares(Dataset):
    """Example i is (i, i * i)."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        return index, index * index


def seeded(seed):
    generator = tgc.Generator()
    generator.manual_seed(seed)
    return generator


def draw(generator=None):
    """A number that shows where the generator stands."""
    return int(tgc.randint(10**6, (), generator=generator))


def lists(loader):
    return [batch.tolist() for batch in loader]


def rows(n, width=3):
    return tgc.from_numpy(np.arange(n * width, dtype=np.float32).reshape(n, width))


# The order of PyTorch


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


# Samplers


@given(n=st.integers(0, 30), size=st.integers(1, 12), drop_last=st.booleans())
def test_batches_are_the_indices_cut_into_pieces(n, size, drop_last):
    sampler = BatchSampler(SequentialSampler(range(n)), size, drop_last)
    whole = n // size if drop_last else -(-n // size)
    assert list(sampler) == [list(range(n))[i * size : (i + 1) * size] for i in range(whole)]
    assert len(sampler) == whole


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
    parts = random_split(range(n), lengths, seeded(0))
    assert sorted(i for part in parts for i in part) == list(range(n))
    assert len(parts) == len(weights)
    if not as_fractions:
        assert [len(part) for part in parts] == lengths


# Data sets


def test_tensor_dataset():
    x, y = rows(4), tgc.tensor([3, 1, 2, 0])
    dataset = TensorDataset(x, y)
    assert len(dataset) == 4
    image, label = dataset[2]
    assert (image.tolist(), label.tolist()) == ([6.0, 7.0, 8.0], 2)


@given(
    n=st.integers(1, 20),
    picks=st.lists(st.integers(-20, 19), max_size=12),
    dtype=st.sampled_from([np.uint8, np.int64, np.float32, np.float64, bool]),
)
def test_a_gathered_batch_is_the_collated_examples(n, picks, dtype):
    array = (np.arange(n * 6).reshape(n, 2, 3) % 251).astype(dtype)
    dataset = TensorDataset(tgc.from_numpy(array), tgc.arange(n))
    picks = [pick % n for pick in picks]
    batch, labels = dataset.gather(picks)
    assert batch.numpy().dtype == dtype
    assert np.array_equal(batch.numpy(), array[picks])
    assert labels.tolist() == picks
    if picks:
        expected, _ = default_collate([dataset[i] for i in picks])
        assert np.array_equal(batch.numpy(), expected.numpy())


def test_subsets_of_subsets_gather():
    dataset = Subset(Subset(TensorDataset(rows(9)), [8, 6, 4, 2, 0]), [1, 3, 4])
    assert len(dataset) == 3
    (batch,) = next(iter(DataLoader(dataset, batch_size=3)))
    assert batch[:, 0].tolist() == [18.0, 6.0, 0.0]
    (row,) = dataset[1]
    assert row.tolist() == [6.0, 7.0, 8.0]


def test_a_subclass_that_changes_its_examples_is_not_gathered():
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            return tuple(2 * tensor for tensor in super().__getitem__(index))

    dataset = Doubled(rows(4))
    (batch,) = next(iter(DataLoader(Subset(dataset, [1, 0]), batch_size=2)))
    assert batch.tolist() == [[6.0, 8.0, 10.0], [0.0, 2.0, 4.0]]


def test_a_subset_reads_with_one_call_where_the_data_set_can():
    class Counting(Squares):
        calls = 0

        def __getitems__(self, indices):
            self.calls += 1
            return [self[i] for i in indices]

    dataset = Counting(10)
    loader = DataLoader(Subset(dataset, [5, 6, 7, 8]), batch_size=2)
    assert [lists(batch) for batch in loader] == [[[5, 6], [25, 36]], [[7, 8], [49, 64]]]
    assert dataset.calls == 2


def test_concat_dataset():
    joined = Squares(2) + Squares(3)
    assert isinstance(joined, ConcatDataset)
    assert [joined[i] for i in range(5)] == [(0, 0), (1, 1), (0, 0), (1, 1), (2, 4)]
    assert (len(joined), joined[-1], joined[-5]) == (5, (2, 4), (0, 0))
    for index in (5, -6):
        with pytest.raises(IndexError, match=rf"index must lie in \[-5, 5\), got {index}"):
            joined[index]


# Collating


def test_collate_keeps_the_structure():
    Point = namedtuple("Point", ["x", "y"])
    batch = default_collate(
        [
            {"t": rows(1), "a": np.ones(2), "p": Point(1, 2.5), "s": "one", "l": [True, (1,)]},
            {"t": rows(1), "a": np.ones(2), "p": Point(3, 4.5), "s": "two", "l": [False, (2,)]},
        ]
    )
    assert batch["t"].shape == (2, 1, 3)
    assert batch["a"].dtype == tgc.float64
    assert type(batch["p"]) is Point
    assert (batch["p"].x.dtype, batch["p"].y.dtype) == (tgc.int64, tgc.float64)
    assert batch["p"].y.tolist() == [2.5, 4.5]
    assert batch["s"] == ["one", "two"]
    assert batch["l"][0].tolist() == [True, False]
    assert isinstance(batch["l"][1], list)
    assert batch["l"][1][0].tolist() == [1, 2]


def test_collate_keeps_the_type_of_a_mapping_and_of_numbers():
    batch = default_collate([OrderedDict(b=np.float32(1), a=np.int32(2))] * 2)
    assert type(batch) is OrderedDict
    assert (batch["b"].dtype, batch["a"].dtype) == (tgc.float32, tgc.int32)


def test_convert_replaces_arrays_alone():
    converted = default_convert({"a": np.arange(3), "n": 5, "l": [np.float32(1), "text"]})
    assert converted["a"].tolist() == [0, 1, 2]
    assert (converted["n"], converted["l"][1]) == (5, "text")
    assert converted["l"][0].dtype == tgc.float32


def test_a_collate_function_receives_the_examples():
    loader = DataLoader(Squares(5), batch_size=2, collate_fn=dict)
    assert list(loader) == [{0: 0, 1: 1}, {2: 4, 3: 9}, {4: 16}]


def test_batch_sampler_of_the_user():
    loader = DataLoader(Squares(6), batch_sampler=[[5, 0], [3]])
    assert [lists(batch) for batch in loader] == [[[5, 0], [25, 0]], [[3], [9]]]
    assert len(loader) == 2


def test_loader_attributes():
    dataset = Squares(5)
    loader = DataLoader(dataset, 2, True)
    assert (loader.dataset, loader.batch_size, loader.drop_last) == (dataset, 2, False)
    assert isinstance(loader.sampler, RandomSampler)
    assert isinstance(loader.batch_sampler, BatchSampler)
    assert len(loader) == 3


# Errors


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DataLoader(range(3), num_workers=2), "num_workers must be 0, .* got 2"),
        (lambda: DataLoader(range(3), shuffle=True, sampler=[0]), "sampler and shuffle must not"),
        (lambda: DataLoader(range(3), 2, batch_sampler=[[0]]), "batch_sampler must not"),
        (lambda: DataLoader(range(3), None, drop_last=True), "drop_last must be False"),
        (lambda: DataLoader(range(3), 0), "batch_size must be a whole number above 0, got 0"),
        (lambda: DataLoader(range(3), True), "batch_size must be .* got True"),
        (lambda: DataLoader([], shuffle=True), "num_samples must be .* got 0"),
        (lambda: BatchSampler([0], 1, None), "drop_last must be a bool, got None"),
        (lambda: TensorDataset(), r"at least one .* got shapes \[\]"),
        (
            lambda: TensorDataset(rows(3), tgc.arange(4)),
            r"same size in dimension 0, got shapes \[\(3, 3\), \(4,\)\]",
        ),
        (lambda: TensorDataset(tgc.tensor(1)), r"got shapes \[\(\)\]"),
        (lambda: ConcatDataset([]), "datasets must be at least one"),
        (lambda: random_split(range(5), [2, 2]), r"sum of 5, .* got \[2, 2\]"),
        (lambda: random_split(range(5), [6, -1]), r"got \[6, -1\]"),
        (lambda: default_collate([[1, 2], [1]]), r"same length, got \[1, 2\]"),
    ],
)
def test_value_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_type_errors():
    with pytest.raises(TypeError, match="must be made of tensors, .* got object"):
        default_collate([object()])
    with pytest.raises(TypeError, match="Dataset: a data set must define __getitem__"):
        Dataset()[0]
