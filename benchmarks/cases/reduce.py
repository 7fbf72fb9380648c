"""Reductions over any dimensions, softmax and cross-entropy."""

import math

from benchmarks.cases.case import Case

SHAPE = (1000, 1000)


def reduction(name, shape, dim):
    """x.name(dim), or over all of x where dim is None."""
    size = math.prod(shape)
    args = () if dim is None else (dim,)

    def for_torch(torch):
        x = torch.rand(*shape)
        method = getattr(x, name)
        return lambda: method(*args)

    def for_numpy(np):
        x = np.random.default_rng(0).random(shape, np.float32)
        method = getattr(x, name)
        return lambda: method(*args)

    return Case(for_torch, for_numpy, flops=size, reads=4 * size)


def softmax(name, rows, cols):
    """The softmax family along the last dimension."""

    def for_torch(torch):
        x = torch.rand(rows, cols)
        function = getattr(torch, name)
        return lambda: function(x, dim=1)

    size = rows * cols
    return Case(for_torch, flops=4 * size, reads=4 * size, writes=4 * size)


def cross_entropy(rows, cols):
    """The loss and its gradient."""

    def for_torch(torch):
        x = torch.rand(rows, cols).requires_grad_()
        target = torch.randint(0, cols, (rows,))
        loss = torch.nn.functional.cross_entropy

        def step():
            x.grad = None
            loss(x, target).backward()

        return step

    size = rows * cols
    return Case(for_torch, flops=6 * size, reads=8 * size, writes=4 * size, held=8 * size)


CASES = {
    f"{name} of 1000x1000 over {'all' if dim is None else dim}": reduction(name, SHAPE, dim)
    for name in ("sum", "mean", "argmax", "var")
    for dim in (None, 0, 1)
}
CASES |= {"sum of 64x32x28x28 over 0, 2, 3": reduction("sum", (64, 32, 28, 28), (0, 2, 3))}
CASES |= {
    f"{name} of {rows}x{cols}": softmax(name, rows, cols)
    for name in ("softmax", "log_softmax")
    for rows, cols in ((128, 10), (1000, 1000))
}
CASES |= {
    f"cross_entropy of {rows}x{cols}, with backward": cross_entropy(rows, cols)
    for rows, cols in ((128, 10), (1000, 1000))
}
