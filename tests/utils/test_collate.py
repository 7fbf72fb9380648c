"""What examples become in a batch."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import tinygrad_c as tgc
from tests.utils.examples import rows
from tinygrad_c.utils.data import DataLoader, default_collate, default_convert


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


@pytest.mark.parametrize(
    ("make", "message"),
    [
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
