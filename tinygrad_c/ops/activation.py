"""Activations, beside `relu`, `sigmoid` and `tanh`, which are among the elementwise functions."""

import math

from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.elementwise import exp, mul, neg, relu_backward, sigmoid, square, tanh
from tinygrad_c.ops.special import erf


@op
def rectify(a, /):
    """`relu`, which keeps `a` for its gradient, not its result: that may be overwritten."""
    return kernels.relu(a)


@rectify.grad
def grad_a(grad, a):
    return relu_backward(grad, a)


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


@op(real=True)
def log_sigmoid(a, /, out=None):
    """``log(sigmoid(a))``, without its overflow."""
    return kernels.log_sigmoid(a, out)


@log_sigmoid.grad
def grad_a(grad, a):
    return mul(grad, sigmoid(neg(a)))


def is_approximate(approximate):
    """True for the form of `gelu` with tanh, False for the exact one."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return approximate == "tanh"


@op
def gelu(a, /, approximate="none", out=None):
    """``a * P(a)`` for the normal distribution ``P(a) = (1 + erf(a / sqrt(2))) / 2``, or, for
    "tanh", for ``P(a) = (1 + tanh(sqrt(2 / pi) * (a + 0.044715 * a**3))) / 2``."""
    return kernels.gelu(a, is_approximate(approximate), out)


@gelu.grad
def grad_a(grad, a, approximate):
    return gelu_backward(grad, a, approximate)


@op
def gelu_backward(g, a, /, approximate="none"):
    """The gradient of `gelu` from its operand: ``g * (P(a) + a * P'(a))``."""
    return kernels.gelu_backward(g, a, is_approximate(approximate))


@gelu_backward.composite
def definition(g, a, approximate="none"):
    if approximate == "none":
        distribution = (erf(a * math.sqrt(0.5)) + 1) * 0.5
        density = exp(square(a) * -0.5) * (1 / math.sqrt(2 * math.pi))
    else:
        scale = math.sqrt(2 / math.pi)
        t = tanh((a + a * square(a) * 0.044715) * scale)
        distribution = (t + 1) * 0.5
        density = (1 - square(t)) * (square(a) * (3 * 0.044715) + 1) * (scale / 2)
    return g * (distribution + a * density)
