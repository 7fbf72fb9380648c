"""What is timed: {name: `Case`}, a file per family."""

from benchmarks.cases import (
    conv,
    data,
    elementwise,
    layout,
    loss,
    matmul,
    optim,
    overhead,
    reduce,
    steps,
)

CASES = {}
for family in (matmul, conv, elementwise, reduce, loss, layout, overhead, optim, data, steps):
    CASES.update(family.CASES)
