"""RMSprop."""

from collections.abc import Iterable
from typing import Any

from tinygrad_c._kernels import optim as kernels
from tinygrad_c.creation import zeros, zeros_like
from tinygrad_c.dtypes import float32
from tinygrad_c.optim.optimizer import Optimizer, arrays_of, check_not_negative
from tinygrad_c.tensor import Tensor


class RMSprop(Optimizer):
    """RMSprop, for each parameter p with gradient g::

        g = g + weight_decay * p
        v = alpha * v + (1 - alpha) * g**2         the state "square_avg"
        d = g / (sqrt(v) + eps)
        p = p - lr * d

    ``centered`` takes the variance of the gradients for v: v - m**2 with m = alpha * m +
    (1 - alpha) * g, the state "grad_avg". With ``momentum`` p moves by lr * b, b = momentum * b +
    d being the state "momentum_buffer". ``maximize`` starts from -g. The state "step" counts. A
    step is one kernel call for all parameters of a group, so ``foreach``, PyTorch's choice of
    speed, changes nothing.

    Sources: Tieleman and Hinton, "Lecture 6.5: rmsprop", 2012; Graves, "Generating sequences with
    recurrent neural networks", 2013 (centered). As in PyTorch eps is added to the root.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check_options(self, group: dict[str, Any]) -> None:
        check_not_negative(self, group, "lr", "eps", "momentum", "weight_decay", "alpha")

    def update(self, group: dict[str, Any], params: list[Tensor]) -> None:
        states = self.states_of(group, params)
        kernels.rmsprop(
            [p.array for p in params],
            [p.gradient.array for p in params],
            [s["square_avg"].array for s in states],
            arrays_of("grad_avg", params, states) if group["centered"] else None,
            arrays_of("momentum_buffer", params, states) if group["momentum"] > 0 else None,
            [s["step"].array for s in states],
            group["lr"],
            group["alpha"],
            group["eps"],
            group["weight_decay"],
            group["momentum"],
            group["maximize"],
        )

    def begin(self, p: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": zeros((), dtype=float32), "square_avg": zeros_like(p)}
