"""Losses of an input and a target, with their gradient."""

from benchmarks.cases.case import Case


def loss(name, *shape):
    """mean(loss(x, t)) of floats, and its gradient."""
    size = 1
    for n in shape:
        size *= n

    def for_torch(torch):
        function = getattr(torch.nn.functional, name)
        x, t = torch.rand(*shape, requires_grad=True), torch.rand(*shape)

        def both():
            x.grad = None
            function(x, t).backward()

        return both

    return Case(for_torch, flops=6 * size, reads=16 * size, writes=4 * size, held=12 * size)


def nll_loss(rows, classes):
    """mean(-x[t]), and its gradient."""

    def for_torch(torch):
        x = torch.rand(rows, classes, requires_grad=True)
        t = torch.randint(0, classes, (rows,))

        def both():
            x.grad = None
            torch.nn.functional.nll_loss(x, t).backward()

        return both

    return Case(for_torch, flops=rows, reads=12 * rows, writes=4 * rows * classes)


CASES = {
    "mse_loss, 128 x 10, with backward": loss("mse_loss", 128, 10),
    "mse_loss, 1000 x 1000, with backward": loss("mse_loss", 1000, 1000),
    "BCE with logits, 128 x 10, with backward": loss("binary_cross_entropy_with_logits", 128, 10),
    "nll_loss, 128 x 10, with backward": nll_loss(128, 10),
    "nll_loss, 4096 x 1000, with backward": nll_loss(4096, 1000),
}
