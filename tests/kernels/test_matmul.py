"""Matrix products: exact against NumPy, at all edges of tiles, in every layout and on every ISA."""

import itertools
import re

import numpy as np
import pytest
from exact import FLOATS, INTEGERS, NUMBERS, same
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out

from tinygrad_c._kernels import elementwise
from tinygrad_c._kernels import matmul as kernels
from tinygrad_c.errors import ShapeError

# Around the rows and columns of the tiles of all ISAs, and their halves.
EDGES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 31, 33, 49, 65]
# Around the blocks of the sum, and the shapes that are cut into chunks.
LARGE = [(6, 256, 16), (7, 257, 17), (5, 513, 33), (1, 2049, 1), (2, 300, 600), (3, 2049, 4),
         (130, 260, 130), (260, 40, 530), (1, 40, 4100), (9, 40, 1030)]  # fmt: skip
LAYOUTS = {
    "rows": lambda x: x,
    "columns": np.asfortranarray,
    "reversed": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
    "every second": lambda x: np.repeat(np.repeat(x, 2, 0), 2, 1)[::2, ::2],
    "every second column of columns": lambda x: np.asfortranarray(np.repeat(x, 2, 1))[:, ::2],
}


def whole_numbers(seed, *shape, dtype="float32"):
    """Products and sums of these are exact in every order of summation."""
    low = 0 if dtype == "uint8" else -4
    return np.random.default_rng(seed).integers(low, 5, shape).astype(dtype)


# ---- sizes and layouts ----


@pytest.mark.parametrize("dtype", FLOATS)
def test_all_sizes_at_the_edges_of_tiles(isa, dtype):
    a, b = (whole_numbers(seed, 65, 65, dtype=dtype) for seed in (1, 2))
    for m, k, n in itertools.product(EDGES, EDGES, EDGES):
        x, w = a[:m, :k], b[:k, :n]
        expected = np.einsum("ip,pj->ij", x, w) if m * k * n < 64 else x @ w
        same(kernels.matmul(x, w), expected)
        same(kernels.matmul(x, b.T[:k, :n]), x @ b.T[:k, :n])


@pytest.mark.parametrize("layout_a", LAYOUTS)
@pytest.mark.parametrize("layout_b", LAYOUTS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_layouts(isa, layout_a, layout_b, dtype):
    for m, k, n in [(1, 40, 1), (1, 40, 70), (70, 40, 1), (2, 9, 35), (10, 70, 33), (33, 70, 10),
                    (40, 17, 41), (129, 33, 140), (80, 40, 397)]:  # fmt: skip
        a = LAYOUTS[layout_a](whole_numbers(m, m, k, dtype=dtype))
        b = LAYOUTS[layout_b](whole_numbers(n, k, n, dtype=dtype))
        same(kernels.matmul(a, b), a @ b)


@pytest.mark.parametrize("shape", LARGE)
@pytest.mark.parametrize("dtype", FLOATS)
def test_blocks_and_chunks(isa, shape, dtype):
    m, k, n = shape
    a, b = whole_numbers(1, m, k, dtype=dtype), whole_numbers(2, k, n, dtype=dtype)
    for x, w in itertools.product((a, np.asfortranarray(a)), (b, np.asfortranarray(b))):
        expected = x.astype("int64") @ w.astype("int64")
        same(kernels.matmul(x, w), expected.astype(dtype))
        same(kernels.matmul(w.T, x.T), expected.T.astype(dtype))


@pytest.mark.parametrize("dtype", NUMBERS)
@given(data=st.data())
def test_any_strides(dtype, data):
    m, k, n = (data.draw(st.sampled_from([0, 1, 2, 5, 17, 40])) for _ in range(3))
    a = data.draw(laid_out((m, k), dtype))
    b = data.draw(laid_out((k, n), dtype))
    y = kernels.matmul(a, b)
    same(y, a @ b)
    assert y.flags.c_contiguous and y.flags.writeable


@pytest.mark.parametrize("dtype", ["float32", "int64"])
@given(data=st.data())
def test_leading_dimensions_broadcast(dtype, data):
    batch = data.draw(st.lists(st.sampled_from([0, 1, 2, 3]), max_size=3))
    m, k, n = (data.draw(st.sampled_from([1, 2, 6, 19])) for _ in range(3))

    def shape(*matrix):
        kept = data.draw(st.integers(0, len(batch)))
        sizes = [data.draw(st.sampled_from([1, size])) for size in batch[len(batch) - kept :]]
        return (*sizes, *matrix)

    a = data.draw(laid_out(shape(m, k), dtype))
    b = data.draw(laid_out(shape(k, n), dtype))
    same(kernels.matmul(a, b), a @ b)
    vector = data.draw(laid_out((k,), dtype))
    same(kernels.matmul(vector, b), vector @ b)
    same(kernels.matmul(a, vector), a @ vector)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_vectors(dtype):
    for k in [0, 1, 2, 7, 8, 9, 33]:
        a, b = (whole_numbers(seed, k, dtype=dtype) for seed in (1, 2))
        same(kernels.matmul(a, b), np.asarray(a @ b))
        same(kernels.matmul(a[::-1], b), np.asarray(a[::-1] @ b))


def test_batches_of_many_dimensions():
    a = whole_numbers(1, 2, 1, 1, 2, 1, 1, 1, 2, 1, 1, 3, 4)
    b = whole_numbers(2, 2, 1, 4, 5)
    same(kernels.matmul(a, b), a @ b)
    same(kernels.matmul(a, b[0, 0, :, 0]), a @ b[0, 0, :, 0])


def test_a_batch_that_is_cut_into_chunks(isa, threads):
    threads(3)
    a, b = whole_numbers(1, 70, 40, 40), whole_numbers(2, 70, 40, 33)
    same(kernels.matmul(a, b), a @ b)
    same(kernels.matmul(a, b[0]), a @ b[0])
    same(kernels.matmul(a[0], b), a[0] @ b)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_empty_sums_are_zero(isa, dtype):
    same(kernels.matmul(np.ones((3, 0), dtype), np.ones((0, 20), dtype)), np.zeros((3, 20), dtype))
    same(kernels.matmul(np.ones((0, 3), dtype), np.ones((3, 4), dtype)), np.ones((0, 4), dtype))
    same(kernels.matmul(np.ones((2, 0, 3), dtype), np.ones((3, 0), dtype)), np.ones((2, 0, 0), dtype))
    bias = whole_numbers(1, 20, dtype=dtype)
    y = kernels.linear(np.ones((3, 0), dtype), np.ones((20, 0), dtype), bias)
    same(y, np.tile(bias, (3, 1)))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_wrap(dtype):
    largest = np.iinfo(dtype).max
    a = np.array([[largest, 2], [largest, largest]], dtype)
    with np.errstate(over="ignore"):
        same(kernels.matmul(a, a), a @ a)


# ---- linear ----


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
@given(data=st.data())
def test_linear(dtype, data):
    leading = data.draw(st.lists(st.sampled_from([0, 1, 2, 7]), max_size=3))
    n_in, n_out = (data.draw(st.sampled_from([1, 2, 10, 17, 40])) for _ in range(2))
    x = data.draw(laid_out((*leading, n_in), dtype))
    weight = data.draw(laid_out((n_out, n_in), dtype))
    bias = data.draw(laid_out((n_out,), dtype))
    same(kernels.linear(x, weight), x @ weight.T)
    same(kernels.linear(x, weight, bias), x @ weight.T + bias)


@pytest.mark.parametrize("shape", LARGE)
@pytest.mark.parametrize("dtype", FLOATS)
def test_bias_is_added_once(isa, shape, dtype):
    m, k, n = shape
    x, weight = whole_numbers(1, m, k, dtype=dtype), whole_numbers(2, n, k, dtype=dtype)
    bias = whole_numbers(3, 2 * n, dtype=dtype)[::2]
    out = np.empty((n, m), dtype).T
    for w, b in itertools.product(
        (weight, np.asfortranarray(weight)), (bias, bias.copy(), np.broadcast_to(bias[:1], n))
    ):
        expected = (x.astype("int64") @ w.T.astype("int64") + b.astype("int64")).astype(dtype)
        same(kernels.linear(x, w, b), expected)
        same(kernels.linear(x, w, b, out=out), expected)


# ---- variants ----


@pytest.fixture(params=kernels.VARIANTS)
def variant(request):
    """Products of each variant in turn."""
    kernels.set_variant(request.param)
    yield request.param
    kernels.set_variant("auto")


# Around the tiles of every ISA, the blocks of a sum of packed operands, and the chunks of y.
@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 600, 33), (15, 40, 17), (22, 530, 70), (29, 7, 130),
                                   (113, 129, 31), (64, 513, 65), (270, 1030, 290)])  # fmt: skip
@pytest.mark.parametrize("dtype", FLOATS)
def test_every_variant_in_every_layout(isa, variant, threads, shape, dtype):
    m, k, n = shape
    a, b = whole_numbers(1, m, k, dtype=dtype), whole_numbers(2, k, n, dtype=dtype)
    bias, expected = whole_numbers(3, n, dtype=dtype), np.round(a.astype("f8") @ b.astype("f8"))
    out = np.empty((n, m), dtype).T
    for x, w in itertools.product((a, np.asfortranarray(a)), (b, np.asfortranarray(b))):
        for count in (1, 2):
            threads(count)
            same(kernels.matmul(x, w), expected.astype(dtype))
        ran = kernels.ran()
        assert variant in (ran, "auto") or (variant in ("dots", "axpys") and ran == "tiles")
        same(kernels.linear(x, w.T, bias, out=out), (expected + bias).astype(dtype))


@pytest.mark.parametrize("m", [1, 2, 3, 5, 7, 15])
@pytest.mark.parametrize("dtype", FLOATS)
def test_narrow_tiles_stay_within_their_panels(isa, threads, m, dtype):
    """What the last vectors of a panel hold beyond it would be in the next panel."""
    kernels.set_variant("packed")
    for k, n, count in itertools.product((17, 33, 129, 578), (5, 64), (1, 3)):
        threads(count)
        a, b = whole_numbers(1, m, k, dtype=dtype), whole_numbers(2, k, n, dtype=dtype)
        expected = np.round(a.astype("f8") @ b.astype("f8")).astype(dtype)
        far_apart = np.zeros((m, 1024), dtype)[:, :k]  # rows that evict each other: packed, too
        far_apart[:] = a
        for x, w in itertools.product((a, far_apart, a.T.copy().T), (b, np.asfortranarray(b))):
            same(kernels.matmul(x, w), expected)
            assert kernels.ran() == "packed"
    kernels.set_variant("auto")


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((1024, 1024, 128), "float32"), ((512, 512, 64), "float64"), ((1024, 256, 192), "float32"),
     ((128, 512, 192), "float64")],
)  # fmt: skip
def test_chunks_of_whole_tiles_fit_their_workspace(isa, threads, shape, dtype):
    m, k, n = shape
    a, b = whole_numbers(1, m, k, dtype=dtype), whole_numbers(2, k, n, dtype=dtype)
    expected = np.round(a.astype("f8") @ b.astype("f8")).astype(dtype)
    for count in (1, 2, 3):
        threads(count)
        for _ in range(3):
            same(kernels.matmul(a, b), expected)
            same(kernels.linear(a, b.T), expected)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("dtype", FLOATS)
def test_activations_have_the_bits_of_the_elementwise_kernels(isa, variant, activation, dtype):
    for m, k, n in [(1, 1, 1), (3, 600, 17), (22, 40, 33), (70, 3, 130), (5, 0, 3), (0, 2, 3)]:
        x, weight = whole_numbers(1, m, k, dtype=dtype), whole_numbers(2, n, k, dtype=dtype)
        bias = whole_numbers(3, n, dtype=dtype) / 7
        bias[:1] = np.nan
        expected = getattr(elementwise, activation)(kernels.linear(x, weight, bias))
        same(kernels.linear(x, weight, bias, None, activation), expected)
        out = np.empty((m, n, 2), dtype)[..., 0]
        same(kernels.linear(x, weight, bias, out, activation), expected)
        same(kernels.linear(x[:1], weight, bias, out.T[:n, :1].T, activation), expected[:1])


def test_activations_of_whole_numbers_are_errors():
    x = np.ones((2, 3), "int32")
    check_error(TypeError, "linear: x must be float32 or float64 for relu, got int32", kernels.linear,
                x, x, None, None, "relu")  # fmt: skip


def test_which_variant_runs():
    ones = np.ones((1100, 1100), "float32")
    for m, n, variant in [(1100, 1100, "packed"), (40, 40, "tiles"), (1, 40, "axpys")]:
        kernels.matmul(ones[:m], ones[:, :n])
        assert kernels.ran() == variant
    kernels.matmul(ones[:1], ones[:40].T)
    assert kernels.ran() == "dots"
    kernels.matmul(np.ones((2, 3), "int32"), np.ones((3, 4), "int32"))
    assert kernels.ran() == "naive"


# ---- rounding, threads ----


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_bits_do_not_depend_on_the_number_of_threads(isa, threads, dtype):
    rng = np.random.default_rng(0)
    for (*batch, m), k, n in [
        ((160,), 150, 170), ((300,), 520, 64), ((1,), 700, 3000), ((10,), 784, 500),
        ((500,), 784, 10), ((3,), 1000, 900), ((40, 33), 35, 36), ((600,), 600, 2),
    ]:  # fmt: skip
        a = rng.standard_normal((*batch, m, k)).astype(dtype)
        b = rng.standard_normal((k, n)).astype(dtype)
        for w in (b, np.asfortranarray(b)):
            threads(1)
            expected = kernels.matmul(a, w)
            for count in (2, 3):
                threads(count)
                same(kernels.matmul(a, w), expected)


@pytest.mark.parametrize("k", [1, 8, 100, 512, 513, 5000])
@pytest.mark.parametrize("m", [1, 2, 10, 70])
def test_rounding_is_bounded(isa, m, k):
    """A term takes part in at most 512 + k / 512 additions, each within half a unit."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((m, k)).astype("float32")
    b = rng.standard_normal((k, 40)).astype("float32")
    bound = (512 + k / 512) * 2.0**-24 * (np.abs(a).astype("f8") @ np.abs(b).astype("f8"))
    for w in (b, np.asfortranarray(b)):
        assert (np.abs(kernels.matmul(a, w) - a.astype("f8") @ b.astype("f8")) <= bound).all()


@pytest.mark.parametrize("shape", [(1, 9, 20), (2, 17, 3), (7, 5, 18), (4, 40, 4)])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_reaches_every_sum_that_it_is_a_term_of_and_no_other(isa, shape, dtype, bad):
    m, k, n = shape
    for row, p in itertools.product(range(m), range(k)):
        for order in "CF":
            a = np.zeros((m, k), dtype, order)
            b = np.zeros((k, n), dtype, order)
            a[row, p] = bad  # times 0: a product that is left out would be seen
            expected = np.zeros((m, n), dtype)
            expected[row] = np.nan
            same(kernels.matmul(a, b), expected)
            same(kernels.matmul(b.T, a.T), expected.T)


# ---- out ----


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_out(isa, layout, dtype):
    for m, k, n in [(1, 3, 5), (5, 3, 1), (2, 300, 19), (20, 70, 35), (130, 300, 70)]:
        a, b = whole_numbers(1, m, k, dtype=dtype), whole_numbers(2, k, n, dtype=dtype)
        out = LAYOUTS[layout](np.full((m, n), 77, dtype))
        assert kernels.matmul(a, b, out=out) is out
        same(out, a @ b)
        bias = whole_numbers(3, n, dtype=dtype)
        assert kernels.linear(a, np.asfortranarray(b.T), bias, out=out) is out
        same(out, a @ b + bias)


def test_out_is_not_read():
    a, b = whole_numbers(1, 40, 300), whole_numbers(2, 300, 50)
    same(kernels.matmul(a, b, out=np.full((40, 50), np.nan, "float32")), a @ b)


def test_memory_around_out_stays(isa):
    around = np.full((30, 40), 7, "float32")
    a, b = whole_numbers(1, 11, 5), whole_numbers(2, 5, 19)
    kernels.matmul(a, b, out=around[3:14, 4:23])
    same(around[3:14, 4:23], a @ b)
    around[3:14, 4:23] = 7
    assert (around == 7).all()


# ---- errors ----

A, B = np.ones((2, 3), "float32"), np.ones((3, 4), "float32")


def check_error(error, message, call, *arguments, **options):
    with pytest.raises(error, match=re.escape(message)):
        call(*arguments, **options)


def test_shape_errors():
    check_error(ShapeError, "matmul: a of shape (2, 3) and b of shape (4, 5) must agree in a's last "
                "and b's second last dimension (3 and 4)", kernels.matmul, A, np.ones((4, 5), "f4"))
    check_error(ShapeError, "matmul: a of shape (2, 3) and b of shape (4,) must agree in a's last "
                "and b's only dimension (3 and 4)", kernels.matmul, A, np.ones(4, "f4"))
    check_error(ShapeError, "matmul: a of shape () and b of shape (3, 4) must have 1 to 12 dimensions",
                kernels.matmul, np.ones((), "f4"), B)
    check_error(ShapeError, "matmul: a of shape (2, 2, 3) and b of shape (3, 3, 4) must broadcast in "
                "their leading dimensions", kernels.matmul, np.ones((2, 2, 3), "f4"),
                np.ones((3, 3, 4), "f4"))
    check_error(ShapeError, "linear: x of shape (2, 3) must be (..., in) and weight of shape (3, 4) "
                "must be (out, in) with the same in", kernels.linear, A, B)
    check_error(ShapeError, "linear: x of shape () must be (..., in)", kernels.linear,
                np.ones((), "f4"), B)
    check_error(ShapeError, "linear: bias of shape (3,) must be (out,) for weight of shape (4, 3)",
                kernels.linear, A, B.T, np.ones(3, "f4"))  # fmt: skip


def test_dtype_errors():
    check_error(TypeError, "matmul: a and b must have the same dtype, got float32 and float64",
                kernels.matmul, A, B.astype("f8"))
    check_error(TypeError, "linear: x and weight must have the same dtype, got float64 and float32",
                kernels.linear, A.astype("f8"), B.T)
    check_error(TypeError, "linear: weight and bias must have the same dtype, got float32 and int64",
                kernels.linear, A, B.T, np.ones(4, "i8"))
    check_error(TypeError, "matmul: a and b must be numbers, got bool", kernels.matmul,
                A.astype(bool), B.astype(bool))
    check_error(TypeError, "float16", kernels.matmul, A.astype("f2"), B.astype("f2"))  # fmt: skip


def test_out_errors():
    check_error(ShapeError, "matmul: out must have shape (2, 4), got (4, 2)", kernels.matmul, A, B,
                out=np.ones((4, 2), "f4"))
    check_error(TypeError, "linear: out must have dtype float32, got float64", kernels.linear, A, B.T,
                out=np.ones((2, 4)))
    read_only = np.ones((2, 4), "f4")
    read_only.flags.writeable = False
    check_error(ValueError, "matmul: out must be writeable", kernels.matmul, A, B, out=read_only)
    square = np.ones((3, 3), "f4")
    check_error(ValueError, "matmul: out must not share memory with an operand", kernels.matmul,
                square, square, out=square)
    check_error(ValueError, "linear: out must not share memory with an operand", kernels.linear,
                square, np.ones((3, 3), "f4"), square[0], out=square[:, :])
    twice = np.lib.stride_tricks.as_strided(np.ones(4, "f4"), (2, 4), (0, 4))
    check_error(RuntimeError, "matmul: more than one element of out", kernels.matmul, A, B,
                out=twice)  # fmt: skip
