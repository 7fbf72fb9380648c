"""Element by element, with broadcasting: arithmetic, functions, extremes.

Rules whose derivative has a pole multiply by `guarded`: where the incoming gradient is exactly 0
so is the outgoing one, so that a mask never turns an infinite derivative into NaN.
"""

from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.comparison import eq, ge, gt, le, logical_and, logical_or, lt, where

# ---- arithmetic ----


@op
def add(a, b, /, out=None):
    """``a + b``"""
    return kernels.add(a, b, out)


@add.grad
def grad_a(grad):
    return grad


@add.grad
def grad_b(grad):
    return grad


@op
def sub(a, b, /, out=None):
    """``a - b``"""
    return kernels.sub(a, b, out)


@sub.grad
def grad_a(grad):
    return grad


@sub.grad
def grad_b(grad):
    return -grad


@op
def mul(a, b, /, out=None):
    """``a * b``"""
    return kernels.mul(a, b, out)


@mul.grad
def grad_a(grad, b):
    return grad * b


@mul.grad
def grad_b(grad, a):
    return grad * a


@op(real=True)
def div(a, b, /, out=None):
    """``a / b``, the true quotient: of whole numbers too."""
    return kernels.div(a, b, out)


@div.grad
def grad_a(grad, b):
    return guarded(grad, reciprocal(b))


@div.grad
def grad_b(grad, a, b):  # not from the output: that may be overwritten, as in PyTorch
    return guarded(grad, -(a / b / b))


@op
def pow(a, b, /, out=None):
    """``a ** b``; ``0 ** 0`` is 1, and its derivative by `a` is taken as 0."""
    return kernels.pow(a, b, out)


@pow.grad
def grad_a(grad, a, b):
    return guarded(grad, where(eq(b, 0), 0, b * a ** (b - 1)))


@pow.grad
def grad_b(grad, a, b, y):
    flat = logical_and(eq(a, 0), ge(b, 0))
    return guarded(grad, where(flat, 0, y * log(where(flat, 1, a))))


@op
def floor_divide(a, b, /, out=None):
    """The largest whole number that is not above ``a / b``."""
    return kernels.floor_divide(a, b, out)


@op
def remainder(a, b, /, out=None):
    """``a - b * floor_divide(a, b)``: it has the sign of `b`."""
    return kernels.remainder(a, b, out)


@remainder.grad
def grad_a(grad):
    return grad


@remainder.grad
def grad_b(grad, a, b):
    return -(grad * floor_divide(a, b))


@op
def guarded(g, d, /):
    """``g * d``, and exactly 0 where `g` is 0, whatever `d`."""
    return kernels.guarded(g, d)


@guarded.grad
def grad_g(grad, d):
    return guarded(grad, d)


@guarded.grad
def grad_d(grad, g):
    return grad * g


# ---- functions ----


@op
def neg(a, /, out=None):
    """``-a``"""
    return kernels.neg(a, out)


@neg.grad
def grad_a(grad):
    return -grad


@op
def abs(a, /, out=None):
    """``|a|``; its derivative at 0 is taken as 0."""
    return kernels.abs(a, out)


@abs.grad
def grad_a(grad, a):
    return grad * sign(a)


@op
def sign(a, /, out=None):
    """-1, 0 or 1; 0 where `a` is NaN."""
    return kernels.sign(a, out)


@sign.grad
def grad_a(grad):
    return guarded(0, grad)


@op
def square(a, /, out=None):
    """``a * a``"""
    return kernels.square(a, out)


@square.grad
def grad_a(grad, a):
    return grad * (a * 2)


@op(real=True)
def reciprocal(a, /, out=None):
    """``1 / a``"""
    return kernels.reciprocal(a, out)


@reciprocal.grad
def grad_a(grad, y):
    return guarded(grad, -square(y))


@op(real=True)
def exp(a, /, out=None):
    """``e ** a``"""
    return kernels.exp(a, out)


@exp.grad
def grad_a(grad, y):
    return grad * y


@op(real=True)
def log(a, /, out=None):
    """The natural logarithm: -inf at 0, NaN below."""
    return kernels.log(a, out)


@log.grad
def grad_a(grad, a):
    return guarded(grad, reciprocal(a))


@op(real=True)
def sqrt(a, /, out=None):
    """The square root: NaN below 0."""
    return kernels.sqrt(a, out)


@sqrt.grad
def grad_a(grad, y):
    return guarded(grad, reciprocal(y) * 0.5)


@op(real=True)
def tanh(a, /, out=None):
    """``(e**a - e**-a) / (e**a + e**-a)``"""
    return kernels.tanh(a, out)


@tanh.grad
def grad_a(grad, y):
    return tanh_backward(grad, y)


@op
def tanh_backward(g, y, /):
    """The gradient of `tanh` from its output `y`: ``g * (1 - y*y)``."""
    return kernels.tanh_backward(g, y)


@tanh_backward.composite
def definition(g, y):
    return g * (1 - square(y))


@op(real=True)
def sigmoid(a, /, out=None):
    """``1 / (1 + e**-a)``"""
    return kernels.sigmoid(a, out)


@sigmoid.grad
def grad_a(grad, y):
    return sigmoid_backward(grad, y)


@op
def sigmoid_backward(g, y, /):
    """The gradient of `sigmoid` from its output `y`: ``g * y * (1 - y)``."""
    return kernels.sigmoid_backward(g, y)


@sigmoid_backward.composite
def definition(g, y):
    return g * y * (1 - y)


@op
def relu(a, /, out=None):
    """``max(a, 0)``; its derivative at 0 is taken as 0."""
    return kernels.relu(a, out)


@relu.grad
def grad_a(grad, y):
    return relu_backward(grad, y)


@op
def relu_backward(g, y, /):
    """The gradient of `relu` from its output `y`: `g` where ``y > 0``, else 0."""
    return kernels.relu_backward(g, y)


@relu_backward.grad
def grad_g(grad, y):
    return relu_backward(grad, y)


@op
def floor(a, /, out=None):
    """The largest whole number that is not above `a`."""
    return kernels.floor(a, out)


@op
def ceil(a, /, out=None):
    """The smallest whole number that is not below `a`."""
    return kernels.ceil(a, out)


@op
def trunc(a, /, out=None):
    """`a` without its fraction."""
    return kernels.trunc(a, out)


@op
def round(a, /, out=None):
    """The nearest whole number, the even one of two."""
    return kernels.round(a, out)


@floor.grad
@ceil.grad
@trunc.grad
@round.grad
@floor_divide.grad
def grad_a(grad):
    return guarded(0, grad)


@floor_divide.grad
def grad_b(grad):
    return guarded(0, grad)


# ---- extremes ----


@op
def maximum(a, b, /, out=None):
    """The larger of the two, NaN if one is NaN; equal ones have half the gradient each."""
    return kernels.maximum(a, b, out)


@maximum.grad
def grad_a(grad, a, b):
    return where(eq(a, b), grad * 0.5, where(lt(a, b), 0, grad))


@maximum.grad
def grad_b(grad, a, b):
    return where(eq(a, b), grad * 0.5, where(lt(b, a), 0, grad))


@op
def minimum(a, b, /, out=None):
    """The smaller of the two, NaN if one is NaN; equal ones have half the gradient each."""
    return kernels.minimum(a, b, out)


@minimum.grad
def grad_a(grad, a, b):
    return where(eq(a, b), grad * 0.5, where(gt(a, b), 0, grad))


@minimum.grad
def grad_b(grad, a, b):
    return where(eq(a, b), grad * 0.5, where(gt(b, a), 0, grad))


@op
def clamp(a, min=None, max=None, /):
    """`a` limited to [min, max], NaN where one of them is; `max` where it is below `min`.

    The derivative is 1 on the limits, and 0 where `a` is NaN."""
    return kernels.clamp(a, min, max)


@clamp.grad
def grad_a(grad, a, min, max):
    if min is not None:
        grad = where(ge(a, min), grad, 0)
    if max is not None:
        grad = where(le(a, max), grad, 0)
    return grad


@clamp.grad
def grad_min(grad, a, min, max):
    grad = where(lt(a, min), grad, 0)
    return grad if max is None else where(lt(min, max), grad, 0)


@clamp.grad
def grad_max(grad, a, min, max):
    beyond = gt(a, max)
    return where(beyond if min is None else logical_or(beyond, lt(max, min)), grad, 0)
