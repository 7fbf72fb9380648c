"""Type promotion: the tables are what torch 2.13 answers."""

import numpy as np
import pytest

from tinygrad_c._kernels import promotion

DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]
NAMES = {"b1": "bool", "u1": "uint8", "i4": "int32", "i8": "int64", "f4": "float32", "f8": "float64"}

# torch.result_type(row, column), rows and columns in the order of DTYPES.
BOTH_ARRAYS_OR_BOTH_NUMBERS = """
    b1 u1 i4 i8 f4 f8
    u1 u1 i4 i8 f4 f8
    i4 i4 i4 i8 f4 f8
    i8 i8 i8 i8 f4 f8
    f4 f4 f4 f4 f4 f8
    f8 f8 f8 f8 f8 f8
"""
ROW_IS_ARRAY_COLUMN_IS_NUMBER = """
    b1 u1 i4 i8 f4 f8
    u1 u1 u1 u1 f4 f8
    i4 i4 i4 i4 f4 f8
    i8 i8 i8 i8 f4 f8
    f4 f4 f4 f4 f4 f4
    f8 f8 f8 f8 f8 f8
"""
# torch.result_type(tensor, scalar) for True, 1, 1.5, with the default dtype float32.
SCALARS = """
    b1 u1 i4 i8 f4 f8
    i8 u1 i4 i8 f4 f8
    f4 f4 f4 f4 f4 f8
"""


def cells(table):
    for i, row in enumerate(table.split("\n")[1:-1]):
        for j, name in enumerate(row.split()):
            yield i, j, np.dtype(NAMES[name])


@pytest.fixture
def double_by_default():
    promotion.set_default_dtype(np.float64)
    yield
    promotion.set_default_dtype(np.float32)


@pytest.mark.parametrize("shapes", [((3,), (2, 3)), ((), ())], ids=["arrays", "numbers"])
def test_result_type_of_equals_is_the_larger_dtype(shapes):
    for i, j, expected in cells(BOTH_ARRAYS_OR_BOTH_NUMBERS):
        a, b = np.zeros(shapes[0], DTYPES[i]), np.zeros(shapes[1], DTYPES[j])
        assert promotion.result_type(a, b) == expected, (DTYPES[i], DTYPES[j])
        assert promotion.promote_types(DTYPES[i], DTYPES[j]) == expected


def test_a_number_is_heard_only_with_a_higher_category():
    for i, j, expected in cells(ROW_IS_ARRAY_COLUMN_IS_NUMBER):
        array, number = np.zeros((0, 2), DTYPES[i]), np.zeros((), DTYPES[j])
        assert promotion.result_type(array, number) == expected, (DTYPES[i], DTYPES[j])
        assert promotion.result_type(number, array) == expected, (DTYPES[i], DTYPES[j])


@pytest.mark.parametrize("shape", [(), (2,)])
def test_python_scalars_are_weak(shape):
    for i, j, expected in cells(SCALARS):
        scalar = (True, 1, 1.5)[i]
        assert promotion.scalar_dtype(scalar, np.zeros(shape, DTYPES[j])) == expected


def test_python_scalars_alone():
    assert promotion.scalar_dtype(True) == np.bool
    assert promotion.scalar_dtype(1) == np.int64
    assert promotion.scalar_dtype(1.5) == np.float32


@pytest.mark.usefixtures("double_by_default")
def test_default_dtype_decides_for_floats():
    assert promotion.get_default_dtype() == np.float64
    assert promotion.scalar_dtype(1.5) == np.float64
    assert promotion.scalar_dtype(1.5, np.zeros(2, np.int32)) == np.float64
    assert promotion.scalar_dtype(1.5, np.zeros(2, np.float32)) == np.float32
    assert promotion.scalar_dtype(1) == np.int64


def test_can_cast_never_to_a_lower_category():
    category = {"bool": 0, "uint8": 1, "int32": 1, "int64": 1, "float32": 2, "float64": 2}
    for source in DTYPES:
        for target in DTYPES:
            expected = category[source] <= category[target]
            assert promotion.can_cast(source, target) is expected, (source, target)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scalar", [True, False, 0, 1, -1, 300, 2**31, -(2**63), 2**64 - 5])
def test_scalar_array_holds_the_scalar_modulo_two_to_the_bits(dtype, scalar):
    array = promotion.scalar_array(scalar, np.zeros(2, dtype))
    assert array.shape == ()
    assert array.dtype == promotion.scalar_dtype(scalar, np.zeros(2, dtype))
    if array.dtype.kind in "ui":
        assert int(array) % 2 ** (8 * array.itemsize) == scalar % 2 ** (8 * array.itemsize)
    else:
        assert array == array.dtype.type(scalar)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64"])
@pytest.mark.parametrize("scalar", [2**64, -(2**63) - 1, 10**40])
def test_whole_numbers_that_no_dtype_holds_are_refused(dtype, scalar):
    with pytest.raises(OverflowError, match=str(scalar)):
        promotion.scalar_array(scalar, np.zeros(2, dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_checked_number_is_the_number_or_an_error(dtype):
    low, high = {"uint8": (-255, 255), "int32": (-(2**31), 2**31 - 1)}.get(
        dtype, (-(2**63), 2**63 - 1)
    )
    for value in (0, 1, low, high, 2.75):
        expected = np.array(value).astype(dtype)
        assert promotion.checked_number(value, dtype) == expected
    if np.dtype(dtype).kind in "iu":
        for value in (low - 1, high + 1, 1e30, np.nan, np.inf, -np.inf):
            with pytest.raises(RuntimeError, match=f"to type {dtype} without overflow"):
                promotion.checked_number(value, dtype)
    if dtype == "float32":
        with pytest.raises(RuntimeError, match="without overflow"):
            promotion.checked_number(1e39, dtype)
    if np.dtype(dtype).kind == "f":
        assert np.isinf(promotion.checked_number(np.inf, dtype))
        assert np.isnan(promotion.checked_number(np.nan, dtype))


def test_scalar_array_of_floats():
    assert promotion.scalar_array(0.1, np.zeros(2, np.float32)) == np.float32(0.1)
    assert promotion.scalar_array(0.1, np.zeros(2, np.float64)) == 0.1
    assert promotion.scalar_array(0.1, np.zeros(2, np.int64)).dtype == np.float32
    assert np.isinf(promotion.scalar_array(1e300))
    assert np.isnan(promotion.scalar_array(float("nan")))


def test_errors():
    with pytest.raises(TypeError, match="a scalar must be a bool, an int or a float, got str"):
        promotion.scalar_dtype("1")
    with pytest.raises(TypeError, match=r"set_default_dtype: dtype must be .*, got int64"):
        promotion.set_default_dtype(np.int64)
    with pytest.raises(TypeError, match="float16"):
        promotion.result_type(np.zeros(1, np.float16), np.zeros(1, np.float32))
    with pytest.raises(TypeError, match="complex64"):
        promotion.promote_types(np.complex64, np.float32)
