"""Other shapes and strides over the same memory, and arrays of one value."""

from numpy cimport (
    NPY_ARRAY_ALIGNED,
    NPY_ARRAY_WRITEABLE,
    PyArray_DATA,
    PyArray_DESCR,
    PyArray_DIMS,
    PyArray_FLAGS,
    PyArray_ITEMSIZE,
    PyArray_NDIM,
    PyArray_STRIDES,
    dtype as np_dtype,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.runtime cimport TGC_MAX_DIMS, dtype_code_of, empty, wrap

from tinygrad_c._kernels import copy
from tinygrad_c.errors import ShapeError

import_array()


cdef int parse_shape(str name, object shape, npy_intp *out) except -1:
    cdef int ndim = len(shape)
    cdef int d = 0
    if ndim > TGC_MAX_DIMS:
        raise ShapeError(f"{name}: arrays have at most {TGC_MAX_DIMS} dimensions, got {ndim}")
    for n in shape:
        out[d] = n
        d += 1
    return ndim


cdef ndarray strided(ndarray a, int ndim, const npy_intp *shape, const npy_intp *strides):
    """The memory of `a` through another shape and other strides (in bytes)."""
    cdef int flags = PyArray_FLAGS(a) & (NPY_ARRAY_WRITEABLE | NPY_ARRAY_ALIGNED)
    return wrap(a, <np_dtype>PyArray_DESCR(a), ndim, shape, strides, PyArray_DATA(a), flags)


def expand(ndarray a, object shape):
    """`a` broadcast to `shape`; -1 keeps a length."""
    cdef npy_intp[TGC_MAX_DIMS] dims, strides
    cdef int ndim = parse_shape("expand", shape, dims)
    cdef int missing = ndim - PyArray_NDIM(a)
    cdef int d
    cdef npy_intp length
    for d in range(ndim):
        length = PyArray_DIMS(a)[d - missing] if d >= missing else 1
        if d >= missing and dims[d] == -1:
            dims[d] = length
        if missing < 0 or dims[d] < 0 or (length != dims[d] and length != 1):
            missing = -1
            break
        strides[d] = 0 if length == 1 else PyArray_STRIDES(a)[d - missing]
    if missing < 0:
        raise ShapeError(
            f"expand: a of shape {(<object>a).shape} must broadcast to shape {tuple(shape)}")
    return strided(a, ndim, dims, strides)


def reshape(ndarray a, object shape):
    """A view of `a` in `shape`, which must have as many elements, or None if there is none."""
    cdef npy_intp[TGC_MAX_DIMS] dims, strides
    cdef int ndim = parse_shape("reshape", shape, dims)
    if not regroup(a, ndim, dims, strides):
        return None
    return strided(a, ndim, dims, strides)


cdef bint regroup(ndarray a, int ndim, const npy_intp *dims, npy_intp *strides) noexcept:
    """Finds strides for the new lengths. Both shapes are walked from the last dimension; a run
    of old dimensions that lie one after the other in memory may be cut anywhere."""
    cdef const npy_intp *old = PyArray_DIMS(a)
    cdef const npy_intp *old_strides = PyArray_STRIDES(a)
    cdef int k = PyArray_NDIM(a) - 1
    cdef int d = ndim - 1
    cdef npy_intp step, left
    cdef int i
    step = PyArray_ITEMSIZE(a)
    for i in range(PyArray_NDIM(a)):
        if old[i] == 0:  # no elements: any strides do
            while d >= 0:
                strides[d] = step
                step *= dims[d] if dims[d] > 0 else 1
                d -= 1
            return True
    left = 1  # elements of the current run that no new dimension has taken yet
    while d >= 0:
        if left == 1:
            while k >= 0 and old[k] == 1:
                k -= 1
            if k >= 0:
                left = old[k]
                step = old_strides[k]
                k -= 1
                while k >= 0 and (old[k] == 1 or old_strides[k] == step * left):
                    left *= old[k]
                    k -= 1
        if left % dims[d] != 0:
            return False
        strides[d] = step
        step *= dims[d]
        left //= dims[d]
        d -= 1
    return True


def full(object shape, object value, object numpy_dtype):
    """A new array of `shape` filled with `value`."""
    cdef npy_intp[TGC_MAX_DIMS] dims
    cdef int ndim = parse_shape("full", shape, dims)
    cdef ndarray result = empty(ndim, dims, dtype_code_of(numpy_dtype))
    copy.fill_(result, value)
    return result


def zeros(object shape, object numpy_dtype):
    """A new array of zeros."""
    return full(shape, 0, numpy_dtype)


def uninitialized(object shape, object numpy_dtype):
    """A new array of `shape` with undefined contents."""
    cdef npy_intp[TGC_MAX_DIMS] dims
    cdef int ndim = parse_shape("empty", shape, dims)
    return empty(ndim, dims, dtype_code_of(numpy_dtype))


def diagonal(ndarray a):
    """The elements ``a[i, i]`` of a matrix, as a view."""
    cdef npy_intp length = min(PyArray_DIMS(a)[0], PyArray_DIMS(a)[1])
    cdef npy_intp stride = PyArray_STRIDES(a)[0] + PyArray_STRIDES(a)[1]
    return strided(a, 1, &length, &stride)
