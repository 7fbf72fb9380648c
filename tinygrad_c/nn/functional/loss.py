"""Losses.

Shapes: N examples, C classes, d1, d2, ... further dimensions; * any dimensions.
"""

import warnings

from tinygrad_c.autograd import is_grad_enabled
from tinygrad_c.dtypes import int64, uint8
from tinygrad_c.errors import ShapeError, check_number, whole
from tinygrad_c.nn.functional.checks import check_broadcasts, check_tensors
from tinygrad_c.ops import loss as ops_loss
from tinygrad_c.ops import softmax as ops_softmax
from tinygrad_c.tensor import Tensor

REDUCTIONS = ("none", "mean", "sum")


def check_reduction(name, reduction):
    """Return `reduction`, a loss's way to make one number of many, if it is one."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{name}: reduction must be one of {REDUCTIONS}, got {reduction!r}")
    return reduction


def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """mean((input - target)**2), or the sum, or with reduction="none" each square.

    input, target: (*), or shapes that broadcast, with a warning; at least one of them float32 or
    float64 (TypeError). ShapeError where they do not broadcast, ValueError for another reduction.
    One kernel computes and reduces.
    """
    check_tensors("mse_loss", input=input, target=target)
    check_reduction("mse_loss", reduction)
    if input.shape != target.shape:
        warnings.warn(
            f"mse_loss: input of shape {tuple(input.shape)} and target of shape "
            f"{tuple(target.shape)} are broadcast, which is rarely meant: give both the same shape",
            stacklevel=2,
        )
    return ops_loss.mse_loss(input, target, reduction)


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """The cross-entropy between probabilities `target` and `input` of yes::

        loss = -weight * (target * log(input) + (1 - target) * log(1 - input))

    input, target: (*), both in [0, 1]; weight: broadcast to that. As in PyTorch the logarithms are
    -100 at least, so that the loss stays finite. ShapeError for other shapes, RuntimeError for an
    element outside of [0, 1], TypeError unless `input` or `target` is float32 or float64.
    """
    check_tensors("binary_cross_entropy", input=input, target=target)
    check_reduction("binary_cross_entropy", reduction)
    check_same_shape("binary_cross_entropy", input, target)
    if weight is None:
        return ops_loss.binary_cross_entropy(input, target, reduction)
    check_broadcasts("binary_cross_entropy", "weight", weight, input)
    losses = ops_loss.binary_cross_entropy(input, target, "none")
    return ops_loss.reduced(losses * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of the probabilities sigmoid(input), without overflow::

        loss = -weight * (pos_weight * target * log(sigmoid(input))
                          + (1 - target) * log(1 - sigmoid(input)))

    input, target: (*); weight, pos_weight: broadcast to that. ShapeError for other shapes,
    TypeError unless `input` or `target` is float32 or float64. Without weights one kernel computes
    ``(1 - target) * input + log(1 + exp(-input))`` and reduces it.
    """
    check_tensors("binary_cross_entropy_with_logits", input=input, target=target)
    check_reduction("binary_cross_entropy_with_logits", reduction)
    check_same_shape("binary_cross_entropy_with_logits", input, target)
    target = target.to(input.dtype) if target.array.dtype.kind == "b" else target
    if weight is None and pos_weight is None:
        return ops_loss.binary_cross_entropy_with_logits(input, target, reduction)
    check_broadcasts("binary_cross_entropy_with_logits", "weight", weight, input)
    check_broadcasts("binary_cross_entropy_with_logits", "pos_weight", pos_weight, input)
    return ops_loss.weighted_binary_cross_entropy_with_logits(
        input, target, weight, pos_weight, reduction
    )


def check_same_shape(name, input, target):
    """Raise ShapeError unless there is a target for each element of `input`."""
    if input.shape != target.shape:
        raise ShapeError(
            f"{name}: target must have the shape of input, "
            f"got {tuple(target.shape)} and {tuple(input.shape)}"
        )


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of the classes `target`, given log-probabilities of all::

        loss = -input[n, target[n], ...] * weight[target[n]]

    input: (N, C), (N, C, d1, ...) or (C); target: int64 or uint8 (N), (N, d1, ...) or ();
    weight: (C). Where the target is `ignore_index` the loss is 0; the mean divides by the sum of
    the weights of the targets that count. IndexError for a target that is no class, ShapeError for
    other shapes, TypeError for other dtypes, RuntimeError for a weight that requires a gradient.
    """
    check_tensors("nll_loss", input=input, target=target)
    check_reduction("nll_loss", reduction)
    check_constant("nll_loss", weight)
    ignored = whole("nll_loss", "ignore_index", ignore_index)
    return ops_loss.nll_loss(input, as_classes(target), weight, ignored, reduction)


def check_constant(name, weight):
    """Raise RuntimeError for weights of classes that want a gradient, as PyTorch does."""
    if weight is None:
        return
    check_tensors(name, weight=weight)
    if weight.requires_grad and is_grad_enabled():
        raise RuntimeError(
            f"{name}: weight must not require a gradient, for the loss has none with respect to it"
        )


def as_classes(target):
    """Classes as int64: uint8 is accepted, as PyTorch does."""
    return target.to(int64) if target.dtype is uint8 else target


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross-entropy between softmax(input) and the classes `target`.

    For one example with scores x (C) and class c, or probabilities q (C) in its place::

        loss = -log(softmax(x))[c] * weight[c]
        loss = -sum(q * log(softmax(x)) * weight)

    Parameters
    ----------
    input : (N, C), (N, C, d1, ...) or (C)
        Scores before softmax.
    target : int64 or uint8 (N), (N, d1, ...) or (), or floating like `input`
        Classes, or probabilities of the classes.
    weight : (C), optional
        How much each class counts.
    ignore_index : int
        A class whose examples do not count at all; not for probabilities.
    reduction : "mean", "sum" or "none"
        The mean over classes divides by the sum of their weights, that over probabilities by the
        number of losses.
    label_smoothing : float in [0, 1]
        Mixes the target with equal probabilities: q * (1 - label_smoothing) + label_smoothing / C.
        Source: Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016.

    Returns
    -------
    A number, or with "none" a Tensor of the shape of the classes.

    Raises
    ------
    ShapeError, TypeError
        For other shapes and dtypes.
    IndexError
        For a target that is no class.
    ValueError
        For a `label_smoothing` outside of [0, 1], or another reduction.
    RuntimeError
        For classes, if `weight` requires a gradient.
    """
    check_tensors("cross_entropy", input=input, target=target)
    check_reduction("cross_entropy", reduction)
    check_number("cross_entropy", "label_smoothing", label_smoothing)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing must be in [0, 1], got {label_smoothing}")
    if target.array.dtype.kind == "f":
        return soft_cross_entropy(input, target, weight, reduction, label_smoothing)
    check_constant("cross_entropy", weight)
    ignored = whole("cross_entropy", "ignore_index", ignore_index)
    target = as_classes(target)
    shape = target.array.shape
    if input.array.ndim != 2 or len(shape) != 1:
        input, target = class_rows(input, target)
    losses = ops_softmax.cross_entropy(input, target, weight, ignored, reduction, label_smoothing)
    return losses.reshape(shape) if reduction == "none" else losses


def class_rows(input, target):
    """`input` as a row of scores for each class of `target`, (M, C), and the M classes."""
    shape = tuple(input.shape)
    examples = shape[:1] + shape[2:]
    if not shape or target.shape != (examples if len(shape) > 1 else ()):
        raise ShapeError(
            f"cross_entropy: input of shape {shape} must be (N, C, d1, ...) or (C), and target of "
            f"shape {tuple(target.shape)} must be (N, d1, ...) or ()"
        )
    rows = input.movedim(1, -1) if len(shape) > 1 else input
    return rows.reshape(target.numel(), rows.shape[-1]), target.reshape(-1)


def soft_cross_entropy(input, target, weight, reduction, label_smoothing):
    """Cross-entropy with the probabilities of the classes, of the shape of `input`."""
    if input.array.dtype.kind != "f":
        raise TypeError(f"cross_entropy: input must be float32 or float64, got {input.array.dtype}")
    shape = tuple(input.shape)
    if target.shape != shape or not shape:
        raise ShapeError(
            f"cross_entropy: target of shape {tuple(target.shape)} must hold an int64 class for "
            f"each example, or probabilities in the shape of input, {shape}"
        )
    dim = 1 if len(shape) > 1 else 0
    classes = shape[dim]
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / max(classes, 1)
    if weight is not None:
        check_tensors("cross_entropy", weight=weight)
        if weight.shape != (classes,):
            raise ShapeError(
                f"cross_entropy: weight of shape {tuple(weight.shape)} must have one element for "
                f"each of the {classes} classes"
            )
        target = target * weight.reshape(-1, *[1] * (len(shape) - dim - 1))
    return ops_loss.reduced(-(target * ops_softmax.log_softmax(input, dim)).sum(dim), reduction)
