"""Copies: of a tensor, in another dtype, over another tensor."""

from tinygrad_c._kernels import copy as kernels
from tinygrad_c._kernels import layout
from tinygrad_c.autograd.op import op, wrap


@op
def clone(a, /):
    """A copy with memory of its own."""
    return kernels.cast(a, a.dtype)


@op
def contiguous(a, /):
    """A copy in row-major order."""
    return kernels.cast(a, a.dtype)


@op
def cast(a, /, dtype):
    """The same values in the NumPy dtype `dtype`."""
    return kernels.cast(a, dtype)


@clone.grad
@contiguous.grad
@cast.grad
def grad_a(grad):
    return grad


@op(casts=True)
def assign(a, b, /, out):
    """Write `b` over `a`: the operation of ``copy_``, ``fill_`` and ``zero_``."""
    return kernels.copy_(out, b)


@assign.grad
def grad_a(grad):
    return wrap(layout.zeros(grad.shape, grad.array.dtype))


@assign.grad
def grad_b(grad):
    return grad
