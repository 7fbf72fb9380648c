"""Modules, losses and optimizers together: small models are trained from end to end."""

import numpy as np
import pytest

import tinygrad_c
from tinygrad_c import float64, nn, no_grad, tensor
from tinygrad_c.nn import functional as F
from tinygrad_c.optim import SGD, Adam
from tinygrad_c.utils.data import DataLoader, TensorDataset
from tinygrad_c.vision.datasets import Digits

X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
ADAM = {"lr": 0.05}
SGD_OPTIONS = {"lr": 0.5, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3}


def xor_losses(optimizer_class, options, dtype=tinygrad_c.float32):
    """The losses of steps 0, 10, ..., 50 and 59 of a small network that learns XOR from seed 0."""
    tinygrad_c.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2)).to(dtype)
    optimizer = optimizer_class(net.parameters(), **options)
    x, y = tensor(X, dtype=dtype), tensor(Y)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return [*losses[::10], losses[-1]]


@pytest.mark.parametrize(
    ("optimizer_class", "options", "expected"),
    [  # recorded from torch 2.13
        (Adam, ADAM, [0.7026199, 0.5944072, 0.3003449, 0.0529208, 0.0095618, 0.003562, 0.0022127]),
        (
            SGD,
            SGD_OPTIONS,
            [0.7026199, 0.6415892, 0.2803376, 0.0216858, 0.0053911, 0.0036434, 0.0037265],
        ),
    ],
    ids=["Adam", "SGD"],
)
def test_xor_is_learnt_with_the_losses_of_pytorch(optimizer_class, options, expected):
    # Rounding differs, and 60 steps of training enlarge the difference.
    np.testing.assert_allclose(xor_losses(optimizer_class, options), expected, rtol=1e-3)
    np.testing.assert_allclose(xor_losses(optimizer_class, options)[0], expected[0], rtol=1e-6)


def test_float64_trains_too():
    assert xor_losses(Adam, ADAM, float64)[-1] < 0.01


def accuracy(net, images, targets):
    with no_grad():
        return (net.eval()(images).argmax(1) == targets).to(float64).mean().item()


def test_digits_are_read():
    tinygrad_c.manual_seed(0)
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 10)
    )
    optimizer, loss = Adam(net.parameters(), lr=3e-3), nn.CrossEntropyLoss(label_smoothing=0.05)
    loader = DataLoader(TensorDataset(*Digits("train").tensors()), batch_size=64, shuffle=True)
    for _ in range(15):
        for images, targets in loader:
            optimizer.zero_grad()
            loss(net.train()(images), targets).backward()
            optimizer.step()
    assert accuracy(net, *Digits("test").tensors()) > 0.95


def test_training_goes_on_from_saved_states():
    def build():
        tinygrad_c.manual_seed(1)
        net = nn.Linear(2, 1)
        return net, Adam(net.parameters(), lr=0.1)

    def step(net, optimizer):
        optimizer.zero_grad()
        F.mse_loss(net(tensor(X)), tensor([[0.0], [1.0], [2.0], [3.0]])).backward()
        optimizer.step()

    net, optimizer = build()
    for _ in range(3):
        step(net, optimizer)
    resumed, resumed_optimizer = build()
    resumed.load_state_dict(net.state_dict())
    resumed_optimizer.load_state_dict(optimizer.state_dict())
    for _ in range(3):
        step(net, optimizer)
        step(resumed, resumed_optimizer)
    assert resumed.weight.tolist() == net.weight.tolist()
    assert resumed.bias.tolist() == net.bias.tolist()
