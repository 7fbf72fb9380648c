"""RMSprop against its definition in NumPy, against torch's numbers, and its errors."""

import itertools

import numpy as np
import pytest

from tinygrad_c import float32, float64, tensor
from tinygrad_c.optim import RMSprop

from .problem import assert_reaches, gradients_at, train

OPTIONS = [
    {
        "alpha": alpha,
        "eps": eps,
        "weight_decay": decay,
        "momentum": momentum,
        "centered": centered,
        "maximize": maximize,
    }
    for alpha, eps, decay, momentum, centered, maximize in itertools.product(
        (0.99, 0.5), (1e-8, 0.1), (0, 0.2), (0, 0.9), (False, True), (False, True)
    )
]


def rmsprop_in_numpy(params, steps, lr, alpha, eps, weight_decay, momentum, centered, maximize):
    """The definition, one parameter after the other."""
    v, m, b = ([np.zeros_like(p) for p in params] for _ in range(3))
    for t in range(steps):
        for i, gradient in enumerate(gradients_at(params, t)):
            g = (-gradient if maximize else gradient) + weight_decay * params[i]
            v[i] = alpha * v[i] + (1 - alpha) * g**2
            m[i] = alpha * m[i] + (1 - alpha) * g
            d = g / (np.sqrt(v[i] - m[i] ** 2 if centered else v[i]) + eps)
            b[i] = momentum * b[i] + d
            params[i] = params[i] - lr * (b[i] if momentum else d)
    return params


@pytest.mark.parametrize("options", OPTIONS)
def test_equals_the_definition(options):
    params = train(RMSprop, 5, float64, lr=0.1, **options)
    expected = rmsprop_in_numpy([p.copy() for p in train(RMSprop, 0, float64)], 5, 0.1, **options)
    for p, e in zip(params, expected, strict=True):
        np.testing.assert_allclose(p, e, rtol=1e-11)


# After 4 steps from problem.START with lr = 0.1; recorded from torch 2.13, float32.
GOLDEN = [
    ({}, [2.01473212, -5.62942219, 1.16435385, -2.75483727, 3.10890198]),
    ({"alpha": 0.5, "eps": 0.1}, [0.666008115, -2.45354009, 2.56829524, 0.0136806518, 0.250136584]),
    ({"momentum": 0.9}, [1.6157167, -10.7395458, -1.66673934, -6.89955282, 7.82932472]),
    (
        {"centered": True, "alpha": 0.9},
        [0.676762521, -3.21378756, 2.10387301, -0.668085814, 0.940636992],
    ),
    (
        {"weight_decay": 0.1, "momentum": 0.5, "centered": True},
        [2.08100653, -7.87328625, 0.129651561, -4.44976711, 5.10755491],
    ),
    (
        {"maximize": True, "weight_decay": 0.2},
        [4.65872383, -2.56589532, 6.44444466, 3.91503191, -3.49015427],
    ),
]


@pytest.mark.parametrize(("options", "expected"), GOLDEN)
def test_reaches_the_numbers_of_pytorch(options, expected):
    assert_reaches(train(RMSprop, 4, lr=0.1, **options), expected)


def test_the_state_has_the_layout_of_pytorch():
    p = tensor([1.0, 2.0], dtype=float64).requires_grad_()
    p.grad = tensor([2.0, 0.0], dtype=float64)
    optimizer = RMSprop([p], alpha=0.5, momentum=0.5, centered=True)
    assert optimizer.state_dict()["state"] == {}
    optimizer.step()
    state = optimizer.state_dict()["state"][0]
    assert set(state) == {"step", "square_avg", "grad_avg", "momentum_buffer"}
    assert (state["step"].dtype, state["step"].shape, state["step"].item()) == (float32, (), 1.0)
    assert state["square_avg"].tolist() == [2.0, 0.0]
    assert state["grad_avg"].tolist() == [1.0, 0.0]
    assert state["momentum_buffer"].dtype == float64
    assert list(optimizer.state_dict()["param_groups"][0]) == [
        *("lr", "momentum", "alpha", "eps", "centered", "weight_decay", "maximize", "params")
    ]


def test_options_may_begin_later():
    p = tensor([1.0]).requires_grad_()
    optimizer = RMSprop([p])
    for options in ({}, {"centered": True, "momentum": 0.5}):
        optimizer.param_groups[0].update(options)
        p.grad = tensor([1.0])
        optimizer.step()
    assert optimizer.state[p]["grad_avg"].item() == pytest.approx(0.01)


@pytest.mark.parametrize("option", ["lr", "alpha", "eps", "momentum", "weight_decay"])
def test_options_are_checked(option):
    with pytest.raises(ValueError, match=f"RMSprop: {option} must be >= 0, got -1"):
        RMSprop([tensor([1.0])], **{option: -1})
