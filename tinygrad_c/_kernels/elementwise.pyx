"""Element by element: bindings of csrc/elementwise.

Every function broadcasts its operands, promotes their dtypes as PyTorch does, and returns a new
array, or `out` where one is given. `out` may be one of the operands or overlap them in any way.
"""

from libc.string cimport memcmp
from numpy cimport (
    PyArray_BASE,
    PyArray_DATA,
    PyArray_DIMS,
    PyArray_IS_C_CONTIGUOUS,
    PyArray_ISALIGNED,
    PyArray_ISCARRAY,
    PyArray_ISCARRAY_RO,
    PyArray_ISWRITEABLE,
    PyArray_ITEMSIZE,
    PyArray_NDIM,
    PyArray_SIZE,
    PyArray_STRIDES,
    PyArray_TYPE,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.promotion cimport (
    category,
    default_float_code,
    dtype_of_code,
    number,
    result_code,
    result_code_of,
    scalar_code,
)
from tinygrad_c._kernels.runtime cimport (
    TGC_BOOL,
    TGC_F32,
    TGC_I64,
    TGC_MAX_DIMS,
    TGC_READ,
    TGC_WRITE,
    Block,
    add_broadcast,
    add_operand,
    begin,
    block_of,
    dtype_code,
    dtype_code_of,
    empty,
    run,
    tgc_block,
    tgc_call,
    tgc_operand,
)

from tinygrad_c._kernels.promotion import checked_number
from tinygrad_c.errors import ShapeError

import_array()

cdef int[6] ITEM_SIZES = [1, 1, 4, 8, 4, 8]


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_neg
        TGC_abs
        TGC_sign
        TGC_relu
        TGC_square
        TGC_exp
        TGC_expm1
        TGC_log
        TGC_log1p
        TGC_sqrt
        TGC_tanh
        TGC_sigmoid
        TGC_log_sigmoid
        TGC_leaky_relu
        TGC_leaky_relu_backward
        TGC_erf
        TGC_sin
        TGC_cos
        TGC_reciprocal
        TGC_floor
        TGC_ceil
        TGC_trunc
        TGC_round
        TGC_isnan
        TGC_isinf
        TGC_isfinite
        TGC_add
        TGC_sub
        TGC_mul
        TGC_div
        TGC_pow
        TGC_maximum
        TGC_minimum
        TGC_floor_divide
        TGC_remainder
        TGC_eq
        TGC_ne
        TGC_lt
        TGC_le
        TGC_gt
        TGC_ge
        TGC_logical_not
        TGC_logical_and
        TGC_logical_or
        TGC_logical_xor
        TGC_relu_backward
        TGC_sigmoid_backward
        TGC_tanh_backward
        TGC_guarded
        TGC_where
        TGC_clamp
        TGC_cast_bool  # TGC_cast_bool + code converts to the dtype with that code


# --- From arrays to a call record ---------------------------------------------------------------

cdef inline bint same_shape(ndarray a, ndarray b) noexcept:
    cdef int d
    if PyArray_NDIM(a) != PyArray_NDIM(b):
        return False
    for d in range(PyArray_NDIM(a)):
        if PyArray_DIMS(a)[d] != PyArray_DIMS(b)[d]:
            return False
    return True


cdef inline npy_intp size_of(ndarray a) noexcept:
    cdef npy_intp n = 1
    cdef int d
    for d in range(PyArray_NDIM(a)):
        n *= PyArray_DIMS(a)[d]
    return n


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
    cdef tgc_operand *o
    cdef int i
    if (dtype_code(out) != code or not PyArray_ISCARRAY(out) or not same_shape(out, like)):
        return False
    for i in range(call.n_operands):
        o = &call.operands[i]
        if o.data == first and o.strides[0] == 1 and ITEM_SIZES[o.dtype] == ITEM_SIZES[code]:
            continue
        if o.data < first + nbytes and first < o.data + n * ITEM_SIZES[o.dtype]:
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
    n = size_of(like)
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
    check_divisor(op, &call)
    return out


cdef inline int check_divisor(str op, tgc_call *call) except -1:
    if call.status >= 0:
        raise RuntimeError(f"{op}: the divisor of an integer must not be zero (ZeroDivisionError)")
    return 0


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
    check_divisor(op, &call)
    return y if out is None or y is out else copy_(out, y)


cdef int check_ndim(str op, int ndim) except -1:
    if ndim > TGC_MAX_DIMS:
        raise ValueError(f"{op}: arrays must have at most {TGC_MAX_DIMS} dimensions, got {ndim}")
    return 0


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


cdef str shapes_of(list arrays):
    return " and ".join([str((<object>x).shape) for x in arrays])


cdef int check_out(str op, ndarray out, int ndim, const npy_intp *shape, int code) except -1:
    cdef int d
    wanted = tuple([shape[d] for d in range(ndim)])
    if (<object>out).shape != wanted:
        raise ShapeError(f"{op}: out must have shape {wanted}, got {(<object>out).shape}")
    if category(dtype_code(out)) < category(code):
        raise TypeError(
            f"{op}: out must be able to hold {dtype_of_code(code)}, got dtype {out.dtype}")
    check_writable(op, "out", out)
    return 0


cdef int check_writable(str op, str name, ndarray out) except -1:
    cdef int d
    if not PyArray_ISWRITEABLE(out):
        raise ValueError(f"{op}: {name} must be writable, got a read-only array")
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


# --- Copies -------------------------------------------------------------------------------------

cdef ndarray to_code(ndarray a, int code):
    """`a` in another dtype; `a` itself where that is its own."""
    cdef int own = dtype_code(a)
    return a if own == code else apply("cast", TGC_cast_bool + code, own, code, a, None, None, None)


def cast(ndarray a, dtype):
    """A new array: `a` converted to `dtype`.

    To bool: is it not 0? Between integers: modulo 2**bits. A float is truncated towards 0; one
    that the integer dtype does not hold, or NaN, becomes its smallest number (uint8: 0)."""
    cdef int code = dtype_code_of(dtype)
    return apply("cast", TGC_cast_bool + code, dtype_code(a), code, a, None, None, None)


def contiguous(ndarray a):
    """`a` itself where its elements lie side by side, row by row; else a copy that does."""
    if PyArray_IS_C_CONTIGUOUS(a):
        return a
    return cast(a, a.dtype)


cdef ndarray assign(str op, ndarray dst, ndarray src):
    cdef tgc_call call
    cdef int ndim = PyArray_NDIM(dst), missing = ndim - PyArray_NDIM(src), d
    cdef bint fits = missing >= 0
    for d in range(PyArray_NDIM(src)):
        fits = fits and PyArray_DIMS(src)[d] in (1, PyArray_DIMS(dst)[missing + d])
    if not fits:
        raise ShapeError(f"{op}: src of shape {(<object>src).shape} must broadcast to the shape of "
                         f"dst, got {(<object>dst).shape}")
    check_ndim(op, ndim)
    check_writable(op, "dst", dst)
    if overlaps(dst, [src]):
        src = cast(src, src.dtype)
    begin(&call, TGC_cast_bool + dtype_code(dst), dtype_code(src))
    add_broadcast(&call, src, ndim, PyArray_DIMS(dst))
    add_operand(&call, dst, TGC_WRITE)
    run(&call)
    return dst


def copy_(ndarray dst, ndarray src):
    """dst[...] = src, broadcast to dst's shape and converted to its dtype. Returns dst."""
    return assign("copy_", dst, src)


def fill_(ndarray dst, value):
    """dst[...] = value, a Python scalar, which must fit its dtype. Returns dst."""
    return assign("fill_", dst, checked_number(value, dst.dtype))


def concatenate(arrays, axis=0, ndarray out=None):
    """The arrays one after the other along `axis`; their other sizes must be the same."""
    arrays = list(arrays)
    if not arrays:
        raise ValueError("concatenate: arrays must be at least one, got none")
    cdef ndarray first = arrays[0], a
    cdef int ndim = PyArray_NDIM(first), code = 0, d
    cdef npy_intp[TGC_MAX_DIMS] shape
    cdef npy_intp total = 0, start = 0
    check_ndim("concatenate", ndim)
    if ndim == 0:
        raise ValueError("concatenate: arrays must have at least one dimension, got none")
    if not -ndim <= axis < ndim:
        raise IndexError(f"concatenate: axis must be from {-ndim} to {ndim - 1}, got {axis}")
    cdef int k = axis % ndim
    for a in arrays:
        if PyArray_NDIM(a) != ndim or any(
                [d != k and PyArray_DIMS(a)[d] != PyArray_DIMS(first)[d] for d in range(ndim)]):
            raise ShapeError(
                f"concatenate: shapes must agree but for axis {axis}, got {shapes_of(arrays)}")
        total += PyArray_DIMS(a)[k]
        code = max(code, dtype_code(a))
    for d in range(ndim):
        shape[d] = total if d == k else PyArray_DIMS(first)[d]
    if out is None:
        out = empty(ndim, shape, code)
    else:
        check_out("concatenate", out, ndim, shape, code)
        if overlaps(out, arrays):
            return copy_(out, concatenate(arrays, axis))
    index = [slice(None)] * ndim
    for a in arrays:
        index[k] = slice(start, start + PyArray_DIMS(a)[k])
        copy_(out[tuple(index)], a)
        start += PyArray_DIMS(a)[k]
    return out


# --- One operand --------------------------------------------------------------------------------

cdef ndarray unary(str op, int kernel, ndarray a, ndarray out):
    cdef int code = dtype_code(a)
    return apply(op, kernel, code, code, a, None, None, out)


cdef ndarray real_unary(str op, int kernel, ndarray a, ndarray out):
    """A function whose results are real: integers count as the default float dtype."""
    cdef int code = dtype_code(a)
    if code < TGC_F32:
        code = default_float_code
        a = to_code(a, code)
    return apply(op, kernel, code, code, a, None, None, out)


cdef ndarray rounding(str op, int kernel, ndarray a, ndarray out):
    """Integers are whole already: they are copied."""
    cdef int code = dtype_code(a)
    if code < TGC_F32:
        if code == TGC_BOOL:
            raise TypeError(f"{op}: a must be of numbers, got dtype bool")
        kernel = TGC_cast_bool + code
    return apply(op, kernel, code, code, a, None, None, out)


cpdef ndarray neg(ndarray a, ndarray out=None):
    """y = -a"""
    return unary("neg", TGC_neg, a, out)


cpdef ndarray abs(ndarray a, ndarray out=None):
    """y = |a|"""
    return unary("abs", TGC_abs, a, out)


cpdef ndarray sign(ndarray a, ndarray out=None):
    """y = 1 where a > 0, -1 where a < 0, else 0 (where a is NaN, too)"""
    return unary("sign", TGC_sign, a, out)


cpdef ndarray relu(ndarray a, ndarray out=None):
    """y = max(a, 0)"""
    return unary("relu", TGC_relu, a, out)


cpdef ndarray square(ndarray a, ndarray out=None):
    """y = a * a; bool counts as int64"""
    return unary("square", TGC_square, a if dtype_code(a) != TGC_BOOL else to_code(a, TGC_I64), out)


cpdef ndarray exp(ndarray a, ndarray out=None):
    """y = e ** a"""
    return real_unary("exp", TGC_exp, a, out)


cpdef ndarray expm1(ndarray a, ndarray out=None):
    """y = e ** a - 1, exact to the last bits near 0, too"""
    return real_unary("expm1", TGC_expm1, a, out)


cpdef ndarray log(ndarray a, ndarray out=None):
    """y = the natural logarithm of a"""
    return real_unary("log", TGC_log, a, out)


cpdef ndarray log1p(ndarray a, ndarray out=None):
    """y = the natural logarithm of 1 + a, exact to the last bits near 0, too"""
    return real_unary("log1p", TGC_log1p, a, out)


cpdef ndarray sqrt(ndarray a, ndarray out=None):
    """y = the square root of a"""
    return real_unary("sqrt", TGC_sqrt, a, out)


cpdef ndarray tanh(ndarray a, ndarray out=None):
    """y = the hyperbolic tangent of a"""
    return real_unary("tanh", TGC_tanh, a, out)


cpdef ndarray sigmoid(ndarray a, ndarray out=None):
    """y = 1 / (1 + e ** -a)"""
    return real_unary("sigmoid", TGC_sigmoid, a, out)


cpdef ndarray log_sigmoid(ndarray a, ndarray out=None):
    """y = log(sigmoid(a)) = -log(1 + e ** -a), exact to the last bits where that is near 0, too"""
    return real_unary("log_sigmoid", TGC_log_sigmoid, a, out)


cpdef ndarray erf(ndarray a, ndarray out=None):
    """y = the error function of a: 2 / sqrt(pi) * the integral of e ** -t**2 from 0 to a"""
    return real_unary("erf", TGC_erf, a, out)


cpdef ndarray sin(ndarray a, ndarray out=None):
    """y = the sine of a, in radians"""
    return real_unary("sin", TGC_sin, a, out)


cpdef ndarray cos(ndarray a, ndarray out=None):
    """y = the cosine of a, in radians"""
    return real_unary("cos", TGC_cos, a, out)


cpdef ndarray reciprocal(ndarray a, ndarray out=None):
    """y = 1 / a"""
    return real_unary("reciprocal", TGC_reciprocal, a, out)


cpdef ndarray floor(ndarray a, ndarray out=None):
    """y = the largest whole number <= a"""
    return rounding("floor", TGC_floor, a, out)


cpdef ndarray ceil(ndarray a, ndarray out=None):
    """y = the smallest whole number >= a"""
    return rounding("ceil", TGC_ceil, a, out)


cpdef ndarray trunc(ndarray a, ndarray out=None):
    """y = a without its fraction"""
    return rounding("trunc", TGC_trunc, a, out)


cpdef ndarray round(ndarray a, ndarray out=None):
    """y = the whole number next to a, the even one of two"""
    return rounding("round", TGC_round, a, out)


cpdef ndarray isnan(ndarray a, ndarray out=None):
    """y = is a not a number? (bool)"""
    return apply("isnan", TGC_isnan, dtype_code(a), TGC_BOOL, a, None, None, out)


cpdef ndarray isinf(ndarray a, ndarray out=None):
    """y = is a infinite? (bool)"""
    return apply("isinf", TGC_isinf, dtype_code(a), TGC_BOOL, a, None, None, out)


cpdef ndarray isfinite(ndarray a, ndarray out=None):
    """y = is a neither infinite nor NaN? (bool)"""
    return apply("isfinite", TGC_isfinite, dtype_code(a), TGC_BOOL, a, None, None, out)


cpdef ndarray logical_not(ndarray a, ndarray out=None):
    """y = is a 0? (bool)"""
    return apply("logical_not", TGC_logical_not, TGC_BOOL, TGC_BOOL, to_code(a, TGC_BOOL), None,
                 None, out)


cdef int real_code(str op, ndarray a) except -1:
    cdef int code = dtype_code(a)
    if code < TGC_F32:
        raise TypeError(f"{op}: a must be float32 or float64, got {a.dtype}")
    return code


cpdef ndarray leaky_relu(ndarray a, double slope, ndarray out=None):
    """y = a where a > 0, else slope * a"""
    cdef int code = real_code("leaky_relu", a)
    return apply("leaky_relu", TGC_leaky_relu, code, code, a, number(slope, code), None, out)


# --- Two operands -------------------------------------------------------------------------------

cdef ndarray binary(str op, int kernel, ndarray a, ndarray b, ndarray out):
    cdef int code
    if PyArray_TYPE(a) == PyArray_TYPE(b):
        code = dtype_code(a)
        return apply(op, kernel, code, code, a, b, None, out)
    code = result_code(a, b)
    return apply(op, kernel, code, code, to_code(a, code), to_code(b, code), None, out)


cdef ndarray comparison(str op, int kernel, ndarray a, ndarray b, ndarray out):
    cdef int code = result_code(a, b)
    return apply(op, kernel, code, TGC_BOOL, to_code(a, code), to_code(b, code), None, out)


cdef ndarray logical(str op, int kernel, ndarray a, ndarray b, ndarray out):
    return apply(op, kernel, TGC_BOOL, TGC_BOOL, to_code(a, TGC_BOOL), to_code(b, TGC_BOOL), None,
                 out)


cpdef ndarray add(ndarray a, ndarray b, ndarray out=None):
    """y = a + b (bool: a or b)"""
    return binary("add", TGC_add, a, b, out)


cpdef ndarray sub(ndarray a, ndarray b, ndarray out=None):
    """y = a - b; RuntimeError for bool"""
    if dtype_code(a) == TGC_BOOL or dtype_code(b) == TGC_BOOL:
        raise RuntimeError(
            f"sub: Subtraction, the `-` operator, with a bool tensor is not supported, got dtypes "
            f"{a.dtype} and {b.dtype}: to invert a mask use the `~` operator or logical_not(), for "
            "the difference of two the `^` operator or logical_xor()")
    return binary("sub", TGC_sub, a, b, out)


cpdef ndarray mul(ndarray a, ndarray b, ndarray out=None):
    """y = a * b (bool: a and b)"""
    return binary("mul", TGC_mul, a, b, out)


cpdef ndarray div(ndarray a, ndarray b, ndarray out=None):
    """y = a / b, of integers in the default float dtype"""
    cdef int code = result_code(a, b)
    if code < TGC_F32:
        code = default_float_code
    return apply("div", TGC_div, code, code, to_code(a, code), to_code(b, code), None, out)


cpdef ndarray pow(ndarray a, ndarray b, ndarray out=None):
    """y = a ** b; an integer to a negative power is 0, but for 1 and -1"""
    return binary("pow", TGC_pow, a, b, out)


cpdef ndarray maximum(ndarray a, ndarray b, ndarray out=None):
    """y = max(a, b), NaN where either is"""
    return binary("maximum", TGC_maximum, a, b, out)


cpdef ndarray minimum(ndarray a, ndarray b, ndarray out=None):
    """y = min(a, b), NaN where either is"""
    return binary("minimum", TGC_minimum, a, b, out)


cdef ndarray divided(str op, int kernel, ndarray a, ndarray b, ndarray out):
    """Where a divisor is 0 `out` must stay as it is: integers get there by a copy."""
    if out is None or result_code(a, b) >= TGC_F32:
        return binary(op, kernel, a, b, out)
    return copy_(out, binary(op, kernel, a, b, None))


cpdef ndarray floor_divide(ndarray a, ndarray b, ndarray out=None):
    """y = floor(a / b); RuntimeError where integers are divided by 0"""
    return divided("floor_divide", TGC_floor_divide, a, b, out)


cpdef ndarray remainder(ndarray a, ndarray b, ndarray out=None):
    """y = a - b * floor(a / b); RuntimeError where integers are divided by 0"""
    return divided("remainder", TGC_remainder, a, b, out)


cpdef ndarray eq(ndarray a, ndarray b, ndarray out=None):
    """y = (a == b)"""
    return comparison("eq", TGC_eq, a, b, out)


cpdef ndarray ne(ndarray a, ndarray b, ndarray out=None):
    """y = (a != b)"""
    return comparison("ne", TGC_ne, a, b, out)


cpdef ndarray lt(ndarray a, ndarray b, ndarray out=None):
    """y = (a < b)"""
    return comparison("lt", TGC_lt, a, b, out)


cpdef ndarray le(ndarray a, ndarray b, ndarray out=None):
    """y = (a <= b)"""
    return comparison("le", TGC_le, a, b, out)


cpdef ndarray gt(ndarray a, ndarray b, ndarray out=None):
    """y = (a > b)"""
    return comparison("gt", TGC_gt, a, b, out)


cpdef ndarray ge(ndarray a, ndarray b, ndarray out=None):
    """y = (a >= b)"""
    return comparison("ge", TGC_ge, a, b, out)


cpdef ndarray logical_and(ndarray a, ndarray b, ndarray out=None):
    """y = (a != 0 and b != 0)"""
    return logical("logical_and", TGC_logical_and, a, b, out)


cpdef ndarray logical_or(ndarray a, ndarray b, ndarray out=None):
    """y = (a != 0 or b != 0)"""
    return logical("logical_or", TGC_logical_or, a, b, out)


cpdef ndarray logical_xor(ndarray a, ndarray b, ndarray out=None):
    """y = ((a != 0) != (b != 0))"""
    return logical("logical_xor", TGC_logical_xor, a, b, out)


# --- Gradients ----------------------------------------------------------------------------------

cpdef ndarray relu_backward(ndarray grad, ndarray y, ndarray out=None):
    """The gradient of y = relu(x): grad where y > 0, else 0"""
    return binary("relu_backward", TGC_relu_backward, grad, y, out)


cpdef ndarray leaky_relu_backward(ndarray grad, ndarray y, double slope, ndarray out=None):
    """The gradient of y = leaky_relu(x) with a slope >= 0: grad where y > 0, else slope * grad"""
    cdef int code = real_code("leaky_relu_backward", y)
    return apply("leaky_relu_backward", TGC_leaky_relu_backward, code, code, to_code(grad, code), y,
                 number(slope, code), out)


cpdef ndarray sigmoid_backward(ndarray grad, ndarray y, ndarray out=None):
    """The gradient of y = sigmoid(x): grad * y * (1 - y)"""
    return binary("sigmoid_backward", TGC_sigmoid_backward, grad, y, out)


cpdef ndarray tanh_backward(ndarray grad, ndarray y, ndarray out=None):
    """The gradient of y = tanh(x): grad * (1 - y * y)"""
    return binary("tanh_backward", TGC_tanh_backward, grad, y, out)


cpdef ndarray guarded(ndarray grad, ndarray d, ndarray out=None):
    """grad * d, but 0 where grad is 0: a derivative that is infinite or NaN stays unseen there"""
    return binary("guarded", TGC_guarded, grad, d, out)


# --- Three operands -----------------------------------------------------------------------------

cpdef ndarray where(ndarray condition, ndarray a, ndarray b, ndarray out=None):
    """y = a where condition (bool) holds, else b"""
    cdef int code = result_code(a, b)
    if dtype_code(condition) != TGC_BOOL:
        raise TypeError(f"where: condition must be of dtype bool, got {condition.dtype}")
    return apply("where", TGC_where, code, code, condition, to_code(a, code), to_code(b, code), out)


cdef ndarray bound(ndarray a, object value):
    """min or max of clamp as an array."""
    return value if isinstance(value, ndarray) else number(value, scalar_code(value, a))


def clamp(ndarray a, min=None, max=None, ndarray out=None):
    """y = min(max(a, low), high) for the bounds low = min and high = max, each an array, a Python
    scalar or None; NaN where any of the three is"""
    if min is None and max is None:
        raise ValueError("clamp: min and max must not both be None")
    if max is None:
        return maximum(a, bound(a, min), out)
    if min is None:
        return minimum(a, bound(a, max), out)
    cdef ndarray low = bound(a, min), high = bound(a, max)
    cdef int code = result_code_of((a, low, high))
    return apply("clamp", TGC_clamp, code, code, to_code(a, code), to_code(low, code),
                 to_code(high, code), out)
