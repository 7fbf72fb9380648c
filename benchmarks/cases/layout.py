"""Changes of layout: transposes, concatenation and gathering."""

from benchmarks.cases.case import Case


def copy(n, prepare):
    """A case that copies n floats; ``prepare(torch)`` returns the function to time."""
    return Case(prepare, reads=4 * n, writes=4 * n)


def transpose(rows, cols):
    """x.T as contiguous memory."""

    def prepare(torch):
        x = torch.rand(rows, cols)
        return lambda: x.t().contiguous()

    return copy(rows * cols, prepare)


def permute(torch):
    """Channels last, as contiguous memory."""
    x = torch.rand(64, 16, 28, 28)
    return lambda: x.permute(0, 2, 3, 1).contiguous()


def cat(rows, cols):
    """Two batches side by side."""

    def prepare(torch):
        a, b = torch.rand(rows, cols), torch.rand(rows, cols)
        return lambda: torch.cat([a, b], dim=1)

    return copy(2 * rows * cols, prepare)


def stack(torch):
    """The hidden states of a recurrent network."""
    states = [torch.rand(32, 64) for _ in range(20)]
    return lambda: torch.stack(states, dim=1)


def rows_of(torch):
    """A shuffled batch of MNIST images."""
    x = torch.rand(60_000, 784)
    index = torch.randperm(60_000)[:256]
    return lambda: x[index]


def gather(torch):
    """One element of each row."""
    x = torch.rand(1000, 1000)
    index = torch.randint(0, 1000, (1000, 100))
    return lambda: x.gather(1, index)


CASES = {
    "transpose of 1024x1024": transpose(1024, 1024),
    "transpose of 1000x50": transpose(1000, 50),
    "permute of 64x16x28x28 to channels last": copy(64 * 16 * 784, permute),
    "cat of 1000x500 and 1000x500": cat(1000, 500),
    "cat of 32x128 and 32x128": cat(32, 128),
    "stack of 20 times 32x64": copy(20 * 32 * 64, stack),
    "256 rows of 60000x784 by index": copy(256 * 784, rows_of),
    "gather of 1000x100 from 1000x1000": Case(gather, reads=12 * 100_000, writes=4 * 100_000),
}
