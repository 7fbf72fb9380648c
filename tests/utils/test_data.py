"""Data sets, samplers and loaders. The orders were recorded from PyTorch 2.13."""

import warnings
from collections import OrderedDict, namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_c as tgc
from tinygrad_c.utils.data import (
    BatchSampler,
    Columns,
    ConcatDataset,
    DataLoader,
    Dataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
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


# Samplers


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
    batch, labels = dataset.__getitems__(picks).columns
    assert batch.numpy().dtype == dtype
    assert np.array_equal(batch.numpy(), array[picks])
    assert labels.tolist() == picks
    if picks:
        loader = DataLoader(dataset, batch_sampler=[picks])
        (gathered,) = loader
        expected = default_collate([dataset[i] for i in picks])
        for column, other in zip(gathered, expected, strict=True):
            assert column.dtype == other.dtype
            assert np.array_equal(column.numpy(), other.numpy())


def test_columns_are_the_examples():
    columns = Columns(rows(3), [10, 11, 12])
    assert len(columns) == 3
    assert [(image.tolist(), label) for image, label in columns] == [
        ([0.0, 1.0, 2.0], 10),
        ([3.0, 4.0, 5.0], 11),
        ([6.0, 7.0, 8.0], 12),
    ]
    assert columns[-1][1] == 12
    assert [label for _, label in columns[1:]] == [11, 12]
    images, labels = default_collate(columns)
    assert (images.tolist(), labels.tolist()) == (rows(3).tolist(), [10, 11, 12])


def test_a_collate_function_of_the_user_receives_a_list():
    kinds = DataLoader(TensorDataset(rows(4)), batch_size=4, collate_fn=lambda batch: type(batch))
    assert list(kinds) == [list]


def test_getitems_that_is_none_is_not_called():
    class Plain(TensorDataset):
        __getitems__ = None

    (batch,) = next(iter(DataLoader(Plain(rows(2)), batch_size=2)))
    assert batch.tolist() == rows(2).tolist()


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
        (lambda: DataLoader(range(3), num_workers=-1), "num_workers must be at least 0, got -1"),
        (lambda: DataLoader(range(3), timeout=-1), "timeout must be at least 0, got -1"),
        (lambda: DataLoader(range(3), timeout=1), "timeout needs num_workers > 0, got 1"),
        (lambda: DataLoader(range(3), prefetch_factor=2), "prefetch_factor needs num_workers"),
        (lambda: DataLoader(range(3), num_workers=1, prefetch_factor=0), "at least 1, got 0"),
        (lambda: DataLoader(range(3), persistent_workers=True), "persistent_workers needs num_w"),
        (lambda: DataLoader(range(3), shuffle=True, sampler=[0]), "sampler and shuffle must not"),
        (lambda: DataLoader(range(3), 2, batch_sampler=[[0]]), "batch_sampler must not"),
        (lambda: DataLoader(range(3), None, drop_last=True), "drop_last must be False"),
        (lambda: DataLoader(range(3), 0), "batch_size must be a whole number above 0, got 0"),
        (lambda: DataLoader(range(3), True), "batch_size must be .* got True"),
        (lambda: DataLoader([], shuffle=True), "num_samples must be .* got 0"),
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
        (lambda: TensorDataset(), r"at least one .* got shapes \[\]"),
        (
            lambda: TensorDataset(rows(3), tgc.arange(4)),
            r"same size in dimension 0, got shapes \[\(3, 3\), \(4,\)\]",
        ),
        (lambda: TensorDataset(tgc.tensor(1)), r"got shapes \[\(\)\]"),
        (lambda: ConcatDataset([]), "datasets must be at least one"),
        (lambda: random_split(range(5), [2, 2]), r"sum of 5, .* got \[2, 2\]"),
        (lambda: random_split(range(5), [6, -1]), r"got \[6, -1\]"),
        (lambda: random_split(range(5), [2.5, 2.5]), r"got \[2.5, 2.5\]"),
        (lambda: random_split(range(5), [1.5, -0.5]), r"got \[1.5, -0.5\]"),
        (lambda: default_collate([]), "at least one example, got none"),
        (lambda: next(iter(DataLoader(range(3), batch_sampler=[[]]))), "at least one example"),
        (
            lambda: default_collate([np.zeros(2), np.zeros(2), np.zeros(3)]),
            r"same shape, got \(2,\) and, at 2, \(3,\)",
        ),
        (lambda: default_collate([[1, 2], [1]]), r"same length, got \[1, 2\]"),
    ],
)
def test_value_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_an_empty_part_of_a_split_warns():
    with pytest.warns(UserWarning, match="of 3 examples leave a subset empty"):
        parts = random_split(range(3), [0.9, 0.1])
    assert [len(part) for part in parts] == [3, 0]


@pytest.mark.parametrize("name", ["batch_size", "sampler", "dataset", "drop_last"])
def test_a_loader_keeps_what_its_samplers_were_made_of(name):
    loader = DataLoader(range(3))
    with pytest.raises(ValueError, match=f"{name} must not be set after the loader is made"):
        setattr(loader, name, 5)
    loader.collate_fn = sum
    assert list(loader) == [0, 1, 2]


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ([object()], "must be made of tensors, .* got object"),
        ([None, 1], "got NoneType"),
        ([np.array(["a"])], "got an array of <U1"),
        ([1, "a"], "of one kind, got int and, at 1, str"),
        ([1.0, None], "of one kind, got float and, at 1, NoneType"),
        ([rows(1), 3], "of one kind, got Tensor and, at 1, int"),
        ([(1, 2), 3], "of one kind, got tuple and, at 1, int"),
    ],
)
def test_what_cannot_be_collated_is_named(batch, message):
    with pytest.raises(TypeError, match=message):
        default_collate(batch)


def test_a_picture_is_collated_after_to_tensor():
    image = pytest.importorskip("PIL.Image").new("L", (2, 2))
    with pytest.raises(TypeError, match=r"got a PIL image: vision.transforms.ToTensor\(\) makes"):
        default_collate([(image, 1)])


def test_a_key_that_is_missing_is_named():
    with pytest.raises(KeyError, match="example 1 has no key 'b'"):
        default_collate([{"a": 1, "b": 2}, {"a": 1}])


def test_type_errors():
    with pytest.raises(TypeError, match="Dataset: a data set must define __getitem__"):
        Dataset()[0]
    with pytest.raises(TypeError, match="replacement must be a bool, got 3"):
        RandomSampler(range(3), 3)
    with pytest.raises(TypeError, match="Sampler: a sampler must define __iter__"):
        iter(Sampler())
