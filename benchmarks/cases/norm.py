"""Batch normalisation of activations and of features, forward and with all gradients."""

from benchmarks.cases.case import Case


def batch_norm(shape, backward, training=True):
    """nn.BatchNorm of x; its gradients of x, weight and bias."""
    size = 1
    for n in shape:
        size *= n

    def for_torch(torch):
        layer = (torch.nn.BatchNorm2d if len(shape) == 4 else torch.nn.BatchNorm1d)(shape[1])
        layer.train(training)
        x, g = torch.rand(*shape), torch.rand(*shape)

        def forward():
            with torch.no_grad():
                return layer(x)

        def both():
            layer.zero_grad()
            x.grad = None
            layer(x.requires_grad_()).backward(g)

        return both if backward else forward

    # Read x, write y; read x and grad, write grad_x.
    if backward:
        return Case(for_torch, flops=12 * size, reads=12 * size, writes=8 * size, held=16 * size)
    return Case(for_torch, flops=5 * size, reads=4 * size, writes=4 * size)


CASES = {}
for shape in ((256, 16, 28, 28), (128, 64, 8, 8), (32, 64, 56, 56), (128, 256), (4096, 784)):
    name = f"batch_norm {'x'.join(map(str, shape))}"
    CASES[f"{name}, forward"] = batch_norm(shape, backward=False)
    CASES[f"{name}, with gradients"] = batch_norm(shape, backward=True)
    CASES[f"{name}, evaluation"] = batch_norm(shape, backward=False, training=False)
