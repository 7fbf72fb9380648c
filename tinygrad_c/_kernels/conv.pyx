"""Convolution and its gradients, im2col and col2im: bindings of csrc/conv.

The checks and records that they share are in conv_windows.pxi, the way by columns in
conv_columns.pxi.

Images are (N, C, L) or (N, C, H, W), kernels (O, C / groups, K) or (O, C / groups, K, L); sizes,
strides, paddings (above and to the left) and dilations are tuples of one or two numbers. An image
of one dimension is one of height 1. Volumes are those of `volume`.
"""

cimport cython
from numpy cimport (
    PyArray_DIMS,
    PyArray_ITEMSIZE,
    PyArray_NDIM,
    PyArray_SIZE,
    PyArray_STRIDES,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.runtime cimport (
    TGC_F32,
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

from tinygrad_c._kernels import copy, elementwise, layout
from tinygrad_c._kernels import reduce as reductions
from tinygrad_c._kernels.matmul import matmul
from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_conv
        TGC_conv_transpose
        TGC_conv_pack
        TGC_conv_weight
        TGC_conv_weight_sum
        TGC_conv_naive
        TGC_conv_transpose_naive
        TGC_conv_weight_naive
        TGC_im2col
        TGC_col2im


cdef extern from "runtime/sizes.h" nogil:
    enum:
        TGC_MAX_LANES


cdef extern from "conv/conv.h" nogil:
    enum:
        TGC_CONV_KERNEL_H
        TGC_CONV_STRIDE_H
        TGC_CONV_PADDING_H
        TGC_CONV_DILATION_H
        TGC_CONV_KERNEL_W
        TGC_CONV_STRIDE_W
        TGC_CONV_PADDING_W
        TGC_CONV_DILATION_W
        TGC_CONV_GROUPS
        TGC_CONV_DEPTH_TAPS
        TGC_CONV_DEPTH_STEP
        TGC_CONV_DEPTH_TAP
        TGC_CONV_DEPTH_START


cdef extern from "conv/layout.h" nogil:
    enum:
        TGC_CONV_METHOD
        TGC_CONV_NO_METHOD
        TGC_CONV_PHASES_H
        TGC_CONV_PHASES_W


cdef extern from "conv/weight.h" nogil:
    enum:
        TGC_CONV_PARTS


# ---- the variants ----

VARIANTS = ("auto", "naive", "im2col", "implicit")
cdef enum:
    AUTO
    NAIVE
    IM2COL
    IMPLICIT
    DEFAULT = AUTO

include "variants.pxi"


cdef bint may_be_implicit() noexcept:
    return chosen() == IMPLICIT or chosen() == AUTO


include "conv_windows.pxi"
include "conv_columns.pxi"


# ---- the three products ----

cdef ndarray in_rows(ndarray image):
    """`image`, or a copy of it, with neighbours in a row side by side in memory."""
    cdef int last = PyArray_NDIM(image) - 1
    if PyArray_STRIDES(image)[last] == PyArray_ITEMSIZE(image):
        return image
    return copy.contiguous(image)


cdef bint run_packed(int kernel, ndarray image, ndarray weight, npy_intp outputs, ndarray bias,
                     ndarray result, Window window, object depth=FLAT) except -1:
    """Runs `kernel` on packed weights, unless it does not suit the window: then returns False."""
    cdef tgc_call call, pack
    cdef int dtype = dtype_code(image)
    cdef npy_intp n_packed = packed_size(weight, outputs, window.groups)
    cdef ndarray packed = empty(1, &n_packed, dtype)
    image = in_rows(image)
    begin(&call, kernel, dtype)
    set_window(&call, window, depth)
    add_volume(&call, image, TGC_READ)
    add_operand(&call, packed, TGC_READ)
    add_volume(&call, result, TGC_WRITE)
    call.kernel.plan(&call)
    if call.sizes[TGC_CONV_METHOD] == TGC_CONV_NO_METHOD:
        return False
    begin(&pack, TGC_conv_pack, dtype)
    set_window(&pack, window, depth)
    pack.sizes[TGC_CONV_METHOD] = call.sizes[TGC_CONV_METHOD]
    pack.sizes[TGC_CONV_PHASES_H] = call.sizes[TGC_CONV_PHASES_H]
    pack.sizes[TGC_CONV_PHASES_W] = call.sizes[TGC_CONV_PHASES_W]
    add_volume(&pack, weight, TGC_READ)
    if bias is not None:
        add_operand(&pack, bias, TGC_READ)
    add_operand(&pack, packed, TGC_WRITE)
    run(&pack)
    run(&call)
    return True


cdef int run_moving(int kernel, int naive, ndarray image, ndarray weight, npy_intp outputs,
                    ndarray bias, ndarray result, Window window) except -1:
    """Runs `kernel` where it suits the window and the chosen variant, else `naive`; returns the
    variant that has run."""
    cdef tgc_call call
    cdef int dtype = dtype_code(image)
    if may_be_implicit() and run_packed(kernel, image, weight, outputs, bias, result, window):
        return IMPLICIT
    begin(&call, naive, dtype)
    set_window(&call, window)
    add_image(&call, image, TGC_READ)
    add_image(&call, weight, TGC_READ)
    if bias is not None:
        add_operand(&call, bias, TGC_READ)
    add_image(&call, result, TGC_WRITE)
    run(&call)
    return NAIVE


cdef npy_intp packed_size(ndarray weight, npy_intp outputs, npy_intp groups) except -1:
    """Elements that the packed weights and biases take at most: outputs in whole vectors."""
    cdef npy_intp padded = (outputs // groups + TGC_MAX_LANES - 1) // TGC_MAX_LANES * TGC_MAX_LANES
    cdef npy_intp depth = PyArray_SIZE(weight) // outputs if outputs else 0
    return groups * padded * (1 + depth)


def conv(ndarray x, ndarray weight, size, stride, padding, dilation, groups, ndarray bias=None):
    """y of spatial `size`: the sums over the windows of x, see csrc/conv/conv.h."""
    check_pair("conv", "x", x, "weight", weight)
    check_window("conv", PyArray_NDIM(x) - 2, stride, padding, dilation, groups)
    check_channels("conv", "x", x, PyArray_DIMS(weight)[1] * groups, weight, groups)
    check_bias("conv", x, PyArray_DIMS(weight)[0], bias)
    check_numbers("conv", "size", size, PyArray_NDIM(x) - 2, 0)
    cdef Window window = Window(spatial(weight), stride, padding, dilation, groups)
    if takes_columns(x, PyArray_DIMS(weight)[0], window, spatial(x), size):
        remember(IM2COL)
        return conv_by_columns(x, weight, bias, window, size)
    cdef ndarray y = new_image(x, PyArray_DIMS(x)[0], PyArray_DIMS(weight)[0], size)
    remember(run_moving(
        TGC_conv, TGC_conv_naive, x, weight, PyArray_DIMS(weight)[0], bias, y, window))
    return y


def conv_transpose(ndarray y, ndarray weight, size, stride, padding, dilation, groups,
                   ndarray bias=None):
    """x of spatial `size`: the gradient of `conv` with respect to x, and a bias."""
    check_pair("conv_transpose", "y", y, "weight", weight)
    check_window("conv_transpose", PyArray_NDIM(y) - 2, stride, padding, dilation, groups)
    check_channels("conv_transpose", "y", y, PyArray_DIMS(weight)[0], weight, groups)
    check_bias("conv_transpose", y, PyArray_DIMS(weight)[1] * groups, bias)
    check_numbers("conv_transpose", "size", size, PyArray_NDIM(y) - 2, 0)
    cdef Window window = Window(spatial(weight), stride, padding, dilation, groups)
    if takes_columns(y, PyArray_DIMS(weight)[1], window, size, spatial(y)):
        remember(IM2COL)
        return conv_transpose_by_columns(y, weight, bias, window, size)
    cdef npy_intp channels = PyArray_DIMS(weight)[1] * groups
    cdef ndarray x = new_image(y, PyArray_DIMS(y)[0], channels, size)
    remember(run_moving(
        TGC_conv_transpose, TGC_conv_transpose_naive, y, weight, channels, bias, x, window))
    return x


def conv_weight(ndarray y, ndarray x, kernel, stride, padding, dilation, groups):
    """The weight whose windows are `kernel`: the gradient of `conv` with respect to it."""
    check_pair("conv_weight", "y", y, "x", x)
    check_window("conv_weight", PyArray_NDIM(y) - 2, stride, padding, dilation, groups)
    check_numbers("conv_weight", "kernel", kernel, PyArray_NDIM(y) - 2, 1)
    if (PyArray_DIMS(y)[0] != PyArray_DIMS(x)[0] or PyArray_DIMS(y)[1] % groups != 0
            or PyArray_DIMS(x)[1] % groups != 0):
        raise ShapeError(
            f"conv_weight: y of shape {(<object>y).shape} and x of shape {(<object>x).shape} must "
            f"agree in their first dimension, and {groups} groups divide their channels")
    # Long images have a product each: together they must be smaller than y.
    cdef npy_intp long_image = max(LONG, 2 * PyArray_DIMS(x)[1])
    cdef Window window = Window(kernel, stride, padding, dilation, groups)
    if takes_columns(y, PyArray_DIMS(x)[1], window, spatial(x), spatial(y), long_image):
        remember(IM2COL)
        return conv_weight_by_columns(y, x, window)
    cdef ndarray weight = new_image(y, PyArray_DIMS(y)[1], PyArray_DIMS(x)[1] // groups, kernel)
    remember(run_weight(y, x, weight, window))
    return weight


cdef bint run_sums(ndarray y, ndarray x, ndarray weight, Window window,
                   object depth=FLAT) except -1:
    """Sums parts of the places and then the parts; False where the method does not suit."""
    cdef tgc_call call, total
    cdef int dtype = dtype_code(x)
    cdef npy_intp n_sums
    cdef ndarray sums
    y, x = in_rows(y), in_rows(x)
    begin(&call, TGC_conv_weight, dtype)
    set_window(&call, window, depth)
    add_volume(&call, y, TGC_READ)
    add_volume(&call, x, TGC_READ)
    call.kernel.plan(&call)
    if call.sizes[TGC_CONV_METHOD] == TGC_CONV_NO_METHOD:
        return False
    n_sums = packed_size(weight, PyArray_DIMS(y)[1], window.groups) * call.sizes[TGC_CONV_PARTS]
    sums = empty(1, &n_sums, dtype)
    add_operand(&call, sums, TGC_WRITE)
    begin(&total, TGC_conv_weight_sum, dtype)
    set_window(&total, window, depth)
    total.sizes[TGC_CONV_METHOD] = call.sizes[TGC_CONV_METHOD]
    total.sizes[TGC_CONV_PARTS] = call.sizes[TGC_CONV_PARTS]
    add_operand(&total, sums, TGC_READ)
    add_volume(&total, weight, TGC_WRITE)
    run(&call)
    run(&total)
    return True


cdef int run_weight(ndarray y, ndarray x, ndarray weight, Window window) except -1:
    """Runs the sums or the definition; returns which it was."""
    cdef tgc_call call
    cdef int dtype = dtype_code(x)
    if may_be_implicit() and run_sums(y, x, weight, window):
        return IMPLICIT
    begin(&call, TGC_conv_weight_naive, dtype)
    set_window(&call, window)
    add_image(&call, y, TGC_READ)
    add_image(&call, x, TGC_READ)
    add_image(&call, weight, TGC_WRITE)
    run(&call)
    return NAIVE


# ---- volumes, for `volume`, which has checked them ----

cdef bint are_moderate(object depth) except -1:
    """There is a tap, and sums and products of the numbers stay far from the largest integer."""
    return depth[0] > 0 and all([-LARGEST <= n <= LARGEST for n in depth])


def move_volume(bint transposed, ndarray image, ndarray weight, ndarray result, Window window,
                depth, ndarray bias=None):
    """Writes `conv` or `conv_transpose` of a volume into `result`, whose planes are contiguous; the
    window is that of a plane. False: not done, this is not for the chosen variant or the window."""
    cdef bint done = may_be_implicit() and are_moderate(depth) and run_packed(
        TGC_conv_transpose if transposed else TGC_conv, image, weight, PyArray_DIMS(result)[1],
        bias, result, window, depth)
    if done:
        remember(IMPLICIT)
    return done


def weigh_volume(ndarray y, ndarray x, ndarray weight, Window window, depth):
    """The same for `conv_weight`."""
    cdef bint done = may_be_implicit() and are_moderate(depth) and run_sums(
        y, x, weight, window, depth)
    if done:
        remember(IMPLICIT)
    return done
