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


def resnet20(nn):
    """ResNet-20 for 32 x 32 pixels (He et al. 2015, section 4.2), with 1 x 1 convolutions where a
    shortcut changes the shape (option B)."""

    def normed(n_in, n_out, kernel, stride=1):
        convolution = nn.Conv2d(n_in, n_out, kernel, stride, kernel // 2, bias=False)
        return convolution, nn.BatchNorm2d(n_out)

    class Block(nn.Module):
        """y = relu(x + F(x)), F two convolutions."""

        def __init__(self, n_in, n_out, stride):
            super().__init__()
            self.residual = nn.Sequential(
                *normed(n_in, n_out, 3, stride), nn.ReLU(), *normed(n_out, n_out, 3)
            )
            self.shortcut = nn.Sequential(*(normed(n_in, n_out, 1, stride) if stride > 1 else ()))
            self.relu = nn.ReLU()

        def forward(self, x):
            return self.relu(self.residual(x) + self.shortcut(x))

    widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
    blocks = [Block(n_in, n_out, n_out // n_in) for n_in, n_out in pairwise(widths)]
    return nn.Sequential(
        *normed(3, 16, 3), nn.ReLU(), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip


CASES = {
    "step: MLP 2-16-16-2, batch 50": training(mlp(2, 16, 16, 2), (50, 2), 2),
    "step: softmax regression 784-10, batch 128": training(mlp(784, 10), (128, 784), 10),
    "step: MLP 784-256-128-10, batch 128": training(mlp(784, 256, 128, 10), (128, 784), 10),
    "step: LeNet-5, batch 64": training(lenet5, (64, 1, 28, 28), 10),
    "step: course CNN, batch 256": training(course_cnn, (256, 1, 28, 28), 10),
    "step: ResNet-20, batch 128": training(resnet20, (128, 3, 32, 32), 10),
}
