"""What an operation costs beside its arithmetic."""

from benchmarks.cases.case import Case


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

    return Case(for_torch, None if backward else for_numpy)


CASES = {
    "50 multiplications, forward": chain(backward=False),
    "50 multiplications, with backward": chain(backward=True),
}
