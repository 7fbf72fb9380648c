"""Normalisation: elements less their mean, divided by their standard deviation."""

from tinygrad_c._kernels import norm as kernels
from tinygrad_c.autograd.op import op, wrap
from tinygrad_c.ops.elementwise import add, div, mul, sqrt, square, sub
from tinygrad_c.ops.reduce import mean
from tinygrad_c.ops.shape import reshape


@op
def batch_norm(
    x,
    weight=None,
    bias=None,
    /,
    running_mean=None,
    running_var=None,
    training=False,
    momentum=0.1,
    eps=1e-5,
):
    """``(x - mean) / sqrt(var + eps) * weight + bias`` for each channel, dimension 1.

    In training with mean and variance of `x`, with which the arrays `running_mean` and
    `running_var` are updated; else with those. The gradient needs mean and 1 / sqrt(var + eps).
    """
    y, stats = kernels.batch_norm(
        x, weight, bias, running_mean, running_var, training, momentum, eps
    )
    return y, {"stats": stats}


@batch_norm.grads
def gradients(grad, x, weight, stats, training, needs):
    if needs[0]:
        return batch_norm_backward(grad, x, weight, stats, training)
    return (None, *batch_norm_backward(grad, x, weight, stats, training, False))


@batch_norm.composite
def definition(x, weight, bias, running_mean, running_var, training, momentum, eps):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    if training:
        dims = (0, *range(2, x.dim()))
        centred = sub(x, mean(x, dims, True))
        variance = mean(square(centred), dims, True)
    else:
        centred = sub(x, reshape(wrap(running_mean), shape))
        variance = reshape(wrap(running_var), shape)
    y = div(centred, sqrt(add(variance, eps)))
    if weight is not None:
        y = mul(y, reshape(weight, shape))
    return y if bias is None else add(y, reshape(bias, shape))


@op
def batch_norm_backward(g, x, weight=None, /, stats=None, training=False, needs_x=True):
    """The gradients of `batch_norm` by x (if `needs_x`), weight and bias, in one call."""
    grad_x, grad_weight, grad_bias = kernels.batch_norm_backward(
        g, x, stats, weight, training, needs_x
    )
    return (grad_x, grad_weight, grad_bias) if needs_x else (grad_weight, grad_bias)
