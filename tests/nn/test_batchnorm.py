"""BatchNorm layers: modes, running statistics, state, errors; functional.batch_norm."""

import numpy as np
import pytest

from tinygrad_c import float64, int64, manual_seed, nn, ones, randn, tensor, zeros
from tinygrad_c.autograd import grad as gradients
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F


def test_training_normalizes_and_tracks():
    layer = nn.BatchNorm1d(2, eps=1e-12, momentum=0.5)
    x = tensor([[0.0, 10.0], [2.0, 30.0]])
    np.testing.assert_allclose(layer(x).tolist(), [[-1, -1], [1, 1]], rtol=1e-6)
    assert layer.running_mean.tolist() == [0.5, 10]
    assert layer.running_var.tolist() == [1.5, 100.5]
    assert layer.num_batches_tracked.item() == 1


def test_evaluation_uses_what_was_tracked():
    layer = nn.BatchNorm2d(2, eps=1e-12).eval()
    layer.running_mean.copy_(tensor([1.0, 2.0]))
    layer.running_var.copy_(tensor([4.0, 0.25]))
    layer.weight.data = tensor([1.0, 3.0])
    layer.bias.data = tensor([0.0, 10.0])
    y = layer(ones((1, 2, 1, 1)) * 3)
    np.testing.assert_allclose(y.flatten().tolist(), [1, 16], rtol=1e-6)
    assert layer.num_batches_tracked.item() == 0
    assert layer.running_mean.tolist() == [1, 2]


def test_without_momentum_the_plain_average():
    layer = nn.BatchNorm1d(1, momentum=None)
    for low in (0.0, 1.0, 5.0):
        layer(tensor([[low], [low + 2]]))
    np.testing.assert_allclose(layer.running_mean.tolist(), [3], rtol=1e-6)
    np.testing.assert_allclose(layer.running_var.tolist(), [2], rtol=1e-6)


def test_without_running_statistics():
    layer = nn.BatchNorm1d(2, track_running_stats=False)
    assert list(layer.state_dict()) == ["weight", "bias"]
    x = randn(8, 2)
    trained, evaluated = layer(x), layer.eval()(x)
    assert trained.tolist() == evaluated.tolist()


def test_state_has_pytorch_s_keys_and_dtypes():
    layer = nn.BatchNorm2d(3, dtype=float64)
    state = layer.state_dict()
    names = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    assert list(state) == names
    assert [t.dtype for t in state.values()] == [float64] * 4 + [int64]
    assert state["num_batches_tracked"].shape == ()
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert list(nn.BatchNorm2d(3, affine=False).state_dict()) == names[2:]
    assert nn.BatchNorm2d(3, bias=False).bias is None


def test_loading_a_state():
    layer, other = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    layer(randn(8, 2))
    other.load_state_dict(layer.state_dict())
    x = randn(8, 2)
    assert other.eval()(x).tolist() == layer.eval()(x).tolist()
    assert other.num_batches_tracked.item() == 1
    old = {key: value for key, value in layer.state_dict().items() if "batches" not in key}
    assert other.load_state_dict(old).missing_keys == []
    assert other.num_batches_tracked.item() == 1
    layer.reset_running_stats()
    assert layer.running_var.tolist() == [1, 1] and layer.num_batches_tracked.item() == 0


@pytest.mark.parametrize("training", [True, False])
def test_only_the_needed_gradients(training):
    manual_seed(0)
    x, weight, bias = randn(6, 3, 4), randn(3), randn(3)
    running = zeros(3), ones(3)

    def loss(x, weight, bias):
        return (F.batch_norm(x, *running, weight, bias, training, 0.0) ** 3).sum()

    leaves = [t.clone().requires_grad_() for t in (x, weight, bias)]
    expected = gradients(loss(*leaves), leaves)
    for i in range(3):
        mixed = [leaf if i == k else leaf.detach() for k, leaf in enumerate(leaves)]
        (found,) = gradients(loss(*mixed), [leaves[i]])
        assert found.tolist() == expected[i].tolist()


def test_printing_is_pytorch_s():
    text = (
        "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
    )
    assert repr(nn.BatchNorm2d(3)) == text
    plain = nn.BatchNorm1d(3, momentum=None, affine=False, track_running_stats=False)
    text = "BatchNorm1d(3, eps=1e-05, momentum=None, affine=False, bias=False, track_running_stats=False)"
    assert repr(plain) == text


def test_errors():
    with pytest.raises(
        ShapeError, match=r"BatchNorm2d: input must be \(N, C, H, W\), got \(2, 3\)"
    ):
        nn.BatchNorm2d(3)(ones((2, 3)))
    with pytest.raises(ValueError, match=r"must be \(N, C\) or \(N, C, L\), got \(3,\)"):
        nn.BatchNorm1d(3)(ones(3))
    with pytest.raises(ValueError, match="Expected more than 1 value per channel when training"):
        nn.BatchNorm2d(3)(ones((1, 3, 1, 1)))
    with pytest.raises(
        RuntimeError, match=r"weight must have one element for each channel, \(4,\)"
    ):
        nn.BatchNorm1d(3)(ones((2, 4)))
    layer = nn.BatchNorm1d(3)
    with pytest.raises(TypeError, match="must have the dtype of input, got float32 and float64"):
        layer(ones((2, 3), dtype=float64))
    assert layer.eval()(ones((1, 3))).shape == (1, 3)
    assert nn.BatchNorm2d(3)(ones((0, 3, 2, 2))).shape == (0, 3, 2, 2)
