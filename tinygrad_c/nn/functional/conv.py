"""Convolutions, and the windows of an image as columns.

Shapes: N images of C channels, (N, C, L) in one dimension, (N, C, H, W) in two and (N, C, D, H, W)
in three; without the N an image by itself. O output channels, kernels of K, (K, L) or (K, L, M)
elements.
"""

import operator
from collections.abc import Iterable, Sequence
from numbers import Integral

from tinygrad_c._kernels.conv import LARGEST
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn.functional.checks import check_tensors
from tinygrad_c.ops import conv as ops
from tinygrad_c.ops.shape import reshape
from tinygrad_c.tensor import Tensor

Numbers = int | Sequence[int]


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Numbers = 1,
    padding: Numbers | str = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> Tensor:
    """A window of weights moved along a line: `conv2d` in one dimension.

    input (N, C, L) or (C, L), weight (O, C / groups, K), bias (O), output (N, O, L') with
    ``L' = (L + 2 padding - dilation (K - 1) - 1) // stride + 1``.
    """
    return convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Numbers = 1,
    padding: Numbers | str = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> Tensor:
    """A window of weights moved over an image, its sums of products for every place::

        y[n, o, i, j] = bias[o] + sum over c, k, l of
            input[n, c, i stride + k dilation - padding, ...] weight[o, c, k, l]

    Parameters
    ----------
    input : float (N, C, H, W) or (C, H, W)
    weight : (O, C / groups, K, L)
    bias : (O), optional
    stride, dilation : int or pair
        How far the window moves, and how far apart its elements are, down and to the right.
    padding : int, pair, "valid" or "same"
        Rows and columns of zeros around the input: on both sides as many; none; or as many as
        give the output the input's size, of which an odd one goes below and to the right.
    groups : int
        Input and output channels fall into as many groups, which do not see each other.

    Returns
    -------
    (N, O, H', W') or (O, H', W'), ``H' = (H + 2 padding - dilation (K - 1) - 1) // stride + 1``.
    """
    return convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Numbers = 1,
    padding: Numbers | str = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> Tensor:
    """A window of weights moved through a volume: `conv2d` in three dimensions.

    input (N, C, D, H, W) or (C, D, H, W), weight (O, C / groups, K, L, M), bias (O), output
    (N, O, D', H', W') or (O, D', H', W'), each size as in `conv2d`.
    """
    return convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Numbers = 1,
    padding: Numbers = 0,
    output_padding: Numbers = 0,
    groups: int = 1,
    dilation: Numbers = 1,
) -> Tensor:
    """`conv_transpose2d` in one dimension: input (N, C, L) or (C, L), weight (C, O / groups, K)."""
    moves = (stride, padding, output_padding, dilation)
    return convolve_transposed("conv_transpose1d", 1, input, weight, bias, moves, groups)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Numbers = 1,
    padding: Numbers = 0,
    output_padding: Numbers = 0,
    groups: int = 1,
    dilation: Numbers = 1,
) -> Tensor:
    """The gradient of `conv2d` with respect to its input, as a layer that makes images larger.

    Every element of the input adds its multiple of the window of weights to the output.

    input (N, C, H, W) or (C, H, W), weight (C, O / groups, K, L), bias (O), output (N, O, H', W')
    or (O, H', W') with ``H' = (H - 1) stride - 2 padding + dilation (K - 1) + output_padding + 1``.
    `output_padding`, less than stride or dilation, chooses among the sizes that `conv2d` would
    have shrunk to the input's.
    """
    moves = (stride, padding, output_padding, dilation)
    return convolve_transposed("conv_transpose2d", 2, input, weight, bias, moves, groups)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Numbers = 1,
    padding: Numbers = 0,
    output_padding: Numbers = 0,
    groups: int = 1,
    dilation: Numbers = 1,
) -> Tensor:
    """`conv_transpose2d` in three dimensions: input (N, C, D, H, W) or (C, D, H, W), weight
    (C, O / groups, K, L, M)."""
    moves = (stride, padding, output_padding, dilation)
    return convolve_transposed("conv_transpose3d", 3, input, weight, bias, moves, groups)


def unfold(
    input: Tensor,
    kernel_size: Numbers,
    dilation: Numbers = 1,
    padding: Numbers = 0,
    stride: Numbers = 1,
) -> Tensor:
    """The windows of an image as columns: (N, C, H, W) to (N, C K L, number of windows).

    A convolution is the product of the weight as a matrix (O, C K L) and these columns.
    """
    check_tensors("unfold", input=input)
    kernel, stride, padding, dilation = window("unfold", 2, kernel_size, stride, padding, dilation)
    batched = with_batch("unfold", "input", input, 2)
    size = count_windows("unfold", batched.shape[2:], kernel, stride, (padding, padding), dilation)
    columns = ops.im2col(batched, kernel, size, stride, padding, dilation)
    n, channels = batched.shape[:2]
    flat = reshape(columns, (n, channels * kernel[0] * kernel[1], size[0] * size[1]))
    return flat if batched is input else reshape(flat, tuple(flat.shape[1:]))


def fold(
    input: Tensor,
    output_size: Numbers,
    kernel_size: Numbers,
    dilation: Numbers = 1,
    padding: Numbers = 0,
    stride: Numbers = 1,
) -> Tensor:
    """The image that columns sum to, the adjoint of `unfold`: (N, C K L, windows) to (N, C, H, W).

    Where windows overlap their elements are added.
    """
    check_tensors("fold", input=input)
    kernel, stride, padding, dilation = window("fold", 2, kernel_size, stride, padding, dilation)
    image = numbers("fold", "output_size", output_size, 2, 1)
    size = count_windows("fold", image, kernel, stride, (padding, padding), dilation)
    shape = tuple(input.shape)
    area = kernel[0] * kernel[1]
    if len(shape) not in (2, 3) or shape[-2] % area or shape[-1] != size[0] * size[1]:
        raise ShapeError(
            f"fold: input of shape {shape} must be (N, C * {area}, {size[0] * size[1]}) or "
            f"(C * {area}, {size[0] * size[1]}) for windows of {kernel} in an image of {image}"
        )
    n = shape[0] if len(shape) == 3 else 1
    columns = reshape(input, (n, shape[-2] // area, *kernel, *size))
    y = ops.col2im(columns, image, stride, padding, dilation)
    return y if len(shape) == 3 else reshape(y, tuple(y.shape[1:]))


# ---- in any dimension ----


def convolve(name, ndim, input, weight, bias, stride, padding, dilation, groups):
    """`conv1d` to `conv3d`: checks, the size of the output, and the operation."""
    check_tensors(name, input=input, weight=weight)
    outputs, channels, *kernel = check_weight(name, ndim, weight, groups)
    kernel, stride, _, dilation = window(name, ndim, kernel, stride, 0, dilation)
    if isinstance(padding, str):
        before, after = named_padding(name, padding, kernel, stride, dilation)
    else:
        before = after = numbers(name, "padding", padding, ndim, 0)
    x = with_batch(name, "input", input, ndim)
    _, given, *image = x.shape
    check_operands(name, input, weight, bias, given, channels * groups, outputs)
    size = count_windows(name, image, kernel, stride, (before, after), dilation)
    y = ops.conv(x, weight, bias, size, stride, before, dilation, groups)
    return y if x is input else reshape(y, tuple(y.shape[1:]))


def convolve_transposed(name, ndim, input, weight, bias, moves, groups):
    """`conv_transpose1d` to `conv_transpose3d`; `moves` are stride to dilation."""
    check_tensors(name, input=input, weight=weight)
    stride, padding, output_padding, dilation = moves
    channels, outputs, *kernel = check_weight(name, ndim, weight, groups)
    kernel, stride, padding, dilation = window(name, ndim, kernel, stride, padding, dilation)
    extra = numbers(name, "output_padding", output_padding, ndim, 0)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ValueError(
            f"{name}: output_padding must be less than stride or dilation, got {extra}, {stride} "
            f"and {dilation}"
        )
    x = with_batch(name, "input", input, ndim)
    _, given, *image = x.shape
    check_operands(name, input, weight, bias, given, channels, outputs * groups)
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, k, s, p, d, e in zip(image, kernel, stride, padding, dilation, extra, strict=True)
    )
    if min(size) < 0:
        raise ShapeError(
            f"{name}: input of shape {tuple(input.shape)} must be large enough for its padding of "
            f"{padding}, got an output of size {size}"
        )
    y = ops.conv_transpose(x, weight, bias, size, stride, padding, dilation, groups)
    return y if x is input else reshape(y, tuple(y.shape[1:]))


# ---- checks ----


def numbers(name, what, value, ndim, least):
    """`value`, an int or as many as there are spatial dimensions, as a tuple."""
    if type(value) is int and least <= value <= LARGEST:  # nearly always: the rest takes longer
        return (value,) * ndim
    # Iterable says so of tuples and lists, too, but slowly.
    given = value if isinstance(value, (tuple, list, Iterable)) else (value,)
    try:
        result = tuple(map(operator.index, given))
    except TypeError:
        result = ()
    result = result * ndim if len(result) == 1 else result
    if len(result) != ndim:
        raise ValueError(f"{name}: {what} must be an int or {ndim} ints, got {value!r}")
    if min(result) < least:
        raise ValueError(f"{name}: {what} must be at least {least}, got {value!r}")
    if max(result) > LARGEST:
        raise ValueError(f"{name}: {what} must be at most {LARGEST}, got {value!r}")
    return result


def window(name, ndim, kernel, stride, padding, dilation):
    """Kernel, stride, padding and dilation as tuples."""
    return (
        numbers(name, "kernel_size", kernel, ndim, 1),
        numbers(name, "stride", stride, ndim, 1),
        numbers(name, "padding", padding, ndim, 0),
        numbers(name, "dilation", dilation, ndim, 1),
    )


def named_padding(name, padding, kernel, stride, dilation):
    """What "valid" or "same" stand for: the padding before and after, per axis."""
    if padding not in ("valid", "same"):
        raise ValueError(
            f"{name}: padding must be 'valid', 'same' or whole numbers, got {padding!r}"
        )
    if padding == "valid":
        return (0,) * len(kernel), (0,) * len(kernel)
    if any(s != 1 for s in stride):
        raise ValueError(f"{name}: padding='same' needs a stride of 1, got {stride}")
    total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple(t // 2 for t in total), tuple(t - t // 2 for t in total)


def with_batch(name, what, input, ndim):
    """`input`, as a batch of one where it is a single image."""
    if input.dim() == ndim + 2:
        return input
    if input.dim() == ndim + 1:
        return reshape(input, (1, *input.shape))
    places = ("L", "H, W", "D, H, W")[ndim - 1]
    raise ShapeError(
        f"{name}: {what} must be (N, C, {places}) or (C, {places}), got shape {tuple(input.shape)}"
    )


def check_weight(name, ndim, weight, groups):
    """The shape of the weight: it has a kernel in so many dimensions, and groups divide it."""
    shape = tuple(weight.shape)
    if len(shape) != ndim + 2:
        raise ShapeError(f"{name}: weight must have {ndim + 2} dimensions, got shape {shape}")
    if not isinstance(groups, Integral) or groups < 1 or shape[0] % groups:
        raise ValueError(
            f"{name}: groups must be a positive int that divides the first dimension of weight of "
            f"shape {shape}, got {groups!r}"
        )
    return shape


def check_operands(name, input, weight, bias, channels, wanted, bias_length):
    """The input has the channels that the weight takes, the bias one number for each it makes."""
    if channels != wanted:
        raise ShapeError(
            f"{name}: input of shape {tuple(input.shape)} must have {wanted} channels for weight "
            f"of shape {tuple(weight.shape)}, got {channels}"
        )
    if bias is not None:
        check_tensors(name, bias=bias)
    if bias is not None and tuple(bias.shape) != (bias_length,):
        raise ShapeError(
            f"{name}: bias must have shape ({bias_length},) for weight of shape "
            f"{tuple(weight.shape)}, got {tuple(bias.shape)}"
        )
    for what, other in (("weight", weight), ("bias", bias)):
        if other is not None and other.dtype != input.dtype:
            raise TypeError(
                f"{name}: input and {what} must have the same dtype, got {input.dtype} and "
                f"{other.dtype}"
            )


def count_windows(name, image, kernel, stride, padding, dilation):
    """In how many places the window fits, along each axis."""
    size = []
    for n, k, s, b, a, d in zip(image, kernel, stride, *padding, dilation, strict=True):
        room = n + b + a - d * (k - 1) - 1
        if room < 0:
            padded = tuple(map(sum, zip(image, *padding, strict=True)))
            spread = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
            raise ShapeError(
                f"{name}: the window of {spread} must fit the padded input of {padded}"
            )
        size.append(room // s + 1)
    return tuple(size)
