"""Training steps of whole models: forward, backward and the optimizer."""

from itertools import pairwise

from benchmarks.cases.case import Case


def training(build, shape, classes):
    """One training step of a classifier with cross-entropy and Adam, `shape` that of a batch."""

    def for_torch(torch):
        model = build(torch.nn)
        optimizer = torch.optim.Adam(model.parameters())
        criterion = torch.nn.CrossEntropyLoss()
        x, target = torch.rand(*shape), torch.randint(0, classes, (shape[0],))

        def step():
            optimizer.zero_grad()
            criterion(model(x), target).backward()
            optimizer.step()

        return step

    return Case(for_torch)


def mlp(*sizes):
    """A multi-layer perceptron with ReLU."""

    def build(nn):
        layers = []
        for n_in, n_out in pairwise(sizes):
            layers += [nn.Linear(n_in, n_out), nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    return build


def lenet5(nn):
    """LeNet-5 for 28 x 28 pixels (LeCun et al. 1998), with ReLU and max pooling."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def course_cnn(nn):
    """The course's network for MNIST: three 3 x 3 convolutions, 426,122 parameters."""
    return nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.Flatten()),
        *(nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10)),
    )


CASES = {
    "step: MLP 2-16-16-2, batch 50": training(mlp(2, 16, 16, 2), (50, 2), 2),
    "step: softmax regression 784-10, batch 128": training(mlp(784, 10), (128, 784), 10),
    "step: MLP 784-256-128-10, batch 128": training(mlp(784, 256, 128, 10), (128, 784), 10),
    "step: LeNet-5, batch 64": training(lenet5, (64, 1, 28, 28), 10),
    "step: course CNN, batch 256": training(course_cnn, (256, 1, 28, 28), 10),
}
