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
