"""From arrays to a call record: operands that broadcast, and a result that may be given.

What all kernels of csrc/elementwise are called through: `apply` for a new array or `out`, which
may be one of the operands or overlap them in any way, `assign` to write into an array.
"""

from cpython.long cimport PyLong_CheckExact
from libc.string cimport memcmp
from numpy cimport (
    PyArray_BASE,
    PyArray_DATA,
    PyArray_DIMS,
    PyArray_ISALIGNED,
    PyArray_ISCARRAY,
    PyArray_ISCARRAY_RO,
    PyArray_ISWRITEABLE,
    PyArray_ITEMSIZE,
    PyArray_NDIM,
    PyArray_SIZE,
    PyArray_STRIDES,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.promotion cimport category, dtype_of_code
from tinygrad_c._kernels.runtime cimport (
    TGC_MAX_DIMS,
    TGC_READ,
    TGC_WRITE,
    Block,
    add_broadcast,
    add_operand,
    begin,
    block_of,
    dtype_code,
    empty,
    run,
    tgc_block,
    tgc_call,
    tgc_item_size,
    tgc_operand,
)

from tinygrad_c.errors import ShapeError, whole

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_cast_bool  # TGC_cast_bool + code converts to the dtype with that code


cdef inline bint same_shape(ndarray a, ndarray b) noexcept:
    cdef int d
    if PyArray_NDIM(a) != PyArray_NDIM(b):
        return False
    for d in range(PyArray_NDIM(a)):
        if PyArray_DIMS(a)[d] != PyArray_DIMS(b)[d]:
            return False
    return True


cdef inline void add_row(tgc_call *call, ndarray array, npy_intp n, npy_intp stride, int code,
                         tgc_block *block, int access) noexcept:
    """Appends an operand as one row of n elements."""
    cdef tgc_operand *o = &call.operands[call.n_operands]
    o.data = <char *>PyArray_DATA(array)
    o.block = block
    o.shape[0] = n
    o.strides[0] = stride
    o.ndim = 1
    o.dtype = code
    o.access = access
    call.n_operands += 1


cdef inline bint add_input(tgc_call *call, ndarray array, ndarray like, npy_intp n,
                           int code) noexcept:
    """Appends an input as one row if it lies side by side in the shape of `like`, or is a single
    number: most do, and these need no walk over dimensions."""
    if array is like or (PyArray_NDIM(array) != 0 and same_shape(array, like)):
        if PyArray_ISCARRAY_RO(array):
            add_row(call, array, n, 1, code, block_of(array), TGC_READ)
            return True
    elif PyArray_NDIM(array) == 0 and PyArray_ISALIGNED(array):
        add_row(call, array, n, 0, code, block_of(array), TGC_READ)
        return True
    return False


cdef inline bint add_given_output(tgc_call *call, ndarray out, ndarray like, npy_intp n,
                                  int code) except -1:
    """Appends a result that is given if it is one row, and no input lies across it."""
    cdef char *first = <char *>PyArray_DATA(out)
    cdef npy_intp nbytes = n * PyArray_ITEMSIZE(out)
    cdef npy_intp item_size
    cdef tgc_operand *o
    cdef int i
    if (dtype_code(out) != code or not PyArray_ISCARRAY(out) or not same_shape(out, like)):
        return False
    for i in range(call.n_operands):
        o = &call.operands[i]
        item_size = tgc_item_size(o.dtype)
        if o.data == first and o.strides[0] == 1 and item_size == PyArray_ITEMSIZE(out):
            continue
        if o.data < first + nbytes and first < o.data + n * item_size:
            return False
    add_row(call, out, n, 1, code, block_of(out), TGC_WRITE)
    return True


cdef ndarray apply(str op, int kernel, int code, int y_code, ndarray a, ndarray b, ndarray c,
                   ndarray out):
    """y = kernel(a, b, c), all of the dtypes that the kernel takes; b and c may be None."""
    cdef tgc_call call
    cdef ndarray like = a
    cdef npy_intp n
    if b is not None and PyArray_NDIM(b) > PyArray_NDIM(like):
        like = b
    if c is not None and PyArray_NDIM(c) > PyArray_NDIM(like):
        like = c
    n = PyArray_SIZE(like)
    begin(&call, kernel, code)
    # Of the kernels with three inputs `where` has a first one of another dtype than the others.
    if not (add_input(&call, a, like, n, code if c is None else dtype_code(a))
            and (b is None or add_input(&call, b, like, n, code))
            and (c is None or add_input(&call, c, like, n, code))):
        return apply_strided(op, kernel, code, y_code, a, b, c, out)
    if out is None:
        out = empty(PyArray_NDIM(like), PyArray_DIMS(like), y_code)
        add_row(&call, out, n, 1, y_code, &(<Block>PyArray_BASE(out)).c, TGC_WRITE)
    elif not add_given_output(&call, out, like, n, y_code):
        return apply_strided(op, kernel, code, y_code, a, b, c, out)
    run(&call)
    return out


cdef ndarray apply_strided(str op, int kernel, int code, int y_code, ndarray a, ndarray b,
                           ndarray c, ndarray out):
    """The same for any strides, and for a result that is given."""
    cdef npy_intp[TGC_MAX_DIMS] shape
    cdef tgc_call call
    cdef list operands = [x for x in (a, b, c) if x is not None]
    cdef int ndim = broadcast_shapes(op, operands, shape)
    cdef ndarray y = out, x
    begin(&call, kernel, code)
    if out is not None:
        check_out(op, out, ndim, shape, y_code)
    if out is None or dtype_code(out) != y_code or overlaps(out, operands):
        y = empty(ndim, shape, y_code)
    for x in operands:
        add_broadcast(&call, x, ndim, shape)
    add_operand(&call, y, TGC_WRITE)
    run(&call)
    return y if out is None or y is out else assign(op, out, y)


cdef int check_ndim(str op, int ndim) except -1:
    if ndim > TGC_MAX_DIMS:
        raise ValueError(f"{op}: arrays must have at most {TGC_MAX_DIMS} dimensions, got {ndim}")
    return 0


cpdef int find_axis(str op, object dim, int ndim) except -1:
    """`dim`, which may count from the end, from 0; an array without dimensions counts as one of
    one."""
    cdef int n = ndim if ndim > 0 else 1
    if not PyLong_CheckExact(dim):
        dim = whole(op, "dim", dim)
    if not -n <= dim < n:
        raise IndexError(f"{op}: Dimension out of range (expected to be in range of "
                         f"[{-n}, {n - 1}], but got {dim})")
    return dim + n if dim < 0 else dim


cdef int broadcast_shapes(str op, list operands, npy_intp *shape) except -1:
    """Writes the shape that the operands broadcast to, and returns its number of dimensions."""
    cdef ndarray x
    cdef int ndim = 0, d
    cdef npy_intp size
    for x in operands:
        ndim = max(ndim, PyArray_NDIM(x))
    check_ndim(op, ndim)
    for d in range(ndim):
        shape[d] = 1
    for x in operands:
        for d in range(PyArray_NDIM(x)):
            size = PyArray_DIMS(x)[PyArray_NDIM(x) - 1 - d]
            if size != 1 and shape[ndim - 1 - d] == 1:
                shape[ndim - 1 - d] = size
            elif size != 1 and shape[ndim - 1 - d] != size:
                raise ShapeError(
                    f"{op}: shapes of operands must broadcast, got {shapes_of(operands)}")
    return ndim


cdef bint broadcasts_to(ndarray a, int ndim, const npy_intp *shape) noexcept:
    """Does `a` broadcast to this shape, which stays what it is?"""
    cdef int missing = ndim - PyArray_NDIM(a), d
    if missing < 0:
        return False
    for d in range(PyArray_NDIM(a)):
        if PyArray_DIMS(a)[d] != 1 and PyArray_DIMS(a)[d] != shape[missing + d]:
            return False
    return True


cdef str shapes_of(list arrays):
    return " and ".join([str((<object>x).shape) for x in arrays])


cdef int check_like(str op, str name, ndarray a, str name_like, ndarray like) except -1:
    """`a` has the shape and the dtype of `like`."""
    if not same_shape(a, like):
        raise ShapeError(f"{op}: {name} must have the same shape as {name_like}, "
                         f"got {(<object>a).shape} and {(<object>like).shape}")
    if dtype_code(a) != dtype_code(like):
        raise TypeError(f"{op}: {name} must have the same dtype as {name_like}, "
                        f"got {a.dtype} and {like.dtype}")
    return 0


cdef int check_out(str op, ndarray out, int ndim, const npy_intp *shape, int code) except -1:
    cdef int d
    wanted = tuple([shape[d] for d in range(ndim)])
    if (<object>out).shape != wanted:
        raise ShapeError(f"{op}: out must have shape {wanted}, got {(<object>out).shape}")
    if category(dtype_code(out)) < category(code):
        raise TypeError(
            f"{op}: out must be able to hold {dtype_of_code(code)}, got dtype {out.dtype}")
    check_writeable(op, "out", out)
    return 0


cdef int check_writeable(str op, str name, ndarray out) except -1:
    """Every element must have a place of its own that may be written to."""
    cdef int d
    if not PyArray_ISWRITEABLE(out):
        raise ValueError(f"{op}: {name} must be writeable, got a read-only array")
    for d in range(PyArray_NDIM(out)):
        if PyArray_STRIDES(out)[d] == 0 and PyArray_DIMS(out)[d] > 1 and PyArray_SIZE(out) > 0:
            raise RuntimeError(
                f"{op}: more than one element of {name} refers to a single memory location, its "
                f"strides are {(<object>out).strides} for shape {(<object>out).shape}: clone() it "
                "before writing to it")
    return 0


cdef void extent(ndarray array, char **low, char **high) noexcept:
    """The first byte of the array, and the one after its last."""
    cdef npy_intp span
    cdef int d
    low[0] = <char *>PyArray_DATA(array)
    high[0] = low[0] + PyArray_ITEMSIZE(array)
    for d in range(PyArray_NDIM(array)):
        span = (PyArray_DIMS(array)[d] - 1) * PyArray_STRIDES(array)[d]
        if span < 0:
            low[0] += span
        else:
            high[0] += span


cdef bint overlaps(ndarray out, list operands) except -1:
    """Could a write to an element of out change an operand's element that is still to be read?"""
    cdef char *low
    cdef char *high
    cdef char *x_low
    cdef char *x_high
    cdef ndarray x
    extent(out, &low, &high)
    for x in operands:
        if PyArray_DATA(x) == PyArray_DATA(out) and same_shape(x, out) and memcmp(
                PyArray_STRIDES(x), PyArray_STRIDES(out), PyArray_NDIM(x) * sizeof(npy_intp)) == 0:
            continue
        extent(x, &x_low, &x_high)
        if x_low < high and low < x_high:
            return True
    return False


cdef ndarray to_code(ndarray a, int code):
    """`a` in another dtype; `a` itself where that is its own."""
    cdef int own = dtype_code(a)
    return a if own == code else apply("cast", TGC_cast_bool + code, own, code, a, None, None, None)


cdef ndarray copied(ndarray a):
    """A new array with the elements of `a`, side by side."""
    cdef int code = dtype_code(a)
    return apply("cast", TGC_cast_bool + code, code, code, a, None, None, None)


cdef ndarray assign(str op, ndarray dst, ndarray src):
    cdef tgc_call call
    cdef int ndim = PyArray_NDIM(dst)
    if not broadcasts_to(src, ndim, PyArray_DIMS(dst)):
        raise ShapeError(f"{op}: src of shape {(<object>src).shape} must broadcast to the shape of "
                         f"dst, got {(<object>dst).shape}")
    check_ndim(op, ndim)
    check_writeable(op, "dst", dst)
    if overlaps(dst, [src]):
        src = copied(src)
    begin(&call, TGC_cast_bool + dtype_code(dst), dtype_code(src))
    add_broadcast(&call, src, ndim, PyArray_DIMS(dst))
    add_operand(&call, dst, TGC_WRITE)
    run(&call)
    return dst
