# What the bindings of csrc/conv share, a part of `conv`: checks of shapes and windows, and the
# records of a call.

# ---- checks, for `volume`, too ----

# Far above all that fits memory, and low enough for sums of products of two.
cpdef enum:
    LARGEST = 1 << 30


cpdef int check_numbers(str op, str name, object numbers, int ndim, Py_ssize_t least) except -1:
    if len(numbers) != ndim:
        raise ShapeError(f"{op}: {name} must have {ndim} numbers, got {tuple(numbers)}")
    for n in numbers:
        if not least <= n <= LARGEST:
            raise ValueError(
                f"{op}: {name} must be from {least} to {LARGEST}, got {tuple(numbers)}")
    return 0


cpdef int check_window(str op, int ndim, object stride, object padding, object dilation,
                       object groups) except -1:
    check_numbers(op, "stride", stride, ndim, 1)
    check_numbers(op, "padding", padding, ndim, 0)
    check_numbers(op, "dilation", dilation, ndim, 1)
    check_numbers(op, "groups", (groups,), 1, 1)
    return 0


cpdef int check_pair(str op, str name_a, ndarray a, str name_b, ndarray b,
                     bint are_volumes=False) except -1:
    """Both are images or kernels, or volumes, of as many dimensions and of one real dtype."""
    cdef int ndim = PyArray_NDIM(a), least = 5 if are_volumes else 3
    if ndim < least or ndim > (5 if are_volumes else 4) or ndim != PyArray_NDIM(b):
        raise ShapeError(
            f"{op}: {name_a} of shape {(<object>a).shape} and {name_b} of shape "
            f"{(<object>b).shape} must both have {'5' if are_volumes else '3 or 4'} dimensions")
    if dtype_code(a) != dtype_code(b) or dtype_code(a) < TGC_F32:
        raise TypeError(
            f"{op}: {name_a} and {name_b} must have the same dtype, float32 or float64, got "
            f"{a.dtype} and {b.dtype}")
    return 0


cpdef int check_bias(str op, ndarray like, npy_intp n, ndarray bias=None) except -1:
    if bias is None:
        return 0
    if PyArray_NDIM(bias) != 1 or PyArray_DIMS(bias)[0] != n:
        raise ShapeError(f"{op}: bias must have shape ({n},), got {(<object>bias).shape}")
    if dtype_code(bias) != dtype_code(like):
        raise TypeError(f"{op}: bias must have dtype {like.dtype}, got {bias.dtype}")
    return 0


cpdef int check_channels(str op, str name, ndarray image, npy_intp wanted, ndarray weight,
                         object groups) except -1:
    """The weight's output channels fall into `groups`, and the image has as many as it takes."""
    if PyArray_DIMS(weight)[0] % groups != 0 or PyArray_DIMS(image)[1] != wanted:
        raise ShapeError(
            f"{op}: {name} of shape {(<object>image).shape} must have {wanted} channels for "
            f"weight of shape {(<object>weight).shape} in {groups} groups, which must divide its "
            f"{PyArray_DIMS(weight)[0]}")
    return 0


# ---- windows, for `volume`, too ----

@cython.final
cdef class Window:
    """What slides over an image: tuples of a number per axis, and the number of groups."""
    cdef readonly tuple kernel, stride, padding, dilation
    cdef readonly object groups

    def __init__(self, kernel, stride, padding, dilation, groups):
        self.kernel = tuple(kernel)
        self.stride = tuple(stride)
        self.padding = tuple(padding)
        self.dilation = tuple(dilation)
        self.groups = groups


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


cdef tuple pair_of(tuple numbers, object of_height):
    return numbers if len(numbers) == 2 else (of_height, *numbers)


# Taps along the depth, and where they read (csrc/conv/conv.h): of images.
FLAT = 1, 0, 0, 0


cdef int set_window(tgc_call *call, Window window, object depth=FLAT) except -1:
    """Writes the window into the call; along a height of 1 where there is none."""
    cdef ptrdiff_t *s = call.sizes
    s[TGC_CONV_KERNEL_H], s[TGC_CONV_KERNEL_W] = pair_of(window.kernel, 1)
    s[TGC_CONV_STRIDE_H], s[TGC_CONV_STRIDE_W] = pair_of(window.stride, 1)
    s[TGC_CONV_PADDING_H], s[TGC_CONV_PADDING_W] = pair_of(window.padding, 0)
    s[TGC_CONV_DILATION_H], s[TGC_CONV_DILATION_W] = pair_of(window.dilation, 1)
    s[TGC_CONV_GROUPS] = window.groups
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


cdef tuple spatial(ndarray a):
    return (<object>a).shape[2:]
