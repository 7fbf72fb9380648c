"""Gathers and scatters: bindings of csrc/index.

Indices are arrays of int64, int32 or uint8 (other whole numbers are cast to int64). For `index` and
`index_put_`, which are NumPy's indexing, -1 is the last element; the others take none below 0, as
PyTorch. A bad one raises IndexError, and nothing has been changed then.
"""

from operator import index as as_int

from libc.stdint cimport int64_t
from numpy cimport (
    PyArray_DATA,
    PyArray_DIMS,
    PyArray_NDIM,
    PyArray_SIZE,
    import_array,
    ndarray,
    npy_intp,
)

import numpy as np

from tinygrad_c._kernels.broadcast cimport broadcasts_to, check_writeable, find_axis
from tinygrad_c._kernels.runtime cimport (
    TGC_I64,
    TGC_MAX_DIMS,
    TGC_READ,
    TGC_UPDATE,
    TGC_WRITE,
    add_broadcast,
    add_operand,
    begin,
    dtype_code,
    empty,
    run,
    tgc_call,
    tgc_operand,
)

from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_check_index_put
        TGC_check_scatter
        TGC_check_scatter_add
        TGC_count_nonzero
        TGC_gather
        TGC_index
        TGC_index_put
        TGC_index_put_add
        TGC_index_select
        TGC_nonzero
        TGC_one_hot
        TGC_scatter
        TGC_scatter_add


cdef extern from "index/index.h" nogil:
    enum:
        TGC_MAX_INDICES
        TGC_INDEX_K
        TGC_INDEX_NDIM
        TGC_INDEX_FIRST
        TGC_INDEX_POSITIONS
        TGC_INDEX_FROM_END
        TGC_INDEX_DIM


cdef extern from "index/nonzero.h" nogil:
    enum:
        TGC_NONZERO_CHUNK


# Which elements a call moves, and where their places in `a` are (csrc/index/index.h).
cdef struct Positions:
    int ndim                        # n: the dimensions of all positions together
    npy_intp[TGC_MAX_DIMS] shape
    int[TGC_MAX_DIMS] dim_of_a      # the dimension of `a` that each of them is, or -1
    int k
    int[TGC_MAX_INDICES] indexed    # the dimensions of `a` that indices enter
    int first, count                # the dimensions that tell where an index stands
    bint from_end                   # does a negative index count from the end?


cdef ndarray check_index(str op, object index):
    """`index` in a dtype that the kernels read."""
    if not isinstance(index, np.ndarray) or index.dtype.kind not in "iu":
        raise TypeError(f"{op}: an index must be an array of whole numbers, got "
                        f"{getattr(index, 'dtype', type(index).__name__)}")
    if index.dtype not in (np.int64, np.int32, np.uint8):
        return index.astype(np.int64)
    return index


cdef int check_ndim(str op, int ndim) except -1:
    if ndim > TGC_MAX_DIMS:
        raise ValueError(f"{op}: the dimensions of the result and the indexed ones must be at most "
                         f"{TGC_MAX_DIMS}, got {ndim}")
    return 0


cdef int broadcast_indices(str op, list indices, npy_intp *shape) except -1:
    """Writes the shape that the indices broadcast to, and returns its number of dimensions."""
    cdef int ndim = max([array.ndim for array in indices]), d, missing
    cdef ndarray array
    cdef npy_intp size
    for d in range(ndim):
        shape[d] = 1
        for array in indices:
            missing = ndim - PyArray_NDIM(array)
            size = PyArray_DIMS(array)[d - missing] if d >= missing else 1
            if size != 1 and shape[d] != 1 and size != shape[d]:
                shapes = ", ".join([str(i.shape) for i in indices])
                raise IndexError(f"{op}: indices must broadcast together, got shapes {shapes}")
            shape[d] = shape[d] if size == 1 else size
    return ndim


cdef int first_dimensions(str op, ndarray a, list indices, Positions *p) except -1:
    """Sets p for indices that enter the first dimensions of a."""
    cdef int d, k = len(indices), rest = PyArray_NDIM(a) - k
    if not 1 <= k <= TGC_MAX_INDICES or rest < 0:
        raise ValueError(
            f"{op}: indices must be from 1 to {TGC_MAX_INDICES} arrays, no more than a has "
            f"dimensions, got {k} and a of shape {(<object>a).shape}")
    for d in range(k):
        indices[d] = check_index(op, indices[d])
        check_ndim(op, indices[d].ndim + PyArray_NDIM(a))
        p.indexed[d] = d
    p.k = k
    p.from_end = True
    p.first = 0
    p.count = broadcast_indices(op, indices, p.shape)
    p.ndim = p.count + rest
    for d in range(p.ndim):
        p.dim_of_a[d] = -1 if d < p.count else d - p.count + k
        if d >= p.count:
            p.shape[d] = PyArray_DIMS(a)[p.dim_of_a[d]]
    return 0


cdef int one_dimension(str op, ndarray a, int dim, const npy_intp *shape, Positions *p) except -1:
    """Sets p for positions of `shape`, which has a's dimensions; an index enters dimension dim."""
    cdef int d
    p.k = 1
    p.from_end = False
    p.indexed[0] = dim
    p.first = 0
    p.count = p.ndim = PyArray_NDIM(a)
    check_ndim(op, p.ndim + 1)
    for d in range(p.ndim):
        p.shape[d] = shape[d]
        p.dim_of_a[d] = -1 if d == dim else d
    return 0


cdef int add_indexed(tgc_call *call, ndarray a, int access, const Positions *p) except -1:
    """Appends `a`, seen through the positions and then through its indexed dimensions."""
    cdef tgc_operand *o = &call.operands[add_operand(call, a, access)]
    cdef tgc_operand own = o[0]
    cdef int d
    o.ndim = p.ndim + p.k
    for d in range(p.ndim):
        o.shape[d] = p.shape[d]
        o.strides[d] = own.strides[p.dim_of_a[d]] if p.dim_of_a[d] >= 0 else 0
    for d in range(p.k):
        o.shape[p.ndim + d] = own.shape[p.indexed[d]]
        o.strides[p.ndim + d] = own.strides[p.indexed[d]]
    return 0


cdef int add_indices(tgc_call *call, list indices, const Positions *p) except -1:
    """Appends the indices, which vary in the dimensions that tell where one stands."""
    cdef tgc_operand *o
    cdef tgc_operand own
    cdef ndarray index
    cdef int d
    for index in indices:
        o = &call.operands[add_broadcast(call, index, p.count, p.shape + p.first)]
        own = o[0]
        o.ndim = p.ndim
        for d in range(p.ndim):
            o.shape[d] = p.shape[d]
            o.strides[d] = own.strides[d - p.first] if p.first <= d < p.first + p.count else 0
    call.sizes[TGC_INDEX_K] = p.k
    call.sizes[TGC_INDEX_NDIM] = p.ndim
    call.sizes[TGC_INDEX_FIRST] = p.first
    call.sizes[TGC_INDEX_POSITIONS] = p.count
    call.sizes[TGC_INDEX_FROM_END] = p.from_end
    for d in range(p.k):
        call.sizes[TGC_INDEX_DIM + d] = p.indexed[d]
    return 0


cdef int check_when_empty(str op, ndarray a, const Positions *p) except -1:
    """A dimension without elements has none to name, though nothing may be moved and the kernels
    see no index then."""
    cdef int d
    for d in range(p.first, p.first + p.count):
        if p.shape[d] == 0:
            return 0
    for d in range(p.k):
        if PyArray_DIMS(a)[p.indexed[d]] == 0:
            raise IndexError(f"{op}: an index is out of bounds for dimension {p.indexed[d]} of size 0")
    return 0


cdef ndarray take(str op, int kernel, ndarray a, list indices, const Positions *p, ndarray out):
    """y[p] = a at the places of p."""
    cdef tgc_call call
    cdef int d
    begin(&call, kernel, dtype_code(a))
    if out is None:
        out = empty(p.ndim, p.shape, dtype_code(a))
    else:
        expected = tuple([p.shape[d] for d in range(p.ndim)])
        if (<object>out).shape != expected or dtype_code(out) != dtype_code(a):
            raise ShapeError(f"{op}: out must be {a.dtype} of shape {expected}, got {out.dtype} of "
                             f"shape {(<object>out).shape}")
        check_writeable(op, "out", out)
        if np.may_share_memory(a, out):
            raise ValueError(f"{op}: out must not overlap a")
    check_when_empty(op, a, p)
    add_indexed(&call, a, TGC_READ, p)
    add_indices(&call, indices, p)
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return out


cdef ndarray put(
        str op, int check, int kernel, ndarray a, list indices, const Positions *p, ndarray x):
    """a at the places of p := x[p], or += x[p]; x broadcasts to the positions."""
    cdef tgc_call call
    cdef int n_operands
    if dtype_code(x) != dtype_code(a):
        raise TypeError(f"{op}: what is put into a must have its dtype {a.dtype}, got {x.dtype}")
    check_writeable(op, "a", a)
    check_when_empty(op, a, p)
    if np.may_share_memory(a, x):
        x = x.copy()
    begin(&call, check, dtype_code(a))
    add_broadcast(&call, x, p.ndim, p.shape)
    add_indices(&call, indices, p)
    add_indexed(&call, a, TGC_READ, p)
    n_operands = call.n_operands
    run(&call)
    # The same record once more, now to write.
    begin(&call, kernel, dtype_code(a))
    call.n_operands = n_operands
    call.operands[n_operands - 1].access = TGC_UPDATE
    run(&call)
    return a


def index(ndarray a not None, indices, ndarray out=None):
    """y[p] = a[indices[0][p], ..., indices[k-1][p]]: NumPy's ``a[tuple(indices)]``.

    The k indices broadcast against each other to shape B and enter the first k dimensions of a;
    y has shape B + a.shape[k:]. IndexError where an index is out of bounds.
    """
    cdef Positions p
    cdef list arrays = list(indices)
    first_dimensions("index", a, arrays, &p)
    return take("index", TGC_index, a, arrays, &p, out)


def index_put_(ndarray a not None, indices, ndarray values not None, bint accumulate=False):
    """a[indices[0][p], ..., indices[k-1][p]] = values[p], or += values[p]; returns a.

    `values` broadcasts to the shape that `index` returns. Where indices repeat, the last value
    stays, or with `accumulate` all are added, in their order. IndexError where an index is out of
    bounds.
    """
    cdef Positions p
    cdef list arrays = list(indices)
    first_dimensions("index_put", a, arrays, &p)
    check_broadcast("index_put", values, &p)
    return put("index_put", TGC_check_index_put, TGC_index_put_add if accumulate else TGC_index_put,
               a, arrays, &p, values)


cdef int check_broadcast(str op, ndarray x, const Positions *p) except -1:
    if not broadcasts_to(x, p.ndim, p.shape):
        shape = tuple([p.shape[d] for d in range(p.ndim)])
        raise ShapeError(f"{op}: values must broadcast to the indexed shape {shape}, got shape "
                         f"{(<object>x).shape}")
    return 0


cdef int check_gather(str op, ndarray a, int dim, ndarray index) except -1:
    """Has index a's dimensions, none but `dim` larger than a's?"""
    cdef bint fits = PyArray_NDIM(index) == PyArray_NDIM(a)
    cdef int d
    for d in range(PyArray_NDIM(a)):
        fits = fits and (d == dim or PyArray_DIMS(index)[d] <= PyArray_DIMS(a)[d])
    if not fits and PyArray_SIZE(index) > 0:
        raise ShapeError(
            f"{op}: index must have as many dimensions as a, none larger but dim {dim}, got index "
            f"of shape {(<object>index).shape} and a of shape {(<object>a).shape}")
    return 0


def gather(ndarray a not None, dim, index, ndarray out=None):
    """y[i, j, k] = a[i, index[i, j, k], k] for dim = 1, and so on: the shape of y is that of index.

    An array without dimensions counts as one of one dimension, and an index without elements may
    have any shape. IndexError where an index is out of bounds.
    """
    cdef Positions p
    cdef ndarray places = check_index("gather", index)
    cdef int d = find_axis("gather", dim, PyArray_NDIM(a))
    if PyArray_NDIM(places) == 0:
        return gather(a, d, places[None], None if out is None else out[None])[0, ...]
    if PyArray_NDIM(a) == 0:
        return gather(a[None], d, places, out)
    check_gather("gather", a, d, places)
    if PyArray_NDIM(places) != PyArray_NDIM(a):  # nothing is taken
        a, d = empty(PyArray_NDIM(places), PyArray_DIMS(places), dtype_code(a)), 0
    one_dimension("gather", a, d, PyArray_DIMS(places), &p)
    return take("gather", TGC_gather, a, [places], &p, out)


cdef ndarray scatter(
        str op, int check, int kernel, ndarray a, object dim, object index, ndarray src):
    cdef Positions p
    cdef ndarray places = check_index(op, index)
    cdef int d = find_axis(op, dim, PyArray_NDIM(a)), i
    if PyArray_NDIM(places) == 0:
        return scatter(op, check, kernel, a, d, places[None], src)
    if PyArray_NDIM(a) == 0:
        scatter(op, check, kernel, a[None], d, places, src)
        return a
    check_gather(op, a, d, places)
    if PyArray_SIZE(places) == 0:
        return a
    if PyArray_NDIM(src) > 0:
        if PyArray_NDIM(src) != PyArray_NDIM(a) or any(
                [PyArray_DIMS(places)[i] > PyArray_DIMS(src)[i] for i in range(PyArray_NDIM(a))]):
            raise ShapeError(
                f"{op}: src must cover index, got src of shape {(<object>src).shape} and index of "
                f"shape {(<object>places).shape}")
        src = src[tuple([slice(size) for size in (<object>places).shape])]
    one_dimension(op, a, d, PyArray_DIMS(places), &p)
    return put(op, check, kernel, a, [places], &p, src)


def scatter_(ndarray a not None, dim, index, ndarray src not None):
    """a[i, index[i, j, k], k] = src[i, j, k] for dim = 1, and so on; returns a.

    `src` has at least the size of index in every dimension, or none. Where indices repeat, the last
    value stays. IndexError where an index is out of bounds.
    """
    return scatter("scatter", TGC_check_scatter, TGC_scatter, a, dim, index, src)


def scatter_add_(ndarray a not None, dim, index, ndarray src not None):
    """a[i, index[i, j, k], k] += src[i, j, k] for dim = 1, and so on, in the order of index.

    Returns a. `src` and errors as in `scatter_`.
    """
    return scatter("scatter_add", TGC_check_scatter_add, TGC_scatter_add, a, dim, index, src)


def index_select(ndarray a not None, dim, index, ndarray out=None):
    """y[i, j, k] = a[i, index[j], k] for dim = 1, and so on, for an index of one dimension.

    IndexError where an index is out of bounds.
    """
    cdef Positions p
    cdef ndarray places = check_index("index_select", index)
    cdef int d = find_axis("index_select", dim, PyArray_NDIM(a))
    if PyArray_NDIM(places) > 1:
        raise ShapeError("index_select: index must have at most one dimension, got shape "
                         f"{(<object>places).shape}")
    if PyArray_NDIM(a) == 0:
        if PyArray_SIZE(places) != 1:
            raise ShapeError("index_select: index of a number must have 1 element, got shape "
                             f"{(<object>places).shape}")
        return index_select(a[None], 0, places, None if out is None else out[None])[0, ...]
    one_dimension("index_select", a, d, PyArray_DIMS(a), &p)
    if PyArray_SIZE(a) == 0:  # then there is no element whose index the kernel would check
        for i in places.flat:
            if not 0 <= i < PyArray_DIMS(a)[d]:
                raise IndexError(
                    f"index_select: index {i} is out of bounds for dimension {d} with size "
                    f"{PyArray_DIMS(a)[d]}")
    p.shape[d] = PyArray_SIZE(places)
    p.first = d
    p.count = 1
    return take("index_select", TGC_index_select, a, [places], &p, out)


def nonzero(ndarray a not None):
    """The indices of the elements that are not zero, one int64 array per dimension.

    They are in row-major order. An array without dimensions counts as one of one dimension.
    """
    cdef tgc_call call
    cdef int dtype = dtype_code(a)
    cdef npy_intp[2] shape
    if PyArray_NDIM(a) == 0:
        return nonzero(a[None])
    shape[0] = (PyArray_SIZE(a) + TGC_NONZERO_CHUNK - 1) // TGC_NONZERO_CHUNK + 1
    cdef ndarray starts = empty(1, shape, TGC_I64)
    begin(&call, TGC_count_nonzero, dtype)
    add_operand(&call, a, TGC_READ)
    add_operand(&call, starts, TGC_WRITE)
    run(&call)
    shape[1] = (<int64_t *>PyArray_DATA(starts))[shape[0] - 1]
    shape[0] = PyArray_NDIM(a)
    cdef ndarray out = empty(2, shape, TGC_I64)
    begin(&call, TGC_nonzero, dtype)
    add_operand(&call, a, TGC_READ)
    add_operand(&call, starts, TGC_READ)
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return tuple(out)


def one_hot(index, num_classes):
    """y[p, c] = 1 where index[p] == c, else 0, for c = 0, ..., num_classes - 1; int64.

    IndexError where an index is not one of these c.
    """
    cdef tgc_call call
    cdef npy_intp[TGC_MAX_DIMS] shape
    cdef int d
    cdef ndarray a = check_index("one_hot", index)
    num_classes = as_int(num_classes)
    if not 1 <= num_classes < 2**63:
        raise ValueError(f"one_hot: num_classes must be from 1 to 2**63 - 1, got {num_classes}")
    check_ndim("one_hot", PyArray_NDIM(a) + 1)
    for d in range(PyArray_NDIM(a)):
        shape[d] = PyArray_DIMS(a)[d]
    shape[PyArray_NDIM(a)] = num_classes
    cdef ndarray out = empty(PyArray_NDIM(a) + 1, shape, TGC_I64)
    begin(&call, TGC_one_hot, dtype_code(a))
    add_operand(&call, a, TGC_READ)
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return out
