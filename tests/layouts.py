"""Hypothesis strategies for arrays that lie in memory in every way NumPy knows."""

import numpy as np
from hypothesis import strategies as st

# Around the lengths of vectors, of a row that is walked in place, of a packed tile.
SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33]


@st.composite
def shapes(draw, max_dims=4):
    """Shapes of short sides, at most one of them long or empty."""
    shape = draw(st.lists(st.sampled_from(SIZES[1:8]), max_size=max_dims))
    long = draw(st.sampled_from([None, None, 0, 16, 33, 65, 700]))
    if long is not None and shape:
        shape[draw(st.integers(0, len(shape) - 1))] = long
    return tuple(shape)


@st.composite
def laid_out(draw, shape, dtype, low=-4, high=4):
    """An array of small whole numbers: transposed, stepped, reversed or read-only."""
    # Few draws make a fast strategy; 0 is an ordinary contiguous array of zeros.
    layout = np.random.default_rng(seed) if (seed := draw(st.integers(0, 2**16))) else None
    order, steps = list(range(len(shape))), [1] * len(shape)
    if layout:
        layout.shuffle(order)
        steps = layout.choice([1, 1, 2, -1, -2], len(shape)).tolist()
    memory = [shape[axis] * abs(steps[axis]) for axis in order]
    low = max(low, 0) if np.dtype(dtype).kind in "bu" else low
    numbers = layout.integers(low, high + 1, memory) if layout else np.zeros(memory)
    array = np.asarray(numbers, dtype).transpose(np.argsort(order) if shape else None)
    array = array[(*(slice(None, None, step) for step in steps), ...)]
    assert array.shape == tuple(shape)
    array.flags.writeable = seed % 3 != 1
    return array


@st.composite
def broadcastable(draw, n, dtypes, low=-4, high=4):
    """n arrays whose shapes broadcast, each of its dtype, laid out in its own way."""
    shape = draw(shapes())
    arrays = []
    for dtype in dtypes if isinstance(dtypes, (list, tuple)) else [dtypes] * n:
        kept, ones = draw(st.integers(0, len(shape))), draw(st.integers(0, 2 ** len(shape) - 1))
        first = len(shape) - kept
        own = [1 if ones >> axis & 1 else shape[axis] for axis in range(first, len(shape))]
        arrays.append(draw(laid_out(own, dtype, low, high)))
    return arrays
