"""SGD against its definition in NumPy, against torch's numbers, and its errors."""

import itertools

import numpy as np
import pytest

from tinygrad_c import float64, tensor
from tinygrad_c.optim import SGD

from .problem import assert_reaches, gradients_at, train

OPTIONS = [
    {"momentum": m, "dampening": d, "weight_decay": w, "nesterov": n, "maximize": x}
    for m, d, w, n, x in itertools.product(
        (0, 0.9), (0, 0.5), (0, 0.1), (False, True), (False, True)
    )
    if not (n and (m == 0 or d != 0))
]


def sgd_in_numpy(params, steps, lr, momentum, dampening, weight_decay, nesterov, maximize):
    """The definition, one parameter after the other."""
    buffers = [None] * len(params)
    for t in range(steps):
        for i, gradient in enumerate(gradients_at(params, t)):
            g = (-gradient if maximize else gradient) + weight_decay * params[i]
            if momentum:
                first = buffers[i] is None
                buffers[i] = g if first else momentum * buffers[i] + (1 - dampening) * g
                g = g + momentum * buffers[i] if nesterov else buffers[i]
            params[i] = params[i] - lr * g
    return params


@pytest.mark.parametrize("options", OPTIONS)
def test_equals_the_definition(options):
    params = train(SGD, 5, float64, lr=0.1, **options)
    expected = sgd_in_numpy([p.copy() for p in train(SGD, 0, float64, lr=0.1)], 5, 0.1, **options)
    for p, e in zip(params, expected, strict=True):
        np.testing.assert_allclose(p, e, rtol=1e-13)


# After 4 steps from problem.START with lr = 0.1; recorded from torch 2.13, float32.
GOLDEN = [
    ({}, [0.857989967, -2.809526205, 2.156763077, -0.862599015, 2.630504608]),
    ({"momentum": 0.9}, [0.655523002, -3.765035868, 1.087874055, -2.167346478, 5.440561771]),
    (
        {"momentum": 0.9, "dampening": 0.5},
        [0.650822461, -2.933686733, 1.549435258, -1.18247807, 3.261272907],
    ),
    (
        {"momentum": 0.9, "nesterov": True},
        [0.960323513, -5.752429962, 0.852484047, -3.202293396, 8.059909821],
    ),
    ({"weight_decay": 0.1}, [0.826683879, -2.703102112, 2.074811935, -0.861428738, 2.594805002]),
    (
        {"maximize": True, "momentum": 0.5, "weight_decay": 0.1, "nesterov": True},
        [2.011611938, -2.130678415, 5.642715931, 2.975687742, -4.849062443],
    ),
]


@pytest.mark.parametrize(("options", "expected"), GOLDEN)
def test_reaches_the_numbers_of_pytorch(options, expected):
    assert_reaches(train(SGD, 4, lr=0.1, **options), expected)


def test_without_momentum_there_is_no_state():
    p = tensor([1.0]).requires_grad_()
    p.grad = tensor([2.0])
    optimizer = SGD([p], lr=0.5)
    optimizer.step()
    assert p.tolist() == [0.0]
    assert optimizer.state_dict()["state"] == {}


def test_the_first_step_is_not_dampened():
    p = tensor([1.0]).requires_grad_()
    p.grad = tensor([2.0])
    optimizer = SGD([p], lr=0.5, momentum=0.5, dampening=0.5)
    optimizer.step()
    assert optimizer.state[p]["momentum_buffer"].tolist() == [2.0]
    optimizer.step()
    assert optimizer.state[p]["momentum_buffer"].tolist() == [2.0]
    assert p.tolist() == [-1.0]


def test_a_parameter_whose_gradient_comes_later_has_its_own_first_step():
    p, q = tensor([1.0]).requires_grad_(), tensor([1.0]).requires_grad_()
    optimizer = SGD([p, q], lr=1.0, momentum=0.5)
    p.grad = tensor([1.0])
    optimizer.step()
    assert q.tolist() == [1.0]
    q.grad = tensor([1.0])
    optimizer.step()
    assert [p.item(), q.item()] == [-1.5, 0.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -1.0}, r"SGD: lr must be >= 0, got -1.0"),
        ({"lr": float("nan")}, r"SGD: lr must be >= 0, got nan"),
        ({"momentum": -0.1}, r"SGD: momentum must be >= 0, got -0.1"),
        ({"weight_decay": -3}, r"SGD: weight_decay must be >= 0, got -3"),
        ({"nesterov": True}, r"SGD: nesterov needs momentum > 0 and dampening 0, got momentum 0"),
        (
            {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
            r"nesterov needs .* got momentum 0.9 and dampening 0.1",
        ),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        SGD([tensor([1.0])], **options)


def test_options_are_numbers():
    with pytest.raises(TypeError, match=r"SGD: lr must be a number, got 'fast'"):
        SGD([tensor([1.0])], lr="fast")
    p = tensor([1.0]).requires_grad_()
    p.grad = tensor([1.0])
    for lr in (np.float32(0.5), tensor(0.5), 1):
        SGD([p], lr=lr).step()
    assert p.item() == -1.0
