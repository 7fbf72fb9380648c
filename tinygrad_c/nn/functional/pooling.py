"""Pooling: one number of every window.

Shapes: (N, C, H, W) or (C, H, W) for two dimensions, (N, C, L) or (C, L) for one. An axis of n
elements has ``(n + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1`` windows; with
`ceil_mode` it is rounded up, but no window begins in the padding behind the end.

Parameters, for all: `kernel_size`, `stride` (`kernel_size` where it is None), `padding` (on both
sides, at most half of `kernel_size`), `dilation` (the distance of a window's elements) are an int
or one for each dimension.
"""

import re
from typing import Any

from tinygrad_c.errors import ShapeError, renamed, whole
from tinygrad_c.nn.functional.checks import check_tensors
from tinygrad_c.ops import pool
from tinygrad_c.tensor import Tensor


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of every window; NaN if there is one.

    The gradient goes to the first of equal elements. With `return_indices` a pair, the second
    being their int64 positions in the plane, row by row.
    """
    window = (kernel_size, stride, padding, dilation, ceil_mode)
    return pool.max_pool2d(input, window, return_indices)


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of every window.

    Elements in the padding are 0, and count unless `count_include_pad` is False; what `ceil_mode`
    adds never counts. `divisor_override` is divided by instead.
    """
    window = (kernel_size, stride, padding, 1, ceil_mode)
    if divisor_override is not None:
        divisor_override = whole("avg_pool2d", "divisor_override", divisor_override)
    return pool.avg_pool2d(input, window, count_include_pad, divisor_override)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of `output_size` windows that cover the plane; None keeps a size.

    Window o of an axis goes from ``floor(o * n / out)`` to ``ceil((o + 1) * n / out)``.
    """
    check_tensors("adaptive_avg_pool2d", input=input)
    sizes = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * 2
    is_plane = len(sizes) == 2 and all(isinstance(n, int) and n == 1 for n in sizes)
    if is_plane and input.dim() in (3, 4) and input.numel() > 0 and input.is_floating_point():
        return input.mean((-2, -1), keepdim=True)  # the one window is the plane
    return pool.adaptive_avg_pool2d(input, output_size)


# ---- one dimension: a plane of one row ----


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """`max_pool2d` along the last dimension."""
    name = "max_pool1d"
    window = row_window(name, kernel_size, stride, padding, dilation, ceil_mode)
    found = in_rows(name, pool.max_pool2d, input, window, return_indices)
    return tuple([t.squeeze(-2) for t in found]) if return_indices else found.squeeze(-2)


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """`avg_pool2d` along the last dimension."""
    name = "avg_pool1d"
    window = row_window(name, kernel_size, stride, padding, 1, ceil_mode)
    return in_rows(name, pool.avg_pool2d, input, window, count_include_pad).squeeze(-2)


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """`adaptive_avg_pool2d` along the last dimension."""
    name = "adaptive_avg_pool1d"
    size = single(name, "output_size", output_size)
    return in_rows(name, pool.adaptive_avg_pool2d, input, (1, size)).squeeze(-2)


def in_rows(name, operation, input, *args):
    """`operation` of the input as planes of one row: (N, C, 1, L) or (C, 1, L)."""
    check_tensors(name, input=input)
    shape = tuple(input.shape)
    if len(shape) not in (2, 3):
        raise ShapeError(f"{name}: input must be (N, C, L) or (C, L), got {shape}")
    rows = input.unsqueeze(-2)
    try:
        return operation(rows, *args)
    except (ShapeError, TypeError) as error:
        text = re.sub(r"\([01], (-?\d+)\)", r"\1", str(error))  # of a window: one number
        text = text.replace(str(tuple(rows.shape)), str(shape))
        raise renamed(type(error)(text), name, operation.name) from None


def single(name, what, value):
    """The one int that `value` is or holds."""
    if isinstance(value, (tuple, list)):
        if len(value) != 1:
            raise ValueError(f"{name}: {what} must be an int, got {value!r}")
        return value[0]
    return value


def row_window(name, kernel_size, stride, padding, dilation, ceil_mode):
    """The window of a plane of one row."""
    kernel_size = single(name, "kernel_size", kernel_size)
    stride = kernel_size if stride is None or stride in ((), []) else single(name, "stride", stride)
    padding = single(name, "padding", padding)
    dilation = single(name, "dilation", dilation)
    return (1, kernel_size), (1, stride), (0, padding), (1, dilation), ceil_mode
