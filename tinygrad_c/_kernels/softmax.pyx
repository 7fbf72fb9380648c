"""softmax, log-softmax and cross entropy: bindings of csrc/softmax."""

import operator

from numpy cimport (
    PyArray_DIMS,
    PyArray_ISCARRAY_RO,
    PyArray_NDIM,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.broadcast cimport check_like, find_axis
from tinygrad_c._kernels.loss cimport find_reduction
from tinygrad_c._kernels.runtime cimport (
    TGC_F32,
    TGC_F64,
    TGC_I64,
    TGC_READ,
    TGC_WRITE,
    add_operand,
    add_scalar,
    begin,
    dtype_code,
    empty,
    float_code,
    run,
    tgc_call,
)

from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_softmax
        TGC_log_softmax
        TGC_softmax_backward
        TGC_log_softmax_backward
        TGC_cross_entropy
        TGC_cross_entropy_total
        TGC_cross_entropy_backward


cdef extern from "softmax/softmax.h" nogil:
    enum:
        TGC_SOFTMAX_AXIS


cdef extern from "softmax/cross_entropy.h" nogil:
    enum:
        TGC_CE_ROLE
        TGC_CE_CLASSES
        TGC_CE_REDUCTION
        TGC_CE_WEIGHTED
        TGC_CE_IGNORE_INDEX
        TGC_CE_FORWARD
        TGC_CE_TOTAL
        TGC_CE_BACKWARD

    ptrdiff_t tgc_cross_entropy_chunks(ptrdiff_t n, ptrdiff_t n_classes)


cdef ndarray forward(str name, int kernel, ndarray a, object dim):
    cdef tgc_call call
    cdef int dtype = float_code(name, "a", a)
    begin(&call, kernel, dtype)
    call.sizes[TGC_SOFTMAX_AXIS] = find_axis(name, dim, PyArray_NDIM(a))
    cdef ndarray y = empty(PyArray_NDIM(a), PyArray_DIMS(a), dtype)
    add_operand(&call, a, TGC_READ)
    add_operand(&call, y, TGC_WRITE)
    run(&call)
    return y


cdef ndarray backward(str name, int kernel, ndarray grad, ndarray y, object dim):
    cdef tgc_call call
    cdef int dtype = float_code(name, "y", y)
    check_like(name, "grad", grad, "y", y)
    begin(&call, kernel, dtype)
    call.sizes[TGC_SOFTMAX_AXIS] = find_axis(name, dim, PyArray_NDIM(y))
    cdef ndarray grad_a = empty(PyArray_NDIM(y), PyArray_DIMS(y), dtype)
    add_operand(&call, grad, TGC_READ)
    add_operand(&call, y, TGC_READ)
    add_operand(&call, grad_a, TGC_WRITE)
    run(&call)
    return grad_a


def softmax(ndarray a, dim):
    """y = exp(a - max a) / sum exp(a - max a), along dim"""
    return forward("softmax", TGC_softmax, a, dim)


def log_softmax(ndarray a, dim):
    """y = a - max a - log sum exp(a - max a), along dim"""
    return forward("log_softmax", TGC_log_softmax, a, dim)


def softmax_backward(ndarray grad, ndarray y, dim):
    """grad_a = y * (grad - sum(grad * y)), along dim"""
    return backward("softmax_backward", TGC_softmax_backward, grad, y, dim)


def log_softmax_backward(ndarray grad, ndarray y, dim):
    """grad_a = grad - exp(y) * sum(grad), along dim"""
    return backward("log_softmax_backward", TGC_log_softmax_backward, grad, y, dim)


# ---- cross entropy ----

cdef dict DTYPES = {TGC_I64: "int64", TGC_F32: "float32", TGC_F64: "float64"}


cdef int check_vector(str operand, ndarray array, str shape, npy_intp n, int dtype) except -1:
    if PyArray_NDIM(array) != 1 or PyArray_DIMS(array)[0] != n:
        raise ShapeError(f"cross_entropy: {operand} must have shape {shape} = ({n},), "
                         f"got {(<object>array).shape}")
    if dtype_code(array) != dtype:
        raise TypeError(f"cross_entropy: {operand} must be {DTYPES[dtype]}, got {array.dtype}")
    return 0


cdef bint is_norm(ndarray norm, npy_intp n) except -1:
    return (PyArray_NDIM(norm) == 2 and PyArray_DIMS(norm)[0] == n and PyArray_DIMS(norm)[1] == 2
            and dtype_code(norm) == TGC_F64 and PyArray_ISCARRAY_RO(norm))


cdef int check_arguments(ndarray logits, ndarray target, ndarray weight) except -1:
    cdef int dtype = float_code("cross_entropy", "input", logits)
    if PyArray_NDIM(logits) != 2:
        raise ShapeError(f"cross_entropy: input must be (N, C), got {(<object>logits).shape}")
    check_vector("target", target, "(N,)", PyArray_DIMS(logits)[0], TGC_I64)
    if weight is not None:
        check_vector("weight", weight, "(C,)", PyArray_DIMS(logits)[1], dtype)
    return 0


cdef int start(tgc_call *call, int kernel, int role, ndarray logits, ndarray weight,
               object ignore_index, object label_smoothing, str reduction) except -1:
    begin(call, kernel, dtype_code(logits))
    call.sizes[TGC_CE_ROLE] = role
    call.sizes[TGC_CE_CLASSES] = PyArray_DIMS(logits)[1]
    call.sizes[TGC_CE_REDUCTION] = find_reduction("cross_entropy", reduction)
    call.sizes[TGC_CE_WEIGHTED] = weight is not None
    call.sizes[TGC_CE_IGNORE_INDEX] = operator.index(ignore_index)
    add_scalar(call, label_smoothing)
    return 0


def cross_entropy(ndarray logits, ndarray target, ndarray weight=None, ignore_index=-100,
                  label_smoothing=0.0, str reduction="mean"):
    """(loss, norm) of logits (N, C) and class indices target (N,).

    loss_i = (1 - e) w_t (-log p_it) + e / C sum_c w_c (-log p_ic) with e the label smoothing, t the
    target, w the weights and p the softmax; norm (N, 2) holds max_c x_ic and
    sum_c exp(x_ic - max) in float64 for the gradient. Ignored rows give 0; the mean is over the
    weights of the others.
    """
    cdef tgc_call call
    cdef int dtype = dtype_code(logits)
    check_arguments(logits, target, weight)
    start(&call, TGC_cross_entropy, TGC_CE_FORWARD, logits, weight, ignore_index, label_smoothing,
          reduction)
    cdef npy_intp n = PyArray_DIMS(logits)[0], n_classes = PyArray_DIMS(logits)[1]
    cdef npy_intp n_partial = 2 * tgc_cross_entropy_chunks(n, n_classes)
    cdef npy_intp[2] pairs = [n, 2]
    cdef ndarray norm = empty(2, pairs, TGC_F64), partial
    cdef ndarray loss = empty(reduction == "none", &n, dtype)
    add_operand(&call, logits, TGC_READ)
    add_operand(&call, target, TGC_READ)
    if weight is not None:
        add_operand(&call, weight, TGC_READ)
    add_operand(&call, norm, TGC_WRITE)
    add_operand(&call, loss, TGC_WRITE)
    if reduction != "none":
        partial = empty(1, &n_partial, TGC_F64)
        add_operand(&call, partial, TGC_WRITE)
    run(&call)
    return loss, norm


cdef ndarray total_weight(ndarray logits, ndarray target, ndarray weight, object ignore_index):
    """The sum of the weights of the rows that count, 0-d float64."""
    cdef tgc_call call
    cdef ndarray total = empty(0, NULL, TGC_F64)
    start(&call, TGC_cross_entropy_total, TGC_CE_TOTAL, logits, weight, ignore_index, 0.0, "mean")
    add_operand(&call, target, TGC_READ)
    if weight is not None:
        add_operand(&call, weight, TGC_READ)
    add_operand(&call, total, TGC_WRITE)
    run(&call)
    return total


def cross_entropy_backward(ndarray grad, ndarray logits, ndarray target, ndarray norm,
                           ndarray weight=None, ignore_index=-100, label_smoothing=0.0,
                           str reduction="mean"):
    """The gradient with respect to logits; norm is cross_entropy's.

    grad is (N,) for the reduction none, else 0-d.
    """
    cdef tgc_call call
    cdef int dtype = dtype_code(logits)
    check_arguments(logits, target, weight)
    start(&call, TGC_cross_entropy_backward, TGC_CE_BACKWARD, logits, weight, ignore_index,
          label_smoothing, reduction)
    if not is_norm(norm, PyArray_DIMS(logits)[0]):
        raise ShapeError(
            f"cross_entropy: norm must be float64 of shape ({PyArray_DIMS(logits)[0]}, 2), got "
            f"{norm.dtype} of shape {(<object>norm).shape}")
    if reduction == "none":
        check_vector("grad", grad, "(N,)", PyArray_DIMS(logits)[0], dtype)
    elif PyArray_NDIM(grad) != 0:
        raise ShapeError(f"cross_entropy: grad must be 0-d, got {(<object>grad).shape}")
    elif dtype_code(grad) != dtype:
        raise TypeError(f"cross_entropy: grad must be {logits.dtype}, got {grad.dtype}")
    cdef ndarray grad_logits = empty(2, PyArray_DIMS(logits), dtype), total
    add_operand(&call, grad, TGC_READ)
    add_operand(&call, logits, TGC_READ)
    add_operand(&call, target, TGC_READ)
    if weight is not None:
        add_operand(&call, weight, TGC_READ)
    add_operand(&call, norm, TGC_READ)
    if reduction == "mean":
        total = total_weight(logits, target, weight, ignore_index)
        add_operand(&call, total, TGC_READ)
    add_operand(&call, grad_logits, TGC_WRITE)
    run(&call)
    return grad_logits
