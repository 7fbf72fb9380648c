"""Embedding: rows of a small and of a large table, forward and with the gradient."""

from benchmarks.cases.case import Case


def embedding(n, rows, columns, backward):
    """n rows of a table; the gradient fills the whole table."""

    def for_torch(torch):
        table = torch.rand(rows, columns, requires_grad=True)
        index, g = torch.randint(0, rows, (n,)), torch.rand(n, columns)
        function = torch.nn.functional.embedding

        def forward():
            with torch.no_grad():
                return function(index, table)

        def both():
            table.grad = None
            function(index, table).backward(g)

        return both if backward else forward

    row, passes = 4 * columns, 1 + backward
    return Case(
        for_torch,
        flops=n * columns,
        reads=passes * n * row,
        writes=(n + backward * rows) * row,
        held=passes * (n + min(n, rows)) * row,
    )


CASES = {}
for n, rows, columns in ((2048, 65, 64), (1024, 1000, 128), (8192, 50000, 128)):
    name = f"embedding {n} of {rows} x {columns}"
    CASES[f"{name}, forward"] = embedding(n, rows, columns, backward=False)
    CASES[f"{name}, with gradient"] = embedding(n, rows, columns, backward=True)
