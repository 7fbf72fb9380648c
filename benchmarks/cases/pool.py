"""Pooling of activations, forward and with the gradient."""

from benchmarks.cases.case import Case


def pool(shape, function, out):
    """function(F, x) on x of `shape`, and its gradient; `out` outputs for each element of x."""
    size = 1
    for n in shape:
        size *= n

    def prepared(backward):
        def for_torch(torch):
            x = torch.rand(*shape)
            functional = torch.nn.functional

            def forward():
                with torch.no_grad():
                    return function(functional, x)

            g = torch.rand(*forward().shape)

            def both():
                x.grad = None
                function(functional, x.requires_grad_()).backward(g)

            return both if backward else forward

        return for_torch

    x, y = 4 * size, int(4 * size * out)
    yield "forward", Case(prepared(backward=False), flops=size, reads=x, writes=y)
    # The gradient reads that of y and writes that of x.
    both = Case(prepared(backward=True), flops=2 * size, reads=x + y, writes=x + y)
    yield "with gradient", both


SHAPE, LARGE = (256, 16, 28, 28), (32, 64, 112, 112)
KINDS = {
    "max_pool 2x2": (SHAPE, lambda f, x: f.max_pool2d(x, 2), 1 / 4),
    "max_pool 3x3 s2": (LARGE, lambda f, x: f.max_pool2d(x, 3, 2, 1), 1 / 4),
    "max_pool 3x3 s1": (SHAPE, lambda f, x: f.max_pool2d(x, 3, 1, 1), 1),
    "avg_pool 2x2": (SHAPE, lambda f, x: f.avg_pool2d(x, 2), 1 / 4),
    "avg_pool 3x3 s1": (SHAPE, lambda f, x: f.avg_pool2d(x, 3, 1, 1), 1),
    "adaptive_avg_pool to 1x1": (SHAPE, lambda f, x: f.adaptive_avg_pool2d(x, 1), 0),
    "adaptive_avg_pool to 5x5": (SHAPE, lambda f, x: f.adaptive_avg_pool2d(x, 5), 1 / 31),
}
CASES = {
    f"{name} of {'x'.join(map(str, shape))}, {passes}": case
    for name, (shape, function, out) in KINDS.items()
    for passes, case in pool(shape, function, out)
}
