"""Softmax, and the loss that is computed with it."""

import numpy as np

from tests.ops.table.row import WEIGHT, Row


def softmax(a, axis):
    """The definition."""
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def cross_entropy(logits, target, weight=None, ignore_index=-100, smoothing=0.0):
    """The definition, mean over the kept rows, rows weighted by their class."""
    log_p = np.log(softmax(logits.astype(np.float64), 1))
    n, classes = log_p.shape
    weight = np.ones(classes) if weight is None else weight
    total = kept_weight = 0.0
    for i in range(n):
        if target[i] != ignore_index:
            picked = -weight[target[i]] * log_p[i, target[i]]
            spread = -(weight * log_p[i]).sum() / classes
            total += (1 - smoothing) * picked + smoothing * spread
            kept_weight += weight[target[i]]
    return np.asarray(total / kept_weight, dtype=logits.dtype)


ROWS = [
    Row(
        "softmax",
        lambda t, a: a.softmax(1),
        lambda a: softmax(a, 1),
        (("any", (3, 5)),),
        ("softmax", "softmax_backward"),
    ),
    Row(
        "log_softmax",
        lambda t, a: a.log_softmax(0),
        lambda a: np.log(softmax(a, 0)),
        (("any", (3, 5)),),
        ("log_softmax", "log_softmax_backward"),
    ),
    Row(
        "cross_entropy",
        lambda t, a, y: t.nn.functional.cross_entropy(a, y),
        cross_entropy,
        (("any", (6, 5)), ("classes", (6,))),
        ("cross_entropy", "cross_entropy_backward"),
    ),
    Row(
        "cross_entropy_weighted",
        lambda t, a, y: t.nn.functional.cross_entropy(
            a, y, weight=t.tensor(WEIGHT, dtype=a.dtype), ignore_index=2, label_smoothing=0.1
        ),
        lambda a, y: cross_entropy(a, y, np.array(WEIGHT), 2, 0.1),
        (("any", (6, 5)), ("classes", (6,))),
        ("cross_entropy",),
    ),
]
