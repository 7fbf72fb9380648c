"""Adam and AdamW."""

from collections.abc import Iterable
from typing import Any

from tinygrad_c._kernels import optim as kernels
from tinygrad_c.creation import zeros, zeros_like
from tinygrad_c.dtypes import float32
from tinygrad_c.optim.optimizer import Optimizer, arrays_of, check_not_negative
from tinygrad_c.tensor import Tensor


class Adam(Optimizer):
    """Adam, for each parameter p with gradient g at its step t = 1, 2, ...::

        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g            the state "exp_avg"
        v = beta2 * v + (1 - beta2) * g**2         the state "exp_avg_sq"
        p = p - lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)

    ``amsgrad`` divides by the largest v so far ("max_exp_avg_sq"), ``maximize`` starts from -g,
    ``decoupled_weight_decay`` shrinks p by lr * weight_decay * p in place of the first line.
    The state "step" is t. A step is one kernel call for all parameters of a group, so ``foreach``
    and ``fused``, PyTorch's choices of speed, change nothing.

    Sources: Kingma and Ba, "Adam", 2015; Reddi et al., "On the convergence of Adam and beyond",
    2018; Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def check_options(self, group: dict[str, Any]) -> None:
        check_not_negative(self, group, "lr", "eps", "weight_decay")
        if not isinstance(group["betas"], (tuple, list)) or len(group["betas"]) != 2:
            raise ValueError(
                f"{type(self).__name__}: betas must be two numbers, got {group['betas']}"
            )
        for number, beta in enumerate(group["betas"]):
            if not 0 <= beta < 1:
                raise ValueError(
                    f"{type(self).__name__}: betas[{number}] must be in [0, 1), got {beta}"
                )

    def update(self, group: dict[str, Any], params: list[Tensor]) -> None:
        states = self.states_of(group, params)
        beta1, beta2 = group["betas"]
        kernels.adam(
            [p.array for p in params],
            [p.gradient.array for p in params],
            [s["exp_avg"].array for s in states],
            [s["exp_avg_sq"].array for s in states],
            arrays_of("max_exp_avg_sq", params, states) if group["amsgrad"] else None,
            [s["step"].array for s in states],
            group["lr"],
            beta1,
            beta2,
            group["eps"],
            group["weight_decay"],
            group["decoupled_weight_decay"],
            group["maximize"],
        )

    def begin(self, p: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {
            "step": zeros((), dtype=float32),
            "exp_avg": zeros_like(p),
            "exp_avg_sq": zeros_like(p),
        }


class AdamW(Adam):
    """Adam with decoupled weight decay, which shrinks p by lr * weight_decay * p before the step.

    `weight_decay` is 0.01 unless given; all else is as in `Adam`. Source: Loshchilov and Hutter,
    "Decoupled weight decay regularization", 2019.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            maximize=maximize,
            decoupled_weight_decay=True,
            foreach=foreach,
            fused=fused,
        )
