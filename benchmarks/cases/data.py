"""A pass over a data set in memory, in batches and in random order."""

from benchmarks.cases.case import Case


def epoch(n, size, batch_size):
    """All batches of n examples of `size` numbers and a label."""

    def for_torch(torch):
        data = torch.utils.data
        dataset = data.TensorDataset(torch.rand(n, size), torch.arange(n))
        loader = data.DataLoader(dataset, batch_size=batch_size, shuffle=True)

        def step():
            for _ in loader:
                pass

        return step

    nbytes = n * (4 * size + 8)
    return Case(for_torch, reads=nbytes, writes=nbytes, held=nbytes)


CASES = {
    "epoch of 10,000 x 784, batch 256": epoch(10_000, 784, 256),
    "epoch of 1,000 x 2, batch 50": epoch(1_000, 2, 50),
}
