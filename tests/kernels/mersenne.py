"""The numbers of the Mersenne Twister, by NumPy."""

import numpy as np
from hypothesis import strategies as st

from tinygrad_c._kernels import random as kernels

FLOATS = ["float32", "float64"]
SEEDS = st.integers(0, 2**32 - 1)


def generator(seed=0):
    return kernels.Generator().manual_seed(seed)


def words(seed, n):
    """The first n words of the Mersenne Twister, by NumPy."""
    return np.frombuffer(np.random.RandomState(seed).bytes(4 * n), "<u4")


def words64(seed, n):
    upper, lower = words(seed, 2 * n).reshape(n, 2).astype(np.uint64).T
    return upper << np.uint64(32) | lower


def unit(seed, n, dtype):
    """The first n numbers in [0, 1), of 24 or 53 bits."""
    if dtype == "float32":
        return words(seed, n) % 2**24 / 2**24
    return (words64(seed, n) % np.uint64(2**53)).astype(np.float64) / 2**53
