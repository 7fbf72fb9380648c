"""Pooling over the windows of planes: bindings of csrc/pool.

Arrays are (N, C, H, W) or (C, H, W). Sizes are an int or a pair of ints, for rows and columns;
``window`` stands for (kernel_size, stride, padding, dilation, ceil_mode), of which stride is
kernel_size where it is None.
"""

from operator import index

from numpy cimport PyArray_IS_C_CONTIGUOUS, import_array, ndarray, npy_intp

from tinygrad_c._kernels.runtime cimport (
    TGC_I32,
    TGC_I64,
    TGC_READ,
    TGC_U8,
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

from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_max_pool
        TGC_max_pool_indices
        TGC_max_pool_gather
        TGC_max_pool_backward
        TGC_avg_pool
        TGC_avg_pool_backward


cdef extern from "pool/pool.h" nogil:
    enum:
        TGC_POOL_BYTE_TAPS
        TGC_POOL_ROWS
        TGC_POOL_COLUMNS
        TGC_POOL_MODE
        TGC_POOL_ADAPTIVE
        TGC_POOL_COUNT_PADDING


# The larger of these numbers still fit in one of 32 bits, and float32 counts the taps exactly.
cdef Py_ssize_t LARGEST = (<Py_ssize_t>1 << 31) - 1
cdef Py_ssize_t LARGEST_WINDOW = <Py_ssize_t>1 << 24


# One axis of the windows, and how many of them there are.
cdef struct Axis:
    Py_ssize_t size
    Py_ssize_t out
    Py_ssize_t kernel
    Py_ssize_t stride
    Py_ssize_t padding
    Py_ssize_t dilation


cdef struct Planes:
    Axis rows
    Axis columns


# ---- arguments ----

cdef tuple pair(str name, str what, object value, Py_ssize_t least):
    """An int for both axes, or one for each."""
    cdef object first = value, second = value
    if isinstance(value, (tuple, list)):
        if len(value) != 1 and len(value) != 2:
            raise ValueError(f"{name}: {what} must be an int or a pair of ints, got {value!r}")
        first, second = value[0], value[len(value) - 1]
    try:
        first, second = index(first), index(second)
    except TypeError:
        raise TypeError(f"{name}: {what} must be an int or a pair of ints, got {value!r}") from None
    if min(first, second) < least or max(first, second) > LARGEST:
        raise ShapeError(f"{name}: {what} must be at least {least} and below 2**31, got {value!r}")
    return first, second


cdef int check_planes(str name, object shape, int filled) except -1:
    """(N, C, H, W) or (C, H, W), the last `filled` of which are not 0."""
    cdef int ndim = len(shape)
    if ndim not in (3, 4) or 0 in shape[ndim - filled:]:
        raise ShapeError(f"{name}: input must be (N, C, H, W) or (C, H, W) with at least one "
                         f"{'channel, ' if filled > 2 else ''}row and column, got {tuple(shape)}")
    return 0


cdef int count_windows(str name, Axis *axis, bint ceil_mode, object shape, object window) except -1:
    cdef Py_ssize_t span = (axis.kernel - 1) * axis.dilation + 1
    cdef Py_ssize_t room = axis.size + 2 * axis.padding - span, o, start
    if axis.padding > axis.kernel // 2:
        raise ShapeError(f"{name}: padding must be at most half of kernel_size, got padding "
                         f"{window[2]!r} and kernel_size {window[0]!r}")
    axis.out = 0
    if room >= 0 or (ceil_mode and room + axis.stride > 0):
        axis.out = (room + (axis.stride - 1 if ceil_mode else 0)) // axis.stride + 1
    if ceil_mode and axis.out > 0 and (axis.out - 1) * axis.stride >= axis.size + axis.padding:
        axis.out -= 1
    if axis.out < 1:
        raise ShapeError(f"{name}: the window must fit into the padded input, got input of shape "
                         f"{tuple(shape)}, kernel_size {window[0]!r}, padding {window[2]!r} and "
                         f"dilation {window[3]!r}")
    if axis.dilation > axis.size:
        for o in range(axis.out):
            start = o * axis.stride - axis.padding
            if start < 0 and -start % axis.dilation and \
                    axis.dilation - -start % axis.dilation >= axis.size:
                raise ShapeError(
                    f"{name}: every window must reach the input, got input of shape {tuple(shape)}, "
                    f"padding {window[2]!r} and dilation {window[3]!r}")
    return 0


cdef Planes parse_window(str name, object shape, tuple window) except *:
    cdef Planes planes
    kernel_size, stride, padding, dilation, ceil_mode = window
    kernel = pair(name, "kernel_size", kernel_size, 1)
    strides = kernel if stride is None or stride == () or stride == [] else pair(
        name, "stride", stride, 1)
    paddings = pair(name, "padding", padding, 0)
    dilations = pair(name, "dilation", dilation, 1)
    check_planes(name, shape, 3)
    if kernel[0] * kernel[1] > LARGEST_WINDOW:
        raise ShapeError(f"{name}: a window must have at most 2**24 elements, got {kernel_size!r}")
    cdef int ndim = len(shape)
    planes.rows = Axis(shape[ndim - 2], 0, kernel[0], strides[0], paddings[0], dilations[0])
    planes.columns = Axis(shape[ndim - 1], 0, kernel[1], strides[1], paddings[1], dilations[1])
    count_windows(name, &planes.rows, ceil_mode, shape, window)
    count_windows(name, &planes.columns, ceil_mode, shape, window)
    return planes


cdef Planes parse_adaptive(object shape, object output_size) except *:
    cdef str name = "adaptive_avg_pool2d"
    cdef Planes planes
    check_planes(name, shape, 2)
    cdef int ndim = len(shape)
    cdef object height = shape[ndim - 2], width = shape[ndim - 1]
    cdef object rows = output_size, columns = output_size
    if isinstance(output_size, (tuple, list)) and len(output_size) == 2:
        rows, columns = output_size[0], output_size[1]
    # None keeps the size.
    rows, _ = pair(name, "output_size", height if rows is None else rows, 0)
    columns, _ = pair(name, "output_size", width if columns is None else columns, 0)
    planes.rows = Axis(height, rows, 1, 1, 0, 1)
    planes.columns = Axis(width, columns, 1, 1, 0, 1)
    return planes


# ---- calls ----

cdef ndarray new_planes(object shape, Py_ssize_t rows, Py_ssize_t columns, int dtype):
    """(N, C, rows, columns) or (C, rows, columns), as `shape` has it."""
    cdef npy_intp[4] sizes
    cdef int ndim = len(shape), d
    for d in range(ndim - 2):
        sizes[d] = shape[d]
    sizes[ndim - 2] = rows
    sizes[ndim - 1] = columns
    return empty(ndim, sizes, dtype)


cdef int add_planes(tgc_call *call, ndarray array, int access) except -1:
    """Appends an operand; a single image gets a dimension of one image."""
    cdef tgc_operand *o = &call.operands[add_operand(call, array, access)]
    cdef int d
    if o.ndim == 3:
        for d in range(3, 0, -1):
            o.shape[d] = o.shape[d - 1]
            o.strides[d] = o.strides[d - 1]
        o.shape[0] = 1
        o.ndim = 4
    return 0


cdef void set_axis(ptrdiff_t *sizes, const Axis *axis) noexcept:
    sizes[0] = axis.kernel
    sizes[1] = axis.stride
    sizes[2] = axis.padding
    sizes[3] = axis.dilation


cdef int start(tgc_call *call, int kernel, int dtype, const Planes *planes, int mode) except -1:
    begin(call, kernel, dtype)
    set_axis(call.sizes + <int>TGC_POOL_ROWS, &planes.rows)
    set_axis(call.sizes + <int>TGC_POOL_COLUMNS, &planes.columns)
    call.sizes[TGC_POOL_MODE] = mode
    return 0


cdef int tap_dtype(const Planes *planes) noexcept:
    return TGC_U8 if planes.rows.kernel * planes.columns.kernel <= TGC_POOL_BYTE_TAPS else TGC_I32


cdef int check_outputs(str name, str operand, ndarray array, object shape,
                       const Planes *planes) except -1:
    """`array` has one element for each window of an input of `shape`."""
    cdef object expected = (*shape[:len(shape) - 2], planes.rows.out, planes.columns.out)
    if (<object>array).shape != expected:
        raise ShapeError(f"{name}: {operand} must have the shape {expected} of the output, "
                         f"got {(<object>array).shape}")
    return 0


cdef int check_taps(str name, ndarray taps, object shape, const Planes *planes) except -1:
    check_outputs(name, "taps", taps, shape, planes)
    if dtype_code(taps) != tap_dtype(planes) or not PyArray_IS_C_CONTIGUOUS(taps):
        raise TypeError(f"{name}: taps must be those of max_pool2d, got {taps.dtype}")
    return 0


def max_pool2d(ndarray a, tuple window):
    """(y, taps): the largest of each window, and the number of the first tap that has it."""
    cdef tgc_call call
    cdef int dtype = float_code("max_pool2d", "input", a)
    shape = (<object>a).shape
    cdef Planes planes = parse_window("max_pool2d", shape, window)
    cdef ndarray y = new_planes(shape, planes.rows.out, planes.columns.out, dtype)
    cdef ndarray taps = new_planes(shape, planes.rows.out, planes.columns.out, tap_dtype(&planes))
    start(&call, TGC_max_pool, dtype, &planes, 0)
    add_planes(&call, a, TGC_READ)
    add_planes(&call, y, TGC_WRITE)
    add_planes(&call, taps, TGC_WRITE)
    run(&call)
    return y, taps


def max_pool2d_indices(ndarray a, ndarray taps, tuple window):
    """Where the taps stand in the planes of `a`, row by row: int64."""
    cdef tgc_call call
    shape = (<object>a).shape
    cdef Planes planes = parse_window("max_pool2d", shape, window)
    check_taps("max_pool2d_indices", taps, shape, &planes)
    cdef ndarray y = new_planes(shape, planes.rows.out, planes.columns.out, TGC_I64)
    start(&call, TGC_max_pool_indices, TGC_I64, &planes, 0)
    add_planes(&call, a, TGC_READ)
    add_planes(&call, taps, TGC_READ)
    add_planes(&call, y, TGC_WRITE)
    run(&call)
    return y


def max_pool2d_gather(ndarray a, ndarray taps, tuple window):
    """The elements of `a` where the taps stand."""
    cdef tgc_call call
    cdef int dtype = float_code("max_pool2d_gather", "input", a)
    shape = (<object>a).shape
    cdef Planes planes = parse_window("max_pool2d", shape, window)
    check_taps("max_pool2d_gather", taps, shape, &planes)
    cdef ndarray y = new_planes(shape, planes.rows.out, planes.columns.out, dtype)
    start(&call, TGC_max_pool_gather, dtype, &planes, 0)
    add_planes(&call, a, TGC_READ)
    add_planes(&call, taps, TGC_READ)
    add_planes(&call, y, TGC_WRITE)
    run(&call)
    return y


def max_pool2d_backward(ndarray grad, ndarray taps, tuple shape, tuple window):
    """Zeros of `shape`, to which grad is added where the taps stand."""
    cdef tgc_call call
    cdef int dtype = float_code("max_pool2d_backward", "grad", grad)
    cdef Planes planes = parse_window("max_pool2d", shape, window)
    check_outputs("max_pool2d_backward", "grad", grad, shape, &planes)
    check_taps("max_pool2d_backward", taps, shape, &planes)
    cdef ndarray grad_a = new_planes(shape, planes.rows.size, planes.columns.size, dtype)
    start(&call, TGC_max_pool_backward, dtype, &planes, 0)
    add_planes(&call, grad, TGC_READ)
    add_planes(&call, taps, TGC_READ)
    add_planes(&call, grad_a, TGC_WRITE)
    run(&call)
    return grad_a


cdef ndarray averages(int kernel, ndarray a, object shape, Py_ssize_t rows, Py_ssize_t columns,
                      const Planes *planes, int mode, object divisor):
    """Runs avg_pool or avg_pool_backward from `a` to planes of rows x columns."""
    cdef tgc_call call
    cdef int dtype = dtype_code(a)
    cdef ndarray y = new_planes(shape, rows, columns, dtype)
    start(&call, kernel, dtype, planes, mode)
    add_planes(&call, a, TGC_READ)
    add_planes(&call, y, TGC_WRITE)
    add_scalar(&call, divisor)
    run(&call)
    return y


cdef object parse_divisor(object divisor):
    """0 where the window says what to divide by."""
    if divisor is None:
        return 0
    if index(divisor) == 0:
        raise ValueError("avg_pool2d: divisor_override must not be zero, got 0")
    return index(divisor)


def avg_pool2d(ndarray a, tuple window, bint count_include_pad=True, divisor_override=None):
    """The mean of each window, or its sum / divisor_override."""
    float_code("avg_pool2d", "input", a)
    cdef Planes planes = parse_window("avg_pool2d", (<object>a).shape, window)
    divisor = parse_divisor(divisor_override)
    return averages(TGC_avg_pool, a, (<object>a).shape, planes.rows.out, planes.columns.out, &planes,
                    TGC_POOL_COUNT_PADDING if count_include_pad else 0, divisor)


def avg_pool2d_backward(ndarray grad, tuple shape, tuple window, bint count_include_pad=True,
                        divisor_override=None):
    """The adjoint: grad / divisor, added to all elements of its window."""
    float_code("avg_pool2d_backward", "grad", grad)
    cdef Planes planes = parse_window("avg_pool2d", shape, window)
    divisor = parse_divisor(divisor_override)
    check_outputs("avg_pool2d_backward", "grad", grad, shape, &planes)
    return averages(TGC_avg_pool_backward, grad, shape, planes.rows.size, planes.columns.size, &planes,
                    TGC_POOL_COUNT_PADDING if count_include_pad else 0, divisor)


def adaptive_avg_pool2d(ndarray a, output_size):
    """The means of windows that cover the planes, output_size of them; None keeps a size."""
    float_code("adaptive_avg_pool2d", "input", a)
    cdef Planes planes = parse_adaptive((<object>a).shape, output_size)
    return averages(TGC_avg_pool, a, (<object>a).shape, planes.rows.out, planes.columns.out, &planes,
                    TGC_POOL_ADAPTIVE, 0)


def adaptive_avg_pool2d_backward(ndarray grad, tuple shape):
    """The adjoint: grad / elements of its window, added to all of them."""
    float_code("adaptive_avg_pool2d_backward", "grad", grad)
    cdef tuple out = (<object>grad).shape
    cdef int ndim = len(out)
    cdef Planes planes = parse_adaptive(
        shape, (out[ndim - 2], out[ndim - 1]) if ndim > 2 else 0)
    check_outputs("adaptive_avg_pool2d_backward", "grad", grad, shape, &planes)
    return averages(TGC_avg_pool_backward, grad, shape, planes.rows.size, planes.columns.size, &planes,
                    TGC_POOL_ADAPTIVE, 0)
