"""A Linear and the activation after it as one operation: what Sequential makes of such a pair."""

from tinygrad_c.nn.activation import ReLU, Sigmoid, Tanh
from tinygrad_c.nn.linear import Linear
from tinygrad_c.nn.module import Module
from tinygrad_c.ops.matmul import linear_activation
from tinygrad_c.tensor import Tensor

ACTIVATIONS: dict[type, str] = {ReLU: "relu", Sigmoid: "sigmoid", Tanh: "tanh"}


def is_plain(module: Module) -> bool:
    """Whether nobody watches what goes in and comes out, or has changed what is done to it."""
    return not module._hooks and "forward" not in module.__dict__


def is_linear(module: Module) -> bool:
    return type(module) is Linear and is_plain(module)


def is_activation(module: Module) -> bool:
    return type(module) in ACTIVATIONS and is_plain(module)


def activated(layer: Linear, activation: Module, x: Tensor) -> Tensor:
    """``activation(layer(x))``"""
    try:
        return linear_activation(x, layer.weight, layer.bias, ACTIVATIONS[type(activation)])
    except (TypeError, ValueError):
        pass
    # The error of the layer itself says which one it is.
    return activation(layer(x))
