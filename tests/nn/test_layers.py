"""Layers: shapes, definitions, modes, errors."""

import math

import numpy as np
import pytest

import tinygrad_c
from tinygrad_c import arange, float64, nn, ones, tensor, zeros
from tinygrad_c.errors import ShapeError


class TestLinear:
    @pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3), (0, 3)])
    @pytest.mark.parametrize("bias", [True, False])
    def test_definition(self, shape, bias):
        layer = nn.Linear(3, 2, bias=bias)
        layer.weight.data = tensor([[1.0, 2.0, 3.0], [-1.0, 0.0, 1.0]])
        if bias:
            layer.bias.data = tensor([10.0, 20.0])
        x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        expected = x @ layer.weight.detach().numpy().T + (np.float32([10, 20]) if bias else 0)
        y = layer(tensor(x))
        assert y.shape == (*shape[:-1], 2)
        assert y.tolist() == expected.tolist()

    def test_gradients(self):
        layer = nn.Linear(2, 1)
        layer.weight.data = tensor([[3.0, 5.0]])
        x = tensor([[1.0, 2.0], [3.0, 4.0]]).requires_grad_()
        layer(x).sum().backward()
        assert layer.weight.grad.tolist() == [[4.0, 6.0]]
        assert layer.bias.grad.tolist() == [2.0]
        assert x.grad.tolist() == [[3.0, 5.0]] * 2

    def test_without_bias(self):
        layer = nn.Linear(2, 3, bias=False)
        assert layer.bias is None
        assert list(layer.state_dict()) == ["weight"]

    def test_dtype_and_device(self):
        assert nn.Linear(2, 3, device="cpu", dtype=float64).weight.dtype == float64

    def test_the_bounds_of_the_first_values(self):
        layer = nn.Linear(100, 50)
        for p in layer.parameters():
            numbers = p.detach().numpy()
            assert np.abs(numbers).max() <= 0.1
            assert np.abs(numbers).max() > 0.08

    def test_wrong_input_names_shapes_and_layer(self):
        with pytest.raises(ShapeError, match=r"linear: .*\(5, 4\).*\(2, 3\)") as info:
            nn.Linear(3, 2)(ones((5, 4)))
        assert info.value.__notes__ == ["in Linear(in_features=3, out_features=2, bias=True)"]


X = np.array([[-2.0, -0.5, 0.0], [0.25, 1.0, 3.0]])


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.Identity(1, b=2), X),
        (nn.ReLU(), np.maximum(X, 0)),
        (nn.LeakyReLU(), np.where(X > 0, X, 0.01 * X)),
        (nn.LeakyReLU(-0.5), np.where(X > 0, X, -0.5 * X)),
        (nn.LogSigmoid(), -np.log1p(np.exp(-X))),
        (nn.GELU(), X * (1 + np.vectorize(math.erf)(X / math.sqrt(2))) / 2),
        (nn.GELU("tanh"), X * (1 + np.tanh(math.sqrt(2 / math.pi) * (X + 0.044715 * X**3))) / 2),
        (nn.Sigmoid(), 1 / (1 + np.exp(-X))),
        (nn.Tanh(), np.tanh(X)),
        (nn.Softmax(dim=1), np.exp(X) / np.exp(X).sum(1, keepdims=True)),
        (nn.Softmax(dim=0), np.exp(X) / np.exp(X).sum(0, keepdims=True)),
        (nn.LogSoftmax(dim=-1), X - np.log(np.exp(X).sum(1, keepdims=True))),
    ],
    ids=repr,
)
def test_activations(layer, expected):
    np.testing.assert_allclose(layer(tensor(X)).numpy(), expected, rtol=1e-14)


@pytest.mark.parametrize(("shape", "dim"), [((4,), 0), ((2, 3), 1), ((2, 3, 4), 0)])
def test_softmax_without_a_dimension_warns_and_takes_pytorchs(shape, dim):
    x = arange(np.prod(shape).item(), dtype=float64).reshape(shape)
    for layer in (nn.Softmax, nn.LogSoftmax):
        with pytest.warns(UserWarning, match="dim is not given") as record:
            y = layer()(x)
        assert y.tolist() == layer(dim)(x).tolist()
        assert record[0].filename == __file__


def test_relu_in_place():
    x = tensor([-1.0, 2.0])
    assert nn.ReLU(inplace=True)(x) is x
    assert x.tolist() == [0.0, 2.0]


def test_leaky_relu_in_place():
    x = tensor([-1.0, 2.0])
    assert nn.LeakyReLU(0.5, inplace=True)(x) is x
    assert x.tolist() == [-0.5, 2.0]
    w = tensor([-1.0, 2.0]).requires_grad_()
    nn.functional.leaky_relu(w * 1, 0.5, inplace=True).sum().backward()
    assert w.grad.tolist() == [0.5, 1.0]
    with pytest.raises(RuntimeError, match="negative_slope must be >= 0 in place, got -0.5"):
        nn.LeakyReLU(-0.5, inplace=True)(x)


def test_gelu_has_two_forms():
    for call in (nn.GELU("erf"), lambda x: nn.functional.gelu(x, approximate="erf")):
        with pytest.raises(
            RuntimeError, match="gelu: approximate must be 'none' or 'tanh', got 'erf'"
        ):
            call(ones(2))
    with pytest.raises(TypeError, match="gelu: a must be float32 or float64, got int64"):
        nn.functional.gelu(arange(3))


class TestFlatten:
    def test_shapes(self):
        x = arange(24).reshape(2, 3, 4)
        assert nn.Flatten()(x).shape == (2, 12)
        assert nn.Flatten(0, 1)(x).shape == (6, 4)
        assert nn.Flatten(0)(x).tolist() == list(range(24))

    def test_unflatten(self):
        x = arange(24).reshape(2, 12)
        assert nn.Unflatten(1, (3, 4))(x).tolist() == x.reshape(2, 3, 4).tolist()
        assert nn.Unflatten(-1, (-1, 4))(x).shape == (2, 3, 4)
        assert nn.Sequential(nn.Unflatten(1, [3, 4]), nn.Flatten())(x).tolist() == x.tolist()

    def test_unflatten_checks(self):
        with pytest.raises(TypeError, match="dim must be an int, got 'C'"):
            nn.Unflatten("C", (2, 3))
        with pytest.raises(TypeError, match=r"unflattened_size must hold ints, got \(2, 3.0\)"):
            nn.Unflatten(1, (2, 3.0))


class TestDropout:
    def test_in_training_it_zeroes_and_scales(self):
        tinygrad_c.manual_seed(0)
        y = nn.Dropout(0.25)(ones((100, 100))).numpy()
        assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
        assert 0.22 < (y == 0).mean() < 0.28

    def test_the_seed_decides(self):
        draws = []
        for seed in (0, 0, 1):
            tinygrad_c.manual_seed(seed)
            draws.append(nn.Dropout()(ones(64)).tolist())
        assert draws[0] == draws[1] != draws[2]

    def test_the_gradient_has_the_same_mask(self):
        x = ones(64).requires_grad_()
        y = nn.Dropout()(x)
        y.sum().backward()
        assert x.grad.tolist() == y.tolist()

    def test_in_eval_it_does_nothing(self):
        x = ones(8)
        assert nn.Dropout(0.9).eval()(x).tolist() == x.tolist()

    def test_the_ends(self):
        assert nn.Dropout(0)(ones(8)).tolist() == [1.0] * 8
        assert nn.Dropout(1)(ones(8)).tolist() == [0.0] * 8

    def test_in_place(self):
        x = ones(8)
        assert nn.Dropout(1.0, inplace=True)(x) is x
        assert x.tolist() == [0.0] * 8

    @pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
    def test_p_is_a_probability(self, p):
        with pytest.raises(ValueError, match=f"Dropout: p must be a probability .* got {p}"):
            nn.Dropout(p)


class TestLosses:
    def test_the_options_reach_the_function(self):
        x, target = tensor([[1.0, 2.0], [0.5, -1.0]]), tensor([1, 0])
        weight = tensor([1.0, 3.0])
        options = {"ignore_index": 0, "reduction": "sum", "label_smoothing": 0.1}
        loss = nn.CrossEntropyLoss(weight, **options)
        expected = nn.functional.cross_entropy(x, target, weight, **options)
        assert loss(x, target).item() == expected.item()
        assert list(loss.state_dict()) == ["weight"]
        assert nn.MSELoss(reduction="sum")(x, zeros((2, 2))).item() == 6.25

    @pytest.mark.parametrize("loss", [nn.CrossEntropyLoss, nn.MSELoss])
    def test_the_reduction_is_checked(self, loss):
        with pytest.raises(ValueError, match=f"{loss.__name__}: reduction must be .* got 'avg'"):
            loss(reduction="avg")
