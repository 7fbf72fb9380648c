"""Losses of classes and of probabilities: layers and functions, targets, weights, errors."""

import numpy as np
import pytest

from tinygrad_c import float64, int32, nn, no_grad, ones, tensor, uint8, zeros
from tinygrad_c.autograd import grad
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F

rng = np.random.default_rng(0)
LOGITS, TARGETS = rng.normal(size=(4, 3)), rng.uniform(size=(4, 3))
WEIGHT, POS_WEIGHT = np.array([1.0, 0.5, 3.0]), np.array([2.0, 1.0, 0.25])
reductions = pytest.mark.parametrize("reduction", ["none", "mean", "sum"])


def reduced(losses, reduction):
    return {"none": losses, "mean": losses.mean(), "sum": losses.sum()}[reduction]


@reductions
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["", "weight"])
@pytest.mark.parametrize("pos_weight", [None, POS_WEIGHT], ids=["", "pos_weight"])
def test_bce_with_logits(weight, pos_weight, reduction):
    losses = (1 - TARGETS) * np.log1p(np.exp(LOGITS))
    losses += (1 if pos_weight is None else pos_weight) * TARGETS * np.log1p(np.exp(-LOGITS))
    expected = reduced(losses if weight is None else weight * losses, reduction)
    loss = nn.BCEWithLogitsLoss(
        None if weight is None else tensor(weight),
        reduction=reduction,
        pos_weight=None if pos_weight is None else tensor(pos_weight),
    )
    np.testing.assert_allclose(loss(tensor(LOGITS), tensor(TARGETS)).numpy(), expected, rtol=1e-13)


@pytest.mark.parametrize("options", [{}, {"pos_weight": ones(4)}], ids=["fused", "weighted"])
def test_bce_with_logits_is_stable(options):
    x = tensor([1000.0, 1000.0, -1000.0, -1000.0]).requires_grad_()
    target = tensor([0.0, 1.0, 0.0, 1.0])
    losses = F.binary_cross_entropy_with_logits(x, target, reduction="none", **options)
    assert losses.tolist() == [1000.0, 0.0, 0.0, 1000.0]
    losses.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 0.0, -1.0]


@reductions
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["", "weight"])
def test_bce_is_bce_with_logits_of_the_sigmoid(weight, reduction):
    weight = None if weight is None else tensor(weight)
    x = tensor(LOGITS)
    found = nn.BCELoss(weight, reduction=reduction)(x.sigmoid(), tensor(TARGETS))
    expected = nn.BCEWithLogitsLoss(weight, reduction=reduction)(x, tensor(TARGETS))
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-12)


def test_the_gradient_reaches_probabilities_as_targets():
    x, t = tensor([0.25]).requires_grad_(), tensor([0.5]).requires_grad_()
    F.binary_cross_entropy(x, t).backward()
    assert t.grad.item() == pytest.approx(np.log(0.75 / 0.25), rel=1e-6)
    logit = tensor([3.0])
    u = tensor([0.5]).requires_grad_()
    F.binary_cross_entropy_with_logits(logit, u).backward()
    assert u.grad.item() == -3.0


def test_the_slope_by_the_target_does_not_depend_on_the_target():
    target = tensor([np.inf, 0.5], requires_grad=True)
    F.binary_cross_entropy_with_logits(tensor([0.5, -1.0]), target, reduction="sum").backward()
    assert target.grad.tolist() == [-0.5, 1.0]


@pytest.mark.parametrize(
    ("function", "input", "target", "error", "message"),
    [
        (
            F.binary_cross_entropy,
            ones(2, 3),
            ones(3),
            ShapeError,
            r"binary_cross_entropy: target must have the shape of input, got \(3,\) and \(2, 3\)",
        ),
        (
            F.binary_cross_entropy_with_logits,
            ones(3),
            ones(2),
            ShapeError,
            r"_with_logits: target must have the shape of input, got \(2,\) and \(3,\)",
        ),
        (F.binary_cross_entropy, ones(2) * 2, ones(2), RuntimeError, "input .* 0 and 1, got 2"),
        (F.binary_cross_entropy, ones(2), -ones(2), RuntimeError, "target .* 0 and 1, got -1"),
    ],
)
def test_errors(function, input, target, error, message):
    with pytest.raises(error, match=message):
        function(input, target)


@pytest.mark.parametrize("cls", [nn.BCELoss, nn.BCEWithLogitsLoss, nn.NLLLoss, nn.MSELoss])
def test_reductions_are_checked(cls):
    with pytest.raises(ValueError, match=rf"{cls.__name__}: reduction must be .* got 'avg'"):
        cls(reduction="avg")


def test_weights_are_in_the_state_dict():
    loss = nn.BCEWithLogitsLoss(ones(3), pos_weight=ones(3))
    assert list(loss.state_dict()) == ["weight", "pos_weight"]
    assert list(nn.BCEWithLogitsLoss(pos_weight=ones(3)).state_dict()) == ["pos_weight"]
    assert list(nn.NLLLoss(ones(3)).to(float64).state_dict()) == ["weight"]


@reductions
@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 2), (4, 3, 2, 5), (3,)])
def test_nll_loss_of_log_softmax_is_cross_entropy(shape, reduction):
    x, dim = rng.normal(size=shape), 1 if len(shape) > 1 else 0
    target = rng.integers(0, 3, shape[:dim] + shape[dim + 1 :])
    options = {"ignore_index": 1, "reduction": reduction}
    gradients = []
    for loss, layer in (
        (nn.NLLLoss(tensor(WEIGHT), **options), nn.LogSoftmax(dim)),
        (nn.CrossEntropyLoss(tensor(WEIGHT), **options), nn.Identity()),
    ):
        a = tensor(x).requires_grad_()
        y = loss(layer(a), tensor(target))
        y.sum().backward()
        gradients.append((y.detach().numpy(), a.grad.numpy()))
    for found, expected in zip(*gradients, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("function", [F.nll_loss, F.cross_entropy])
def test_classes_may_be_bytes_as_in_pytorch(function):
    x = tensor(LOGITS)
    expected = function(x, tensor([0, 2, 1, 1])).item()
    assert function(x, tensor([0, 2, 1, 1], dtype=uint8)).item() == expected
    with pytest.raises(TypeError, match="target.* int64, got int32"):
        function(x, tensor([0, 2, 1, 1], dtype=int32))


@pytest.mark.parametrize("function", [F.nll_loss, F.cross_entropy])
def test_weights_of_classes_have_no_gradient_as_in_pytorch(function):
    weight = tensor(WEIGHT).requires_grad_()
    with pytest.raises(RuntimeError, match="weight must not require a gradient"):
        function(tensor(LOGITS), tensor([0, 2, 1, 1]), weight)
    with no_grad():
        assert function(tensor(LOGITS), tensor([0, 2, 1, 1]), weight).shape == ()


def test_label_smoothing_is_checked_when_it_is_used_as_in_pytorch():
    loss = nn.CrossEntropyLoss(label_smoothing=2)
    for target in (tensor([0, 1, 2, 0]), tensor(TARGETS)):
        with pytest.raises(ValueError, match=r"label_smoothing must be in \[0, 1\], got 2"):
            loss(tensor(LOGITS), target)


def test_nll_loss_of_nothing():
    assert np.isnan(F.nll_loss(zeros(0, 3), zeros(0, dtype=uint8)).item())
    assert F.nll_loss(zeros(0, 3), zeros(0, dtype=uint8), reduction="sum").item() == 0.0


def test_mse_loss_broadcasts_with_a_warning():
    x, t = tensor([[1.0, 2.0], [3.0, 5.0]]).requires_grad_(), tensor([1.0, 1.0]).requires_grad_()
    with pytest.warns(UserWarning, match=r"\(2, 2\) and target of shape \(2,\) are broadcast"):
        loss = F.mse_loss(x, t)
    loss.backward()
    assert loss.item() == 5.25
    assert x.grad.tolist() == [[0.0, 0.5], [1.0, 2.0]]
    assert t.grad.tolist() == [-1.0, -2.5]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_ignored_rows_have_no_gradient_at_any_order(reduction):
    x = tensor([[1.0, np.inf, 3.0], [1.0, 2.0, 3.0]], requires_grad=True)
    options = {"ignore_index": 7, "reduction": reduction}
    for targets in ([7, 0], [7, 7]):
        loss = F.cross_entropy(x, tensor(targets), **options)
        once = grad(loss, x, retain_graph=True)[0]
        again = grad(loss, x, create_graph=True)[0]
        np.testing.assert_allclose(again.tolist(), once.tolist(), rtol=1e-6)
        assert once[0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("loss", [F.binary_cross_entropy, F.binary_cross_entropy_with_logits])
@pytest.mark.parametrize("weight", [ones(3), ones(2, 1), ones(1, 1, 1)])
def test_a_weight_of_binary_cross_entropy_adds_no_losses(loss, weight):
    with pytest.raises(ShapeError, match=f"{loss.__name__}: weight of shape"):
        loss(tensor([0.5, 0.5]), tensor([1.0, 0.0]), weight=weight)
