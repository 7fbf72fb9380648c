"""Type promotion, PyTorch's: the dtype of what operands of different dtypes make together.

The categories are bool < integral < floating. Operands with dimensions decide; one without (an
array of no dimensions) is heard only if its category is higher, a Python scalar likewise.
"""

import numpy

from libc.float cimport FLT_MAX
from libc.math cimport INFINITY, isfinite
from numpy cimport PyArray_DATA, PyArray_NDIM, import_array, ndarray, uint8_t, uint32_t, uint64_t

from tinygrad_c._kernels.runtime cimport (
    TGC_BOOL,
    TGC_F32,
    TGC_F64,
    TGC_I32,
    TGC_I64,
    TGC_U8,
    dtype_code,
    dtype_code_of,
    empty,
)

import_array()

cdef tuple DTYPES = tuple(
    numpy.dtype(name) for name in ("bool", "uint8", "int32", "int64", "float32", "float64"))

default_float_code = TGC_F32


cdef object dtype_of_code(int code):
    return DTYPES[code]


cdef int result_code_of(tuple arrays) except -1:
    cdef int of_arrays = -1, of_numbers = -1, code
    cdef ndarray x
    for x in arrays:
        code = dtype_code(x)
        if PyArray_NDIM(x) > 0:
            of_arrays = max(of_arrays, code)
        else:
            of_numbers = max(of_numbers, code)
    if of_arrays < 0:
        return of_numbers
    return of_arrays if of_numbers < 0 else promote_codes(of_arrays, of_numbers, False, True)


cdef int scalar_code(object scalar, ndarray other) except -1:
    cdef int code
    if isinstance(scalar, bool):
        code = TGC_BOOL
    elif isinstance(scalar, int):
        code = TGC_I64
    elif isinstance(scalar, float):
        code = default_float_code
    else:
        raise TypeError(f"a scalar must be a bool, an int or a float, got {type(scalar).__name__}")
    if other is None:
        return code
    cdef int other_code = dtype_code(other)
    return other_code if category(other_code) >= category(code) else code


cdef ndarray number(object scalar, int code):
    if not isinstance(scalar, float) and not -(2**63) <= scalar < 2**64 and code < TGC_F32:
        raise OverflowError(f"a whole number must be from -2**63 to 2**64 - 1, got {scalar}")
    cdef ndarray array = empty(0, NULL, code)
    cdef void *data = PyArray_DATA(array)
    cdef uint64_t bits
    if code == TGC_F32:
        (<float *>data)[0] = <float><double>scalar
    elif code == TGC_F64:
        (<double *>data)[0] = scalar
    elif code == TGC_BOOL:
        (<uint8_t *>data)[0] = <bint>scalar
    else:
        bits = int(scalar) & 0xFFFFFFFFFFFFFFFF
        if code == TGC_I64:
            (<uint64_t *>data)[0] = bits
        elif code == TGC_I32:
            (<uint32_t *>data)[0] = <uint32_t>bits
        else:
            (<uint8_t *>data)[0] = <uint8_t>bits
    return array


def result_type(*arrays):
    """The dtype of what the arrays make together, as PyTorch's `result_type`."""
    return DTYPES[result_code_of(arrays)]


def promote_types(a, b):
    """The smallest dtype of the highest category that holds both, as PyTorch's `promote_types`."""
    return DTYPES[max(dtype_code_of(a), dtype_code_of(b))]


def can_cast(source, target):
    """May a result of dtype `source` be written to an array of dtype `target`?"""
    return category(dtype_code_of(source)) <= category(dtype_code_of(target))


def scalar_dtype(scalar, ndarray other=None):
    """The dtype of a Python bool, int or float beside `other`: that of `other` unless the scalar's
    category is higher, then (and without `other`) bool, int64 or the default float dtype."""
    return DTYPES[scalar_code(scalar, other)]


def scalar_array(scalar, ndarray other=None):
    """The array of no dimensions that stands for a Python scalar beside `other`."""
    return number(scalar, scalar_code(scalar, other))


# The numbers that each dtype can be given, as PyTorch checks them: a negative byte wraps.
cdef tuple SMALLEST = (-INFINITY, -255, -(2**31), -(2**63), -FLT_MAX, -INFINITY)
cdef tuple LARGEST = (INFINITY, 255, 2**31 - 1, 2**63 - 1, FLT_MAX, INFINITY)


def checked_number(scalar, dtype):
    """The array of no dimensions that holds a Python scalar in `dtype`: a float is truncated for
    whole numbers. RuntimeError where the dtype cannot hold it."""
    cdef int code = dtype_code_of(dtype)
    if isinstance(scalar, numpy.generic):
        scalar = scalar.item()
    if not isinstance(scalar, (bool, int, float)):
        raise TypeError(f"a value must be a Tensor, a number or a NumPy array, got "
                        f"{type(scalar).__name__}")
    fits = SMALLEST[code] <= scalar <= LARGEST[code]
    if isinstance(scalar, float):
        if TGC_BOOL < code < TGC_F32:
            fits = fits and (code != TGC_U8 or scalar >= 0)
        else:
            fits = fits or not isfinite(scalar)
    if not fits:
        raise RuntimeError(f"value cannot be converted to type {DTYPES[code]} without overflow, "
                           f"got {scalar}")
    return number(scalar, code)


def get_default_dtype():
    """The dtype of what is made from Python floats: float32 unless set otherwise."""
    return DTYPES[default_float_code]


def set_default_dtype(dtype):
    """Make float32 or float64 the dtype of what is made from Python floats."""
    global default_float_code
    cdef int code = dtype_code_of(dtype)
    if category(code) != 2:
        raise TypeError(f"set_default_dtype: dtype must be float32 or float64, got {DTYPES[code]}")
    default_float_code = code
