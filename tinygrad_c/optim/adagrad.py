"""Adagrad."""

from collections.abc import Iterable
from typing import Any

from tinygrad_c._kernels import optim as kernels
from tinygrad_c.creation import full_like, zeros
from tinygrad_c.dtypes import float32
from tinygrad_c.optim.optimizer import Optimizer, check_not_negative
from tinygrad_c.tensor import Tensor


class Adagrad(Optimizer):
    """Adagrad, for each parameter p with gradient g at its step t = 1, 2, ...::

        g = g + weight_decay * p
        s = s + g**2                               the state "sum"
        p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)

    s begins with `initial_accumulator_value`; as in PyTorch the state is there from the beginning.
    ``maximize`` starts from -g. The state "step" is t. A step is one kernel call for all
    parameters of a group, so ``foreach`` and ``fused``, PyTorch's choices of speed, change nothing.

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and
    stochastic optimization", 2011.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check_options(self, group: dict[str, Any]) -> None:
        check_not_negative(
            self, group, "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"
        )

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        self.states_of(group, group["params"])  # begins them

    def begin(self, p: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        total = full_like(p, group["initial_accumulator_value"])
        return {"step": zeros((), dtype=float32), "sum": total}

    def update(self, group: dict[str, Any], params: list[Tensor]) -> None:
        states = self.states_of(group, params)
        kernels.adagrad(
            [p.array for p in params],
            [p.gradient.array for p in params],
            [s["sum"].array for s in states],
            [s["step"].array for s in states],
            group["lr"],
            group["lr_decay"],
            group["eps"],
            group["weight_decay"],
            group["maximize"],
        )
