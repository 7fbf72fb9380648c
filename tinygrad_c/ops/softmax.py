"""Softmax, its logarithm, and the losses that stand on it."""

from tinygrad_c._kernels import softmax as kernels
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.comparison import ne, where
from tinygrad_c.ops.elementwise import exp, mul, neg, sub
from tinygrad_c.ops.index import gather
from tinygrad_c.ops.reduce import sum
from tinygrad_c.ops.shape import reshape


@op
def softmax(a, /, dim):
    """``exp(a) / sum(exp(a))`` along `dim`, with the maximum subtracted first."""
    return kernels.softmax(a, dim)


@softmax.grad
def grad_a(grad, y, dim):
    return softmax_backward(grad, y, dim)


@op
def softmax_backward(g, y, /, dim):
    """The gradient of `softmax` from its output: ``y * (g - sum(g * y))``."""
    return kernels.softmax_backward(g, y, dim)


@softmax_backward.composite
def definition(g, y, dim):
    return mul(y, sub(g, sum(mul(g, y), dim, True)))


@op
def log_softmax(a, /, dim):
    """``a - log(sum(exp(a)))`` along `dim`, with the maximum subtracted first."""
    return kernels.log_softmax(a, dim)


@log_softmax.grad
def grad_a(grad, y, dim):
    return log_softmax_backward(grad, y, dim)


@op
def log_softmax_backward(g, y, /, dim):
    """The gradient of `log_softmax` from its output: ``g - exp(y) * sum(g)``."""
    return kernels.log_softmax_backward(g, y, dim)


@log_softmax_backward.composite
def definition(g, y, dim):
    return sub(g, mul(exp(y), sum(g, dim, True)))


@op
def cross_entropy(
    logits, target, weight=None, /, ignore_index=-100, reduction="mean", label_smoothing=0.0
):
    """The cross-entropy of ``softmax(logits)``, (N, C), with the classes `target`, (N,).

    One pass: ``loss[n] = logsumexp(logits[n]) - logits[n, target[n]]``. Beside the operands the
    gradient needs two numbers of each row, its maximum and the sum of ``exp(logits - maximum)``.
    """
    loss, norm = kernels.cross_entropy(
        logits, target, weight, ignore_index, label_smoothing, reduction
    )
    return loss, {"norm": norm}


@cross_entropy.grad
def grad_logits(grad, logits, target, weight, norm, ignore_index, reduction, label_smoothing):
    return cross_entropy_backward(
        grad, logits, target, weight, norm, ignore_index, reduction, label_smoothing
    )


@cross_entropy.composite
def definition(
    logits, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0
):
    """Ignored rows are replaced before and after: no infinity in them, and no division by a total
    of 0, reaches a gradient."""
    n, classes = logits.shape
    kept = ne(target, ignore_index)
    log_p = log_softmax(where(reshape(kept, (n, 1)), logits, 0), 1)
    index = reshape(where(kept, target, 0), (n, 1))
    w = kept.to(log_p.dtype)
    if weight is not None:
        w = mul(w, reshape(gather(weight.expand((n, classes)), index, 1), (n,)))
    loss = mul(neg(reshape(gather(log_p, index, 1), (n,))), w)
    if label_smoothing:
        smooth = neg(sum(log_p if weight is None else mul(log_p, weight), 1))
        loss = mul(loss, 1 - label_smoothing) + mul(smooth, label_smoothing / classes)
    loss = where(kept, loss, 0)
    if reduction == "none":
        return loss
    return sum(loss) if reduction == "sum" else sum(loss) / sum(w)


@op
def cross_entropy_backward(
    g,
    logits,
    target,
    weight=None,
    /,
    norm=None,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
):
    """The gradient of `cross_entropy`, from the maxima and the sums of its rows."""
    return kernels.cross_entropy_backward(
        g,
        logits,
        target,
        norm,
        weight,
        ignore_index,
        label_smoothing,
        reduction,
    )
