from numpy cimport PyArray_NDIM, ndarray

from tinygrad_c._kernels.runtime cimport dtype_code

# The dtypes in the order of their codes: each holds the values of those before it (in PyTorch's
# sense: float32 stands above int64), so that two dtypes meet in the one with the larger code.
cdef int default_float_code

# 0 for bool, 1 for the integers, 2 for the floats.
cdef inline int category(int code) noexcept:
    return (code > 0) + (code > 3)


cdef inline int promote_codes(int a, int b, bint a_is_number, bint b_is_number) noexcept:
    """The dtype of a result of a and b; a number is an array of no dimensions."""
    if a == b:
        return a
    if a_is_number == b_is_number:
        return a if a > b else b
    if a_is_number:
        return b if category(b) >= category(a) else a
    return a if category(a) >= category(b) else b


cdef inline int result_code(ndarray a, ndarray b) except -1:
    return promote_codes(dtype_code(a), dtype_code(b), PyArray_NDIM(a) == 0, PyArray_NDIM(b) == 0)


# The same for any number of operands.
cdef int result_code_of(tuple arrays) except -1
# The dtype with this code, as NumPy's.
cdef object dtype_of_code(int code)
# The code of the dtype that a Python scalar has beside `other`, which may be None.
cdef int scalar_code(object scalar, ndarray other) except -1
# The array of no dimensions that holds a Python scalar; an integer is taken modulo 2**bits.
cdef ndarray number(object scalar, int code)
