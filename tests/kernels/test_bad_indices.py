"""Bad indices: the first one is named, whatever runs it, and nothing has changed."""

import numpy as np
import pytest

from tests.kernels.indices import bad_index
from tinygrad_c._kernels import index as kernels


@pytest.mark.parametrize("value", [10, -11, 2**31 - 1, -(2**31), 2**62, -(2**63)])
@pytest.mark.parametrize("n", [1, 2, 33])
def test_bad_index_in_every_position(value, n):
    """The first one is named, and nothing has changed."""
    a = np.zeros((10, 3))
    for at in range(n):
        index = np.arange(n) % 10
        index[at] = value
        index[at + 1 :: 2] = 99
        with bad_index("index", value, 0, 10, (at,)):
            kernels.index(a, [index])
        with bad_index("index_select", value, 0, 10, (at,)):
            kernels.index_select(a, 0, index)
        with bad_index("index_put", value, 0, 10, (at,)):
            kernels.index_put_(a, [index], np.ones(3))
        with bad_index("gather", value, 0, 10, (at, 0)):
            kernels.gather(a, 0, index[:, None])
        with bad_index("gather", value, 1, 10, (0, at)):
            kernels.gather(np.zeros((1, 10)), 1, index[None])
        with bad_index("index", value, 0, 10, (at,)):
            kernels.index(np.zeros(10), [index])
        with bad_index("scatter", value, 0, 10, (at, 0)):
            kernels.scatter_(a, 0, index[:, None], np.array(1.0))
        with bad_index("scatter_add", value, 0, 10, (at, 0)):
            kernels.scatter_add_(a, 0, index[:, None], np.array(1.0))
        assert not a.any()


def test_bad_index_among_several(n_threads):
    a = np.zeros((4, 5, 6))
    index = np.zeros((50, 70), np.int64)
    index[30, 40], index[30, 41] = 5, -9
    with bad_index("index", 5, 1, 5, (30, 40)):
        kernels.index(a, [np.array(3), index])
    with bad_index("index", -9, 0, 4, (30, 41)):
        kernels.index(a, [np.minimum(index, 3), index * 0])
    with bad_index("index_put", 5, 0, 4, (30, 40)):
        kernels.index_put_(a, [index, index[0]], np.ones(6), True)
    with bad_index("index_select", 7, 1, 5, (2,)):
        kernels.index_select(a, 1, np.array([0, 1, 7, 9], np.uint8))
    with bad_index("gather", 300, 2, 6, (1, 0, 3)):
        kernels.gather(a, 2, np.full((4, 5, 6), 1, np.int32) + 299 * big_at((4, 5, 6), (1, 0, 3)))
    assert not a.any()


def big_at(shape, position):
    array = np.zeros(shape, np.int32)
    array[position] = 1
    return array


def test_only_indexing_counts_from_the_end():
    a, last = np.zeros((2, 3)), np.array([[-1, 0, 0]])
    with bad_index("gather", -1, 0, 2, (0, 0)):
        kernels.gather(a, 0, last)
    with bad_index("scatter", -1, 0, 2, (0, 0)):
        kernels.scatter_(a, 0, last, np.array(1.0))
    with bad_index("scatter_add", -1, 0, 2, (0, 0)):
        kernels.scatter_add_(a, 0, last, np.array(1.0))
    with bad_index("index_select", -1, 1, 3, (0,)):
        kernels.index_select(a, 1, last[0])
    assert not a.any()


def test_bad_index_without_position():
    with bad_index("index", 3, 0, 3, "()"):
        kernels.index(np.zeros(3), [np.array(3)])


def test_index_of_an_empty_dimension():
    for rest in (3, 0):
        with pytest.raises(IndexError, match="out of bounds for dimension 0 of size 0"):
            kernels.index(np.zeros((0, rest)), [np.array([0])])
        with pytest.raises(IndexError, match="out of bounds for dimension 0 of size 0"):
            kernels.index_put_(np.zeros((0, rest)), [np.array([0])], np.zeros(rest))
    empty = kernels.index(np.zeros((0, 3)), [np.zeros(0, np.int64)])
    assert empty.shape == (0, 3)
