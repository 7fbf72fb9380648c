"""nn.functional against the naive definitions in NumPy, in float64."""

import numpy as np
import pytest

from tinygrad_c import float64, int64, ones, tensor, zeros
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F

rng = np.random.default_rng(0)
LOGITS = rng.normal(size=(4, 3))


def log_softmax(x):
    """Along axis 1."""
    x = x - x.max(1, keepdims=True)
    return x - np.log(np.exp(x).sum(1, keepdims=True))


def reduced(losses, divisor, reduction):
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / divisor


def cross_entropy(x, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """The definition: x (N, C, ...), target indices (N, ...) or probabilities like x."""
    n_classes = x.shape[1]
    weight = np.ones(n_classes) if weight is None else weight
    logs = np.moveaxis(log_softmax(x), 1, -1)
    if target.dtype.kind == "f":
        target = np.moveaxis(target, 1, -1)
        mixed = target * (1 - label_smoothing) + label_smoothing / n_classes
        losses = -(mixed * weight * logs).sum(-1)
        return reduced(losses, losses.size, reduction)
    losses, divisor = np.zeros(target.shape), 0.0
    for i in np.ndindex(target.shape):
        if target[i] != ignore_index:
            losses[i] = -(1 - label_smoothing) * weight[target[i]] * logs[i][target[i]]
            losses[i] -= label_smoothing / n_classes * (weight * logs[i]).sum()
            divisor += weight[target[i]]
    return reduced(losses, divisor, reduction)


class TestCrossEntropy:
    @pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
    @pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
    @pytest.mark.parametrize("weight", [None, np.array([1.0, 0.5, 3.0])], ids=["", "weight"])
    @pytest.mark.parametrize("inner", [(), (2,), (2, 3), (0,)])
    @pytest.mark.parametrize("kind", ["indices", "ignored", "probabilities"])
    def test_definition(self, kind, inner, weight, label_smoothing, reduction):
        x = rng.normal(size=(4, 3, *inner))
        if kind == "probabilities":
            target, ignore_index = rng.dirichlet(np.ones(3), (4, *inner)), -100
            target = np.moveaxis(target, -1, 1)
        else:
            target = rng.integers(0, 3, (4, *inner))
            ignore_index = 1 if kind == "ignored" else -100
        options = {
            "ignore_index": ignore_index,
            "reduction": reduction,
            "label_smoothing": label_smoothing,
        }
        with np.errstate(invalid="ignore"):
            expected = cross_entropy(x, target, weight, **options)
        y = F.cross_entropy(
            tensor(x), tensor(target), None if weight is None else tensor(weight), **options
        )
        assert y.shape == np.shape(expected)
        np.testing.assert_allclose(y.numpy(), expected, rtol=1e-12, atol=1e-14)

    def test_one_example_without_a_batch(self):
        x = np.array([1.0, 2.0, 0.5])
        expected = cross_entropy(x[None], np.array([2]))
        assert F.cross_entropy(tensor(x), tensor(2)).item() == pytest.approx(expected, rel=1e-14)
        soft = F.cross_entropy(tensor(x), tensor([0.0, 0.0, 1.0], dtype=float64))
        assert soft.item() == pytest.approx(expected, rel=1e-14)

    def test_all_ignored_is_nan_as_in_pytorch(self):
        assert np.isnan(F.cross_entropy(ones((2, 3)), tensor([1, 1]), ignore_index=1).item())

    def test_ignored_entries_may_lie_out_of_range(self):
        x = tensor(LOGITS)
        kept = F.cross_entropy(x[:2], tensor([0, 1]))
        assert F.cross_entropy(x, tensor([0, 1, -100, -100])).item() == pytest.approx(kept.item())

    @pytest.mark.parametrize("kind", ["indices", "probabilities"])
    @pytest.mark.parametrize("reduction", ["mean", "sum"])
    def test_gradient_is_softmax_minus_target(self, kind, reduction):
        x = tensor(LOGITS).requires_grad_()
        hot = np.eye(3)[[2, 0, 1, 1]]
        target = tensor([2, 0, 1, 1]) if kind == "indices" else tensor(hot)
        F.cross_entropy(x, target, reduction=reduction).backward()
        expected = (np.exp(log_softmax(LOGITS)) - hot) / (4 if reduction == "mean" else 1)
        np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-12, atol=1e-15)

    def test_gradient_with_classes_in_the_middle(self):
        x = tensor(rng.normal(size=(2, 3, 5))).requires_grad_()
        target = rng.integers(0, 3, (2, 5))
        F.cross_entropy(x, tensor(target), reduction="sum").backward()
        expected = np.exp(log_softmax(x.detach().numpy())) - np.moveaxis(np.eye(3)[target], -1, 1)
        np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-12, atol=1e-15)

    def test_large_logits_do_not_overflow(self):
        assert F.cross_entropy(tensor([[1e4, 0.0]]), tensor([1])).item() == 1e4

    @pytest.mark.parametrize(
        ("shape", "target", "options", "error", "message"),
        [
            ((4, 3), zeros(5, dtype=int64), {}, ShapeError, r"target .*\(4,\).*\(5,\)"),
            ((4, 3), zeros((4, 2)), {}, ShapeError, r"\(4, 2\).*\(4, 3\)"),
            ((4, 3), zeros(4), {}, (TypeError, ShapeError), "target"),
            ((4, 3), tensor([0, 1, 2, 3]), {}, IndexError, "3"),
            ((4, 3), tensor([0, 1, 2, -1]), {}, IndexError, "-1"),
            ((4, 3), tensor([0, 1, 2, 2]), {"weight": ones(2)}, ShapeError, r"weight.*\(2,\)"),
            ((4, 3), tensor([0, 1, 2, 2]), {"reduction": "avg"}, ValueError, "reduction.*'avg'"),
            (
                (4, 3),
                tensor([0, 1, 2, 2]),
                {"label_smoothing": 2.0},
                ValueError,
                "label_smoothing.*2",
            ),
        ],
    )
    def test_errors(self, shape, target, options, error, message):
        with pytest.raises(error, match=message):
            F.cross_entropy(ones(shape), target, **options)


class TestMSELoss:
    @pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
    def test_definition(self, reduction):
        target = rng.normal(size=(4, 3))
        y = F.mse_loss(tensor(LOGITS), tensor(target), reduction=reduction)
        expected = reduced((LOGITS - target) ** 2, 12, reduction)
        np.testing.assert_allclose(y.numpy(), expected, rtol=1e-14)

    def test_gradient(self):
        x = tensor([1.0, 4.0]).requires_grad_()
        F.mse_loss(x, tensor([0.0, 2.0])).backward()
        assert x.grad.tolist() == [1.0, 2.0]

    def test_errors(self):
        with pytest.raises(ValueError, match=r"reduction must be .* got 'avg'"):
            F.mse_loss(ones(2), ones(2), reduction="avg")


def test_one_hot():
    assert F.one_hot(tensor([0, 2])).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert F.one_hot(tensor([[1], [0]]), 2).tolist() == [[[0, 1]], [[1, 0]]]
    assert F.one_hot(tensor(1), 3).tolist() == [0, 1, 0]
    assert F.one_hot(tensor([0, 2])).dtype == int64
    assert F.one_hot(zeros((0, 2), dtype=int64), 3).shape == (0, 2, 3)


@pytest.mark.parametrize(
    ("indices", "num_classes", "error", "message"),
    [
        (tensor([-1]), -1, IndexError, "class -1 must be from 0 to 0"),
        (tensor([0, 3]), 3, IndexError, "class 3 must be from 0 to 2"),
        (tensor([0.0]), -1, TypeError, "whole numbers, got float32"),
        (zeros(0, dtype=int64), -1, ValueError, "num_classes must be given"),
    ],
)
def test_one_hot_errors(indices, num_classes, error, message):
    with pytest.raises(error, match=f"one_hot: .*{message}"):
        F.one_hot(indices, num_classes)


def test_softmax_casts_first():
    y = F.softmax(tensor([1, 2]), 0, dtype=float64)
    assert y.dtype == float64
    assert F.log_softmax(ones((2, 3)), dim=1, dtype=float64).dtype == float64


def test_dropout_only_in_training():
    x = ones(16)
    assert F.dropout(x, 1.0, training=False).tolist() == x.tolist()
    assert F.dropout(x, 1.0).tolist() == [0.0] * 16
    with pytest.raises(ValueError, match="p must be"):
        F.dropout(x, 1.5)


def test_relu_in_place():
    x = tensor([-1.0, 2.0])
    assert F.relu(x).tolist() == [0.0, 2.0]
    assert F.relu(x, inplace=True) is x
    assert x.tolist() == [0.0, 2.0]
