"""Data sets, and loaders that go through them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_c as tgc
from tests.utils.examples import Squares, lists, rows
from tinygrad_c.utils.data import (
    BatchSampler,
    Columns,
    ConcatDataset,
    DataLoader,
    Dataset,
    RandomSampler,
    Sampler,
    Subset,
    TensorDataset,
    default_collate,
)


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
        (lambda: TensorDataset(), r"at least one .* got shapes \[\]"),
        (
            lambda: TensorDataset(rows(3), tgc.arange(4)),
            r"same size in dimension 0, got shapes \[\(3, 3\), \(4,\)\]",
        ),
        (lambda: TensorDataset(tgc.tensor(1)), r"got shapes \[\(\)\]"),
        (lambda: ConcatDataset([]), "datasets must be at least one"),
    ],
)
def test_value_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("name", ["batch_size", "sampler", "dataset", "drop_last"])
def test_a_loader_keeps_what_its_samplers_were_made_of(name):
    loader = DataLoader(range(3))
    with pytest.raises(ValueError, match=f"{name} must not be set after the loader is made"):
        setattr(loader, name, 5)
    loader.collate_fn = sum
    assert list(loader) == [0, 1, 2]


def test_type_errors():
    with pytest.raises(TypeError, match="Dataset: a data set must define __getitem__"):
        Dataset()[0]
    with pytest.raises(TypeError, match="replacement must be a bool, got 3"):
        RandomSampler(range(3), 3)
    with pytest.raises(TypeError, match="Sampler: a sampler must define __iter__"):
        iter(Sampler())
