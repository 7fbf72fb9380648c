"""Embedding: values, gradients, options, first values, errors."""

import numpy as np
import pytest

from tinygrad_c import float64, int32, manual_seed, nn, ones, randn, tensor, zeros
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F

TABLE = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]


def test_values():
    layer = nn.Embedding.from_pretrained(tensor(TABLE))
    assert layer(tensor([[2, 0], [1, 1]])).tolist() == [[TABLE[2], TABLE[0]], [TABLE[1]] * 2]
    assert layer(tensor(1)).tolist() == TABLE[1]
    assert layer(tensor([1], dtype=int32)).tolist() == TABLE[1:2]
    assert layer(tensor([[]]).long()).shape == (1, 0, 2)


def test_freezing():
    assert not nn.Embedding.from_pretrained(tensor(TABLE)).weight.requires_grad
    assert nn.Embedding.from_pretrained(tensor(TABLE), freeze=False).weight.requires_grad


def test_gradients_add_up():
    layer = nn.Embedding.from_pretrained(tensor(TABLE), freeze=False)
    (layer(tensor([1, 2, 1])) * tensor([[1.0], [2.0], [4.0]])).sum().backward()
    assert layer.weight.grad.tolist() == [[0, 0], [5, 5], [2, 2]]


@pytest.mark.parametrize("padding_idx", [1, -2])
def test_the_padding_gets_no_gradient(padding_idx):
    weight = tensor(TABLE).requires_grad_()
    F.embedding(tensor([1, 2, 1]), weight, padding_idx).sum().backward()
    assert weight.grad.tolist() == [[0, 0], [0, 0], [1, 1]]
    layer = nn.Embedding(3, 2, padding_idx=padding_idx)
    assert layer.padding_idx == 1
    assert layer.weight[1].tolist() == [0, 0]


def test_gradients_by_frequency():
    weight = tensor(TABLE).requires_grad_()
    y = F.embedding(tensor([[1, 2], [1, 1]]), weight, scale_grad_by_freq=True)
    (y * tensor([[[3.0], [1.0]], [[6.0], [9.0]]])).sum().backward()
    assert weight.grad.tolist() == [[0, 0], [6, 6], [1, 1]]


@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.0, float("inf")])
def test_norms_are_limited_in_place(norm_type):
    rows = np.array([[3.0, -4.0], [0.3, 0.4], [30.0, 40.0]])
    layer = nn.Embedding.from_pretrained(
        tensor(rows), freeze=False, max_norm=1.0, norm_type=norm_type
    )
    y = layer(tensor([0, 1, 0]))
    norms = np.linalg.norm(rows, norm_type, axis=1)
    expected = np.stack([rows[0] / (norms[0] + 1e-7), rows[1], rows[2]])
    np.testing.assert_allclose(layer.weight.tolist(), expected, rtol=1e-12)
    np.testing.assert_allclose(y.tolist(), expected[[0, 1, 0]], rtol=1e-12)
    y.sum().backward()
    assert layer.weight.grad.tolist() == [[2, 2], [1, 1], [0, 0]]


def test_the_first_values_are_the_standard_normal_draws():
    manual_seed(3)
    layer = nn.Embedding(50, 20)
    manual_seed(3)
    assert layer.weight.tolist() == randn(50, 20).tolist()
    assert list(layer.state_dict()) == ["weight"]
    assert nn.Embedding(3, 2, dtype=float64).weight.dtype == float64


def test_printing_is_pytorch_s():
    assert repr(nn.Embedding(5, 3, padding_idx=-1)) == "Embedding(5, 3, padding_idx=4)"
    layer = nn.Embedding(5, 3, max_norm=1.0, scale_grad_by_freq=True)
    assert repr(layer) == "Embedding(5, 3, max_norm=1.0, scale_grad_by_freq=True)"


def test_errors():
    with pytest.raises(IndexError, match="index out of range") as info:
        nn.Embedding(5, 3)(tensor([5]))
    assert info.value.__notes__ == ["in Embedding(5, 3)"]
    with pytest.raises(IndexError, match="must be from 0 to 4, got -1"):
        nn.Embedding(5, 3)(tensor([-1]))
    with pytest.raises(TypeError, match="input must be int64 or int32, got float32"):
        nn.Embedding(5, 3)(ones(2))
    with pytest.raises(ValueError, match="padding_idx must be within 5 rows, got 7"):
        nn.Embedding(5, 3, padding_idx=7)
    with pytest.raises(ValueError, match="padding_idx must be within the 3 rows of weight, got -4"):
        F.embedding(tensor([0]), tensor(TABLE), -4)
    with pytest.raises(ShapeError, match=r"embeddings must be .*, got \(3,\)"):
        nn.Embedding.from_pretrained(ones(3))
    with pytest.raises(ShapeError, match=r"weight must be .* = \(5, 3\), got \(2, 3\)"):
        nn.Embedding(5, 3, _weight=zeros((2, 3)))
