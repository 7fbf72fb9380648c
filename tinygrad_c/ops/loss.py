"""Losses of an input and a target, which broadcast; reduced in the same pass.

``reduction`` is "mean", "sum" or "none".
"""

from itertools import zip_longest

from tinygrad_c._kernels import loss as kernels
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.activation import log_sigmoid
from tinygrad_c.ops.elementwise import add, clamp, div, log, mul, neg, sigmoid, sub
from tinygrad_c.ops.reduce import mean, sum
from tinygrad_c.ops.shape import expand


def reduced(losses, reduction):
    """The mean or the sum of `losses`, or all of them."""
    if reduction == "none":
        return losses
    return mean(losses) if reduction == "mean" else sum(losses)


def spread(slope, target_shape):
    """`slope`, which depends on the input alone, over all elements of the loss."""
    pairs = zip_longest(reversed(slope.shape), reversed(target_shape), fillvalue=1)
    return expand(slope, tuple([n if m == 1 else m for m, n in pairs])[::-1])


def scaled(g, slope, reduction):
    """``g * slope``, divided by the number of elements for the mean."""
    product = mul(g, slope)
    return mul(product, 1 / max(slope.numel(), 1)) if reduction == "mean" else product


@op
def mse_loss(input, target, /, reduction="mean"):
    """``(input - target)**2``"""
    return kernels.mse_loss(input, target, reduction)


@mse_loss.grad
def grad_input(grad, input, target, reduction):
    return mse_loss_backward(grad, input, target, reduction)


@mse_loss.grad
def grad_target(grad, input, target, reduction):
    return mse_loss_backward(grad, target, input, reduction)


@op
def mse_loss_backward(g, input, target, /, reduction="mean"):
    """The gradient of `mse_loss`: ``2 * g * (input - target)``, for the mean divided by n."""
    return kernels.mse_loss_backward(g, input, target, reduction)


@mse_loss_backward.composite
def definition(g, input, target, reduction="mean"):
    return scaled(g, mul(sub(input, target), 2), reduction)


@op
def binary_cross_entropy(input, target, /, reduction="mean"):
    """``-target * log(input) - (1 - target) * log(1 - input)``, the logarithms at least -100."""
    return kernels.binary_cross_entropy(input, target, reduction)


@binary_cross_entropy.grad
def grad_input(grad, input, target, reduction):
    return binary_cross_entropy_backward(grad, input, target, reduction)


@binary_cross_entropy.grad
def grad_target(grad, input, target_shape, reduction):
    slope = sub(clamp(log(sub(1, input)), -100), clamp(log(input), -100))
    return scaled(grad, spread(slope, target_shape), reduction)


@op
def binary_cross_entropy_backward(g, input, target, /, reduction="mean"):
    """``g * (input - target) / (input * (1 - input))``, the divisor at least 1e-12; for the mean
    divided by the number of elements."""
    return kernels.binary_cross_entropy_backward(g, input, target, reduction)


@binary_cross_entropy_backward.composite
def definition(g, input, target, reduction="mean"):
    below = clamp(mul(input, sub(1, input)), 1e-12)
    return scaled(g, div(sub(input, target), below), reduction)


@op
def binary_cross_entropy_with_logits(input, target, /, reduction="mean"):
    """``(1 - target) * input - log(sigmoid(input))``: `binary_cross_entropy` of the sigmoid."""
    return kernels.binary_cross_entropy_with_logits(input, target, reduction)


@binary_cross_entropy_with_logits.grad
def grad_input(grad, input, target, reduction):
    return binary_cross_entropy_with_logits_backward(grad, input, target, reduction)


@binary_cross_entropy_with_logits.grad
def grad_target(grad, input, target_shape, reduction):
    return scaled(grad, spread(neg(input), target_shape), reduction)


@op
def binary_cross_entropy_with_logits_backward(g, input, target, /, reduction="mean"):
    """``g * (sigmoid(input) - target)``, for the mean divided by n."""
    return kernels.binary_cross_entropy_with_logits_backward(g, input, target, reduction)


@binary_cross_entropy_with_logits_backward.composite
def definition(g, input, target, reduction="mean"):
    return scaled(g, sub(sigmoid(input), target), reduction)


def weighted_binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction):
    """The same loss with a weight for each element, and one for the positive part of each."""
    positive = log_sigmoid(input)
    if pos_weight is not None:
        positive = mul(positive, add(mul(sub(pos_weight, 1), target), 1))
    losses = sub(mul(sub(1, target), input), positive)
    return reduced(losses if weight is None else mul(losses, weight), reduction)


@op
def nll_loss(log_p, target, weight=None, /, ignore_index=-100, reduction="mean"):
    """``-weight[target] * log_p`` at the classes `target`, (N, d1, ...) of (N, C, d1, ...).

    The mean divides by the sum of ``weight[target]``, which the gradient needs too.
    """
    loss, total = kernels.nll_loss(log_p, target, weight, ignore_index, reduction)
    return loss, {"total": total}


@nll_loss.grad
def grad_log_p(grad, target, weight, total, log_p_shape, ignore_index, reduction):
    return nll_loss_backward(grad, target, weight, total, log_p_shape, ignore_index, reduction)


@op
def nll_loss_backward(
    g, target, weight=None, /, total=None, shape=None, ignore_index=-100, reduction="mean"
):
    """The gradient of `nll_loss`: of `shape`, zeros but at the classes."""
    return kernels.nll_loss_backward(g, target, weight, total, shape, ignore_index, reduction)


@nll_loss_backward.grad
def grad_g(grad, target, weight, ignore_index, reduction):
    # Linear in g: the adjoint picks the same elements with the same weights.
    return nll_loss(grad, target, weight, ignore_index, reduction)
