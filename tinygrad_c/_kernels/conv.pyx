"""Convolution and its gradients, im2col and col2im: bindings of csrc/conv.

Images are (N, C, L) or (N, C, H, W), kernels (O, C / groups, K) or (O, C / groups, K, L); sizes,
strides, paddings (above and to the left) and dilations are tuples of one or two numbers. An image
of one dimension is one of height 1. Volumes are those of `volume`.
"""

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

from tinygrad_c._kernels import copy, elementwise
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


cdef bint is_pointwise(object kernel, object size, object other_size, object stride,
                       object padding):
    """Is every window one element, and no element without one? Then an image is its columns."""
    return (min(kernel) == max(kernel) == max(stride) == 1 and max(padding) == 0
            and tuple(size) == tuple(other_size))


# So many terms of a sum lie far apart in an image: of so many places, a product of matrices, which
# packs them, is faster than sums over taps (`python -m benchmarks k1`).
cdef npy_intp LONG = 96


cdef bint takes_columns(ndarray image, object kernel, object size, object stride, object padding,
                        npy_intp groups, npy_intp least_places=0):
    """Are columns chosen, or the fastest for this image and its gradient? Not where its places are
    fewer than `least_places`."""
    cdef npy_intp places = 1
    if chosen() != AUTO:
        return chosen() == IM2COL
    if PyArray_DIMS(image)[1] < LONG or groups != 1:
        return False
    if not is_pointwise(kernel, spatial(image), size, stride, padding):
        return False
    for n in size:
        places *= n
    return places >= max(LONG, least_places)


# ---- checks ----

# Far above all that fits memory, and low enough for sums of products of two.
cdef Py_ssize_t LARGEST = 1 << 30


cdef int check_numbers(str op, str name, object numbers, int ndim, Py_ssize_t least) except -1:
    if len(numbers) != ndim:
        raise ShapeError(f"{op}: {name} must have {ndim} numbers, got {tuple(numbers)}")
    for n in numbers:
        if not least <= n <= LARGEST:
            raise ValueError(
                f"{op}: {name} must be from {least} to {LARGEST}, got {tuple(numbers)}")
    return 0


cdef int check_window(str op, int ndim, object stride, object padding, object dilation,
                      object groups) except -1:
    check_numbers(op, "stride", stride, ndim, 1)
    check_numbers(op, "padding", padding, ndim, 0)
    check_numbers(op, "dilation", dilation, ndim, 1)
    check_numbers(op, "groups", (groups,), 1, 1)
    return 0


cdef int check_pair(str op, str name_a, ndarray a, str name_b, ndarray b) except -1:
    """Both are images or kernels, of as many dimensions and of one real dtype."""
    cdef int ndim = PyArray_NDIM(a)
    if ndim < 3 or ndim > 4 or ndim != PyArray_NDIM(b):
        raise ShapeError(
            f"{op}: {name_a} of shape {(<object>a).shape} and {name_b} of shape "
            f"{(<object>b).shape} must both have 3 or 4 dimensions")
    if dtype_code(a) != dtype_code(b) or dtype_code(a) < TGC_F32:
        raise TypeError(
            f"{op}: {name_a} and {name_b} must have the same dtype, float32 or float64, got "
            f"{a.dtype} and {b.dtype}")
    return 0


cdef int check_bias(str op, ndarray bias, ndarray like, npy_intp n) except -1:
    if bias is None:
        return 0
    if PyArray_NDIM(bias) != 1 or PyArray_DIMS(bias)[0] != n:
        raise ShapeError(f"{op}: bias must have shape ({n},), got {(<object>bias).shape}")
    if dtype_code(bias) != dtype_code(like):
        raise TypeError(f"{op}: bias must have dtype {like.dtype}, got {bias.dtype}")
    return 0


cdef int check_channels(str op, str name, ndarray image, npy_intp wanted, ndarray weight,
                        object groups) except -1:
    """The weight's output channels fall into `groups`, and the image has as many as it takes."""
    if PyArray_DIMS(weight)[0] % groups != 0 or PyArray_DIMS(image)[1] != wanted:
        raise ShapeError(
            f"{op}: {name} of shape {(<object>image).shape} must have {wanted} channels for "
            f"weight of shape {(<object>weight).shape} in {groups} groups, which must divide its "
            f"{PyArray_DIMS(weight)[0]}")
    return 0


# ---- records ----

cdef int add_image(tgc_call *call, ndarray image, int access) except -1:
    """Appends an image or a kernel, with a height of 1 where it has none."""
    cdef tgc_operand *o = &call.operands[add_operand(call, image, access)]
    if o.ndim == 3:
        o.shape[3], o.strides[3] = o.shape[2], o.strides[2]
        o.shape[2], o.strides[2] = 1, 0
        o.ndim = 4
    return 0


cdef int add_volume(tgc_call *call, ndarray a, int access) except -1:
    """Appends images, volumes or kernels as (N, C, D, H, W), with sizes of 1 where they have none."""
    cdef tgc_operand *o = &call.operands[add_operand(call, a, access)]
    cdef int missing = 5 - o.ndim, d
    for d in range(4, 1, -1):
        o.shape[d] = o.shape[d - missing] if d >= 2 + missing else 1
        o.strides[d] = o.strides[d - missing] if d >= 2 + missing else 0
    o.ndim = 5
    return 0


# Taps along the depth, and where they read (csrc/conv/conv.h): of images.
FLAT = 1, 0, 0, 0


cdef int set_window(tgc_call *call, object window, object depth=FLAT) except -1:
    """Kernel, stride, padding, dilation and groups; along a height of 1 where there is none."""
    cdef ptrdiff_t *s = call.sizes
    kernel, stride, padding, dilation, groups = window
    s[TGC_CONV_KERNEL_H], s[TGC_CONV_KERNEL_W] = kernel if len(kernel) == 2 else (1, *kernel)
    s[TGC_CONV_STRIDE_H], s[TGC_CONV_STRIDE_W] = stride if len(stride) == 2 else (1, *stride)
    s[TGC_CONV_PADDING_H], s[TGC_CONV_PADDING_W] = padding if len(padding) == 2 else (0, *padding)
    s[TGC_CONV_DILATION_H], s[TGC_CONV_DILATION_W] = (
        dilation if len(dilation) == 2 else (1, *dilation))
    s[TGC_CONV_GROUPS] = groups
    (s[TGC_CONV_DEPTH_TAPS], s[TGC_CONV_DEPTH_STEP], s[TGC_CONV_DEPTH_TAP],
     s[TGC_CONV_DEPTH_START]) = depth
    return 0


cdef ndarray new_image(ndarray like, npy_intp n, npy_intp channels, object size):
    cdef npy_intp[4] shape
    cdef int d = 2
    shape[0] = n
    shape[1] = channels
    for length in size:
        shape[d] = length
        d += 1
    return empty(d, shape, dtype_code(like))


cdef object spatial(ndarray a):
    return (<object>a).shape[2:]


# ---- the three products ----

cdef ndarray in_rows(ndarray image):
    """`image`, or a copy of it, with neighbours in a row side by side in memory."""
    cdef int last = PyArray_NDIM(image) - 1
    if PyArray_STRIDES(image)[last] == PyArray_ITEMSIZE(image):
        return image
    return copy.contiguous(image)


cdef bint run_packed(int kernel, ndarray image, ndarray weight, npy_intp outputs, ndarray bias,
                     ndarray result, object window, object depth=FLAT) except -1:
    """Runs `kernel` on packed weights, unless it does not suit the window: then returns False."""
    cdef tgc_call call, pack
    cdef int dtype = dtype_code(image)
    cdef npy_intp n_packed = packed_size(weight, outputs, window[4])
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
                    ndarray bias, ndarray result, object window) except -1:
    """Runs `kernel`, or `naive`, which it leaves to what does not suit it; returns the variant."""
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
    cdef npy_intp padded = (outputs // groups + LANES - 1) // LANES * LANES
    cdef npy_intp depth = PyArray_SIZE(weight) // outputs if outputs else 0
    return groups * padded * (1 + depth)


# Of the widest vectors.
cdef npy_intp LANES = 16


def conv(ndarray x, ndarray weight, size, stride, padding, dilation, groups, ndarray bias=None):
    """y of spatial `size`: the sums over the windows of x, see csrc/conv/conv.h."""
    check_pair("conv", "x", x, "weight", weight)
    check_window("conv", PyArray_NDIM(x) - 2, stride, padding, dilation, groups)
    check_channels("conv", "x", x, PyArray_DIMS(weight)[1] * groups, weight, groups)
    check_bias("conv", bias, x, PyArray_DIMS(weight)[0])
    check_numbers("conv", "size", size, PyArray_NDIM(x) - 2, 0)
    if takes_columns(x, spatial(weight), size, stride, padding, groups):
        remember(IM2COL)
        return conv_by_columns(x, weight, bias, size, stride, padding, dilation, groups)
    cdef ndarray y = new_image(x, PyArray_DIMS(x)[0], PyArray_DIMS(weight)[0], size)
    window = spatial(weight), stride, padding, dilation, groups
    remember(run_moving(
        TGC_conv, TGC_conv_naive, x, weight, PyArray_DIMS(weight)[0], bias, y, window))
    return y


def conv_transpose(ndarray y, ndarray weight, size, stride, padding, dilation, groups,
                   ndarray bias=None):
    """x of spatial `size`: the gradient of `conv` with respect to x, and a bias."""
    check_pair("conv_transpose", "y", y, "weight", weight)
    check_window("conv_transpose", PyArray_NDIM(y) - 2, stride, padding, dilation, groups)
    check_channels("conv_transpose", "y", y, PyArray_DIMS(weight)[0], weight, groups)
    check_bias("conv_transpose", bias, y, PyArray_DIMS(weight)[1] * groups)
    check_numbers("conv_transpose", "size", size, PyArray_NDIM(y) - 2, 0)
    if takes_columns(y, spatial(weight), size, stride, padding, groups):
        remember(IM2COL)
        return conv_transpose_by_columns(y, weight, bias, size, stride, padding, dilation, groups)
    cdef npy_intp channels = PyArray_DIMS(weight)[1] * groups
    cdef ndarray x = new_image(y, PyArray_DIMS(y)[0], channels, size)
    window = spatial(weight), stride, padding, dilation, groups
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
    # There is one product for each image: together they must be smaller than y.
    if takes_columns(y, kernel, spatial(x), stride, padding, groups, 2 * PyArray_DIMS(x)[1]):
        remember(IM2COL)
        return conv_weight_by_columns(y, x, kernel, stride, padding, dilation, groups)
    cdef ndarray weight = new_image(y, PyArray_DIMS(y)[1], PyArray_DIMS(x)[1] // groups, kernel)
    window = kernel, stride, padding, dilation, groups
    remember(run_weight(y, x, weight, window))
    return weight


cdef bint run_sums(ndarray y, ndarray x, ndarray weight, object window,
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
    n_sums = packed_size(weight, PyArray_DIMS(y)[1], window[4]) * call.sizes[TGC_CONV_PARTS]
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


cdef int run_weight(ndarray y, ndarray x, ndarray weight, object window) except -1:
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


def move_volume(bint transposed, ndarray image, ndarray weight, ndarray result, window, depth,
                ndarray bias=None):
    """Writes `conv` or `conv_transpose` of a volume into `result`, whose planes are contiguous; the
    window is that of a plane. False: not done, this is not for the chosen variant or the window."""
    check_window("conv", 2, window[1], window[2], window[3], window[4])
    if not may_be_implicit() or not are_moderate(depth):
        return False
    remember(IMPLICIT)
    return run_packed(TGC_conv_transpose if transposed else TGC_conv, image, weight,
                      PyArray_DIMS(result)[1], bias, result, window, depth)


def weigh_volume(ndarray y, ndarray x, ndarray weight, window, depth):
    """The same for `conv_weight`."""
    check_window("conv_weight", 2, window[1], window[2], window[3], window[4])
    if not may_be_implicit() or not are_moderate(depth):
        return False
    remember(IMPLICIT)
    return run_sums(y, x, weight, window, depth)


# ---- by way of columns ----

cdef ndarray columns_of(ndarray columns, int ndim):
    """(N, C, kernel, size), with kernels and sizes of height 1 where the image has none."""
    if ndim == 4:
        return columns
    return (<object>columns).reshape((<object>columns).shape[:2] + (1, (<object>columns).shape[2], 1,
                                                                    (<object>columns).shape[3]))


def im2col(ndarray x, kernel, size, stride, padding, dilation):
    """columns[n, c, k, l, i, j] = x[n, c, h, w]: the windows of x, (N, C, *kernel, *size)."""
    cdef int ndim = PyArray_NDIM(x), d
    cdef npy_intp[6] shape
    cdef tgc_call call
    check_pair("im2col", "x", x, "x", x)
    check_window("im2col", ndim - 2, stride, padding, dilation, 1)
    check_numbers("im2col", "kernel", kernel, ndim - 2, 1)
    check_numbers("im2col", "size", size, ndim - 2, 0)
    for d, length in enumerate(((<object>x).shape[:2] + tuple(kernel) + tuple(size))):
        shape[d] = length
    cdef ndarray columns = empty(2 * ndim - 2, shape, dtype_code(x))
    begin(&call, TGC_im2col, dtype_code(x))
    set_window(&call, (kernel, stride, padding, dilation, 1))
    add_image(&call, x, TGC_READ)
    add_operand(&call, columns_of(columns, ndim), TGC_WRITE)
    run(&call)
    return columns


def col2im(ndarray columns, size, stride, padding, dilation):
    """The image of spatial `size` that columns (N, C, *kernel, *size) sum to: im2col's adjoint."""
    cdef int ndim = PyArray_NDIM(columns) // 2 + 1
    cdef tgc_call call
    if PyArray_NDIM(columns) not in (4, 6):
        raise ShapeError(f"col2im: columns must have 4 or 6 dimensions, got {(<object>columns).shape}")
    if dtype_code(columns) < TGC_F32:
        raise TypeError(f"col2im: columns must be float32 or float64, got {columns.dtype}")
    check_window("col2im", ndim - 2, stride, padding, dilation, 1)
    check_numbers("col2im", "size", size, ndim - 2, 0)
    cdef ndarray x = new_image(columns, PyArray_DIMS(columns)[0], PyArray_DIMS(columns)[1], size)
    begin(&call, TGC_col2im, dtype_code(columns))
    set_window(&call, ((<object>columns).shape[2:ndim], stride, padding, dilation, 1))
    add_operand(&call, columns_of(columns, ndim), TGC_READ)
    add_image(&call, x, TGC_WRITE)
    run(&call)
    return x


cdef ndarray grouped(ndarray a, int axis, object groups):
    """`a` as (..., groups, channels, rest): its channels at `axis` in groups, what follows as one."""
    cdef tuple shape = (<object>a).shape
    cdef Py_ssize_t rest = 1
    for n in shape[axis + 1:]:
        rest *= n
    return copy.contiguous(a).reshape(
        (*shape[:axis], groups, shape[axis] // groups, rest))


cdef ndarray grouped_columns(ndarray columns, object groups):
    """Columns (N, C, *kernel, *size) as matrices (N, groups, C / groups * K * L, I * J)."""
    cdef tuple shape = (<object>columns).shape
    cdef Py_ssize_t rows = shape[1] // groups, places = 1
    cdef int half = len(shape) // 2 + 1
    for n in shape[2:half]:
        rows *= n
    for n in shape[half:]:
        places *= n
    return columns.reshape((shape[0], groups, rows, places))


cdef ndarray windows_of(ndarray x, object kernel, object size, object stride, object padding,
                        object dilation, object groups):
    """im2col's columns as matrices; x itself where these are its elements."""
    if is_pointwise(kernel, spatial(x), size, stride, padding):
        return grouped(x, 1, groups)
    return grouped_columns(im2col(x, kernel, size, stride, padding, dilation), groups)


cdef ndarray conv_by_columns(ndarray x, ndarray weight, ndarray bias, object size, object stride,
                             object padding, object dilation, object groups):
    """`conv`: the weight as a matrix (O, C K L) times the columns."""
    cdef ndarray windows = windows_of(x, spatial(weight), size, stride, padding, dilation, groups)
    cdef ndarray y = matmul(grouped(weight, 0, groups), windows)
    return add_bias(y.reshape((PyArray_DIMS(x)[0], PyArray_DIMS(weight)[0], *size)), bias)


cdef ndarray conv_transpose_by_columns(ndarray y, ndarray weight, ndarray bias, object size,
                                       object stride, object padding, object dilation,
                                       object groups):
    """`conv_transpose`: the transposed weight times y gives the columns that sum to the image."""
    cdef ndarray w = grouped(weight, 0, groups).transpose(0, 2, 1)
    cdef ndarray columns = matmul(w, grouped(y, 1, groups))
    cdef tuple shape = (PyArray_DIMS(y)[0], PyArray_DIMS(weight)[1] * groups)
    if is_pointwise(spatial(weight), spatial(y), size, stride, padding):
        return add_bias(columns.reshape((*shape, *size)), bias)
    columns = columns.reshape((*shape, *spatial(weight), *spatial(y)))
    return add_bias(col2im(columns, size, stride, padding, dilation), bias)


cdef ndarray conv_weight_by_columns(ndarray y, ndarray x, object kernel, object stride,
                                    object padding, object dilation, object groups):
    """`conv_weight`: y times the transposed columns, summed over the images."""
    cdef ndarray windows = windows_of(x, kernel, spatial(y), stride, padding, dilation, groups)
    cdef ndarray products = matmul(grouped(y, 1, groups), windows.transpose(0, 1, 3, 2))
    return reductions.sum(products, 0).reshape(
        (PyArray_DIMS(y)[1], PyArray_DIMS(x)[1] // groups, *kernel))


cdef ndarray add_bias(ndarray y, ndarray bias):
    if bias is None:
        return y
    return elementwise.add(y, bias.reshape((-1,) + (1,) * (PyArray_NDIM(y) - 2)), y)
