"""Steps of optimizers alone, for the parameters of a multi-layer perceptron."""

from itertools import pairwise

from benchmarks.cases.case import Case

# The states of each parameter; they and the parameter are read and written, its gradient is read.
STATES = {"SGD": 0, "Adam": 2, "AdamW": 2, "RMSprop": 1, "Adagrad": 1}


def step(name, *sizes):
    """One step for the weights and biases between layers of these sizes."""
    shapes = [shape for n_in, n_out in pairwise(sizes) for shape in ((n_out, n_in), (n_out,))]
    n_parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))

    def for_torch(torch):
        params = [torch.rand(*shape, requires_grad=True) for shape in shapes]
        for p in params:
            p.grad = torch.rand(*p.shape) * 1e-3
        return getattr(torch.optim, name)(params).step

    changed = 4 * n_parameters * (1 + STATES[name])
    read = changed + 4 * n_parameters
    return Case(for_torch, flops=10 * n_parameters, reads=read, writes=changed, held=read)


CASES = {
    "SGD, 2-16-16-2": step("SGD", 2, 16, 16, 2),
    "Adam, 2-16-16-2": step("Adam", 2, 16, 16, 2),
    **{f"{name}, 784-256-128-10": step(name, 784, 256, 128, 10) for name in STATES},
}
