"""What is timed: {name: `Case`}, a file per family."""

from benchmarks.cases import (
    conv,
    data,
    elementwise,
    embedding,
    layout,
    loss,
    matmul,
    norm,
    optim,
    overhead,
    pool,
    reduce,
    steps,
)

CASES = {}
for family in (
    matmul, conv, pool, norm, elementwise, reduce, loss, layout, embedding, overhead, optim, data,
    steps,
):  # fmt: skip
    CASES.update(family.CASES)
