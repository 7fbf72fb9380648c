"""Normalization."""

import numpy as np

from tests.ops.table.row import WEIGHT, Row


def batch_norm(x, w, b, mean=None, var=None):
    """The definition, for channels in dimension 1; mean and variance of x if not given."""
    dims, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
    mean = x.mean(dims) if mean is None else np.array(mean, x.dtype)
    var = x.var(dims) if var is None else np.array(var, x.dtype)
    normal = (x - mean.reshape(shape)) / np.sqrt(var.reshape(shape) + x.dtype.type(1e-5))
    return normal * w.reshape(shape) + b.reshape(shape)


ROWS = [
    Row(
        "batch_norm",
        lambda t, x, w, b: t.nn.functional.batch_norm(x, None, None, w, b, True),
        batch_norm,
        (("any", (4, 3, 2, 3)), ("any", (3,)), ("any", (3,))),
        ("batch_norm", "batch_norm_backward"),
        tolerance={"float32": 5e-6, "float64": 2e-14},
    ),
    Row(
        "batch_norm_evaluation",
        lambda t, x, w, b: t.nn.functional.batch_norm(
            x, t.tensor(WEIGHT, dtype=x.dtype), t.tensor(WEIGHT[::-1], dtype=x.dtype), w, b
        ),
        lambda x, w, b: batch_norm(x, w, b, WEIGHT, WEIGHT[::-1]),
        (("any", (4, 5)), ("any", (5,)), ("any", (5,))),
        ("batch_norm", "batch_norm_backward"),
        tolerance={"float32": 5e-6, "float64": 2e-14},
    ),
]
