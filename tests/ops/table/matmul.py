"""Matrix products."""

import numpy as np

from tests.ops.table.row import Row


def linear_sigmoid(t, weight, bias):
    """The two layers with the given tensors in place of parameters: Sequential makes them one."""
    net = t.nn.Sequential(t.nn.Linear(1, 1), t.nn.Sigmoid())
    del net[0].weight, net[0].bias
    net[0].weight, net[0].bias = weight, bias
    return net


ROWS = [
    Row(
        "matmul",
        lambda t, a, b: a @ b,
        np.matmul,
        (("any", (2, 1, 3, 4)), ("any", (5, 4, 2))),
        ("matmul",),
    ),
    Row(
        "matmul_vector",
        lambda t, a, b: a @ b,
        np.matmul,
        (("any", (3, 4)), ("any", (4,))),
        ("matmul",),
    ),
    Row(
        "vector_matmul",
        lambda t, a, b: a @ b,
        np.matmul,
        (("any", (4,)), ("any", (2, 4, 3))),
        ("matmul",),
    ),
    Row("dot", lambda t, a, b: a.dot(b), np.dot, (("any", (4,)), ("any", (4,))), ("matmul",)),
    Row(
        "linear",
        lambda t, x, w, b: t.nn.functional.linear(x, w, b),
        lambda x, w, b: x @ w.T + b,
        (("any", (2, 3, 4)), ("any", (5, 4)), ("any", (5,))),
        ("linear",),
    ),
    Row(
        "linear_sigmoid",
        lambda t, x, w, b: linear_sigmoid(t, w, b)(x),
        lambda x, w, b: 1 / (1 + np.exp(-(x @ w.T + b))),
        (("any", (2, 3, 4)), ("any", (5, 4)), ("any", (5,))),
        ("linear_activation",),
    ),
]
