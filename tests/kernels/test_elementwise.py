"""Element by element: exact against NumPy's definition, in every layout, dtype and lane."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import SIZES, broadcastable, laid_out, shapes

from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c._kernels import promotion, runtime
from tinygrad_c.errors import ShapeError

FLOATS = ["float32", "float64"]
INTEGERS = ["uint8", "int32", "int64"]
NUMBERS = INTEGERS + FLOATS
ALL = ["bool", *NUMBERS]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def log_sigmoid(a):
    return np.minimum(a, 0) - np.log1p(np.exp(-np.abs(a)))


def leaky_relu(a, slope):
    return np.where(a > 0, a, a * a.dtype.type(slope))


def leaky_relu_backward(grad, y, slope):
    return np.where(y > 0, grad, grad * grad.dtype.type(slope))


def sign(a):
    return (np.greater(a, 0).astype(np.int8) - np.less(a, 0)).astype(a.dtype)


def relu(a):
    return np.where(a <= 0, a.dtype.type(0), a)


UNARY = {"neg": np.negative, "abs": np.abs, "sign": sign, "relu": relu, "square": np.square}
EXACT_REAL_UNARY = {
    "sqrt": np.sqrt,
    "reciprocal": lambda a: a.dtype.type(1) / a,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "round": np.rint,
}
# Not exact: the C library differs from the vectors in the last bits.
REAL_UNARY = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "log_sigmoid": log_sigmoid,
    "erf": np.vectorize(math.erf),
    "erfc": np.vectorize(math.erfc),
    "sin": np.sin,
    "cos": np.cos,
}
PREDICATES = {"isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite}
BINARY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
}
DIVISIONS = {"floor_divide": np.floor_divide, "remainder": np.remainder}
COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
LOGICAL = {
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
}
GRADIENTS = {
    "relu_backward": lambda grad, y: np.where(y <= 0, grad.dtype.type(0), grad),
    "sigmoid_backward": lambda grad, y: grad * y * (1 - y),
    "tanh_backward": lambda grad, y: grad * (1 - y * y),
    "guarded": lambda grad, d: np.where(grad == 0, grad.dtype.type(0), grad * d),
}
SPECIALS = [0.0, -0.0, 1.5, -2.5, np.inf, -np.inf, np.nan, 5e-324, -1e-310, 1e-45, -1e-40, 3e38]


def define(function, *operands):
    """NumPy's result, without its warnings."""
    with np.errstate(all="ignore"):
        return function(*operands)


def same(got, expected):
    """Same dtype, shape and values; NaN is NaN, and 0 is the 0 of the same sign."""
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    np.testing.assert_array_equal(got, expected)
    if got.dtype.kind == "f":
        numbers = ~np.isnan(expected)
        np.testing.assert_array_equal(np.signbit(got[numbers]), np.signbit(expected[numbers]))


def bits(array):
    return array.tobytes()


@pytest.fixture
def threads():
    before = runtime.get_num_threads()
    yield runtime.set_num_threads
    runtime.set_num_threads(before)


# --- Against the definition, in any layout ------------------------------------------------------


@pytest.mark.parametrize("dtype", NUMBERS)
@given(data=st.data())
def test_unary(dtype, data):
    a = data.draw(laid_out(data.draw(shapes()), dtype))
    for name, function in UNARY.items():
        y = getattr(kernels, name)(a)
        np.testing.assert_array_equal(y, function(a), err_msg=name)
        assert y.dtype == dtype


@pytest.mark.parametrize("dtype", ALL)
@given(data=st.data())
def test_binary(dtype, data):
    a, b = data.draw(broadcastable(2, dtype))
    for name, function in {**BINARY, **COMPARISONS}.items():
        if (dtype, name) != ("bool", "sub"):
            same(getattr(kernels, name)(a, b), function(a, b))
    if dtype in FLOATS:
        same(kernels.div(a, b), define(np.divide, a, b))
        for name, function in GRADIENTS.items():
            np.testing.assert_array_equal(getattr(kernels, name)(a, b), function(a, b), name)


@given(data=st.data(), dtypes=st.tuples(st.sampled_from(ALL), st.sampled_from(ALL)))
def test_logical(dtypes, data):
    a, b = data.draw(broadcastable(2, dtypes, low=-1, high=1))
    same(kernels.logical_not(a), np.logical_not(a))
    for name, function in LOGICAL.items():
        same(getattr(kernels, name)(a, b), function(a, b))


@pytest.mark.parametrize("dtype", NUMBERS)
@given(data=st.data())
def test_division_with_remainder(dtype, data):
    a, b = data.draw(broadcastable(2, dtype, low=-9, high=9))
    b = np.where(b == 0, b.dtype.type(7), b)
    for name, function in DIVISIONS.items():
        np.testing.assert_array_equal(getattr(kernels, name)(a, b), function(a, b), name)


@pytest.mark.parametrize("dtype", ALL)
@given(data=st.data())
def test_where_and_clamp(dtype, data):
    condition, a, b = data.draw(broadcastable(3, ["bool", dtype, dtype]))
    same(kernels.where(condition, a, b), np.where(condition, a, b))
    if dtype != "bool":
        least = np.maximum(condition, a).astype(dtype)
        clamp = kernels.clamp
        c = condition.astype(dtype)
        np.testing.assert_array_equal(clamp(c, a, b), np.minimum(least, b))
        np.testing.assert_array_equal(clamp(c, min=a), least)
        np.testing.assert_array_equal(clamp(c, max=b), np.minimum(c, b))
        np.testing.assert_array_equal(clamp(a, 1, 2), np.clip(a, 1, 2))


@pytest.mark.parametrize("a_shape, b_shape", [
    ((1000, 3), (3,)), ((1000, 3), (1000, 1)), ((3000, 1), (1, 2)), ((700, 1, 5), (1, 11, 1)),
    ((40, 7, 2, 2), (1, 7, 1, 1)), ((4, 7, 30, 31), (1, 7, 1, 1)), ((2, 3, 700), (3, 1)),
    ((600, 40), (600, 40)), ((5, 513), (513,)), ((20000,), ()), ((2, 1, 9000), (1, 3, 1)),
])  # fmt: skip
@pytest.mark.parametrize("layout", ["as is", "transposed", "reversed", "stepped"])
def test_every_way_of_walking(isa, a_shape, b_shape, layout):
    a = np.random.default_rng(0).integers(-99, 99, a_shape).astype(np.float32)
    b = np.random.default_rng(1).integers(-99, 99, b_shape).astype(np.float32)
    if layout == "transposed":
        a = np.asfortranarray(a)
    elif layout == "reversed":
        a = a[::-1, ..., ::-1] if a.ndim > 1 else a[::-1]
    elif layout == "stepped":
        a = np.repeat(a, 2, axis=-1)[..., ::2]
    same(kernels.sub(a, b), a - b)
    same(kernels.sub(b, a), b - a)
    same(kernels.gt(a, b), a > b)
    same(kernels.where(kernels.lt(a, b), a, b), np.minimum(a, b))


# --- Numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", [*SIZES, 63, 64, 65])
def test_every_special_value_in_every_lane(isa, dtype, n):
    specials = define(np.asarray(SPECIALS).astype, dtype)
    for shift in range(len(specials)):
        a = np.resize(np.roll(specials, shift), n)
        b = np.resize(np.repeat(specials, len(specials) - 1), n)
        for name, function in {**UNARY, **EXACT_REAL_UNARY, **PREDICATES}.items():
            if name != "sign":
                same(getattr(kernels, name)(a), define(function, a))
        for name, function in {**COMPARISONS, **GRADIENTS, "div": np.divide}.items():
            same(getattr(kernels, name)(a, b), define(function, a, b))
        for name in ("add", "sub", "mul"):
            same(getattr(kernels, name)(a, b), define(BINARY[name], a, b))
        for name in ("maximum", "minimum", "floor_divide", "remainder"):
            expected = define({**BINARY, **DIVISIONS}[name], a, b)
            np.testing.assert_array_equal(getattr(kernels, name)(a, b), expected)
        chosen = np.resize([True, False, False], n)
        same(kernels.where(chosen, a, b), np.where(chosen, a, b))


def test_sign_of_nan_is_zero_as_in_pytorch(isa):
    a = np.array([np.nan, 0.0, -0.0, np.inf, -np.inf, 5e-324, -5e-324])
    same(kernels.sign(a), np.array([0.0, 0.0, 0.0, 1.0, -1.0, 1.0, -1.0]))


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_leaky_relu(dtype, data):
    shape = data.draw(shapes())
    a, grad = data.draw(laid_out(shape, dtype)), data.draw(laid_out(shape, dtype))
    for slope in (0.25, 0.0, 2):
        same(kernels.leaky_relu(a, slope), leaky_relu(a, slope))
        same(kernels.leaky_relu_backward(grad, a, slope), leaky_relu_backward(grad, a, slope))


@pytest.mark.parametrize("dtype", FLOATS)
def test_leaky_relu_passes_on_what_is_special(isa, dtype):
    for n in SIZES:
        a = np.resize(np.array(SPECIALS, dtype), n)
        same(kernels.leaky_relu(a, 0.5), define(leaky_relu, a, 0.5))
        same(kernels.leaky_relu_backward(a, a, 0.5), define(leaky_relu_backward, a, a, 0.5))


@pytest.mark.parametrize("dtype", FLOATS)
def test_clamp_passes_on_nan_from_any_operand(isa, dtype):
    for i in range(3):
        for n in (1, 4, 9, 17, 33):
            operands = [np.full(n, value, dtype) for value in (2, 1, 3)]
            operands[i][:: 2] = np.nan
            expected = np.where(np.arange(n) % 2 == 0, np.nan, 2).astype(dtype)
            same(kernels.clamp(*operands), expected)


def test_clamp_with_min_above_max_gives_max(isa):
    a = np.arange(20, dtype=np.float32)
    same(kernels.clamp(a, 5.0, 3.0), np.full(20, 3, np.float32))
    same(kernels.clamp(a.astype(np.int32), 5, 3), np.full(20, 3, np.int32))


@pytest.mark.parametrize("dtype", FLOATS)
def test_guarded_is_zero_where_the_gradient_is(isa, dtype):
    grad = np.array([0, -0.0, 1, 0, 2, 0, 0, 3, 0, 0, 0], dtype)
    d = np.array([np.inf, np.nan, 2, np.nan, np.inf, 1, -np.inf, -1, 0, 5e-324, -np.nan], dtype)
    expected = np.array([0, 0, 2, 0, np.inf, 0, 0, -3, 0, 0, 0], dtype)
    same(kernels.guarded(grad, d), expected)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", REAL_UNARY)
def test_transcendental(isa, name, dtype):
    a = np.random.default_rng(0).uniform(-9, 9, 1000)
    a = np.abs(a) if name in ("log", "log1p") else a
    a = a.astype(dtype)
    expected = REAL_UNARY[name](a.astype(np.longdouble))
    error = np.abs(getattr(kernels, name)(a) - expected) / np.spacing(np.abs(expected).astype(dtype))
    assert error.max() <= 4


@pytest.mark.parametrize("dtype", FLOATS)
def test_transcendental_limits(isa, dtype):
    inf, nan = np.inf, np.nan
    a = np.array([0, -0.0, inf, -inf, nan, 1], dtype)
    same(kernels.exp(a[:5]), np.array([1, 1, inf, 0, nan], dtype))
    same(kernels.log(a), np.array([-inf, -inf, inf, nan, nan, 0], dtype))
    same(kernels.tanh(a[:5]), np.array([0, -0.0, 1, -1, nan], dtype))
    same(kernels.sigmoid(a[:5]), np.array([0.5, 0.5, 1, 0, nan], dtype))


def normal_distribution(a):
    return np.vectorize(math.erfc, otypes=[float])(a * -math.sqrt(0.5)) / 2


def gelu_slope(a, approximate):
    """The derivative of gelu."""
    if approximate:
        scale = math.sqrt(2 / math.pi)
        t = np.tanh(scale * (a + 0.044715 * a**3))
        return (1 + t) / 2 + a / 2 * (1 - t * t) * scale * (1 + 3 * 0.044715 * a * a)
    return normal_distribution(a) + a * np.exp(-a * a / 2) / math.sqrt(2 * math.pi)


def gelu(a, approximate):
    if approximate:
        return a / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**3)))
    return a * normal_distribution(a)


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_gelu(dtype, approximate, data):
    """The last digits are measured in tests/csrc: here is what it is, in any layout."""
    shape = data.draw(shapes())
    a, grad = data.draw(laid_out(shape, dtype)), data.draw(laid_out(shape, dtype))
    near = {"rtol": 8 * np.finfo(dtype).eps, "atol": 8 * np.finfo(dtype).eps}
    y = kernels.gelu(a, approximate)
    np.testing.assert_allclose(y, gelu(a.astype(np.float64), approximate), **near)
    found = kernels.gelu_backward(grad, a, approximate)
    expected = grad * gelu_slope(a.astype(np.float64), approximate)
    np.testing.assert_allclose(found, expected, rtol=near["rtol"], atol=8 * near["atol"])
    assert y.dtype == found.dtype == dtype


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", SIZES)
def test_gelu_limits(isa, n, dtype, approximate):
    """As in PyTorch: 0 times infinity is NaN."""
    inf, nan = np.inf, np.nan
    a = np.resize(np.array([0, -0.0, inf, -inf, nan, 1e30, -1e30], dtype), n)
    y = np.resize(np.array([0, -0.0, inf, nan, nan, 1e30, -0.0], dtype), n)
    slope = np.resize(np.array([0.5, 0.5, nan, nan, nan, 1, 0], dtype), n)
    same(kernels.gelu(a, approximate), y)
    np.testing.assert_array_equal(kernels.gelu_backward(np.ones(n, dtype), a, approximate), slope)


@pytest.mark.parametrize("dtype", FLOATS)
def test_pow(isa, dtype):
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.1, 9, 1000).astype(dtype), rng.uniform(-9, 9, 1000).astype(dtype)
    expected = a.astype(np.longdouble) ** b
    error = np.abs(kernels.pow(a, b) - expected) / np.spacing(expected.astype(dtype))
    assert error.max() <= 4
    whole = np.resize(np.arange(-7, 8), 99).astype(dtype)
    same(kernels.pow(whole, np.array(2, dtype)), whole * whole)
    same(kernels.pow(whole, np.array(3, dtype)), whole * whole * whole)
    same(kernels.pow(whole, np.array(0, dtype)), np.ones(99, dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_pow_limits(isa, dtype):
    values = np.array([0, -0.0, 1, -1, 2, -2, 0.5, -0.5, np.inf, -np.inf, np.nan, 3, -3], dtype)
    a, b = np.repeat(values, len(values)), np.tile(values, len(values))
    expected = define(np.power, a, b)
    got = kernels.pow(a, b)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    np.testing.assert_array_equal(np.signbit(got), np.signbit(np.where(np.isnan(got), got, expected)))
    np.testing.assert_allclose(got, expected, rtol=4 * np.finfo(dtype).eps, atol=0)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["add", "sub", "mul", "neg", "abs", "square"])
def test_integer_overflow_wraps(name, dtype):
    info = np.iinfo(dtype)
    ends = np.array([info.min, info.min + 1, info.max - 1, info.max, 0, 1, 7], dtype)
    a, b = np.repeat(ends, 7), np.tile(ends, 7)
    function = {**BINARY, **UNARY}[name]
    operands = (a, b) if name in BINARY else (a,)
    same(getattr(kernels, name)(*operands), define(function, *operands))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integer_pow(dtype):
    a, b = np.repeat(np.arange(-9, 10), 40).astype(dtype), np.tile(np.arange(40), 19).astype(dtype)
    same(kernels.pow(a, b), define(np.power, a, b))


def test_integer_to_a_negative_power_is_0_but_for_1_and_minus_1():
    a = np.array([2, -3, 1, 1, -1, -1, 0])
    b = np.array([-1, -2, -1, -2, -1, -2, -5])
    same(kernels.pow(a, b), np.array([0, 0, 1, 1, -1, 1, 0]))


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_smallest_integer_divided_by_minus_1_wraps(dtype):
    low = np.array([np.iinfo(dtype).min], dtype)
    minus_1 = np.array([-1], dtype)
    same(kernels.floor_divide(low, minus_1), low)
    same(kernels.remainder(low, minus_1), np.zeros(1, dtype))


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", DIVISIONS)
def test_integer_division_by_zero(name, dtype):
    a, b = np.ones(40000, dtype), np.ones(40000, dtype)
    b[-1] = 0
    message = f"{name}: the divisor of an integer must not be zero"
    with pytest.raises(RuntimeError, match=message):
        getattr(kernels, name)(a, b)
    with pytest.raises(RuntimeError, match=message):
        getattr(kernels, name)(a[::2], np.array(0, dtype))
    np.testing.assert_array_equal(getattr(kernels, name)(a, a), DIVISIONS[name](a, a))


def test_predicates_of_integers():
    a = np.array([[0, 1], [2, 3]], np.int32)
    for array in (a, a.astype(bool), a.T):
        same(kernels.isnan(array), np.zeros((2, 2), bool))
        same(kernels.isinf(array), np.zeros((2, 2), bool))
        same(kernels.isfinite(array), np.ones((2, 2), bool))


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "round"])
def test_rounding_copies_integers(name):
    a = np.arange(-3, 4)
    y = getattr(kernels, name)(a)
    same(y, a)
    assert not np.shares_memory(y, a)


def test_round_takes_the_even_of_two():
    a = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 3.5, 2.4999998], np.float32)
    same(kernels.round(a), np.array([0, 2, 2, -0.0, -2, 4, 2], np.float32))


# --- Dtypes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("a_dtype", ALL)
@pytest.mark.parametrize("b_dtype", ALL)
@pytest.mark.parametrize("b_shape", [(), (1,), (5,)])
def test_operands_are_promoted(a_dtype, b_dtype, b_shape):
    a, b = np.array([0, 1, 1, 0, 1], a_dtype), np.ones(b_shape, b_dtype)
    dtype = promotion.result_type(a, b)
    wide = np.int64
    same(kernels.mul(a, b), (a.astype(wide) * b.astype(wide)).astype(dtype))
    same(kernels.mul(b, a), (a.astype(wide) * b.astype(wide)).astype(dtype))
    same(kernels.eq(a, b), a.astype(wide) == b.astype(wide))
    same(kernels.where(a.astype(bool), a, b), np.ones(5, dtype))
    same(kernels.div(a, b), (a / b).astype(dtype if dtype in FLOATS else np.float32))
    if dtype != bool:
        same(kernels.clamp(a, min=a, max=b), a.astype(dtype))


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS])
@pytest.mark.parametrize("name", [*REAL_UNARY, "sqrt", "reciprocal"])
def test_real_functions_of_integers_give_the_default_dtype(name, dtype):
    a = np.ones((3, 2), dtype).T
    kernel = getattr(kernels, name)
    same(kernel(a), kernel(a.astype(np.float32)))


@pytest.mark.parametrize("y_dtype", ["int32", "int64", "float32", "float64"])
def test_out_of_another_dtype(y_dtype):
    a, b = np.arange(10, dtype=np.int32), np.arange(10, dtype=np.int32)[::-1]
    out = np.zeros((10, 2), y_dtype)[:, 0]
    assert kernels.mul(a, b, out=out) is out
    same(out, (a * b).astype(y_dtype))


# --- Results that are given ---------------------------------------------------------------------


@given(data=st.data(), dtype=st.sampled_from(ALL))
def test_out(data, dtype):
    shape = data.draw(shapes())
    a, b = data.draw(laid_out(shape, dtype)), data.draw(laid_out(shape, dtype))
    out = data.draw(laid_out(shape, dtype)).copy(order=data.draw(st.sampled_from("CFK")))
    assert kernels.maximum(a, b, out=out) is out
    same(out, np.maximum(a, b))


@given(data=st.data(), dtype=st.sampled_from(NUMBERS))
def test_in_place(data, dtype):
    shape = data.draw(shapes())
    a = data.draw(laid_out(shape, dtype))
    a.flags.writeable = True
    b = data.draw(laid_out(shape[1:], dtype))
    expected = a + b
    assert kernels.add(a, b, out=a) is a
    same(a, expected)
    expected = a - a
    same(kernels.sub(a, a, out=a), expected)


@pytest.mark.parametrize("n", [5, 600, 40000])
@pytest.mark.parametrize("dtype", ALL)
def test_out_that_overlaps_an_operand(n, dtype):
    for read, write in [
        (slice(0, -1), slice(1, None)),
        (slice(1, None), slice(0, -1)),
        (slice(None, None, -1), slice(None)),
        (slice(0, n // 2), slice(None, 2 * (n // 2), 2)),
    ]:
        memory = np.random.default_rng(n).integers(0, 5, n).astype(dtype)
        a, out = memory[read], memory[write]
        expected = np.add(a, a)
        same(kernels.add(a, a, out=out), expected)


def test_out_that_overlaps_a_number():
    memory = np.arange(1.0, 100.0)
    expected = memory * memory[50]
    same(kernels.mul(memory, memory[50:51].reshape(()), out=memory), expected)
    memory = np.arange(9.0).reshape(3, 3)
    expected = memory + memory[0]
    same(kernels.add(memory, memory[0], out=memory), expected)


def test_out_of_another_type_in_the_same_memory():
    memory = np.arange(1, 9, dtype=np.float32)
    expected = memory == 4
    same(kernels.eq(memory, np.array(4, np.float32), out=memory.view(bool)[:8]), expected)


def test_out_errors():
    a = np.ones((2, 3))
    with pytest.raises(ShapeError, match=r"add: out must have shape \(2, 3\), got \(3, 2\)"):
        kernels.add(a, a, out=np.ones((3, 2)))
    with pytest.raises(ShapeError, match=r"neg: out must have shape \(2, 3\), got \(1, 2, 3\)"):
        kernels.neg(a, out=np.ones((1, 2, 3)))
    with pytest.raises(TypeError, match="add: out must be able to hold float64, got dtype int64"):
        kernels.add(a, a, out=np.ones((2, 3), np.int64))
    frozen = np.ones((2, 3))
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="add: out must be writable, got a read-only array"):
        kernels.add(a, a, out=frozen)
    spread = np.lib.stride_tricks.as_strided(np.ones(3), (2, 3), (0, 8))
    with pytest.raises(RuntimeError, match="more than one element of out refers to a single"):
        kernels.add(a, a, out=spread)
    np.testing.assert_array_equal(frozen, 1)


# --- Threads, lanes, blocks ---------------------------------------------------------------------


def every_kernel(dtype):
    """(name, function of one operand list) for each kernel that takes two reals."""
    for name in [*UNARY, *EXACT_REAL_UNARY, *REAL_UNARY, *PREDICATES]:
        yield name, lambda a, b, name=name: getattr(kernels, name)(a)
    for name in [*BINARY, *DIVISIONS, *COMPARISONS, *GRADIENTS, "div", "pow"]:
        yield name, lambda a, b, name=name: getattr(kernels, name)(a, b)
    for form in (False, True):
        yield f"gelu {form}", lambda a, b, form=form: kernels.gelu(a, form)
        yield f"gelu_backward {form}", lambda a, b, form=form: kernels.gelu_backward(a, b, form)
    yield "where", lambda a, b: kernels.where(kernels.lt(a, b), a, b)
    yield "clamp", lambda a, b: kernels.clamp(a, b, np.array(1.5, dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_same_bits_for_any_number_of_threads(isa, dtype, threads):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 311, 173)).astype(dtype)
    for name, kernel in every_kernel(dtype):
        for first, second in [(a, b), (a, b.T[0]), (a.T, b.T), (a, b[:, :1])]:
            if name in ("floor_divide", "remainder", "pow") and first is not a:
                continue
            threads(1)
            expected = bits(kernel(first, second[: len(first)] if second.ndim > 1 else b[0]))
            for n in (2, 3):
                threads(n)
                got = bits(kernel(first, second[: len(first)] if second.ndim > 1 else b[0]))
                assert got == expected, (name, n)


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_result_does_not_depend_on_its_lane(isa, dtype):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 67)).astype(dtype)
    for name, kernel in every_kernel(dtype):
        whole = kernel(a, b)
        for i in range(67):
            assert bits(kernel(a[i : i + 1], b[i : i + 1])) == bits(whole[i : i + 1]), (name, i)
        spread = np.repeat(a, 3)[::3]
        assert bits(kernel(spread, b)) == bits(whole), name


# --- Errors -------------------------------------------------------------------------------------


def test_shapes_that_do_not_broadcast():
    message = r"add: shapes of operands must broadcast, got \(2, 3\) and \(4,\)"
    with pytest.raises(ShapeError, match=message):
        kernels.add(np.ones((2, 3)), np.ones(4))
    message = r"where: shapes of operands must broadcast, got \(2,\) and \(3,\) and \(1,\)"
    with pytest.raises(ShapeError, match=message):
        kernels.where(np.ones(2, bool), np.ones(3), np.ones(1))
    with pytest.raises(ShapeError, match=r"\(0,\) and \(2,\)"):
        kernels.mul(np.ones(0), np.ones(2))


def test_too_many_dimensions():
    a = np.ones((1,) * 13)
    with pytest.raises(ValueError, match="at most 12 dimensions, got 13"):
        kernels.add(a, a[0].T)
    with pytest.raises(ValueError, match="at most 12 dimensions, got 13"):
        kernels.neg(np.ones((2,) * 13)[..., ::-1])


@pytest.mark.parametrize("name", ["neg", "abs", "relu", "floor", "round"])
def test_unary_that_bool_has_not(name):
    with pytest.raises(TypeError, match="bool"):
        getattr(kernels, name)(np.ones(2, bool))


@pytest.mark.parametrize("name", ["sub", "pow", "floor_divide", "remainder"])
def test_binary_that_bool_has_not(name):
    with pytest.raises((TypeError, RuntimeError), match="bool"):
        getattr(kernels, name)(np.ones(2, bool), np.ones(2, bool))


def test_nothing_is_subtracted_from_bool_nor_bool_from_anything():
    for a, b in (("bool", "int64"), ("float32", "bool")):
        with pytest.raises(RuntimeError, match=f"dtypes {a} and {b}: .*logical_not"):
            kernels.sub(np.ones(2, a), np.ones(2, b))


@pytest.mark.parametrize("name", ["floor_divide", "remainder"])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_a_divisor_of_zero_leaves_out_as_it_was(name, dtype):
    a = np.array([7, 8, 9], dtype)
    with pytest.raises(RuntimeError, match="must not be zero"):
        getattr(kernels, name)(a, np.array([2, 0, 2], dtype), a)
    assert a.tolist() == [7, 8, 9]
    assert getattr(kernels, name)(a, np.array(2, dtype), a) is a
    assert a.tolist() == ([3, 4, 4] if name == "floor_divide" else [1, 0, 1])


def test_square_of_bool_is_int64():
    same(kernels.square(np.array([True, False])), np.array([1, 0]))


def test_dtypes_that_there_are_not():
    with pytest.raises(TypeError, match="float16"):
        kernels.add(np.ones(2, np.float16), np.ones(2, np.float16))
    with pytest.raises(TypeError, match="int8"):
        kernels.neg(np.ones(2, np.int8))
    with pytest.raises(TypeError, match=">f4"):
        kernels.neg(np.ones(2, ">f4"))
    with pytest.raises(TypeError, match="where: condition must be of dtype bool, got int64"):
        kernels.where(np.ones(2, int), np.ones(2), np.ones(2))


def test_unaligned_operands_are_refused():
    memory = np.zeros(17, np.uint8)[1:].view(np.float32)
    with pytest.raises(ValueError, match="aligned"):
        kernels.neg(memory)
    with pytest.raises(ValueError, match="aligned"):
        kernels.add(memory[0:1].reshape(()), np.ones(2, np.float32))


def test_leaky_relu_and_gelu_are_of_real_numbers():
    for call in (
        lambda a: kernels.gelu(a, False),
        lambda a: kernels.gelu_backward(a, a, True),
        lambda a: kernels.leaky_relu(a, 0.5),
        lambda a: kernels.leaky_relu_backward(a, a, 0.5),
    ):
        with pytest.raises(TypeError, match=r"elu.*: a must be float32 or float64, got int32"):
            call(np.ones(2, np.int32))


def test_clamp_without_bounds():
    with pytest.raises(ValueError, match="clamp: min and max must not both be None"):
        kernels.clamp(np.ones(2))
