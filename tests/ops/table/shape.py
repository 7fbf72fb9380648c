"""Views, and arrays put together."""

import numpy as np

from tests.ops.table.row import EXACT, Row

ROWS = [
    Row(
        "reshape",
        lambda t, a: a.t().reshape(-1, 2),
        lambda a: a.T.reshape(-1, 2),
        (("any", (3, 4)),),
        ("reshape", "permute"),
        **EXACT,
    ),
    Row(
        "view",
        lambda t, a: a.view(2, 6),
        lambda a: a.reshape(2, 6),
        (("any", (3, 4)),),
        ("view",),
        **EXACT,
    ),
    Row(
        "permute",
        lambda t, a: a.permute(2, 0, 1) * 1,
        lambda a: a.transpose(2, 0, 1),
        (("any", (2, 3, 4)),),
        ("permute",),
        **EXACT,
    ),
    Row(
        "expand",
        lambda t, a: a.expand(2, 3, 4) * 1,
        lambda a: np.broadcast_to(a, (2, 3, 4)),
        (("any", (3, 1)),),
        ("expand",),
        **EXACT,
    ),
    Row(
        "alias",
        lambda t, a: a.view_as(a) * 1,
        lambda a: a * 1,
        (("any", (3,)),),
        ("alias",),
        **EXACT,
    ),
    Row(
        "cat",
        lambda t, a, b: t.cat([a, b, a], 1),
        lambda a, b: np.concatenate([a, b, a], 1),
        (("any", (3, 2)), ("any", (3, 4))),
        ("cat",),
        **EXACT,
    ),
    Row(
        "stack",
        lambda t, a, b: t.stack([a, b], 1),
        lambda a, b: np.stack([a, b], 1),
        (("any", (3, 2)), ("any", (3, 2))),
        ("stack",),
        **EXACT,
    ),
    Row(
        "narrow",
        lambda t, a: a.narrow(1, 1, 2) * 1,
        lambda a: a[:, 1:3],
        (("any", (3, 4)),),
        ("narrow", "pad_zeros"),
        **EXACT,
    ),
]
