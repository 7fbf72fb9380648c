"""Pooling layers: nn.functional.pooling's functions, with their options kept."""

from collections.abc import Callable
from typing import Any

from tinygrad_c.nn import functional as F
from tinygrad_c.nn.functional.pooling import single
from tinygrad_c.nn.module import Module
from tinygrad_c.tensor import Tensor


class MaxPool(Module):
    """What `MaxPool1d` and `MaxPool2d` have in common."""

    function: Callable[..., Any]

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, x: Tensor) -> Any:
        return self.function(
            x,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(MaxPool):
    """y[n, c, o] = max of x[n, c, o * stride - padding + k * dilation] over k < kernel_size"""

    function = staticmethod(F.max_pool1d)


class MaxPool2d(MaxPool):
    """y[n, c, i, j] = the largest element of the window (i, j) of x[n, c]

    x: (N, C, H, W) or (C, H, W). Sizes are an int or (rows, columns); see `nn.functional.pooling`.
    With `return_indices`, (y, positions in the plane).
    """

    function = staticmethod(F.max_pool2d)


class AvgPool1d(Module):
    """y[n, c, o] = mean of x[n, c, o * stride - padding + k] over k < kernel_size"""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = one(name, "kernel_size", kernel_size)
        self.stride = one(name, "stride", kernel_size if stride is None else stride)
        self.padding = one(name, "padding", padding)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool1d(
            x, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(Module):
    """y[n, c, i, j] = the mean of the window (i, j) of x[n, c]

    x: (N, C, H, W) or (C, H, W). Sizes are an int or (rows, columns); see `nn.functional.pooling`.
    """

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(
            x,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AdaptiveAvgPool1d(Module):
    """The means of `output_size` windows that cover the last dimension."""

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(x, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool2d(Module):
    """The means of `output_size` windows that cover the planes (H, W) of x.

    `output_size` is an int or (rows, columns); None keeps the size that x has.
    """

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(x, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


def one(name, what, value):
    """The size along one dimension as a tuple, as PyTorch keeps it in `AvgPool1d`."""
    return (single(name, what, value),)
