"""Operations that draw random numbers."""

from tinygrad_c._kernels import random as kernels
from tinygrad_c.autograd.op import op


@op
def dropout(a, /, p, generator=None):
    """Each element is 0 with probability `p`, else ``a / (1 - p)``, so that the mean stays."""
    y, mask = kernels.dropout(a, p, generator)
    return y, {"mask": mask}


@dropout.grad
def grad_a(grad, mask, p):
    return dropout_backward(grad, mask, p)


@op
def dropout_backward(g, /, mask, p):
    """``g / (1 - p)`` where `mask` is true, else 0."""
    return kernels.dropout_backward(g, mask, p)


@dropout_backward.grad
def grad_g(grad, mask, p):
    return dropout_backward(grad, mask, p)
