"""Losses."""

import numpy as np

from tests.ops.table.row import WEIGHT, Row


def nll(log_p, target, weight, ignore_index):
    """The definition, along axis 1, mean over the weights of the kept classes."""
    total = kept_weight = 0.0
    for p in np.ndindex(target.shape):
        if target[p] != ignore_index:
            total -= weight[target[p]] * log_p[(p[0], target[p], *p[1:])]
            kept_weight += weight[target[p]]
    return np.asarray(total / kept_weight, dtype=log_p.dtype)


def binary_cross_entropy(p, q):
    """The definition."""
    return -q * np.log(p) - (1 - q) * np.log(1 - p)


ROWS = [
    *(
        Row(
            f"mse_loss_{reduction}",
            lambda t, a, b, reduction=reduction: t.nn.functional.mse_loss(
                a, b, reduction=reduction
            ),
            lambda a, b, reduce=reduce: np.asarray(reduce((a - b) ** 2), a.dtype),
            (("any", (3, 5)), ("any", (3, 5))),
            ("mse_loss", "mse_loss_backward"),
        )
        for reduction, reduce in [("mean", np.mean), ("sum", np.sum), ("none", np.asarray)]
    ),
    Row(
        "binary_cross_entropy",
        lambda t, a, b: t.nn.functional.binary_cross_entropy(a, b),
        lambda a, b: binary_cross_entropy(a, b).mean(),
        (("probability", (3, 5)), ("probability", (3, 5))),
        ("binary_cross_entropy", "binary_cross_entropy_backward"),
    ),
    Row(
        "binary_cross_entropy_with_logits",
        lambda t, a, b: t.nn.functional.binary_cross_entropy_with_logits(a, b),
        lambda a, b: binary_cross_entropy(1 / (1 + np.exp(-a)), b).mean(),
        (("any", (3, 5)), ("probability", (3, 5))),
        ("binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits_backward"),
    ),
    Row(
        "binary_cross_entropy_with_logits_weighted",
        lambda t, a, b: t.nn.functional.binary_cross_entropy_with_logits(
            a,
            b,
            weight=t.tensor(WEIGHT, dtype=a.dtype),
            pos_weight=t.tensor(WEIGHT[::-1], dtype=a.dtype),
            reduction="sum",
        ),
        lambda a, b: np.sum(
            np.array(WEIGHT, a.dtype)
            * (
                (1 - b) * np.log1p(np.exp(a))
                + np.array(WEIGHT[::-1], a.dtype) * b * np.log1p(np.exp(-a))
            )
        ),
        (("any", (3, 5)), ("probability", (3, 5))),
        ("binary_cross_entropy_with_logits",),
        tolerance={"float32": 1e-5, "float64": 1e-13},
    ),
    Row(
        "nll_loss",
        lambda t, a, y: t.nn.functional.nll_loss(a, y),
        lambda a, y: nll(a, y, np.ones(5), -100),
        (("any", (6, 5)), ("classes", (6,))),
        ("nll_loss", "nll_loss_backward"),
    ),
    Row(
        "nll_loss_weighted",
        lambda t, a, y: t.nn.functional.nll_loss(
            a, y, weight=t.tensor(WEIGHT, dtype=a.dtype), ignore_index=2
        ),
        lambda a, y: nll(a, y, WEIGHT, 2),
        (("any", (3, 5, 2, 3)), ("classes", (3, 2, 3))),
        ("nll_loss",),
    ),
]
