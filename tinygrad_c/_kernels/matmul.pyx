"""Matrix products: bindings of csrc/matmul."""

from numpy cimport (
    PyArray_DIMS,
    PyArray_NDIM,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.broadcast cimport check_out
from tinygrad_c._kernels.runtime cimport (
    TGC_BOOL,
    TGC_F32,
    TGC_F64,
    TGC_MAX_DIMS,
    TGC_READ,
    TGC_WRITE,
    add_operand,
    begin,
    dtype_code,
    empty,
    run,
    tgc_call,
    tgc_operand,
)

import numpy as np

from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_matmul
        TGC_matmul_pack
        TGC_matmul_packed


cdef extern from "matmul/matmul.h" nogil:
    enum:
        TGC_MATMUL_WANTED
        TGC_MATMUL_ACTIVATION
        TGC_MATMUL_METHOD
        TGC_MATMUL_ELEMENTS
        TGC_MATMUL_N_SIZES
        TGC_MATMUL_PACKED_WORK

    ctypedef enum tgc_matmul_method:
        TGC_MATMUL_AUTO
        TGC_MATMUL_PACKED


# ---- the variants ----

# In the order of tgc_matmul_method.
VARIANTS = ("auto", "naive", "tiles", "packed", "dots", "axpys")
cdef enum:
    DEFAULT = TGC_MATMUL_AUTO

include "variants.pxi"


cdef double multiplications(const tgc_call *call) noexcept:
    cdef const tgc_operand *y = &call.operands[call.n_operands - 1]
    cdef double n = call.operands[0].shape[y.ndim - 1]
    cdef int d
    for d in range(y.ndim):
        n *= y.shape[d]
    return n


cdef int run_packed(tgc_call *call, int dtype) except -1:
    """Runs a planned product as two calls."""
    cdef tgc_call pack, product
    cdef npy_intp n = call.sizes[TGC_MATMUL_ELEMENTS]
    cdef ndarray packed = empty(1, &n, dtype)
    cdef int i
    begin(&pack, TGC_matmul_pack, dtype)
    begin(&product, TGC_matmul_packed, dtype)
    for i in range(TGC_MATMUL_N_SIZES):
        pack.sizes[i] = product.sizes[i] = call.sizes[i]
    pack.operands[0], pack.operands[1] = call.operands[0], call.operands[1]
    pack.n_operands = 2
    add_operand(&pack, packed, TGC_WRITE)
    product.operands[0] = call.operands[0]
    product.n_operands = 1
    add_operand(&product, packed, TGC_READ)
    for i in range(2, call.n_operands):
        product.operands[i] = call.operands[i]
    product.n_operands = call.n_operands
    run(&pack)
    run(&product)
    return 0


# In the order of tgc_matmul_activation.
ACTIVATIONS = (None, "relu", "tanh", "sigmoid")


cdef bint may_be_packed(const tgc_call *call) noexcept:
    """A question that is asked before the plan answers it: most products are too small for it."""
    return chosen() == TGC_MATMUL_PACKED or (
        chosen() == TGC_MATMUL_AUTO and multiplications(call) >= TGC_MATMUL_PACKED_WORK)


cdef int run_product(tgc_call *call, int dtype, int activation=0) except -1:
    cdef tgc_call planned
    call.sizes[TGC_MATMUL_WANTED] = chosen()
    call.sizes[TGC_MATMUL_ACTIVATION] = activation
    if may_be_packed(call):
        planned = call[0]
        planned.kernel.plan(&planned)
        if planned.sizes[TGC_MATMUL_METHOD] == TGC_MATMUL_PACKED:
            run_packed(&planned, dtype)
            remember(TGC_MATMUL_PACKED)
            return 0
    run(call)
    remember(<int>call.sizes[TGC_MATMUL_METHOD])
    return 0


cdef int common_dtype(str op, str name_a, ndarray a, str name_b, ndarray b) except -1:
    cdef int dtype = dtype_code(a)
    if dtype != dtype_code(b):
        raise TypeError(f"{op}: {name_a} and {name_b} must have the same dtype, got {a.dtype} and {b.dtype}")
    if dtype == TGC_BOOL:
        raise TypeError(f"{op}: {name_a} and {name_b} must be numbers, got bool")
    return dtype


cdef int check_product(str op, ndarray out, int ndim, const npy_intp *shape, ndarray a, ndarray b,
                       ndarray bias) except -1:
    """A given result must fit, have the operands' dtype and lie apart from them."""
    if dtype_code(out) != dtype_code(a):
        raise TypeError(f"{op}: out must have dtype {a.dtype}, got {out.dtype}")
    check_out(op, out, ndim, shape, dtype_code(a))
    for operand in (a, b, bias):
        if operand is not None and np.may_share_memory(out, operand):
            raise ValueError(f"{op}: out must not share memory with an operand")
    return 0


cdef void insert_dimension(tgc_operand *o, int at) noexcept:
    """Gives the operand a dimension of size 1."""
    cdef int d
    for d in range(o.ndim, at, -1):
        o.shape[d] = o.shape[d - 1]
        o.strides[d] = o.strides[d - 1]
    o.shape[at] = 1
    o.strides[at] = 0
    o.ndim += 1


cdef void broadcast(tgc_operand *o, int kept, int ndim, const npy_intp *shape) noexcept:
    """Gives the operand `ndim` dimensions; all but the last `kept` get their sizes from `shape`."""
    cdef int d
    while o.ndim < ndim:
        insert_dimension(o, 0)
    for d in range(ndim - kept):
        if o.shape[d] != shape[d]:
            o.shape[d] = shape[d]
            o.strides[d] = 0


cdef int broadcast_batches(ndarray a, int batch_a, ndarray b, int batch_b, npy_intp *shape) except -1:
    """The leading dimensions of the result; how many there are."""
    cdef int ndim = max(batch_a, batch_b), d
    cdef npy_intp size_a, size_b
    for d in range(ndim):
        size_a = PyArray_DIMS(a)[d - ndim + batch_a] if d >= ndim - batch_a else 1
        size_b = PyArray_DIMS(b)[d - ndim + batch_b] if d >= ndim - batch_b else 1
        if size_a != size_b and size_a != 1 and size_b != 1:
            raise ShapeError(
                f"matmul: a of shape {(<object>a).shape} and b of shape {(<object>b).shape} must broadcast "
                "in their leading dimensions")
        shape[d] = size_b if size_a == 1 else size_a
    return ndim


def matmul(ndarray a, ndarray b, ndarray out=None):
    """y[..., i, j] = sum over p of a[..., i, p] b[..., p, j]

    a is (..., m, k), b is (..., k, n), y is (..., m, n); the leading dimensions broadcast. A
    one-dimensional a stands for one row and a one-dimensional b for one column, which y lacks.
    """
    cdef npy_intp[TGC_MAX_DIMS + 2] shape
    cdef tgc_call call
    cdef int na = PyArray_NDIM(a), nb = PyArray_NDIM(b), batch, ndim
    cdef int dtype = common_dtype("matmul", "a", a, "b", b)
    if na == 0 or nb == 0 or na > TGC_MAX_DIMS or nb > TGC_MAX_DIMS:
        raise ShapeError(
            f"matmul: a of shape {(<object>a).shape} and b of shape {(<object>b).shape} must have "
            f"1 to {TGC_MAX_DIMS} dimensions")
    if PyArray_DIMS(a)[na - 1] != PyArray_DIMS(b)[nb - 2 if nb > 1 else 0]:
        raise ShapeError(
            f"matmul: a of shape {(<object>a).shape} and b of shape {(<object>b).shape} must agree in a's last "
            f"and b's {'second last' if nb > 1 else 'only'} dimension "
            f"({PyArray_DIMS(a)[na - 1]} and {PyArray_DIMS(b)[nb - 2 if nb > 1 else 0]})")
    batch = broadcast_batches(a, max(na - 2, 0), b, max(nb - 2, 0), shape)
    ndim = batch
    if na > 1:
        shape[ndim] = PyArray_DIMS(a)[na - 2]
        ndim += 1
    if nb > 1:
        shape[ndim] = PyArray_DIMS(b)[nb - 1]
        ndim += 1
    if out is None:
        out = empty(ndim, shape, dtype)
    else:
        check_product("matmul", out, ndim, shape, a, b, None)
    begin(&call, TGC_matmul, dtype)
    add_operand(&call, a, TGC_READ)
    add_operand(&call, b, TGC_READ)
    add_operand(&call, out, TGC_WRITE)
    if na == 1:
        insert_dimension(&call.operands[0], 0)
        insert_dimension(&call.operands[2], batch)
    if nb == 1:
        insert_dimension(&call.operands[1], 1)
        insert_dimension(&call.operands[2], batch + 1)
    broadcast(&call.operands[0], 2, batch + 2, shape)
    broadcast(&call.operands[1], 2, batch + 2, shape)
    run_product(&call, dtype)
    return out


def linear(ndarray x, ndarray weight, ndarray bias=None, ndarray out=None, activation=None):
    """y[..., j] = activation(bias[j] + sum over p of x[..., p] weight[j, p])

    x is (..., in), weight is (out, in), bias is (out,), y is (..., out). The activation is one of
    ACTIVATIONS, and of float32 and float64 only.
    """
    cdef npy_intp[TGC_MAX_DIMS] shape
    cdef tgc_call call
    cdef tgc_operand *w = &call.operands[1]
    cdef int ndim = PyArray_NDIM(x), d
    cdef int dtype = common_dtype("linear", "x", x, "weight", weight)
    cdef int last = ACTIVATIONS.index(activation)
    if last and dtype != TGC_F32 and dtype != TGC_F64:
        raise TypeError(f"linear: x must be float32 or float64 for {activation}, got {x.dtype}")
    if PyArray_NDIM(weight) != 2 or ndim == 0 or PyArray_DIMS(x)[ndim - 1] != PyArray_DIMS(weight)[1]:
        raise ShapeError(
            f"linear: x of shape {(<object>x).shape} must be (..., in) and weight of shape "
            f"{(<object>weight).shape} must be (out, in) with the same in")
    if ndim > TGC_MAX_DIMS:
        raise ShapeError(f"linear: x must have at most {TGC_MAX_DIMS} dimensions, got {ndim}")
    for d in range(ndim - 1):
        shape[d] = PyArray_DIMS(x)[d]
    shape[ndim - 1] = PyArray_DIMS(weight)[0]
    if bias is not None:
        common_dtype("linear", "weight", weight, "bias", bias)
        if PyArray_NDIM(bias) != 1 or PyArray_DIMS(bias)[0] != shape[ndim - 1]:
            raise ShapeError(
                f"linear: bias of shape {(<object>bias).shape} must be (out,) for weight of shape "
                f"{(<object>weight).shape}")
    if out is None:
        out = empty(ndim, shape, dtype)
    else:
        check_product("linear", out, ndim, shape, x, weight, bias)
    begin(&call, TGC_matmul, dtype)
    add_operand(&call, x, TGC_READ)
    add_operand(&call, weight, TGC_READ)
    w.shape[0], w.shape[1] = w.shape[1], w.shape[0]
    w.strides[0], w.strides[1] = w.strides[1], w.strides[0]
    if bias is not None:
        add_operand(&call, bias, TGC_READ)
    add_operand(&call, out, TGC_WRITE)
    if ndim == 1:
        insert_dimension(&call.operands[0], 0)
        insert_dimension(&call.operands[call.n_operands - 1], 0)
    broadcast(w, 2, ndim, shape)
    if bias is not None:
        broadcast(&call.operands[2], 1, call.operands[0].ndim, <npy_intp *>call.operands[0].shape)
    run_product(&call, dtype, last)
    return out
