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
    """True where `a` and `b` are nonzero; bool, of their common shape."""
    return kernels.logical_and(a, b)


@op
def logical_or(a, b, /):
    """True where `a` or `b` is nonzero; bool, of their common shape."""
    return kernels.logical_or(a, b)


@op
def logical_xor(a, b, /):
    """True where exactly one of `a` and `b` is nonzero; bool, of their common shape."""
    return kernels.logical_xor(a, b)


@op
def logical_not(a, /):
    """True where `a` is 0; bool, of a's shape."""
    return kernels.logical_not(a)


@op
def isnan(a, /):
    """True where `a` is NaN; bool, of a's shape."""
    return kernels.isnan(a)


@op
def isinf(a, /):
    """True where `a` is inf or -inf; bool, of a's shape."""
    return kernels.isinf(a)


@op
def isfinite(a, /):
    """True where `a` is neither infinite nor NaN; bool, of a's shape."""
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
