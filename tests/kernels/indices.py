"""Arrays of indices, and the error that a bad one gives."""

import re

import pytest
from hypothesis import strategies as st
from layouts import laid_out

DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]
INDEX_DTYPES = ["int64", "int32", "uint8", "int16"]


@st.composite
def index_arrays(draw, shape, size, from_end=False):
    """Indices of a dimension of this size, laid out in memory in any way; negative ones as well
    where they count from the end."""
    dtype = draw(st.sampled_from(INDEX_DTYPES))
    low = -size if from_end and dtype != "uint8" else 0
    return draw(laid_out(shape, dtype, low, size - 1))


def bad_index(name, value, dim, size, position):
    text = f"{name}: index {value} is out of bounds for dimension {dim} of size {size}"
    return pytest.raises(IndexError, match=re.escape(f"{text} (at position {position})") + "$")
