"""Transposed convolutions: layers that make images larger."""

from collections.abc import Sequence
from typing import Any

from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F
from tinygrad_c.nn.conv import Convolution
from tinygrad_c.nn.functional.conv import Numbers, numbers
from tinygrad_c.tensor import Tensor


class TransposedConvolution(Convolution):
    """What the layers share. First values are drawn as those of a `Convolution`, where fan_in
    counts the weight's second dimension and its window, as in PyTorch."""

    padding: tuple[int, ...]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Numbers,
        stride: Numbers = 1,
        padding: Numbers = 0,
        output_padding: Numbers = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Numbers = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        name = type(self).__name__
        if padding_mode != "zeros":
            raise ValueError(f"{name}: padding_mode must be zeros, got {padding_mode!r}")
        # Before the rest: a padding by name is refused here.
        padding = numbers(name, "padding", padding, self.ndim, 0)
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias,
            device=device, dtype=dtype,
        )  # fmt: skip
        self.output_padding = numbers(name, "output_padding", output_padding, self.ndim, 0)

    def weight_shape(self) -> tuple[int, ...]:
        """The shape of the parameter `weight`: that of the convolution that goes the other way."""
        return (self.in_channels, self.out_channels // self.groups, *self.kernel_size)

    def extra_repr(self) -> str:
        text = super().extra_repr()
        if self.output_padding == (0,) * self.ndim:
            return text
        # Where PyTorch prints it: before groups and bias.
        at = min((i for i in map(text.find, (", groups=", ", bias=")) if i >= 0), default=len(text))
        return f"{text[:at]}, output_padding={self.output_padding}{text[at:]}"

    def padding_for(self, x: Tensor, output_size: Sequence[int] | None) -> tuple[int, ...]:
        """The output padding that gives `output_size`: the spatial sizes, or all sizes."""
        if output_size is None:
            return self.output_padding
        wanted = tuple(output_size)
        if len(wanted) not in (self.ndim, x.dim()):
            raise ShapeError(
                f"{type(self).__name__}: output_size must have {self.ndim} or {x.dim()} numbers, "
                f"got {wanted}"
            )
        least = tuple(
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                x.shape[-self.ndim :], self.stride, self.padding, self.dilation, self.kernel_size,
                strict=True,
            )
        )  # fmt: skip
        extra = tuple(w - n for w, n in zip(wanted[-self.ndim :], least, strict=True))
        if any(not 0 <= e < s for e, s in zip(extra, self.stride, strict=True)):
            most = tuple(n + s - 1 for n, s in zip(least, self.stride, strict=True))
            raise ShapeError(
                f"{type(self).__name__}: output_size must be from {least} to {most} for input of "
                f"shape {tuple(x.shape)}, got {wanted}"
            )
        return extra

    def forward(self, x: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """The larger images, of `output_size` where it is one of those that the stride allows."""
        return self.function(
            x, self.weight, self.bias, self.stride, self.padding, self.padding_for(x, output_size),
            self.groups, self.dilation,
        )  # fmt: skip


class ConvTranspose1d(TransposedConvolution):
    """`nn.functional.conv_transpose1d` with its weight (C, O / groups, K) and bias (O).

    x: (N, C, L) or (C, L); y: (N, O, L') or (O, L').
    """

    ndim = 1
    function = staticmethod(F.conv_transpose1d)


class ConvTranspose2d(TransposedConvolution):
    """`nn.functional.conv_transpose2d` with its weight (C, O / groups, K, L) and bias (O).

    x: (N, C, H, W) or (C, H, W); y: (N, O, H', W') or (O, H', W').
    """

    ndim = 2
    function = staticmethod(F.conv_transpose2d)


class ConvTranspose3d(TransposedConvolution):
    """`nn.functional.conv_transpose3d` with its weight (C, O / groups, K, L, M) and bias (O).

    x: (N, C, D, H, W) or (C, D, H, W); y: (N, O, D', H', W') or (O, D', H', W').
    """

    ndim = 3
    function = staticmethod(F.conv_transpose3d)
