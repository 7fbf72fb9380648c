"""Convolutional layers."""

from collections.abc import Callable
from typing import Any

from tinygrad_c.creation import tensor
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F
from tinygrad_c.nn import init
from tinygrad_c.nn.functional.conv import Numbers, named_padding, numbers
from tinygrad_c.nn.module import Module
from tinygrad_c.nn.parameter import Parameter, unset
from tinygrad_c.tensor import Tensor

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Module):
    """What the layers share: their numbers, parameters and first values.

    At first weight and bias are drawn from U(-b, b), ``b = 1 / sqrt(fan_in)`` with the number
    fan_in of inputs to one output, weight first.
    """

    ndim: int
    function: Callable[..., Tensor]
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Numbers,
        stride: Numbers = 1,
        padding: Numbers | str = 0,
        dilation: Numbers = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        name, ndim = type(self).__name__, self.ndim
        check_channels(name, in_channels, out_channels, groups)
        if padding_mode not in PADDING_MODES:
            known = ", ".join(PADDING_MODES)
            raise ValueError(f"{name}: padding_mode must be one of {known}, got {padding_mode!r}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = numbers(name, "kernel_size", kernel_size, ndim, 1)
        self.stride = numbers(name, "stride", stride, ndim, 1)
        self.dilation = numbers(name, "dilation", dilation, ndim, 1)
        self.padding: tuple[int, ...] | str
        if isinstance(padding, str):
            named_padding(name, padding, self.kernel_size, self.stride, self.dilation)
            self.padding = padding
        else:
            self.padding = numbers(name, "padding", padding, ndim, 0)
        self.groups = groups
        self.padding_mode = padding_mode
        self.weight = Parameter(unset(self, self.weight_shape(), device, dtype))
        vector = Parameter(unset(self, out_channels, device, dtype)) if bias else None
        self.register_parameter("bias", vector)
        self.reset_parameters()

    def weight_shape(self) -> tuple[int, ...]:
        """The shape of the parameter `weight`."""
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.draw_by_fan_in(self.weight, self.bias)

    def extra_repr(self) -> str:
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        if self.padding != (0,) * self.ndim:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.ndim:
            text += f", dilation={self.dilation}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text

    def padded(self, x: Tensor) -> tuple[Tensor, tuple[int, ...] | str]:
        """`x` continued beyond its edges as `padding_mode` says, and the zeros left to add."""
        if self.padding_mode == "zeros":
            return x, self.padding
        if isinstance(self.padding, str):
            name = type(self).__name__
            before, after = named_padding(
                name, self.padding, self.kernel_size, self.stride, self.dilation
            )
        else:
            before = after = self.padding
        for d in range(self.ndim):
            x = continued(x, d - self.ndim, before[d], after[d], self.padding_mode)
        return x, (0,) * self.ndim

    def forward(self, x: Tensor) -> Tensor:
        x, padding = self.padded(x)
        return self.function(
            x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )


def continued(x: Tensor, dim: int, before: int, after: int, mode: str) -> Tensor:
    """`x` with so many elements more at both ends of `dim`, taken from its own.

    "reflect" mirrors at the elements at the edge, which are not repeated, "replicate" repeats
    them, and "circular" goes on at the other end.
    """
    n = x.shape[dim]
    most = {"reflect": n - 1, "replicate": before + after if n else 0, "circular": n}[mode]
    if max(before, after) > most:
        raise ShapeError(
            f"padding_mode={mode!r}: padding must be at most {most} along dimension {dim} of x of "
            f"shape {tuple(x.shape)}, got {before} and {after}"
        )
    if before == after == 0:
        return x
    places = range(-before, n + after)
    if mode == "reflect":
        index = [n - 1 - abs(n - 1 - abs(i)) for i in places]
    elif mode == "replicate":
        index = [min(max(i, 0), n - 1) for i in places]
    else:
        index = [i % n for i in places]
    return x.index_select(dim, tensor(index))


def check_channels(name: str, in_channels: int, out_channels: int, groups: int) -> None:
    """The channels fall into groups."""
    if groups < 1 or in_channels % groups or out_channels % groups:
        raise ValueError(
            f"{name}: groups must be positive and divide in_channels and out_channels, got "
            f"{groups}, {in_channels} and {out_channels}"
        )


class Conv1d(Convolution):
    """`nn.functional.conv1d` with its weight (O, C / groups, K) and bias (O) as parameters.

    x: (N, C, L) or (C, L); y: (N, O, L') or (O, L').
    """

    ndim = 1
    function = staticmethod(F.conv1d)


class Conv2d(Convolution):
    """`nn.functional.conv2d` with its weight (O, C / groups, K, L) and bias (O) as parameters.

    x: (N, C, H, W) or (C, H, W); y: (N, O, H', W') or (O, H', W').
    """

    ndim = 2
    function = staticmethod(F.conv2d)


class Conv3d(Convolution):
    """`nn.functional.conv3d` with its weight (O, C / groups, K, L, M) and bias (O) as parameters.

    x: (N, C, D, H, W) or (C, D, H, W); y: (N, O, D', H', W') or (O, D', H', W').
    """

    ndim = 3
    function = staticmethod(F.conv3d)
