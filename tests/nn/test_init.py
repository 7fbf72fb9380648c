"""First values of parameters: PyTorch's numbers from PyTorch's seed (recorded from torch 2.13)."""

import math

import numpy as np
import pytest

import tinygrad_c
from tinygrad_c import empty, float64, nn
from tinygrad_c.nn import init


def assert_numbers(t, expected):
    """Equal to rounding: the affine map after the draw may round differently by an ulp."""
    np.testing.assert_allclose(t.detach().numpy().ravel(), expected, rtol=3e-7, atol=1e-8)


def test_linear():
    tinygrad_c.manual_seed(0)
    layer = nn.Linear(3, 2)
    assert_numbers(
        layer.weight,
        [-0.0043225177, 0.3097158372, -0.4751853347, -0.4248946011, -0.2223689705, 0.1548207253],
    )
    assert_numbers(layer.bias, [-0.0114391446, 0.4577749372])


def test_linear_in_float64():
    tinygrad_c.manual_seed(0)
    layer = nn.Linear(3, 2, dtype=float64)
    assert layer.bias.dtype == float64
    assert_numbers(
        layer.weight,
        [
            0.5427704542528101,
            0.23996970930833816,
            -0.046900537438113156,
            0.48583757737745076,
            0.16745942958373372,
            0.3361886278485809,
        ],
    )
    assert_numbers(layer.bias, [-0.3711136225274598, -0.17192610627289664])


def test_layers_draw_one_after_the_other():
    tinygrad_c.manual_seed(7)
    net = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
    assert_numbers(net[0].weight[0], [0.03492254, -0.301196814, 0.159211695, 0.156890273])
    assert_numbers(net[0].bias, [0.382877588, -0.086827278, 0.257194459, 0.194847524, 0.020930052])
    assert_numbers(net[2].bias, [0.215131193, -0.221030921, -0.238677457])


def test_uniform():
    tinygrad_c.manual_seed(1)
    assert_numbers(
        init.uniform_(empty((2, 3)), -2, 3),
        [1.7881579399, -0.6034455895, 0.0153462887, 1.6734223366, -1.8535921574, 1.9992930889],
    )


def test_normal():
    tinygrad_c.manual_seed(1)
    assert_numbers(
        init.normal_(empty(5), 1.0, 2.0),
        [2.3227043152, 1.5338481665, 1.1233545542, 2.2426347733, 0.0961880684],
    )


def test_kaiming_uniform():
    tinygrad_c.manual_seed(1)
    assert_numbers(
        init.kaiming_uniform_(empty((2, 3)), mode="fan_out", nonlinearity="relu"),
        [0.8924620152, -0.7644895315, -0.3357779384, 0.8129708171, -1.6306165457, 1.0387407541],
    )
    tinygrad_c.manual_seed(1)
    assert_numbers(
        init.kaiming_uniform_(empty((2, 1, 2, 2))),
        [
            *(0.6310659647, -0.5405757427, -0.2374308705, 0.5748572350),
            *(-1.1530200243, 0.7345006466, -0.2519610226, 0.6230815053),
        ],
    )


def test_constants():
    assert init.constant_(empty(2), 3.5).tolist() == [3.5, 3.5]
    assert init.ones_(empty(2)).tolist() == [1.0, 1.0]
    assert init.zeros_(empty(2)).tolist() == [0.0, 0.0]


def test_a_parameter_stays_a_leaf():
    p = nn.Parameter(empty(3))
    assert init.ones_(p) is p
    assert p.is_leaf
    assert p.requires_grad


def test_gains():
    assert init.calculate_gain("linear") == init.calculate_gain("conv2d") == 1.0
    assert init.calculate_gain("relu") == math.sqrt(2)
    assert init.calculate_gain("tanh") == 5 / 3
    assert init.calculate_gain("leaky_relu") == math.sqrt(2 / (1 + 0.01**2))
    assert init.calculate_gain("leaky_relu", math.sqrt(5)) == pytest.approx(math.sqrt(1 / 3))


def test_errors():
    with pytest.raises(ValueError, match=r"nonlinearity must be one of linear, .* got 'swish'"):
        init.calculate_gain("swish")
    with pytest.raises(ValueError, match="mode must be 'fan_in' or 'fan_out', got 'fan'"):
        init.kaiming_uniform_(empty((2, 3)), mode="fan")
    with pytest.raises(ValueError, match=r"at least 2 dimensions.* got .*3"):
        init.kaiming_uniform_(empty(3))


def test_a_layer_without_inputs_has_zero_bias():
    layer = nn.Linear(0, 2)
    assert layer.weight.shape == (2, 0)
    assert layer.bias.tolist() == [0.0, 0.0]
