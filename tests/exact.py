"""What kernels' tests compare with: exact equality, and the dtypes that there are."""

import numpy as np

FLOATS = ["float32", "float64"]
INTEGERS = ["uint8", "int32", "int64"]
NUMBERS = INTEGERS + FLOATS
ALL = ["bool", *NUMBERS]


def same(got, expected):
    """Same dtype, shape and values; NaN is NaN, and 0 is the 0 of the same sign."""
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    np.testing.assert_array_equal(got, expected)
    if got.dtype.kind == "f":
        numbers = ~np.isnan(expected)
        np.testing.assert_array_equal(np.signbit(got[numbers]), np.signbit(expected[numbers]))
