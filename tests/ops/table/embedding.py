"""Rows of a table."""

from tests.ops.table.row import EXACT, Row

ROWS = [
    Row(
        "embedding",
        lambda t, w, i: t.nn.functional.embedding(i, w),
        lambda w, i: w[i],
        (("any", (3, 4)), ("rows", (2, 5))),
        ("embedding", "embedding_backward", "embedding_rows"),
        **EXACT,
    ),
]
