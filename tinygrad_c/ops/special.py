"""Functions of one number, element by element, beside those that every network uses."""

import math

from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.elementwise import exp, guarded, reciprocal, square


@op(real=True)
def sin(a, /, out=None):
    """The sine of `a` radians."""
    return kernels.sin(a, out)


@sin.grad
def grad_a(grad, a):
    return grad * cos(a)


@op(real=True)
def cos(a, /, out=None):
    """The cosine of `a` radians."""
    return kernels.cos(a, out)


@cos.grad
def grad_a(grad, a):
    return -(grad * sin(a))


@op(real=True)
def erf(a, /, out=None):
    """The error function, ``2 / sqrt(pi)`` times the integral of ``e ** -t**2`` from 0 to `a`."""
    return kernels.erf(a, out)


@erf.grad
def grad_a(grad, a):
    return grad * (exp(-square(a)) * (2 / math.sqrt(math.pi)))


@op(real=True)
def erfc(a, /, out=None):
    """``1 - erf(a)``, exact to the last digits also where that is near 0."""
    return kernels.erfc(a, out)


@erfc.grad
def grad_a(grad, a):
    return grad * (exp(-square(a)) * (-2 / math.sqrt(math.pi)))


@op(real=True)
def expm1(a, /, out=None):
    """``e**a - 1``, exact to the last digits also where `a` is near 0."""
    return kernels.expm1(a, out)


@expm1.grad
def grad_a(grad, y):
    return grad * (y + 1)


@op(real=True)
def log1p(a, /, out=None):
    """``log(1 + a)``, exact to the last digits also where `a` is near 0."""
    return kernels.log1p(a, out)


@log1p.grad
def grad_a(grad, a):
    return guarded(grad, reciprocal(a + 1))


def rsqrt(input):
    """``1 / sqrt(input)``"""
    return reciprocal(input.sqrt())
