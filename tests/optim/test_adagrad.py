"""Adagrad against its definition in NumPy, against torch's numbers, and its errors."""

import itertools

import numpy as np
import pytest

from tinygrad_c import float32, float64, tensor
from tinygrad_c.optim import Adagrad

from .problem import assert_reaches, gradients_at, train

OPTIONS = [
    {
        "lr_decay": lr_decay,
        "weight_decay": decay,
        "initial_accumulator_value": initial,
        "eps": eps,
        "maximize": maximize,
    }
    for lr_decay, decay, initial, eps, maximize in itertools.product(
        (0, 0.5), (0, 0.2), (0, 2.0), (1e-10, 0.1), (False, True)
    )
]


def adagrad_in_numpy(
    params, steps, lr, lr_decay, weight_decay, initial_accumulator_value, eps, maximize
):
    """The definition, one parameter after the other."""
    s = [np.full_like(p, initial_accumulator_value) for p in params]
    for t in range(1, steps + 1):
        for i, gradient in enumerate(gradients_at(params, t - 1)):
            g = (-gradient if maximize else gradient) + weight_decay * params[i]
            s[i] = s[i] + g**2
            params[i] = params[i] - lr / (1 + (t - 1) * lr_decay) * g / (np.sqrt(s[i]) + eps)
    return params


@pytest.mark.parametrize("options", OPTIONS)
def test_equals_the_definition(options):
    params = train(Adagrad, 5, float64, lr=0.1, **options)
    expected = adagrad_in_numpy([p.copy() for p in train(Adagrad, 0, float64)], 5, 0.1, **options)
    for p, e in zip(params, expected, strict=True):
        np.testing.assert_allclose(p, e, rtol=1e-13)


# After 4 steps from problem.START with lr = 0.1; recorded from torch 2.13, float32.
GOLDEN = [
    ({}, [0.756552517, -2.30448937, 2.7307024, 0.176313728, 0.076541543]),
    ({"lr_decay": 0.5}, [0.817947149, -2.20710325, 2.80786228, 0.281029254, -0.0297337212]),
    (
        {"initial_accumulator_value": 2.0},
        [0.853904247, -2.21372557, 2.750139, 0.203481928, 0.0680247843],
    ),
    (
        {"weight_decay": 0.1, "eps": 0.1},
        [0.772668779, -2.28276539, 2.73675609, 0.186192572, 0.0715217888],
    ),
    (
        {"maximize": True, "weight_decay": 0.2, "lr_decay": 0.1},
        [1.27193785, -1.77197981, 3.25854945, 0.79222846, -0.539235353],
    ),
]


@pytest.mark.parametrize(("options", "expected"), GOLDEN)
def test_reaches_the_numbers_of_pytorch(options, expected):
    assert_reaches(train(Adagrad, 4, lr=0.1, **options), expected)


def test_the_state_has_the_layout_of_pytorch():
    p = tensor([1.0, 2.0], dtype=float64).requires_grad_()
    optimizer = Adagrad([p], initial_accumulator_value=0.5)
    state = optimizer.state_dict()["state"][0]  # there before the first step, as in PyTorch
    assert list(state) == ["step", "sum"]
    assert state["sum"].tolist() == [0.5, 0.5]
    p.grad = tensor([2.0, 0.0], dtype=float64)
    optimizer.step()
    assert (state["step"].dtype, state["step"].shape, state["step"].item()) == (float32, (), 1.0)
    assert state["sum"].tolist() == [4.5, 0.5]
    assert not state["sum"].requires_grad


def test_groups_that_are_added_have_their_own_beginning():
    p, q = tensor([1.0]).requires_grad_(), tensor([1.0]).requires_grad_()
    optimizer = Adagrad([p])
    optimizer.add_param_group({"params": [q], "initial_accumulator_value": 3.0})
    assert [optimizer.state[x]["sum"].item() for x in (p, q)] == [0.0, 3.0]


@pytest.mark.parametrize(
    "option", ["lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"]
)
def test_options_are_checked(option):
    with pytest.raises(ValueError, match=f"Adagrad: {option} must be >= 0, got -1"):
        Adagrad([tensor([1.0])], **{option: -1})
