"""Pooling: one number of every window of a plane, (N, C, H, W) or (C, H, W).

`window` stands for (kernel_size, stride, padding, dilation, ceil_mode), as PyTorch has them.
"""

from tinygrad_c._kernels import pool as kernels
from tinygrad_c.autograd.op import op


@op
def max_pool2d(a, /, window, return_indices=False):
    """The largest element of each window; the first of equal ones gets the gradient.

    The graph keeps where it was found, a byte per window of up to 255 elements. With
    `return_indices` also as int64 positions in the plane, row by row.
    """
    y, taps = kernels.max_pool2d(a, window)
    if return_indices:
        return y, kernels.max_pool2d_indices(a, taps, window), {"taps": taps}
    return y, {"taps": taps}


@max_pool2d.grad
def grad_a(grad, a_shape, taps, window):
    return max_pool2d_backward(grad, taps, a_shape, window)


@op
def max_pool2d_backward(g, /, taps, shape, window):
    """Zeros of `shape`, with `g` added where `max_pool2d` found its maxima: its adjoint."""
    return kernels.max_pool2d_backward(g, taps, shape, window)


@max_pool2d_backward.grad
def grad_g(grad, taps, window):
    return max_pool2d_gather(grad, taps, window)


@op
def max_pool2d_gather(a, /, taps, window):
    """The elements of `a` where `max_pool2d` found its maxima."""
    return kernels.max_pool2d_gather(a, taps, window)


@max_pool2d_gather.grad
def grad_a(grad, a_shape, taps, window):
    return max_pool2d_backward(grad, taps, a_shape, window)


@op
def avg_pool2d(a, /, window, count_include_pad=True, divisor_override=None):
    """The sum of each window, divided by `divisor_override` or by the number of its elements."""
    return kernels.avg_pool2d(a, window, count_include_pad, divisor_override)


@avg_pool2d.grad
def grad_a(grad, a_shape, window, count_include_pad, divisor_override):
    return avg_pool2d_backward(grad, a_shape, window, count_include_pad, divisor_override)


@op
def avg_pool2d_backward(g, /, shape, window, count_include_pad, divisor_override):
    """Each element of `g`, divided as in `avg_pool2d`, in all of its window: the adjoint."""
    return kernels.avg_pool2d_backward(g, shape, window, count_include_pad, divisor_override)


@avg_pool2d_backward.grad
def grad_g(grad, window, count_include_pad, divisor_override):
    return avg_pool2d(grad, window, count_include_pad, divisor_override)


@op
def adaptive_avg_pool2d(a, /, output_size):
    """The means of `output_size` windows that cover the plane."""
    return kernels.adaptive_avg_pool2d(a, output_size)


@adaptive_avg_pool2d.grad
def grad_a(grad, a_shape):
    return adaptive_avg_pool2d_backward(grad, a_shape)


@op
def adaptive_avg_pool2d_backward(g, /, shape):
    """Each element of `g`, divided by the size of its window, in all of it: the adjoint."""
    return kernels.adaptive_avg_pool2d_backward(g, shape)


@adaptive_avg_pool2d_backward.grad
def grad_g(grad, g_shape):
    return adaptive_avg_pool2d(grad, g_shape[-2:])
