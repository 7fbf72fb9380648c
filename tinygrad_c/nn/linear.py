"""Linear and Identity."""

from typing import Any

from tinygrad_c.nn import init
from tinygrad_c.nn.module import Module
from tinygrad_c.nn.parameter import Parameter, unset
from tinygrad_c.ops.matmul import linear
from tinygrad_c.tensor import Tensor


class Identity(Module):
    """y = x. Takes and ignores any arguments, so that it can stand in for another layer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        return x


class Linear(Module):
    """y = x @ weight.T + bias

    x: (*, in_features), y: (*, out_features), weight: (out_features, in_features), bias:
    (out_features,) or None. At first weight and bias are drawn from U(-b, b), ``b = 1 /
    sqrt(in_features)``, weight first.
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(unset(self, (out_features, in_features), device, dtype))
        vector = Parameter(unset(self, out_features, device, dtype)) if bias else None
        self.register_parameter("bias", vector)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.draw_by_fan_in(self.weight, self.bias)

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )
