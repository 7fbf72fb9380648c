"""What is timed: {name: (case for tinygrad_c and PyTorch, case for NumPy or None)}.

A case takes the library's module and returns the function to time. tinygrad_c and PyTorch run the
same lines.
"""

from itertools import pairwise


def matmul(m, n, k):
    """The product of an m x k and a k x n matrix, float32."""

    def for_torch(torch):
        a, b = torch.rand(m, k), torch.rand(k, n)
        return lambda: a @ b

    def for_numpy(np):
        a = np.random.default_rng(0).random((m, k), dtype=np.float32)
        b = np.random.default_rng(1).random((k, n), dtype=np.float32)
        return lambda: a @ b

    return for_torch, for_numpy


def chain(backward):
    """50 multiplications of 4 elements, one after the other: what an operation costs beside its
    arithmetic."""

    def for_torch(torch):
        x = torch.ones(4, requires_grad=True)
        w, g = torch.ones(4), torch.ones(4)

        def forward():
            y = x
            for _ in range(50):
                y = y * w
            return y

        def both():
            x.grad = None
            forward().backward(g)

        return both if backward else forward

    def for_numpy(np):
        x, w = np.ones(4, np.float32), np.ones(4, np.float32)

        def forward():
            y = x
            for _ in range(50):
                y = y * w
            return y

        return forward

    return for_torch, None if backward else for_numpy


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

    return for_torch, None


CASES = {
    "matmul 64 x 64 x 64": matmul(64, 64, 64),
    "matmul 128 x 256 x 784": matmul(128, 256, 784),
    "matmul 512 x 512 x 512": matmul(512, 512, 512),
    "matmul 1024 x 1024 x 1024": matmul(1024, 1024, 1024),
    "50 multiplications, forward": chain(backward=False),
    "50 multiplications, with backward": chain(backward=True),
    "step: MLP 2-16-16-2, batch 50": mlp((2, 16, 16, 2), 50),
    "step: softmax regression 784-10, batch 128": mlp((784, 10), 128),
    "step: MLP 784-256-128-10, batch 128": mlp((784, 256, 128, 10), 128),
}
