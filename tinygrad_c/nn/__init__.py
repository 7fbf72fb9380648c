"""Layers, containers, losses and their base class: ``torch.nn``'s names."""

from tinygrad_c.nn import functional, init
from tinygrad_c.nn.activation import LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from tinygrad_c.nn.container import ModuleList, Sequential
from tinygrad_c.nn.conv import Conv1d, Conv2d
from tinygrad_c.nn.dropout import Dropout
from tinygrad_c.nn.flatten import Flatten, Unflatten
from tinygrad_c.nn.linear import Identity, Linear
from tinygrad_c.nn.loss import CrossEntropyLoss, MSELoss
from tinygrad_c.nn.module import Module
from tinygrad_c.nn.parameter import Buffer, Parameter

__all__ = [
    "Buffer",
    "Conv1d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "Identity",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "Module",
    "ModuleList",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Unflatten",
    "functional",
    "init",
]
