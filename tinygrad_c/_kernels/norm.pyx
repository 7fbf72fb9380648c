"""Normalisation: bindings of csrc/norm.

Arrays are (N, C) or (N, C, ...): the channels are dimension 1.
"""

from numpy cimport (
    PyArray_DIMS,
    PyArray_NDIM,
    PyArray_STRIDES,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.broadcast cimport check_writeable
from tinygrad_c._kernels.runtime cimport (
    TGC_F64,
    TGC_READ,
    TGC_UPDATE,
    TGC_WRITE,
    add_operand,
    add_scalar,
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
        TGC_batch_norm_statistics
        TGC_batch_norm_apply
        TGC_batch_norm_backward_sums
        TGC_batch_norm_backward_apply


cdef extern from "norm/norm.h" nogil:
    enum:
        TGC_NORM_HAS
        TGC_NORM_WEIGHT
        TGC_NORM_BIAS
        TGC_NORM_RUNNING
        TGC_NORM_TRAINING
        TGC_NORM_FACTORS

    ctypedef struct tgc_norm_areas:
        ptrdiff_t parts, groups

    tgc_norm_areas tgc_norm_split(ptrdiff_t n, ptrdiff_t channels, ptrdiff_t length)


cdef ndarray with_lines(ndarray a):
    """`a`, or a copy of it whose elements of a channel lie side by side in each example."""
    cdef const npy_intp *shape = PyArray_DIMS(a)
    cdef const npy_intp *strides = PyArray_STRIDES(a)
    cdef npy_intp expected = a.itemsize, length = 1
    cdef int d
    for d in range(PyArray_NDIM(a) - 1, 1, -1):
        if shape[d] != 1 and strides[d] != expected:
            return contiguous(a)
        expected *= shape[d]
        length *= shape[d]
    if length == 1 and shape[1] != 1 and strides[1] != a.itemsize:
        return contiguous(a)
    return a


cdef int add_lines(tgc_call *call, ndarray a, int access) except -1:
    """Appends an operand as (n, channels, length)."""
    cdef tgc_operand *o = &call.operands[add_operand(call, a, access)]
    cdef ptrdiff_t length = 1
    cdef int d
    for d in range(2, o.ndim):
        length *= o.shape[d]
    o.ndim = 3
    o.shape[2] = length
    o.strides[2] = 1
    return 0


cdef int check_input(str name, str operand, ndarray a) except -1:
    cdef int dtype = float_code(name, operand, a)
    if PyArray_NDIM(a) < 2:
        raise ShapeError(
            f"{name}: {operand} must be (N, C) or (N, C, ...), got {(<object>a).shape}")
    return dtype


cdef int check_channels(str operand, ndarray vector, ndarray x) except -1:
    """One number for each channel of x."""
    cdef npy_intp channels = PyArray_DIMS(x)[1]
    if PyArray_NDIM(vector) != 1 or PyArray_DIMS(vector)[0] != channels:
        raise ShapeError(f"batch_norm: {operand} must have one element for each channel, ({channels},), "
                         f"got {(<object>vector).shape} for input {(<object>x).shape}")
    if dtype_code(vector) != dtype_code(x):
        raise TypeError(f"batch_norm: {operand} must have the dtype of input, got {vector.dtype} "
                        f"and {x.dtype}")
    return 0


cdef ndarray new_factors(ndarray x):
    cdef npy_intp[2] shape = [TGC_NORM_FACTORS, PyArray_DIMS(x)[1]]
    return empty(2, shape, dtype_code(x))


cdef ndarray new_parts(const tgc_operand *x):
    """For an operand of add_lines."""
    cdef ptrdiff_t parts = tgc_norm_split(x.shape[0], x.shape[1], x.shape[2]).parts
    cdef npy_intp size = 2 * x.shape[1] * parts
    return empty(1, &size, TGC_F64)


cdef int apply_factors(ndarray x, ndarray factors, ndarray y) except -1:
    cdef tgc_call call
    begin(&call, TGC_batch_norm_apply, dtype_code(x))
    add_lines(&call, x, TGC_READ)
    add_operand(&call, factors, TGC_READ)
    add_lines(&call, y, TGC_WRITE)
    run(&call)
    return 0


cdef int apply_gradient(ndarray grad, ndarray x, ndarray factors, ndarray grad_x, bint training) except -1:
    cdef tgc_call call
    begin(&call, TGC_batch_norm_backward_apply, dtype_code(x))
    add_lines(&call, grad, TGC_READ)
    add_lines(&call, x, TGC_READ)
    add_operand(&call, factors, TGC_READ)
    add_lines(&call, grad_x, TGC_WRITE)
    call.sizes[TGC_NORM_HAS] = TGC_NORM_TRAINING if training else 0
    run(&call)
    return 0


def batch_norm(ndarray x, ndarray weight=None, ndarray bias=None, ndarray running_mean=None,
               ndarray running_var=None, bint training=False, momentum=0.1, eps=1e-5):
    """(y, stats): y = (x - mean) * invstd * weight + bias, and the (2, C) means and invstds.

    In training mean and variance are those of x, and the running ones are updated.
    """
    cdef tgc_call call
    cdef int dtype = check_input("batch_norm", "input", x), has = 0
    cdef bint running = running_mean is not None
    cdef npy_intp[2] stats_shape
    for name, vector in (("weight", weight), ("bias", bias), ("running_mean", running_mean),
                         ("running_var", running_var)):
        if vector is not None:
            check_channels(name, vector, x)
    if (running_var is not None) != running:
        raise ValueError("batch_norm: running_mean and running_var must both be given, or neither")
    if not training and not running:
        raise ValueError("batch_norm: running_mean and running_var must be given in evaluation")
    if eps < 0 or (eps == 0 and training):
        raise ValueError(f"batch_norm: eps must not be negative, nor 0 in training, got {eps}")
    x = with_lines(x)
    stats_shape[0] = 2
    stats_shape[1] = PyArray_DIMS(x)[1]
    cdef ndarray y = empty(PyArray_NDIM(x), PyArray_DIMS(x), dtype)
    cdef ndarray stats = empty(2, stats_shape, dtype), factors = new_factors(x), parts
    begin(&call, TGC_batch_norm_statistics, dtype)
    add_lines(&call, x, TGC_READ)
    if weight is not None:
        has |= TGC_NORM_WEIGHT
        add_operand(&call, weight, TGC_READ)
    if bias is not None:
        has |= TGC_NORM_BIAS
        add_operand(&call, bias, TGC_READ)
    if running:
        has |= TGC_NORM_RUNNING
        if training:
            check_writeable("batch_norm", "running_mean", running_mean)
            check_writeable("batch_norm", "running_var", running_var)
        add_operand(&call, running_mean, TGC_UPDATE if training else TGC_READ)
        add_operand(&call, running_var, TGC_UPDATE if training else TGC_READ)
    add_operand(&call, factors, TGC_WRITE)
    add_operand(&call, stats, TGC_WRITE)
    parts = new_parts(&call.operands[0])
    add_operand(&call, parts, TGC_WRITE)
    call.sizes[TGC_NORM_HAS] = has | (TGC_NORM_TRAINING if training else 0)
    add_scalar(&call, eps)
    add_scalar(&call, momentum)
    run(&call)
    apply_factors(x, factors, y)
    return y, stats


def batch_norm_backward(ndarray grad, ndarray x, ndarray stats, ndarray weight=None,
                        bint training=False, bint needs_x=True):
    """(grad_x, grad_weight, grad_bias) from batch_norm's stats; grad_x only if needs_x."""
    cdef tgc_call call
    cdef int dtype = check_input("batch_norm_backward", "input", x), has = 0
    cdef npy_intp channels
    if (<object>grad).shape != (<object>x).shape or dtype_code(grad) != dtype:
        raise ShapeError(f"batch_norm_backward: grad must be like input, got {(<object>grad).shape} "
                         f"{grad.dtype} and {(<object>x).shape} {x.dtype}")
    channels = PyArray_DIMS(x)[1]
    if (<object>stats).shape != (2, channels) or dtype_code(stats) != dtype:
        raise ShapeError(f"batch_norm_backward: stats must be those of batch_norm, (2, {channels}), "
                         f"got {(<object>stats).shape} {stats.dtype}")
    if weight is not None:
        check_channels("weight", weight, x)
    grad = with_lines(grad)
    x = with_lines(x)
    cdef ndarray grad_weight = empty(1, &channels, dtype), grad_bias = empty(1, &channels, dtype)
    cdef ndarray grad_x = None, factors = new_factors(x), parts
    begin(&call, TGC_batch_norm_backward_sums, dtype)
    add_lines(&call, grad, TGC_READ)
    add_lines(&call, x, TGC_READ)
    if weight is not None:
        has |= TGC_NORM_WEIGHT
        add_operand(&call, weight, TGC_READ)
    add_operand(&call, stats, TGC_READ)
    add_operand(&call, grad_weight, TGC_WRITE)
    add_operand(&call, grad_bias, TGC_WRITE)
    add_operand(&call, factors, TGC_WRITE)
    parts = new_parts(&call.operands[0])
    add_operand(&call, parts, TGC_WRITE)
    call.sizes[TGC_NORM_HAS] = has | (TGC_NORM_TRAINING if training else 0)
    run(&call)
    if needs_x:
        grad_x = empty(PyArray_NDIM(x), PyArray_DIMS(x), dtype)
        apply_gradient(grad, x, factors, grad_x, training)
    return grad_x, grad_weight, grad_bias
