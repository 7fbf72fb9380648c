"""Filling parameters with their first values, in place; each function returns its Tensor.

The draws are PyTorch's: the same seed gives the same numbers.
"""

import math
import warnings
from numbers import Real
from typing import Any

import numpy as np

from tinygrad_c.autograd import no_grad
from tinygrad_c.creation import empty, empty_like, eye, from_numpy, full
from tinygrad_c.ops.comparison import where
from tinygrad_c.tensor import Tensor

GAINS = {
    "linear": 1.0,
    "conv1d": 1.0,
    "conv2d": 1.0,
    "conv3d": 1.0,
    "conv_transpose1d": 1.0,
    "conv_transpose2d": 1.0,
    "conv_transpose3d": 1.0,
    "sigmoid": 1.0,
    "tanh": 5.0 / 3.0,
    "relu": math.sqrt(2.0),
    "selu": 3.0 / 4.0,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which `nonlinearity` wants its weights' standard deviation enlarged.

    For "leaky_relu" it is ``sqrt(2 / (1 + param**2))`` with the negative slope `param` (0.01).
    """
    if nonlinearity == "leaky_relu":
        slope: Any = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, Real):
            raise ValueError(f"calculate_gain: param must be a number, got {slope!r}")
        return math.sqrt(2.0 / (1.0 + float(slope) ** 2))
    if nonlinearity not in GAINS:
        names = ", ".join([*GAINS, "leaky_relu"])
        raise ValueError(
            f"calculate_gain: nonlinearity must be one of {names}, got {nonlinearity!r}"
        )
    return GAINS[nonlinearity]


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with draws from the uniform distribution on [a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with draws from the normal distribution."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with the number `val`."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with the identity: as many inputs as possible are passed on."""
    if tensor.dim() != 2:
        raise ValueError(f"eye_: tensor must have 2 dimensions, got shape {tuple(tensor.shape)}")
    with no_grad():
        return tensor.copy_(eye(*tensor.shape, dtype=tensor.dtype))


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Any = None,
) -> Tensor:
    """Fill with draws from the normal distribution, cut off outside of [a, b].

    By rejection: normal draws are made again while they are outside, or, where most would be,
    uniform draws from [a, b] are kept with a probability that is their density's share of the
    largest one. Source: Robert, "Simulation of truncated normal variables", 1995.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )
    below_a, below_b = ((1 + math.erf((x - mean) / std / math.sqrt(2.0))) / 2 for x in (a, b))
    draw = draw_inside if below_b - below_a > 0.3 else draw_by_density
    with no_grad():
        return tensor.copy_(draw(empty_like(tensor), mean, std, a, b, generator))


def draw_inside(draws, mean, std, a, b, generator):
    """Normal draws, made again where they are outside of [a, b]."""
    draws.normal_(mean, std, generator=generator)
    low, high = (full((), bound, dtype=draws.dtype) for bound in (a, b))
    while (outside := (draws < low).logical_or(draws > high)).any().item():
        again = empty_like(draws).normal_(mean, std, generator=generator)
        draws = where(outside, again, draws)
    return draws


def draw_by_density(draws, mean, std, a, b, generator):
    """Uniform draws from [a, b], made again where their density's share says no."""
    log_peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    pending = None
    while pending is None or pending.any().item():
        candidates = empty_like(draws).uniform_(a, b, generator=generator)
        draws = candidates if pending is None else where(pending, candidates, draws)
        log_share = ((candidates - mean) / std).square() * -0.5 - log_peak
        chance = empty_like(draws).uniform_(generator=generator).log()
        refused = chance > log_share
        pending = refused if pending is None else pending.logical_and(refused)
    return draws


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Fill with `gain` times a random matrix whose rows or columns are orthonormal.

    (n, *) is seen as a matrix of n rows. It is the Q of the QR decomposition of normal draws, with
    the signs that make the diagonal of R positive, so that every such matrix is equally likely.
    Source: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks", 2014.
    """
    if tensor.dim() < 2:
        raise ValueError(
            f"orthogonal_: tensor must have at least 2 dimensions, got {tuple(tensor.shape)}"
        )
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    draws = normal_(empty((rows, tensor.numel() // rows), dtype=tensor.dtype), generator=generator)
    wide = rows < draws.shape[1]
    q, r = np.linalg.qr(draws.array.T if wide else draws.array)
    q = q * np.sign(np.diag(r))
    with no_grad():
        tensor.copy_(from_numpy(q.T if wide else q).reshape(tensor.shape))
        return tensor.mul_(gain)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with draws from U(-bound, bound), ``bound = gain * sqrt(6 / (fan_in + fan_out))``.

    A compromise between keeping the size of the signal and that of the gradient from layer to
    layer. Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward
    neural networks", 2010.
    """
    bound = math.sqrt(3.0) * xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator=generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with draws from N(0, std**2), ``std = gain * sqrt(2 / (fan_in + fan_out))``.

    Source: as `xavier_uniform_`.
    """
    return normal_(tensor, 0.0, xavier_std(tensor, gain), generator=generator)


def xavier_std(tensor, gain):
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return gain * math.sqrt(2.0 / (fan_in + fan_out)) if fan_in + fan_out else 0.0


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Fill with draws from U(-bound, bound), ``bound = gain * sqrt(3 / fan)``.

    The variance ``gain**2 / fan`` keeps the size of the signal from layer to layer: forward for
    ``mode="fan_in"``, backward for "fan_out". `a` is the slope of a leaky ReLU. Source: He et
    al., "Delving deep into rectifiers", 2015.
    """
    bound = math.sqrt(3.0) * kaiming_std("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator=generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Fill with draws from N(0, std**2), ``std = gain / sqrt(fan)``; see `kaiming_uniform_`."""
    std = kaiming_std("kaiming_normal_", tensor, a, mode, nonlinearity)
    return normal_(tensor, 0.0, std, generator=generator)


def draw_by_fan_in(weight, bias):
    """Draw `weight`, then `bias` unless it is None, from U(-b, b), ``b = 1 / sqrt(fan_in)``."""
    # A slope of sqrt(5) makes this the bound of kaiming_uniform_.
    kaiming_uniform_(weight, a=math.sqrt(5))
    if bias is not None:
        fan_in, _ = _calculate_fan_in_and_fan_out(weight)
        bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
        uniform_(bias, -bound, bound)


def kaiming_std(name, tensor, a, mode, nonlinearity):
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"{name}: mode must be 'fan_in' or 'fan_out', got {mode!r}")
    fan = fan_in if mode == "fan_in" else fan_out
    return calculate_gain(nonlinearity, a) / math.sqrt(fan) if fan else 0.0


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs reach one output, and outputs one input, of weights (out, in, *kernel)."""
    if tensor.dim() < 2:
        raise ValueError(
            f"init: a tensor must have at least 2 dimensions for its fans, "
            f"got shape {tuple(tensor.shape)}"
        )
    out_features, in_features, *kernel = tensor.shape
    area = math.prod(kernel)
    return in_features * area, out_features * area
