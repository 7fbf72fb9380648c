"""Casts, contiguous arrays, assignment, concatenation: bindings of csrc/elementwise/cast.c."""

from numpy cimport (
    PyArray_DIMS,
    PyArray_IS_C_CONTIGUOUS,
    PyArray_NDIM,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.broadcast cimport (
    apply,
    assign,
    check_ndim,
    check_out,
    overlaps,
    shapes_of,
)
from tinygrad_c._kernels.runtime cimport TGC_MAX_DIMS, dtype_code, dtype_code_of, empty

from tinygrad_c._kernels.promotion import checked_number
from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_cast_bool  # TGC_cast_bool + code converts to the dtype with that code


def cast(ndarray a, dtype):
    """A new array: `a` converted to `dtype`.

    To bool: is it not 0? Between integers: modulo 2**bits. A float is truncated towards 0; one
    that the integer dtype does not hold, or NaN, becomes its smallest number (uint8: 0)."""
    cdef int code = dtype_code_of(dtype)
    return apply("cast", TGC_cast_bool + code, dtype_code(a), code, a, None, None, None)


def contiguous(ndarray a):
    """`a` itself where its elements lie side by side, row by row; else a copy that does."""
    if PyArray_IS_C_CONTIGUOUS(a):
        return a
    return cast(a, a.dtype)


def copy_(ndarray dst, ndarray src):
    """dst[...] = src, broadcast to dst's shape and converted to its dtype. Returns dst."""
    return assign("copy_", dst, src)


def fill_(ndarray dst, value):
    """dst[...] = value, a Python scalar, which must fit its dtype. Returns dst."""
    return assign("fill_", dst, checked_number(value, dst.dtype))


def concatenate(arrays, axis=0, ndarray out=None):
    """The arrays one after the other along `axis`; their other sizes must be the same."""
    arrays = list(arrays)
    if not arrays:
        raise ValueError("concatenate: arrays must be at least one, got none")
    cdef ndarray first = arrays[0], a
    cdef int ndim = PyArray_NDIM(first), code = 0, d
    cdef npy_intp[TGC_MAX_DIMS] shape
    cdef npy_intp total = 0, start = 0
    check_ndim("concatenate", ndim)
    if ndim == 0:
        raise ValueError("concatenate: arrays must have at least one dimension, got none")
    if not -ndim <= axis < ndim:
        raise IndexError(f"concatenate: axis must be from {-ndim} to {ndim - 1}, got {axis}")
    cdef int k = axis % ndim
    for a in arrays:
        if PyArray_NDIM(a) != ndim or any(
                [d != k and PyArray_DIMS(a)[d] != PyArray_DIMS(first)[d] for d in range(ndim)]):
            raise ShapeError(
                f"concatenate: shapes must agree but for axis {axis}, got {shapes_of(arrays)}")
        total += PyArray_DIMS(a)[k]
        code = max(code, dtype_code(a))
    for d in range(ndim):
        shape[d] = total if d == k else PyArray_DIMS(first)[d]
    if out is None:
        out = empty(ndim, shape, code)
    else:
        check_out("concatenate", out, ndim, shape, code)
        if overlaps(out, arrays):
            return copy_(out, concatenate(arrays, axis))
    index = [slice(None)] * ndim
    for a in arrays:
        index[k] = slice(start, start + PyArray_DIMS(a)[k])
        copy_(out[tuple(index)], a)
        start += PyArray_DIMS(a)[k]
    return out
