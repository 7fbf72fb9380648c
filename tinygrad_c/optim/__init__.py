"""Optimizers: ``torch.optim``'s names."""

from tinygrad_c.optim.adam import Adam
from tinygrad_c.optim.optimizer import Optimizer
from tinygrad_c.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
