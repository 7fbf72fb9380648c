"""The op table: one row per public operation.

A row says how an operation is called, in PyTorch's spelling, so that the same call runs here and
in torch; its naive definition in NumPy; and what its operands look like. Everything that must hold
for every operation (`test_table.py`) runs over these rows, and an operation without a row fails.
A family of operations has its file here, and its goldens in `tests/goldens/ops`.
"""

from tests.ops.table import (
    conv,
    elementwise,
    embedding,
    index,
    loss,
    matmul,
    norm,
    pool,
    reduce,
    shape,
    softmax,
)

FAMILIES = {
    "elementwise": elementwise.ROWS,
    "reduce": reduce.ROWS,
    "shape": shape.ROWS,
    "index": index.ROWS,
    "matmul": matmul.ROWS,
    "softmax": softmax.ROWS,
    "conv": conv.ROWS,
    "loss": loss.ROWS,
    "pool": pool.ROWS,
    "norm": norm.ROWS,
    "embedding": embedding.ROWS,
}
ROWS = [row for rows in FAMILIES.values() for row in rows]
