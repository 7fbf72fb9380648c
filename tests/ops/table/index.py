"""Parts of arrays."""

import numpy as np

from tests.ops.table.row import EXACT, Row


def put(t, a, v):
    """Write rows 2 and 0 of a copy of `a`."""
    a = a * 1
    a[t.tensor([2, 0])] = v
    return a


def put_defined(a, v):
    """The definition of `put`."""
    a = a.copy()
    a[[2, 0]] = v
    return a


ROWS = [
    Row(
        "slice_view",
        lambda t, a: a[1:, None, 0] * 1,
        lambda a: a[1:, None, 0],
        (("any", (3, 4)),),
        ("slice_view", "slice_zeros"),
        **EXACT,
    ),
    Row(
        "index",
        lambda t, a, i: a[i],
        lambda a, i: a[i],
        (("any", (3, 4)), ("rows", (2, 5))),
        ("index", "index_zeros"),
        **EXACT,
    ),
    Row(
        "index_put",
        lambda t, a, v: put(t, a, v),
        lambda a, v: put_defined(a, v),
        (("any", (4, 3)), ("any", (2, 3))),
        ("index_put",),
        **EXACT,
    ),
    Row(
        "index_select",
        lambda t, a, i: a.index_select(1, i),
        lambda a, i: a[:, i],
        (("any", (2, 3, 4)), ("rows", (5,))),
        ("index_select",),
        **EXACT,
    ),
    Row(
        "gather",
        lambda t, a, i: a.gather(0, i),
        lambda a, i: np.take_along_axis(a, i, 0),
        (("any", (3, 4)), ("rows", (2, 4))),
        ("gather", "scatter_zeros"),
        **EXACT,
    ),
]
