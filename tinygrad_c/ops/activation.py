"""Activations, beside `relu`, `sigmoid` and `tanh`, which are among the elementwise functions."""

from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.elementwise import mul, neg, sigmoid


@op
def leaky_relu(a, /, negative_slope=0.01, out=None):
    """`a` where it is positive, else ``negative_slope * a``; the slope must not be negative, for
    the gradient is found from the sign of the output."""
    return kernels.leaky_relu(a, negative_slope, out)


@leaky_relu.grad
def grad_a(grad, y, negative_slope):
    return leaky_relu_backward(grad, y, negative_slope)


@op
def leaky_relu_backward(g, y, /, negative_slope=0.01):
    """The gradient of `leaky_relu` from its output: `g` where ``y > 0``, else times the slope."""
    return kernels.leaky_relu_backward(g, y, negative_slope)


@leaky_relu_backward.grad
def grad_g(grad, y, negative_slope):
    return leaky_relu_backward(grad, y, negative_slope)


@op
def log_sigmoid(a, /, out=None):
    """``log(sigmoid(a))``, without its overflow."""
    return kernels.log_sigmoid(a, out)


@log_sigmoid.grad
def grad_a(grad, a):
    return mul(grad, sigmoid(neg(a)))
