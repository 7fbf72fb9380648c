"""Pooling."""

import numpy as np

from tests.ops.table.row import EXACT, Row


def pooled(reduce, a, kernel, stride, padding, pad_value):
    """The definition of pooling: `reduce` over every window of `a`, padded with `pad_value`."""
    sides = [(0, 0), (0, 0), *((p, p) for p in padding)]
    a = np.pad(a, sides, constant_values=pad_value)
    view = np.lib.stride_tricks.sliding_window_view(a, kernel, (-2, -1))
    return reduce(view[..., :: stride[0], :: stride[1], :, :], (-2, -1))


ROWS = [
    Row(
        "max_pool2d",
        lambda t, a: t.nn.functional.max_pool2d(a, 2),
        lambda a: pooled(np.max, a, (2, 2), (2, 2), (0, 0), -np.inf),
        (("distinct", (2, 2, 4, 5)),),
        ("max_pool2d", "max_pool2d_backward", "max_pool2d_gather"),
        **EXACT,
    ),
    Row(
        "max_pool2d_overlapping",
        lambda t, a: t.nn.functional.max_pool2d(a, (3, 2), (1, 2), (1, 1), return_indices=True)[0],
        lambda a: pooled(np.max, a, (3, 2), (1, 2), (1, 1), -np.inf),
        (("distinct", (2, 2, 4, 5)),),
        ("max_pool2d", "max_pool2d_backward", "max_pool2d_gather"),
        **EXACT,
    ),
    Row(
        "relu_max_pool2d",
        lambda t, a: t.nn.Sequential(t.nn.ReLU(), t.nn.MaxPool2d(2))(a),
        lambda a: pooled(np.max, np.maximum(a, 0), (2, 2), (2, 2), (0, 0), -np.inf),
        (("distinct", (2, 2, 4, 5)),),
        ("rectify",),
        **EXACT,
    ),
    Row(
        "max_pool1d",
        lambda t, a: t.nn.functional.max_pool1d(a, 3, 1, 1, 1),
        lambda a: pooled(np.max, a[:, :, None], (1, 3), (1, 1), (0, 1), -np.inf)[:, :, 0],
        (("distinct", (2, 2, 7)),),
        ("max_pool2d",),
        **EXACT,
    ),
    Row(
        "avg_pool2d",
        lambda t, a: t.nn.functional.avg_pool2d(a, (2, 3), (2, 1), (0, 1)),
        lambda a: pooled(np.mean, a, (2, 3), (2, 1), (0, 1), 0),
        (("any", (2, 2, 4, 5)),),
        ("avg_pool2d", "avg_pool2d_backward"),
    ),
    Row(
        "avg_pool2d_divisor",
        lambda t, a: t.nn.functional.avg_pool2d(a, 3, 1, 1, True, False, 7),
        lambda a: pooled(np.sum, a, (3, 3), (1, 1), (1, 1), 0) / a.dtype.type(7),
        (("any", (2, 2, 4, 5)),),
        ("avg_pool2d", "avg_pool2d_backward"),
    ),
    Row(
        "adaptive_avg_pool2d",
        lambda t, a: t.nn.functional.adaptive_avg_pool2d(a, (2, None)),
        lambda a: pooled(np.mean, a, (3, 1), (2, 1), (0, 0), 0),
        (("any", (2, 2, 5, 4)),),
        ("adaptive_avg_pool2d", "adaptive_avg_pool2d_backward"),
    ),
]
