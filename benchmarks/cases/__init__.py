"""What is timed: `CASES` {name: `Case`}, a file per family; the names' families are `FAMILY_OF`."""

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

FAMILIES = {
    family.__name__.rpartition(".")[2]: family.CASES
    for family in (
        matmul, conv, pool, norm, elementwise, reduce, loss, layout, embedding, overhead, optim,
        data, steps,
    )
}  # fmt: skip
CASES = {name: case for cases in FAMILIES.values() for name, case in cases.items()}
FAMILY_OF = {name: family for family, cases in FAMILIES.items() for name in cases}
