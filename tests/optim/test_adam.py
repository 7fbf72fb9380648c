"""Adam against its definition in NumPy, against torch's numbers, and its errors."""

import itertools

import numpy as np
import pytest

from tinygrad_c import float32, float64, tensor
from tinygrad_c.optim import Adam, AdamW

from .problem import assert_reaches, gradients_at, train

OPTIONS = [
    {
        "betas": betas,
        "eps": eps,
        "weight_decay": decay,
        "amsgrad": amsgrad,
        "maximize": maximize,
        "decoupled_weight_decay": decoupled,
    }
    for betas, eps, decay, amsgrad, maximize, decoupled in itertools.product(
        ((0.9, 0.999), (0.5, 0.25)),
        (1e-8, 0.1),
        (0, 0.2),
        (False, True),
        (False, True),
        (False, True),
    )
]


def adam_in_numpy(
    params, steps, lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay
):
    """The definition, one parameter after the other."""
    beta1, beta2 = betas
    m, v, largest = ([np.zeros_like(p) for p in params] for _ in range(3))
    for t in range(1, steps + 1):
        for i, gradient in enumerate(gradients_at(params, t - 1)):
            g = -gradient if maximize else gradient
            if decoupled_weight_decay:
                params[i] = params[i] - lr * weight_decay * params[i]
            else:
                g += weight_decay * params[i]
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g**2
            largest[i] = np.maximum(largest[i], v[i])
            scale = np.sqrt((largest[i] if amsgrad else v[i]) / (1 - beta2**t)) + eps
            params[i] = params[i] - lr * m[i] / (1 - beta1**t) / scale
    return params


@pytest.mark.parametrize("options", OPTIONS)
def test_equals_the_definition(options):
    params = train(Adam, 5, float64, lr=0.1, **options)
    expected = adam_in_numpy([p.copy() for p in train(Adam, 0, float64)], 5, 0.1, **options)
    for p, e in zip(params, expected, strict=True):
        np.testing.assert_allclose(p, e, rtol=1e-12)


# After 4 steps from problem.START with lr = 0.1; recorded from torch 2.13, float32.
GOLDEN = [
    ({}, [0.611905515, -2.400465965, 2.602077723, 0.102564439, 0.146178931]),
    ({"betas": (0.5, 0.75)}, [0.626654148, -2.410103798, 2.605731487, 0.087457359, 0.162872478]),
    ({"eps": 0.1}, [0.659442782, -2.367379189, 2.616863966, 0.117166713, 0.13906382]),
    ({"weight_decay": 0.1}, [0.610732377, -2.399879217, 2.601945162, 0.1023027, 0.14627704]),
    ({"amsgrad": True}, [0.611905515, -2.400465965, 2.602077723, 0.102564439, 0.146178931]),
    ({"maximize": True}, [1.400754333, -1.616286516, 3.400999308, 0.895750523, -0.647021234]),
    (
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
        [0.579720616, -2.315951824, 2.490647078, 0.088723779, 0.150191367],
    ),
    (
        {"betas": (0.5, 0.75), "weight_decay": 0.2, "amsgrad": True, "maximize": True},
        [1.41025424, -1.626229167, 3.404865503, 0.912990272, -0.662674069],
    ),
]


@pytest.mark.parametrize(("options", "expected"), GOLDEN)
def test_reaches_the_numbers_of_pytorch(options, expected):
    assert_reaches(train(Adam, 4, lr=0.1, **options), expected)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [0.60863483, -2.39190626, 2.59077311, 0.101157032, 0.146590084]),
        (
            {"weight_decay": 0.5, "amsgrad": True, "maximize": True},
            [1.18662357, -1.28942108, 2.81367278, 0.774604738, -0.572137475],
        ),
    ],
)
def test_adamw_reaches_the_numbers_of_pytorch(options, expected):
    assert_reaches(train(AdamW, 4, lr=0.1, **options), expected)


def test_adamw_is_adam_with_decoupled_decay():
    optimizer = AdamW([tensor([1.0])])
    assert isinstance(optimizer, Adam)
    assert optimizer.defaults["weight_decay"] == 0.01
    assert optimizer.defaults["decoupled_weight_decay"] is True
    assert repr(optimizer).startswith("AdamW (\n")
    with pytest.raises(ValueError, match=r"AdamW: betas\[0\] must be in \[0, 1\), got 1"):
        AdamW([tensor([1.0])], betas=(1, 0))
    with pytest.raises(ValueError, match=r"Adam: betas must be two numbers, got \(0.9,\)"):
        Adam([tensor([1.0])], betas=(0.9,))


def test_the_state_has_the_layout_of_pytorch():
    p = tensor([1.0, 2.0], dtype=float64).requires_grad_()
    p.grad = tensor([2.0, 0.0], dtype=float64)
    optimizer = Adam([p], betas=(0.5, 0.75), amsgrad=True)
    assert optimizer.state_dict()["state"] == {}
    optimizer.step()
    optimizer.step()
    state = optimizer.state_dict()["state"][0]
    assert list(state) == ["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]
    assert (state["step"].dtype, state["step"].shape, state["step"].item()) == (float32, (), 2.0)
    assert state["exp_avg"].tolist() == [1.5, 0.0]
    assert state["exp_avg_sq"].tolist() == state["max_exp_avg_sq"].tolist() == [1.75, 0.0]
    assert state["exp_avg"].dtype == float64


def test_a_parameter_whose_gradient_comes_later_counts_its_own_steps():
    p, q = tensor([1.0]).requires_grad_(), tensor([1.0]).requires_grad_()
    optimizer = Adam([p, q])
    p.grad = tensor([1.0])
    optimizer.step()
    q.grad = tensor([1.0])
    optimizer.step()
    assert [optimizer.state[x]["step"].item() for x in (p, q)] == [2.0, 1.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -1.0}, r"Adam: lr must be >= 0, got -1.0"),
        ({"eps": -1e-8}, r"Adam: eps must be >= 0, got -1e-08"),
        ({"weight_decay": -1}, r"Adam: weight_decay must be >= 0, got -1"),
        ({"betas": (1.0, 0.9)}, r"Adam: betas\[0\] must be in \[0, 1\), got 1.0"),
        ({"betas": (0.9, -0.5)}, r"Adam: betas\[1\] must be in \[0, 1\), got -0.5"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        Adam([tensor([1.0])], **options)
