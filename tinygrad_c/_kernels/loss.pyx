"""Losses of an input and a target: bindings of csrc/loss."""

import operator

from numpy cimport PyArray_DIMS, PyArray_NDIM, PyArray_SIZE, import_array, ndarray, npy_intp

from tinygrad_c._kernels.broadcast cimport broadcast_shapes
from tinygrad_c._kernels.promotion cimport dtype_of_code
from tinygrad_c._kernels.runtime cimport (
    TGC_F32,
    TGC_F64,
    TGC_I64,
    TGC_MAX_DIMS,
    TGC_READ,
    TGC_WRITE,
    add_broadcast,
    add_operand,
    add_scalar,
    begin,
    dtype_code,
    empty,
    run,
    tgc_call,
    tgc_operand,
)

from tinygrad_c._kernels import copy
from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_mse_loss
        TGC_mse_loss_backward
        TGC_binary_cross_entropy
        TGC_binary_cross_entropy_backward
        TGC_binary_cross_entropy_with_logits
        TGC_binary_cross_entropy_with_logits_backward
        TGC_nll_loss
        TGC_nll_loss_backward


cdef extern from "loss/nll.h" nogil:
    enum:
        TGC_LOSS_REDUCTION
        TGC_LOSS_NONE
        TGC_LOSS_MEAN
        TGC_LOSS_SUM
        TGC_NLL_CLASSES
        TGC_NLL_STRIDE
        TGC_NLL_WEIGHTED
        TGC_NLL_IGNORE_INDEX

    ptrdiff_t tgc_loss_chunks(ptrdiff_t n)


cdef dict REDUCTIONS = {"none": TGC_LOSS_NONE, "mean": TGC_LOSS_MEAN, "sum": TGC_LOSS_SUM}
cdef dict DTYPES = {TGC_F32: "float32", TGC_F64: "float64"}


cdef int find_reduction(str name, object reduction) except -1:
    if reduction not in REDUCTIONS:
        raise ValueError(f"{name}: reduction must be none, mean or sum, got {reduction!r}")
    return REDUCTIONS[reduction]


# ---- element by element ----

# Two arrays of one float dtype, and the shape that they broadcast to.
cdef struct Shape:
    int ndim
    npy_intp[TGC_MAX_DIMS] sizes
    npy_intp size


cdef int find_dtype(str name, ndarray x, ndarray target) except -1:
    cdef int dtype = max(dtype_code(x), dtype_code(target))
    if dtype < TGC_F32:
        raise TypeError(f"{name}: input or target must be float32 or float64, "
                        f"got {x.dtype} and {target.dtype}")
    return dtype


cdef Shape broadcast(str name, ndarray x, ndarray target) except *:
    cdef Shape shape
    cdef int d
    shape.ndim = broadcast_shapes(name, [x, target], shape.sizes)
    shape.size = 1
    for d in range(shape.ndim):
        shape.size *= shape.sizes[d]
    return shape


cdef ndarray of_dtype(ndarray a, int dtype):
    return a if dtype_code(a) == dtype else copy.cast(a, DTYPES[dtype])


cdef ndarray forward(str name, int kernel, ndarray x, ndarray target, object reduction):
    cdef tgc_call call
    cdef int dtype = find_dtype(name, x, target), code = find_reduction(name, reduction)
    cdef Shape shape = broadcast(name, x, target)
    cdef npy_intp n_partial = tgc_loss_chunks(shape.size)
    cdef ndarray y = empty(0 if code else shape.ndim, shape.sizes, dtype), partial
    x, target = of_dtype(x, dtype), of_dtype(target, dtype)
    begin(&call, kernel, dtype)
    call.sizes[TGC_LOSS_REDUCTION] = code
    add_broadcast(&call, x, shape.ndim, shape.sizes)
    add_broadcast(&call, target, shape.ndim, shape.sizes)
    add_operand(&call, y, TGC_WRITE)
    if code != TGC_LOSS_NONE:
        partial = empty(1, &n_partial, TGC_F64)
        add_operand(&call, partial, TGC_WRITE)
    run(&call)
    return y


cdef ndarray backward(str name, int kernel, ndarray grad, ndarray x, ndarray target,
                      object reduction):
    cdef tgc_call call
    cdef int dtype = find_dtype(name, x, target), code = find_reduction(name, reduction)
    cdef Shape shape = broadcast(name, x, target)
    cdef ndarray y = empty(shape.ndim, shape.sizes, dtype)
    if (<object>grad).shape != (() if code else (<object>y).shape):
        raise ShapeError(f"{name}: grad must have the shape of the loss, got {(<object>grad).shape}")
    grad, x, target = of_dtype(grad, dtype), of_dtype(x, dtype), of_dtype(target, dtype)
    begin(&call, kernel, dtype)
    add_broadcast(&call, grad, shape.ndim, shape.sizes)
    add_broadcast(&call, x, shape.ndim, shape.sizes)
    add_broadcast(&call, target, shape.ndim, shape.sizes)
    add_operand(&call, y, TGC_WRITE)
    add_scalar(&call, 1 / <double>max(shape.size, 1) if code == TGC_LOSS_MEAN else 1.0)
    run(&call)
    return y


def mse_loss(ndarray x, ndarray target, reduction="mean"):
    """(x - target)**2, broadcast; reduced in the same pass"""
    return forward("mse_loss", TGC_mse_loss, x, target, reduction)


def mse_loss_backward(ndarray grad, ndarray x, ndarray target, reduction="mean"):
    """The gradient with respect to x, in the shape that x and target broadcast to"""
    return backward("mse_loss_backward", TGC_mse_loss_backward, grad, x, target, reduction)


def binary_cross_entropy(ndarray x, ndarray target, reduction="mean"):
    """-target * log(x) - (1 - target) * log(1 - x), broadcast, the logarithms at least -100"""
    return forward("binary_cross_entropy", TGC_binary_cross_entropy, x, target, reduction)


def binary_cross_entropy_backward(ndarray grad, ndarray x, ndarray target, reduction="mean"):
    """The gradient with respect to x, in the shape that x and target broadcast to"""
    return backward("binary_cross_entropy_backward", TGC_binary_cross_entropy_backward, grad, x,
                    target, reduction)


def binary_cross_entropy_with_logits(ndarray x, ndarray target, reduction="mean"):
    """(1 - target) * x + log(1 + e**-x), broadcast; reduced in the same pass"""
    return forward("binary_cross_entropy_with_logits", TGC_binary_cross_entropy_with_logits, x,
                   target, reduction)


def binary_cross_entropy_with_logits_backward(ndarray grad, ndarray x, ndarray target,
                                              reduction="mean"):
    """The gradient with respect to x, in the shape that x and target broadcast to"""
    return backward("binary_cross_entropy_with_logits_backward",
                    TGC_binary_cross_entropy_with_logits_backward, grad, x, target, reduction)


# ---- the likelihood of classes ----

cdef int check_likelihoods(object shape, ndarray target, ndarray weight, int dtype) except -1:
    """`shape`, of the log-probabilities, is that of target with the classes as dimension 1."""
    if not shape or (<object>target).shape != ((shape[0], *shape[2:]) if len(shape) > 1 else ()):
        raise ShapeError(
            f"nll_loss: input must be (N, C, d1, ...) or (C,) and target (N, d1, ...) or (), "
            f"got {shape} and {(<object>target).shape}")
    if dtype < TGC_F32:
        raise TypeError(f"nll_loss: input must be float32 or float64, got {dtype_of_code(dtype)}")
    if dtype_code(target) != TGC_I64:
        raise TypeError(f"nll_loss: target must be int64, got {target.dtype}")
    if weight is not None:
        classes = shape[1 if len(shape) > 1 else 0]
        if (<object>weight).shape != (classes,):
            raise ShapeError(f"nll_loss: weight must be one number for each class, ({classes},), "
                             f"got {(<object>weight).shape}")
        if dtype_code(weight) != dtype:
            raise TypeError(f"nll_loss: weight must be {DTYPES[dtype]} like input, "
                            f"got {weight.dtype}")
    return 0


cdef int begin_nll(tgc_call *call, int kernel, int dtype, object reduction, object ignore_index,
                   ndarray target, ndarray weight) except -1:
    begin(call, kernel, dtype)
    call.sizes[TGC_LOSS_REDUCTION] = find_reduction("nll_loss", reduction)
    call.sizes[TGC_NLL_WEIGHTED] = weight is not None
    call.sizes[TGC_NLL_IGNORE_INDEX] = operator.index(ignore_index)
    add_operand(call, target, TGC_READ)
    return 0


cdef int add_likelihoods(tgc_call *call, ndarray array, int access) except -1:
    """Appends an array without the dimension of its classes, whose size and stride are noted."""
    cdef tgc_operand *o = &call.operands[add_operand(call, array, access)]
    cdef int axis = 1 if o.ndim > 1 else 0, d
    call.sizes[TGC_NLL_CLASSES] = o.shape[axis]
    call.sizes[TGC_NLL_STRIDE] = o.strides[axis]
    o.ndim -= 1
    for d in range(axis, o.ndim):
        o.shape[d] = o.shape[d + 1]
        o.strides[d] = o.strides[d + 1]
    return 0


def nll_loss(ndarray log_p, ndarray target, ndarray weight=None, ignore_index=-100,
             reduction="mean"):
    """(loss, total): -weight[target] * log_p at the target, 0 where that is ignore_index.

    log_p is (N, C, d1, ...) or (C,), target (N, d1, ...) or (). The mean is divided by total, the
    sum of weight[target]; total is None for the reduction none.
    """
    cdef tgc_call call
    cdef int dtype = dtype_code(log_p)
    check_likelihoods((<object>log_p).shape, target, weight, dtype)
    begin_nll(&call, TGC_nll_loss, dtype, reduction, ignore_index, target, weight)
    cdef bint reduced = reduction != "none"
    cdef npy_intp n_partial = 2 * tgc_loss_chunks(PyArray_SIZE(target))
    cdef ndarray y = empty(0 if reduced else PyArray_NDIM(target), PyArray_DIMS(target), dtype)
    cdef ndarray total = empty(0, NULL, TGC_F64) if reduced else None, partial
    add_likelihoods(&call, log_p, TGC_READ)
    if weight is not None:
        add_operand(&call, weight, TGC_READ)
    add_operand(&call, y, TGC_WRITE)
    if reduced:
        partial = empty(1, &n_partial, TGC_F64)
        add_operand(&call, total, TGC_WRITE)
        add_operand(&call, partial, TGC_WRITE)
    run(&call)
    return y, total


def nll_loss_backward(ndarray grad, ndarray target, ndarray weight or None,
                      ndarray total or None, tuple shape, ignore_index=-100,
                      reduction="mean"):
    """The gradient with respect to log_p, of that shape; total is nll_loss's."""
    cdef tgc_call call
    cdef int dtype = dtype_code(grad), d
    cdef npy_intp[TGC_MAX_DIMS] sizes
    check_likelihoods(shape, target, weight, dtype)
    begin_nll(&call, TGC_nll_loss_backward, dtype, reduction, ignore_index, target, weight)
    if (<object>grad).shape != ((<object>target).shape if reduction == "none" else ()):
        raise ShapeError(
            f"nll_loss: grad must have the shape of the loss, got {(<object>grad).shape}")
    for d in range(len(shape)):
        sizes[d] = shape[d]
    cdef ndarray y = empty(len(shape), sizes, dtype)
    add_broadcast(&call, grad, PyArray_NDIM(target), PyArray_DIMS(target))
    if weight is not None:
        add_operand(&call, weight, TGC_READ)
    if reduction == "mean":
        add_operand(&call, total, TGC_READ)
    add_likelihoods(&call, y, TGC_WRITE)
    run(&call)
    return y
