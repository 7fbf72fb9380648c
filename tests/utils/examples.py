"""Data sets of a few examples, and generators to draw them with."""

import numpy as np

import tinygrad_c as tgc
from tinygrad_c.utils.data import Dataset


class Squares(Dataset):
    """Example i is (i, i * i)."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        return index, index * index


def seeded(seed):
    generator = tgc.Generator()
    generator.manual_seed(seed)
    return generator


def draw(generator=None):
    """A number that shows where the generator stands."""
    return int(tgc.randint(10**6, (), generator=generator))


def lists(loader):
    return [batch.tolist() for batch in loader]


def rows(n, width=3):
    return tgc.from_numpy(np.arange(n * width, dtype=np.float32).reshape(n, width))
