"""Convolution, its two gradients, and the windows of an image as columns.

One sum over triples of elements stands behind all three products (csrc/conv/conv.h): each is
linear in either operand, and its derivative is one of the other two. Images are (N, C, L),
(N, C, H, W) or (N, C, D, H, W); sizes, strides, paddings and dilations are tuples of as many
numbers as there are spatial dimensions.
"""

from tinygrad_c._kernels import conv as kernels
from tinygrad_c._kernels import volume
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.reduce import sum


def per_channel(grad):
    """The gradient of a bias: the sum over all but the channels."""
    return sum(grad, (0, *range(2, grad.ndim)))


@op
def conv(x, weight, bias=None, /, size=(), stride=(), padding=(), dilation=(), groups=1):
    """The sums over windows of x, weighted: y (N, O, *size) of x (N, C, ...).

    ``y[n, o, i] = bias[o] + sum over c, k of x[n, c, i*stride + k*dilation - padding] *
    weight[o, c, k]``, along each spatial axis; outside x a zero is read.
    """
    products = volume if x.ndim == 5 else kernels
    return products.conv(x, weight, size, stride, padding, dilation, groups, bias)


@conv.grad
def grad_x(grad, weight, x_shape, stride, padding, dilation, groups):
    return conv_transpose(grad, weight, None, x_shape[2:], stride, padding, dilation, groups)


@conv.grad
def grad_weight(grad, x, weight_shape, stride, padding, dilation, groups):
    return conv_weight(grad, x, weight_shape[2:], stride, padding, dilation, groups)


@conv.grad
def grad_bias(grad):
    return per_channel(grad)


@op
def conv_transpose(y, weight, bias=None, /, size=(), stride=(), padding=(), dilation=(), groups=1):
    """The gradient of `conv` with respect to its x (N, C, *size), plus a bias (C)."""
    products = volume if y.ndim == 5 else kernels
    return products.conv_transpose(y, weight, size, stride, padding, dilation, groups, bias)


@conv_transpose.grad
def grad_y(grad, weight, y_shape, stride, padding, dilation, groups):
    return conv(grad, weight, None, y_shape[2:], stride, padding, dilation, groups)


@conv_transpose.grad
def grad_weight(grad, y, weight_shape, stride, padding, dilation, groups):
    return conv_weight(y, grad, weight_shape[2:], stride, padding, dilation, groups)


@conv_transpose.grad
def grad_bias(grad):
    return per_channel(grad)


@op
def conv_weight(y, x, /, kernel, stride, padding, dilation, groups):
    """The gradient of `conv` with respect to its weight (O, C / groups, *kernel)."""
    products = volume if y.ndim == 5 else kernels
    return products.conv_weight(y, x, kernel, stride, padding, dilation, groups)


@conv_weight.grad
def grad_y(grad, x, y_shape, stride, padding, dilation, groups):
    return conv(x, grad, None, y_shape[2:], stride, padding, dilation, groups)


@conv_weight.grad
def grad_x(grad, y, x_shape, stride, padding, dilation, groups):
    return conv_transpose(y, grad, None, x_shape[2:], stride, padding, dilation, groups)


@op
def im2col(x, /, kernel, size, stride, padding, dilation):
    """The windows of x (N, C, ...) side by side: (N, C, *kernel, *size)."""
    return kernels.im2col(x, kernel, size, stride, padding, dilation)


@im2col.grad
def grad_x(grad, x_shape, stride, padding, dilation):
    return col2im(grad, x_shape[2:], stride, padding, dilation)


@op
def col2im(columns, /, size, stride, padding, dilation):
    """The image (N, C, *size) that columns (N, C, *kernel, ...) sum to: the adjoint of `im2col`."""
    return kernels.col2im(columns, size, stride, padding, dilation)


@col2im.grad
def grad_columns(grad, columns_shape, stride, padding, dilation):
    half = len(columns_shape) // 2 + 1
    return im2col(grad, columns_shape[2:half], columns_shape[half:], stride, padding, dilation)
