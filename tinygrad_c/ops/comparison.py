"""Comparisons, which give bool, and the choice by them, ``where``."""

from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c.autograd.op import op


@op
def eq(a, b, /):
    """``a == b``, as bool."""
    return kernels.eq(a, b)


@op
def ne(a, b, /):
    """``a != b``, as bool."""
    return kernels.ne(a, b)


@op
def lt(a, b, /):
    """``a < b``, as bool."""
    return kernels.lt(a, b)


@op
def le(a, b, /):
    """``a <= b``, as bool."""
    return kernels.le(a, b)


@op
def gt(a, b, /):
    """``a > b``, as bool."""
    return kernels.gt(a, b)


@op
def ge(a, b, /):
    """``a >= b``, as bool."""
    return kernels.ge(a, b)


@op
def logical_and(a, b, /):
    """Are both nonzero? As bool."""
    return kernels.logical_and(a, b)


@op
def logical_or(a, b, /):
    """Is one of them nonzero? As bool."""
    return kernels.logical_or(a, b)


@op
def logical_xor(a, b, /):
    """Is exactly one of them nonzero? As bool."""
    return kernels.logical_xor(a, b)


@op
def logical_not(a, /):
    """Is it zero? As bool."""
    return kernels.logical_not(a)


@op
def isnan(a, /):
    """Is it not a number? As bool."""
    return kernels.isnan(a)


@op
def isinf(a, /):
    """Is it plus or minus infinity? As bool."""
    return kernels.isinf(a)


@op
def isfinite(a, /):
    """Is it neither infinite nor NaN? As bool."""
    return kernels.isfinite(a)


@op
def where(condition, a, b, /):
    """`a` where `condition` is true, else `b`."""
    return kernels.where(condition, a, b)


@where.grad
def grad_a(grad, condition):
    return where(condition, grad, 0)


@where.grad
def grad_b(grad, condition):
    return where(condition, 0, grad)
