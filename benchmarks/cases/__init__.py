"""What is timed: {name: `Case`}, a file per family."""

from benchmarks.cases import elementwise, layout, matmul, overhead, reduce, steps

CASES = {}
for family in (matmul, elementwise, reduce, layout, overhead, steps):
    CASES.update(family.CASES)
