"""Casts, contiguous arrays, assignment, concatenation: bindings of csrc/elementwise/cast.c."""

from numpy cimport (
    PyArray_DIMS,
    PyArray_IS_C_CONTIGUOUS,
    PyArray_NDIM,
    PyArray_STRIDES,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.broadcast cimport (
    apply,
    assign,
    check_ndim,
    check_out,
    find_axis,
    overlaps,
    shapes_of,
)
from tinygrad_c._kernels.runtime cimport (
    TGC_MAX_DIMS,
    TGC_READ,
    TGC_WRITE,
    add_operand,
    begin,
    dtype_code,
    dtype_code_of,
    empty,
    run,
    tgc_call,
    tgc_operand,
)

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


cdef bint fit(ndarray a, ndarray b, int dim) noexcept:
    """Have they equal lengths in all dimensions but one?"""
    cdef int d
    if PyArray_NDIM(a) != PyArray_NDIM(b):
        return False
    for d in range(PyArray_NDIM(a)):
        if d != dim and PyArray_DIMS(a)[d] != PyArray_DIMS(b)[d]:
            return False
    return True


cdef int copy_part(ndarray out, ndarray a, int dim, npy_intp start) except -1:
    """Writes `a` to the elements of `out` from `start` on along `dim`."""
    cdef tgc_call call
    cdef tgc_operand *part
    begin(&call, TGC_cast_bool + dtype_code(out), dtype_code(a))
    add_operand(&call, a, TGC_READ)
    part = &call.operands[add_operand(&call, out, TGC_WRITE)]
    part.data += start * PyArray_STRIDES(out)[dim]
    part.shape[dim] = PyArray_DIMS(a)[dim]
    return run(&call)


def cat(list arrays, dim=0, ndarray out=None):
    """The arrays one after the other along `dim`; their other lengths must be the same."""
    if not arrays:
        raise ValueError("cat: tensors must not be empty")
    cdef ndarray first = arrays[0], a
    cdef int ndim = PyArray_NDIM(first), code = 0, d
    cdef npy_intp[TGC_MAX_DIMS] shape
    cdef npy_intp start = 0
    check_ndim("cat", ndim)
    if ndim == 0:
        raise ShapeError("cat: tensors must have at least one dimension, got none")
    cdef int k = find_axis("cat", dim, ndim)
    for d in range(ndim):
        shape[d] = PyArray_DIMS(first)[d]
    shape[k] = 0
    for a in arrays:
        if not fit(a, first, k):
            raise ShapeError(f"cat: tensors must have equal shapes except in dimension {k}, got "
                             f"{shapes_of(arrays)}")
        shape[k] += PyArray_DIMS(a)[k]
        code = max(code, dtype_code(a))
    if out is None:
        out = empty(ndim, shape, code)
    else:
        check_out("cat", out, ndim, shape, code)
        if overlaps(out, arrays):
            return copy_(out, cat(arrays, k))
    for a in arrays:
        copy_part(out, a, k, start)
        start += PyArray_DIMS(a)[k]
    return out
