"""Products of matrices."""

import math

from tinygrad_c._kernels import matmul as kernels
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.elementwise import mul, relu_backward, sigmoid_backward, tanh_backward
from tinygrad_c.ops.reduce import sum_to
from tinygrad_c.ops.shape import permute, reshape


@op
def matmul(a, b, /, out=None):
    """The matrix product over the last dimension of `a` and the second last of `b`.

    Further dimensions are batches, and broadcast; a vector `a` is a row, a vector `b` a column.
    """
    return kernels.matmul(a, b, out)


@matmul.grad
def grad_a(grad, b, a_shape, b_shape):
    if len(b_shape) == 1:  # each row of a has met the vector b
        return mul(reshape(grad, (*grad.shape, 1)), b)
    if len(a_shape) == 1:
        row = reshape(grad, (*grad.shape[:-1], 1, grad.shape[-1]))
        product = matmul(row, transposed(b))
        return sum_to(reshape(product, (*product.shape[:-2], product.shape[-1])), a_shape)
    return matmul(grad, transposed(b))


@matmul.grad
def grad_b(grad, a, a_shape, b_shape):
    if len(a_shape) == 1:
        outer = reshape(a, (*a.shape, 1))
        if len(b_shape) == 1:
            return mul(grad, a)
        return mul(outer, reshape(grad, (*grad.shape[:-1], 1, grad.shape[-1])))
    if len(b_shape) == 1:
        return matmul(transposed(rows(a)), reshape(grad, (-1,)))
    if len(b_shape) == 2:  # all rows of a have met this matrix
        return matmul(transposed(rows(a)), rows(grad))
    return matmul(transposed(a), grad)


def transposed(t):
    """`t` with its last two dimensions exchanged."""
    n = t.ndim
    return permute(t, (*range(n - 2), n - 1, n - 2))


@op
def linear(x, weight, bias=None, /):
    """``y = x @ weight.T + bias``: x (..., in), weight (out, in), bias (out,), y (..., out)."""
    return kernels.linear(x, weight, bias)


@linear.grad
def grad_x(grad, weight):
    return matmul(grad, weight)


@linear.grad
def grad_weight(grad, x):
    return matmul(transposed(rows(grad)), rows(x))


@linear.grad
def grad_bias(grad):
    return sum_to(rows(grad), (grad.shape[-1],))


def rows(t):
    """All but the last dimension made one."""
    shape = t.shape
    return t if len(shape) == 2 else reshape(t, (math.prod(shape[:-1]), shape[-1]))


@op
def linear_activation(x, weight, bias=None, /, activation="relu"):
    """`linear`, then "relu", "tanh" or "sigmoid", while a cache holds what `linear` wrote."""
    return kernels.linear(x, weight, bias, None, activation)


BACKWARD = {"relu": relu_backward, "tanh": tanh_backward, "sigmoid": sigmoid_backward}


@linear_activation.grads
def gradients(grad, x, weight, y, activation, needs):
    grad = BACKWARD[activation](grad, y)
    return (
        grad_x(grad, weight) if needs[0] else None,
        grad_weight(grad, x) if needs[1] else None,
        grad_bias(grad) if needs[2] else None,
    )
