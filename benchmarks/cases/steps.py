"""Training steps of whole models: forward, backward and the optimizer."""

from itertools import pairwise

from benchmarks.cases.case import Case


def mlp(sizes, batch):
    """One training step of a multi-layer perceptron with ReLU, cross-entropy and Adam."""

    def for_torch(torch):
        nn = torch.nn
        layers = []
        for n_in, n_out in pairwise(sizes):
            layers += [nn.Linear(n_in, n_out), nn.ReLU()]
        model = nn.Sequential(*layers[:-1])
        optimizer = torch.optim.Adam(model.parameters())
        criterion = nn.CrossEntropyLoss()
        x = torch.rand(batch, sizes[0])
        target = torch.randint(0, sizes[-1], (batch,))

        def step():
            optimizer.zero_grad()
            criterion(model(x), target).backward()
            optimizer.step()

        return step

    return Case(for_torch)


CASES = {
    "step: MLP 2-16-16-2, batch 50": mlp((2, 16, 16, 2), 50),
    "step: softmax regression 784-10, batch 128": mlp((784, 10), 128),
    "step: MLP 784-256-128-10, batch 128": mlp((784, 256, 128, 10), 128),
}
