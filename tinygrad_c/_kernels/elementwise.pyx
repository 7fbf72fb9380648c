"""Element by element: bindings of csrc/elementwise.

Every function broadcasts its operands, promotes their dtypes as PyTorch does, and returns a new
array, or `out` where one is given. `out` may be one of the operands or overlap them in any way.
"""

from numpy cimport PyArray_TYPE, import_array, ndarray

from tinygrad_c._kernels.broadcast cimport apply, assign, to_code
from tinygrad_c._kernels.promotion cimport (
    default_float_code,
    number,
    result_code,
    result_code_of,
    scalar_code,
)
from tinygrad_c._kernels.runtime cimport TGC_BOOL, TGC_F32, TGC_I64, dtype_code, float_code

import_array()


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
        TGC_erfc
        TGC_gelu
        TGC_gelu_tanh
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
        TGC_gelu_backward
        TGC_gelu_tanh_backward
        TGC_guarded
        TGC_where
        TGC_clamp
        TGC_cast_bool  # TGC_cast_bool + code converts to the dtype with that code


# ---- One operand ----

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


cpdef ndarray erfc(ndarray a, ndarray out=None):
    """y = 1 - erf(a), exact to the last bits where that is near 0, too"""
    return real_unary("erfc", TGC_erfc, a, out)


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


cpdef ndarray gelu(ndarray a, bint approximate, ndarray out=None):
    """y = a * P(a), P(a) = (1 + erf(a / sqrt(2))) / 2 being the normal distribution; approximately
    P(a) = (1 + tanh(sqrt(2 / pi) * (a + 0.044715 * a**3))) / 2"""
    cdef int code = float_code("gelu", "a", a)
    cdef int kernel = TGC_gelu_tanh if approximate else TGC_gelu
    return apply("gelu", kernel, code, code, a, None, None, out)


cpdef ndarray leaky_relu(ndarray a, double slope, ndarray out=None):
    """y = a where a > 0, else slope * a"""
    cdef int code = float_code("leaky_relu", "a", a)
    return apply("leaky_relu", TGC_leaky_relu, code, code, a, number(slope, code), None, out)


# ---- Two operands ----

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
    return assign(op, out, binary(op, kernel, a, b, None))


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


# ---- Gradients ----

cpdef ndarray relu_backward(ndarray grad, ndarray y, ndarray out=None):
    """The gradient of y = relu(x): grad where y > 0, else 0"""
    return binary("relu_backward", TGC_relu_backward, grad, y, out)


cpdef ndarray leaky_relu_backward(ndarray grad, ndarray y, double slope, ndarray out=None):
    """The gradient of y = leaky_relu(x) with a slope >= 0: grad where y > 0, else slope * grad"""
    cdef int code = float_code("leaky_relu_backward", "y", y)
    return apply("leaky_relu_backward", TGC_leaky_relu_backward, code, code, to_code(grad, code), y,
                 number(slope, code), out)


cpdef ndarray sigmoid_backward(ndarray grad, ndarray y, ndarray out=None):
    """The gradient of y = sigmoid(x): grad * y * (1 - y)"""
    return binary("sigmoid_backward", TGC_sigmoid_backward, grad, y, out)


cpdef ndarray tanh_backward(ndarray grad, ndarray y, ndarray out=None):
    """The gradient of y = tanh(x): grad * (1 - y * y)"""
    return binary("tanh_backward", TGC_tanh_backward, grad, y, out)


cpdef ndarray gelu_backward(ndarray grad, ndarray a, bint approximate, ndarray out=None):
    """The gradient of y = gelu(a): grad * (P(a) + a * P'(a)) for the P of that"""
    cdef int code = float_code("gelu_backward", "a", a)
    cdef int kernel = TGC_gelu_tanh_backward if approximate else TGC_gelu_backward
    return apply("gelu_backward", kernel, code, code, to_code(grad, code), a, None, out)


cpdef ndarray guarded(ndarray grad, ndarray d, ndarray out=None):
    """grad * d, but 0 where grad is 0: a derivative that is infinite or NaN stays unseen there"""
    return binary("guarded", TGC_guarded, grad, d, out)


# ---- Three operands ----

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
        return binary("clamp", TGC_maximum, bound(a, min), a, out)
    if min is None:
        return binary("clamp", TGC_minimum, bound(a, max), a, out)
    cdef ndarray low = bound(a, min), high = bound(a, max)
    cdef int code = result_code_of((a, low, high))
    return apply("clamp", TGC_clamp, code, code, to_code(a, code), to_code(low, code),
                 to_code(high, code), out)
