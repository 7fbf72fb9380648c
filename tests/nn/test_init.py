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


GOLDEN = [  # after manual_seed(1), float32
    (
        "xavier_uniform_",
        (2, 3),
        {},
        [0.564442575, -0.483505636, -0.212364629, 0.514167905, -1.03129244, 0.656957388],
    ),
    (
        "xavier_uniform_",
        (2, 1, 2, 2),
        {"gain": 2.0},
        [
            0.728692174,
            -0.624203086,
            -0.274161547,
            0.663787901,
            -1.33139277,
            0.848128259,
            -0.29093951,
            0.719472468,
        ],
    ),
    (
        "xavier_normal_",
        (2, 3),
        {},
        [0.418275833, 0.168817624, 0.0390081219, 0.392955571, -0.285810441, -0.105069987],
    ),
    (
        "kaiming_normal_",
        (2, 3),
        {},
        [0.539991796, 0.21794261, 0.0503592715, 0.507303476, -0.368979663, -0.135644764],
    ),
    (
        "kaiming_normal_",
        (3, 2, 2),
        {"mode": "fan_out", "nonlinearity": "relu"},
        [
            0.381831855,
            0.154108703,
            0.0356093831,
            0.35871774,
            -0.260908037,
            -0.0959153324,
            -0.879170775,
            0.220365301,
            -0.593290091,
            -0.325078696,
            -0.515164137,
            -0.0336307548,
        ],
    ),
    (
        "kaiming_uniform_",
        (2, 3),
        {"a": 1.0, "mode": "FAN_OUT"},
        [0.631065965, -0.540575743, -0.237430871, 0.574857235, -1.15302002, 0.734500647],
    ),
    (
        "trunc_normal_",
        (2, 4),
        {},
        [
            0.661352158,
            0.266924113,
            0.0616772585,
            0.621317327,
            -0.451905966,
            -0.16613023,
            -1.5227685,
            0.381683916,
        ],
    ),
    (
        "trunc_normal_",
        (6,),
        {"mean": 1.0, "std": 0.5, "a": 0.0, "b": 1.25},
        [0.238615751, 1.13346207, 1.03083861, 0.718473613, 0.774047017, 0.916934907],
    ),
    (
        "trunc_normal_",
        (6,),
        {"a": 1.5, "b": 2.5},
        [1.67679012, 1.71043217, 1.96354556, 1.95498633, 1.52928162, 1.99800253],
    ),
    (
        "orthogonal_",
        (2, 3),
        {},
        [0.923871398, 0.372877836, 0.0861596316, 0.381211519, -0.876791656, -0.293110758],
    ),
    (
        "orthogonal_",
        (3, 2),
        {"gain": 2.0},
        [1.64643669, -0.10130541, 0.153545573, 1.99359083, -1.12502015, 0.123832531],
    ),
    (
        "orthogonal_",
        (2, 1, 2, 2),
        {},
        [
            0.697717905,
            0.281601489,
            0.0650687069,
            0.655481696,
            -0.187111288,
            -0.0655333996,
            -0.926679373,
            0.319311798,
        ],
    ),
    ("eye_", (2, 3), {}, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
]


@pytest.mark.parametrize(("name", "shape", "options", "expected"), GOLDEN)
def test_the_numbers_of_pytorch(name, shape, options, expected):
    tinygrad_c.manual_seed(1)
    t = empty(shape)
    assert getattr(init, name)(t, **options) is t
    np.testing.assert_allclose(t.numpy().ravel(), expected, rtol=2e-6, atol=2e-7)


@pytest.mark.parametrize("name", sorted({name for name, *_ in GOLDEN} - {"eye_"}))
def test_a_generator_of_ones_own(name):
    seen = []
    for seed in (3, 3, 4):
        generator = tinygrad_c.Generator().manual_seed(seed)
        seen.append(getattr(init, name)(empty((4, 5), dtype=float64), generator=generator).tolist())
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize("shape", [(5, 5), (3, 8), (8, 3), (4, 2, 3)])
def test_orthogonal_rows_or_columns(shape):
    tinygrad_c.manual_seed(0)
    matrix = init.orthogonal_(empty(shape, dtype=float64), gain=2.0).reshape(shape[0], -1).numpy()
    short = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    np.testing.assert_allclose(short @ short.T, 4 * np.eye(len(short)), atol=1e-14)


@pytest.mark.parametrize(
    ("mean", "std", "a", "b"), [(0, 1, -2, 2), (0, 1, 1.5, 4), (1, 0.5, -5, 1.25), (0, 1, -50, 50)]
)
def test_truncated_draws_have_their_distribution(mean, std, a, b):
    tinygrad_c.manual_seed(0)
    draws = np.sort(init.trunc_normal_(empty(20_000, dtype=float64), mean, std, a, b).numpy())
    assert draws[0] >= a
    assert draws[-1] <= b
    below = np.array([1 + math.erf((x - mean) / std / math.sqrt(2)) for x in (a, b, *draws)]) / 2
    share = (below[2:] - below[0]) / (below[1] - below[0])
    # Kolmogorov and Smirnov: a larger distance has probability 1e-4.
    assert np.abs(share - np.arange(0.5, 20_000) / 20_000).max() < 2.2 / math.sqrt(20_000)


def test_truncation_far_from_the_mean_warns():
    with pytest.warns(UserWarning, match="mean is more than 2 std from"):
        init.trunc_normal_(empty(2), mean=5.0)


@pytest.mark.parametrize(
    "name", ["xavier_uniform_", "xavier_normal_", "kaiming_normal_", "orthogonal_", "trunc_normal_"]
)
def test_parameters_without_elements(name):
    assert getattr(init, name)(nn.Parameter(empty((0, 3)))).shape == (0, 3)
    assert getattr(init, name)(nn.Parameter(empty((3, 2)))).is_leaf


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
    with pytest.raises(ValueError, match=r"kaiming_normal_: mode must be"):
        init.kaiming_normal_(empty((2, 3)), mode="fan")
    with pytest.raises(ValueError, match=r"eye_: tensor must have 2 dimensions, got shape \(3,\)"):
        init.eye_(empty(3))
    with pytest.raises(ValueError, match=r"orthogonal_: .* at least 2 dimensions, got \(3,\)"):
        init.orthogonal_(empty(3))
    with pytest.raises(ValueError, match="param must be a number, got True"):
        init.calculate_gain("leaky_relu", True)


def test_a_layer_without_inputs_has_zero_bias():
    layer = nn.Linear(0, 2)
    assert layer.weight.shape == (2, 0)
    assert layer.bias.tolist() == [0.0, 0.0]
