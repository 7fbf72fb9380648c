# Convolution by way of columns, a part of `conv`: im2col and col2im, and products of matrices.

# ---- which images take that way ----

cdef bint are_ones(object numbers):
    for n in numbers:
        if n != 1:
            return False
    return True


cdef bint is_pointwise(Window window, object x_size, object y_size):
    """Is every window one element, and no element without one? Then x is its columns."""
    return (are_ones(window.kernel) and are_ones(window.stride) and max(window.padding) == 0
            and tuple(x_size) == tuple(y_size))


cdef bint is_whole(Window window, object x_size, object y_size):
    """Is the one window the whole image? Then x is its column."""
    return (are_ones(y_size) and are_ones(window.dilation) and max(window.padding) == 0
            and window.kernel == tuple(x_size))


cdef bint is_its_columns(Window window, object x_size, object y_size):
    """Does x lie in memory as its columns would?"""
    return is_pointwise(window, x_size, y_size) or is_whole(window, x_size, y_size)


# So many terms of a sum lie far apart in an image: of so many places, a product of matrices, which
# packs them, is faster than sums over taps (`python -m benchmarks k1`).
cdef npy_intp LONG = 96
# Where there are so many weights, and images of no more places in all, the sums take less time than
# packing the weights for them; a product of matrices reads these where they are.
cdef npy_intp MANY_WEIGHTS = 8192
cdef npy_intp FEW_PLACES = 512
# So many multiplications are worth the calls that a product of matrices takes.
cdef npy_intp MANY_PRODUCTS = 8192


cdef bint takes_columns(ndarray image, npy_intp others, Window window, object x_size,
                        object y_size, npy_intp least_places=LONG) except -1:
    """Are columns chosen, or the fastest? The sums are over this image's channels or places, and the
    weights connect its channels with `others`. `least_places` are those of a long image."""
    cdef npy_intp images = PyArray_DIMS(image)[0], channels = PyArray_DIMS(image)[1]
    cdef double places = 1
    if chosen() != AUTO:
        return chosen() == IM2COL
    cdef bint pointwise = is_pointwise(window, x_size, y_size)
    if window.groups != 1 or not (pointwise or is_whole(window, x_size, y_size)):
        return False
    for n in x_size:
        places *= n
    if pointwise:
        return ((channels >= LONG and places >= least_places)
                or (channels * others >= MANY_WEIGHTS and images * places <= FEW_PLACES))
    return images * channels * others * places >= MANY_PRODUCTS


# ---- columns ----

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
    set_window(&call, Window(kernel, stride, padding, dilation, 1))
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
    set_window(&call, Window((<object>columns).shape[2:ndim], stride, padding, dilation, 1))
    add_operand(&call, columns_of(columns, ndim), TGC_READ)
    add_image(&call, x, TGC_WRITE)
    run(&call)
    return x


# ---- the three products ----

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


cdef ndarray windows_of(ndarray x, Window window, object y_size):
    """im2col's columns as matrices; x itself where these are its elements."""
    cdef ndarray columns
    if is_its_columns(window, spatial(x), y_size):
        columns = copy.contiguous(x).reshape((*(<object>x).shape[:2], *window.kernel, *y_size))
    else:
        columns = im2col(x, window.kernel, y_size, window.stride, window.padding, window.dilation)
    return grouped_columns(columns, window.groups)


# An image of fewer places is too narrow for a product of its own: the places of all images are.
cdef npy_intp NARROW = 16


cdef bint are_narrow(ndarray images) noexcept:
    """Are these matrices (N, groups, rows, places) of several images of few places?"""
    return PyArray_DIMS(images)[0] > 1 and PyArray_DIMS(images)[3] < NARROW


cdef ndarray reordered(ndarray a, object axes, object shape):
    """The axes of `a` in another order, then in another shape: a view if there is one."""
    cdef ndarray moved = (<object>a).transpose(axes)
    cdef object view = layout.reshape(moved, shape)
    return copy.contiguous(moved).reshape(shape) if view is None else view


cdef ndarray places_in_rows(ndarray images):
    """(N, groups, rows, places) as (groups, N * places, rows)."""
    cdef npy_intp *n = PyArray_DIMS(images)
    return reordered(images, (1, 0, 3, 2), (n[1], n[0] * n[3], n[2]))


cdef ndarray places_of_all(ndarray images):
    """(N, groups, rows, places) as (groups, rows, N * places)."""
    cdef npy_intp *n = PyArray_DIMS(images)
    return reordered(images, (1, 2, 0, 3), (n[1], n[2], n[0] * n[3]))


cdef ndarray products(ndarray w, ndarray images):
    """The product of w (groups, O, rows) and each image: (N, groups, O, places)."""
    cdef npy_intp *n = PyArray_DIMS(images)
    if not are_narrow(images):
        return matmul(w, images)
    cdef ndarray y = matmul(places_in_rows(images), w.transpose(0, 2, 1))
    y = y.reshape((n[1], n[0], n[3], PyArray_DIMS(w)[1]))
    return copy.contiguous((<object>y).transpose(1, 0, 3, 2))


cdef ndarray conv_by_columns(ndarray x, ndarray weight, ndarray bias, Window window,
                             object y_size):
    """`conv`: the weight as a matrix (O, C K L) times the columns."""
    cdef ndarray y = products(grouped(weight, 0, window.groups), windows_of(x, window, y_size))
    return add_bias(y.reshape((PyArray_DIMS(x)[0], PyArray_DIMS(weight)[0], *y_size)), bias)


cdef ndarray conv_transpose_by_columns(ndarray y, ndarray weight, ndarray bias, Window window,
                                       object x_size):
    """`conv_transpose`: the transposed weight times y gives the columns that sum to the image."""
    cdef ndarray w = grouped(weight, 0, window.groups).transpose(0, 2, 1)
    cdef ndarray columns = products(w, grouped(y, 1, window.groups))
    cdef tuple shape = (PyArray_DIMS(y)[0], PyArray_DIMS(weight)[1] * window.groups)
    if is_its_columns(window, x_size, spatial(y)):
        return add_bias(columns.reshape((*shape, *x_size)), bias)
    columns = columns.reshape((*shape, *window.kernel, *spatial(y)))
    return add_bias(
        col2im(columns, x_size, window.stride, window.padding, window.dilation), bias)


cdef ndarray conv_weight_by_columns(ndarray y, ndarray x, Window window):
    """`conv_weight`: y times the transposed columns. The sum over all images is that of products of
    each where these are smaller than the images, and else one product over the places of all."""
    cdef ndarray windows = windows_of(x, window, spatial(y))
    cdef ndarray image = grouped(y, 1, window.groups), w
    cdef npy_intp rows = PyArray_DIMS(windows)[2], outputs = PyArray_DIMS(image)[2]
    cdef npy_intp places = PyArray_DIMS(windows)[3]
    if PyArray_DIMS(x)[0] > 1 and rows * outputs < (rows + outputs) * places:
        w = reductions.sum(matmul(image, windows.transpose(0, 1, 3, 2)), 0)
    else:
        w = matmul(places_of_all(image), places_of_all(windows).transpose(0, 2, 1))
    return w.reshape((PyArray_DIMS(y)[1], PyArray_DIMS(x)[1] // window.groups, *window.kernel))


cdef ndarray add_bias(ndarray y, ndarray bias):
    if bias is None:
        return y
    return elementwise.add(y, bias.reshape((-1,) + (1,) * (PyArray_NDIM(y) - 2)), y)
