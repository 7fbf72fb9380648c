"""Stochastic gradient descent, with momentum."""

from collections.abc import Iterable
from typing import Any

from tinygrad_c._kernels import optim as kernels
from tinygrad_c.creation import empty_like
from tinygrad_c.optim.optimizer import Optimizer, check_not_negative
from tinygrad_c.tensor import Tensor


class SGD(Optimizer):
    """Stochastic gradient descent, for each parameter p with gradient g::

        g = g + weight_decay * p
        b = g                                      at the first step, then
        b = momentum * b + (1 - dampening) * g     the state "momentum_buffer"
        p = p - lr * b                             with nesterov: lr * (g + momentum * b)

    ``maximize`` starts from -g. Without momentum b is g, and there is no state. A step is one
    kernel call for all parameters of a group, so ``foreach`` and ``fused``, PyTorch's choices of
    speed, change nothing. Source:
    Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013,
    with the learning rate outside of the buffer, as PyTorch has it.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check_options(self, group: dict[str, Any]) -> None:
        check_not_negative(self, group, "lr", "momentum", "weight_decay")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError(
                "SGD: nesterov needs momentum > 0 and dampening 0, "
                f"got momentum {group['momentum']} and dampening {group['dampening']}"
            )

    def update(self, group: dict[str, Any], params: list[Tensor]) -> None:
        buffers, first_steps = self.momentum_buffers(params) if group["momentum"] else (None, None)
        kernels.sgd(
            [p.array for p in params],
            [p.gradient.array for p in params],
            buffers,
            first_steps,
            group["lr"],
            group["momentum"],
            group["dampening"],
            group["weight_decay"],
            group["nesterov"],
            group["maximize"],
        )

    def momentum_buffers(self, params: list[Tensor]) -> tuple[list, list[bool]]:
        """The arrays of the buffers, made where there is none yet, and whether they are new."""
        states = [self.state[p] for p in params]
        first_steps = [state.get("momentum_buffer") is None for state in states]
        if any(first_steps):
            for p, state, first in zip(params, states, first_steps, strict=True):
                if first:
                    state["momentum_buffer"] = empty_like(p)
        return [state["momentum_buffer"].array for state in states], first_steps
