"""One step of an optimizer for all parameters, in place."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

def sgd(
    params: Sequence[ndarray],
    grads: Sequence[ndarray],
    momentum_buffers: Sequence[ndarray] | None,
    first_steps: Any,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> None: ...
def adam(
    params: Sequence[ndarray],
    grads: Sequence[ndarray],
    exp_avgs: Sequence[ndarray],
    exp_avg_sqs: Sequence[ndarray],
    max_exp_avg_sqs: Sequence[ndarray] | None,
    steps: Sequence[ndarray],
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    decoupled: bool,
    maximize: bool,
) -> None: ...
def rmsprop(
    params: Sequence[ndarray],
    grads: Sequence[ndarray],
    square_avgs: Sequence[ndarray],
    grad_avgs: Sequence[ndarray] | None,
    momentum_buffers: Sequence[ndarray] | None,
    steps: Sequence[ndarray],
    lr: float,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    maximize: bool,
) -> None: ...
def adagrad(
    params: Sequence[ndarray],
    grads: Sequence[ndarray],
    sums: Sequence[ndarray],
    steps: Sequence[ndarray],
    lr: float,
    lr_decay: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None: ...

class Calls:
    """Records for the parameters of one step."""

    def __init__(self, length: int) -> None: ...
