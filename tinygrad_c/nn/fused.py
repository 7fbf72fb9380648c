"""Two layers as one: what Sequential makes of pairs that cost less together, to the same bits.

A Linear and the activation after it are one operation, whose product never lies in memory without
the activation. A ReLU and the maximum after it change places: max(x, 0) of a window's largest
element is the largest max(x, 0) of the window, and there are fewer windows than elements.
"""

from collections.abc import Callable
from typing import Any

from tinygrad_c.nn.activation import ReLU, Sigmoid, Tanh
from tinygrad_c.nn.linear import Linear
from tinygrad_c.nn.module import Module
from tinygrad_c.nn.pooling import MaxPool, MaxPool1d, MaxPool2d
from tinygrad_c.ops.activation import rectify
from tinygrad_c.ops.matmul import linear_activation
from tinygrad_c.tensor import Tensor

ACTIVATIONS: dict[type, str] = {ReLU: "relu", Sigmoid: "sigmoid", Tanh: "tanh"}


def activated(layer: Linear, activation: Module, x: Tensor) -> Tensor:
    """``activation(layer(x))``"""
    try:
        return linear_activation(x, layer.weight, layer.bias, ACTIVATIONS[type(activation)])
    except (TypeError, ValueError):
        pass
    # The error of the layer itself says which one it is.
    return activation(layer(x))


def rectified_maximum(rectifier: ReLU, pool: MaxPool, x: Tensor) -> Any:
    """``pool(rectifier(x))``"""
    if rectifier.inplace or pool.return_indices or not isinstance(x, Tensor):
        return pool(rectifier(x))
    return rectify(pool(x))


# {kind of a layer: (kinds that make a pair with it, the output of both)}
PAIRS: dict[type, tuple[frozenset[type], Callable[..., Any]]] = {
    Linear: (frozenset(ACTIVATIONS), activated),
    ReLU: (frozenset([MaxPool1d, MaxPool2d]), rectified_maximum),
}


def is_plain(module: Module) -> bool:
    """Whether nobody watches what goes in and comes out, or has changed what is done to it."""
    return not module._hooks and "forward" not in module.__dict__


def is_first(layer: Module) -> bool:
    """Whether there are layers that make a pair with `layer`."""
    return type(layer) in PAIRS and is_plain(layer)


def is_pair(first: Module, second: Module) -> bool:
    return type(second) in PAIRS[type(first)][0] and is_plain(second)


def paired(first: Module, second: Module, x: Tensor) -> Any:
    """``second(first(x))``"""
    return PAIRS[type(first)][1](first, second, x)
