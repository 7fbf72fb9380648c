"""Rows of a table by their numbers: bindings of csrc/embedding."""

from operator import index as as_index

from numpy cimport PyArray_DIMS, PyArray_NDIM, PyArray_SIZE, import_array, ndarray, npy_intp

from tinygrad_c._kernels.runtime cimport (
    TGC_I32,
    TGC_I64,
    TGC_MAX_DIMS,
    TGC_READ,
    TGC_WRITE,
    add_operand,
    begin,
    dtype_code,
    empty,
    float_code,
    run,
    tgc_call,
    tgc_operand,
)

from tinygrad_c._kernels.copy import contiguous
from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_embedding
        TGC_embedding_backward


cdef extern from "embedding/embedding.h" nogil:
    enum:
        TGC_EMBEDDING_SKIP


cdef int add_rows(tgc_call *call, ndarray a, npy_intp n, npy_intp columns, int access) except -1:
    """Appends a contiguous array as n rows; as a list of numbers where columns is -1."""
    cdef tgc_operand *o = &call.operands[add_operand(call, a, access)]
    o.ndim = 1 if columns < 0 else 2
    o.shape[0] = n
    o.strides[0] = 1 if columns < 0 else columns
    o.shape[1] = columns
    o.strides[1] = 1
    return 0


cdef int check_index(str name, ndarray index) except -1:
    if dtype_code(index) not in (TGC_I32, TGC_I64):
        raise TypeError(f"{name}: input must be int64 or int32, got {index.dtype}")
    return 0


def embedding(ndarray weight, ndarray index, skip=-1):
    """y[p] = weight[index[p]], and 0 where index[p] is `skip`."""
    cdef tgc_call call
    cdef npy_intp[TGC_MAX_DIMS] shape
    cdef int ndim = PyArray_NDIM(index), d
    cdef int dtype = float_code("embedding", "weight", weight)
    check_index("embedding", index)
    if PyArray_NDIM(weight) != 2 or ndim >= TGC_MAX_DIMS:
        raise ShapeError(f"embedding: weight must be (rows, columns), got {(<object>weight).shape} "
                         f"for input {(<object>index).shape}")
    for d in range(ndim):
        shape[d] = PyArray_DIMS(index)[d]
    shape[ndim] = PyArray_DIMS(weight)[1]
    cdef ndarray y = empty(ndim + 1, shape, dtype)
    weight, index = contiguous(weight), contiguous(index)
    begin(&call, TGC_embedding, dtype)
    call.sizes[TGC_EMBEDDING_SKIP] = as_index(skip)
    add_operand(&call, weight, TGC_READ)
    add_rows(&call, index, PyArray_SIZE(index), -1, TGC_READ)
    add_rows(&call, y, PyArray_SIZE(index), shape[ndim], TGC_WRITE)
    run(&call)
    return y


def embedding_backward(ndarray grad, ndarray index, rows, skip=-1):
    """Zeros of `rows` rows, to which grad[p] is added at index[p] unless that is `skip`."""
    cdef tgc_call call
    cdef npy_intp[2] shape
    cdef int ndim = PyArray_NDIM(index)
    cdef int dtype = float_code("embedding_backward", "grad", grad)
    check_index("embedding_backward", index)
    if PyArray_NDIM(grad) != ndim + 1 or (<object>grad).shape[:ndim] != (<object>index).shape:
        raise ShapeError(f"embedding_backward: grad must have a row for each index, got "
                         f"{(<object>grad).shape} and {(<object>index).shape}")
    shape[0] = as_index(rows)
    shape[1] = PyArray_DIMS(grad)[ndim]
    cdef ndarray weight = empty(2, shape, dtype)
    grad, index = contiguous(grad), contiguous(index)
    begin(&call, TGC_embedding_backward, dtype)
    call.sizes[TGC_EMBEDDING_SKIP] = as_index(skip)
    add_rows(&call, grad, PyArray_SIZE(index), shape[1], TGC_READ)
    add_rows(&call, index, PyArray_SIZE(index), -1, TGC_READ)
    add_operand(&call, weight, TGC_WRITE)
    run(&call)
    return weight
