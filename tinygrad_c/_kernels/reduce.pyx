"""Reductions over any axes: bindings of csrc/reduce.

``dims`` is None (all axes), an int or a tuple of ints; negative ones count from the end. With
``keepdim`` the reduced axes stay, with size 1.
"""

from numpy cimport (
    PyArray_DIMS,
    PyArray_ISCARRAY_RO,
    PyArray_NDIM,
    PyArray_SIZE,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.broadcast cimport find_axis
from tinygrad_c._kernels.runtime cimport (
    TGC_BOOL,
    TGC_F32,
    TGC_I64,
    TGC_MAX_DIMS,
    TGC_READ,
    TGC_U8,
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

from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_sum
        TGC_mean
        TGC_prod
        TGC_squared_distances
        TGC_amax
        TGC_amin
        TGC_any
        TGC_all
        TGC_max
        TGC_min
        TGC_argmax
        TGC_argmin
        TGC_prod_backward


cdef extern from "reduce/reduce.h" nogil:
    enum:
        TGC_REDUCE_AXES
        TGC_REDUCE_SPLITS
        TGC_REDUCE_SLOT

    ptrdiff_t tgc_reduce_splits(ptrdiff_t n_in, ptrdiff_t n_out)


# Which axes go, and whether they stay with size 1.
cdef struct Axes:
    int ndim
    unsigned int reduced
    bint keepdim


cdef int add_axis(str name, Axes *axes, object dim) except -1:
    cdef int d = find_axis(name, dim, axes.ndim)
    cdef unsigned int bit = 1u << d
    if axes.reduced & bit:
        raise ShapeError(f"{name}: dims must name each axis once, got axis {d} twice")
    axes.reduced |= bit
    return 0


cdef Axes find_axes(str name, ndarray a, object dims, bint keepdim) except *:
    cdef Axes axes = Axes(PyArray_NDIM(a), 0, keepdim)
    if axes.ndim > TGC_MAX_DIMS:
        raise ShapeError(f"{name}: a must have at most {TGC_MAX_DIMS} dimensions, got {axes.ndim}")
    if dims is None:
        axes.reduced = (1u << axes.ndim) - 1
    elif isinstance(dims, (tuple, list)):
        for dim in dims:
            add_axis(name, &axes, dim)
    else:
        add_axis(name, &axes, dims)
    return axes


cdef ndarray new_output(ndarray a, Axes axes, int dtype):
    cdef npy_intp[TGC_MAX_DIMS] shape
    cdef int ndim = 0, d
    for d in range(axes.ndim):
        if axes.reduced >> d & 1:
            if axes.keepdim:
                shape[ndim] = 1
                ndim += 1
        else:
            shape[ndim] = PyArray_DIMS(a)[d]
            ndim += 1
    return empty(ndim, shape, dtype)


cdef int add_output(tgc_call *call, ndarray y, Axes axes) except -1:
    """Appends y with its axes where a has them, and size 1 for those that are reduced."""
    cdef tgc_operand *o = &call.operands[add_operand(call, y, TGC_WRITE)]
    cdef int source = o.ndim - 1, d
    for d in range(axes.ndim - 1, -1, -1):
        if axes.reduced >> d & 1 and not axes.keepdim:
            o.shape[d] = 1
            o.strides[d] = 0
        else:
            o.shape[d] = o.shape[source]
            o.strides[d] = o.strides[source]
            source -= 1
    o.ndim = axes.ndim
    return 0


cdef int run_reduction(tgc_call *call, ndarray a, ndarray y, Axes axes) except -1:
    """Adds the scratch for partial results, if that pays, and runs."""
    cdef ptrdiff_t splits = tgc_reduce_splits(PyArray_SIZE(a), PyArray_SIZE(y))
    cdef npy_intp scratch_size = splits * PyArray_SIZE(y) * (TGC_REDUCE_SLOT // 8)
    call.sizes[TGC_REDUCE_AXES] = axes.reduced
    call.sizes[TGC_REDUCE_SPLITS] = splits
    cdef ndarray scratch  # lives until the end of the run
    if splits > 1:
        scratch = empty(1, &scratch_size, TGC_I64)
        add_operand(call, scratch, TGC_WRITE)
    run(call)
    return 0


cdef ndarray reduce(int kernel, ndarray a, Axes axes, int dtype):
    cdef tgc_call call
    begin(&call, kernel, dtype_code(a))
    cdef ndarray y = new_output(a, axes, dtype)
    add_operand(&call, a, TGC_READ)
    add_output(&call, y, axes)
    run_reduction(&call, a, y, axes)
    return y


cdef int check_not_empty(str name, ndarray a, Axes axes) except -1:
    """An empty set has no largest element."""
    cdef int d
    for d in range(axes.ndim):
        if axes.reduced >> d & 1 and PyArray_DIMS(a)[d] == 0:
            raise IndexError(
                f"{name}: a must have elements along the reduced axes, got shape {(<object>a).shape}")
    return 0


cdef tuple extreme(str name, int kernel, ndarray a, object dim, bint keepdim):
    cdef tgc_call call
    cdef Axes axes = find_axes(name, a, find_axis(name, dim, PyArray_NDIM(a)), keepdim)
    check_not_empty(name, a, axes)
    begin(&call, kernel, dtype_code(a))
    cdef ndarray values = new_output(a, axes, dtype_code(a))
    cdef ndarray indices = new_output(a, axes, TGC_I64)
    add_operand(&call, a, TGC_READ)
    add_output(&call, values, axes)
    add_output(&call, indices, axes)
    run_reduction(&call, a, values, axes)
    return values, indices


cdef ndarray arg_extreme(str name, int kernel, ndarray a, object dim, bint keepdim):
    cdef object axis = None if dim is None else find_axis(name, dim, PyArray_NDIM(a))
    cdef Axes axes = find_axes(name, a, axis, keepdim)
    check_not_empty(name, a, axes)
    if dtype_code(a) == TGC_BOOL:
        raise RuntimeError(f"{name}: does not support bool input: cast it to int first")
    return reduce(kernel, a, axes, TGC_I64)


cdef Axes find_axes_or_all(str name, ndarray a, object dims, bint keepdim) except *:
    """PyTorch reads an empty tuple as all axes, but for any and all."""
    cdef bint every = isinstance(dims, (tuple, list)) and not dims
    return find_axes(name, a, None if every else dims, keepdim)


cdef int sum_dtype(ndarray a) except -1:
    cdef int dtype = dtype_code(a)
    return dtype if dtype >= TGC_F32 else TGC_I64


def sum(ndarray a, dims=None, bint keepdim=False):
    """y = sum of a over dims; bool and integers give int64."""
    return reduce(TGC_sum, a, find_axes_or_all("sum", a, dims, keepdim), sum_dtype(a))


def mean(ndarray a, dims=None, bint keepdim=False):
    """y = sum of a over dims / number of its terms; NaN where there is none."""
    cdef int dtype = float_code("mean", "a", a)
    return reduce(TGC_mean, a, find_axes_or_all("mean", a, dims, keepdim), dtype)


def squared_distances(ndarray a, dims=None, bint keepdim=False):
    """y = sum of (a - mean of a)**2 over dims; 0 where there is no element."""
    cdef int dtype = float_code("var", "a", a)
    return reduce(TGC_squared_distances, a, find_axes_or_all("var", a, dims, keepdim), dtype)


def prod(ndarray a, dims=None, bint keepdim=False):
    """y = product of a over dims; bool and integers give int64."""
    return reduce(TGC_prod, a, find_axes_or_all("prod", a, dims, keepdim), sum_dtype(a))


def prod_backward(ndarray grad, ndarray a):
    """y[i, k] = grad[i] * product of all a[i, j] but j = k: the gradient of ``prod(a, 1)``."""
    cdef tgc_call call
    cdef int dtype = float_code("prod_backward", "a", a)
    if PyArray_NDIM(a) != 2 or not PyArray_ISCARRAY_RO(a):
        raise ShapeError(
            f"prod_backward: a must be a contiguous matrix, got shape {(<object>a).shape}")
    if (PyArray_NDIM(grad) != 1 or PyArray_DIMS(grad)[0] != PyArray_DIMS(a)[0]
            or dtype_code(grad) != dtype):
        raise ShapeError(
            f"prod_backward: grad must be {a.dtype} of shape ({PyArray_DIMS(a)[0]},), got "
            f"{grad.dtype} of shape {(<object>grad).shape}")
    cdef ndarray y = empty(2, PyArray_DIMS(a), dtype)
    begin(&call, TGC_prod_backward, dtype)
    add_operand(&call, grad, TGC_READ)
    add_operand(&call, a, TGC_READ)
    add_operand(&call, y, TGC_WRITE)
    run(&call)
    return y


def amax(ndarray a, dims=None, bint keepdim=False):
    """y = largest element over dims, NaN if there is one."""
    cdef Axes axes = find_axes_or_all("amax", a, dims, keepdim)
    check_not_empty("amax", a, axes)
    return reduce(TGC_amax, a, axes, dtype_code(a))


def amin(ndarray a, dims=None, bint keepdim=False):
    """y = smallest element over dims, NaN if there is one."""
    cdef Axes axes = find_axes_or_all("amin", a, dims, keepdim)
    check_not_empty("amin", a, axes)
    return reduce(TGC_amin, a, axes, dtype_code(a))


cdef int truth_dtype(ndarray a) except -1:
    return TGC_U8 if dtype_code(a) == TGC_U8 else TGC_BOOL


def any(ndarray a, dims=None, bint keepdim=False):
    """y = whether any element over dims is not 0: bool, of uint8 as uint8."""
    return reduce(TGC_any, a, find_axes("any", a, dims, keepdim), truth_dtype(a))


def all(ndarray a, dims=None, bint keepdim=False):
    """y = whether no element over dims is 0: bool, of uint8 as uint8."""
    return reduce(TGC_all, a, find_axes("all", a, dims, keepdim), truth_dtype(a))


def max(ndarray a, dim, bint keepdim=False):
    """(values, indices) of the largest elements along dim; the first of equals, NaN above all."""
    return extreme("max", TGC_max, a, dim, keepdim)


def min(ndarray a, dim, bint keepdim=False):
    """(values, indices) of the smallest elements along dim; the first of equals, NaN below all."""
    return extreme("min", TGC_min, a, dim, keepdim)


def argmax(ndarray a, dim=None, bint keepdim=False):
    """The index of the largest element along dim, or in the flattened array."""
    return arg_extreme("argmax", TGC_argmax, a, dim, keepdim)


def argmin(ndarray a, dim=None, bint keepdim=False):
    """The index of the smallest element along dim, or in the flattened array."""
    return arg_extreme("argmin", TGC_argmin, a, dim, keepdim)


def sum_to(ndarray a, tuple shape):
    """Undo broadcasting: sum a over the axes along which an array of `shape` was repeated.

    a itself where it has that shape.
    """
    cdef int ndim = PyArray_NDIM(a), missing = ndim - len(shape), d
    cdef Axes axes = Axes(ndim, 0, True)
    cdef npy_intp size
    if (<object>a).shape == shape:
        return a
    for d in range(ndim):
        size = 1 if d < missing else shape[d - missing]
        if size != PyArray_DIMS(a)[d]:
            if size != 1:
                missing = -1
                break
            axes.reduced |= 1u << d
    if missing < 0:
        raise ShapeError(
            f"sum_to: shape must broadcast to that of a, got {shape} and {(<object>a).shape}")
    y = reduce(TGC_sum, a, axes, sum_dtype(a))
    return y.reshape(shape) if missing else y
