"""Reductions against NumPy's, on every ISA, layout and thread count."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import laid_out, shapes

from tinygrad_c._kernels import reduce as kernels
from tinygrad_c._kernels import runtime

FLOATS = ["float32", "float64"]
SUMS = {"sum": np.sum, "mean": np.mean, "prod": np.prod}
EXTREMES = {"amax": np.max, "amin": np.min}
PLACES = {"argmax": np.argmax, "argmin": np.argmin}
# Around vectors, eight of them, runs of 2048, blocks of 16384, and groups of outputs in the lanes:
# rows, columns, and both between axes that stay.
CASES = [((40, n), 1) for n in (1, 3, 10, 16, 17, 127, 128, 300, 2047, 2049)]
CASES += [((n, 5), 1) for n in (1, 2, 4, 8, 15, 16, 33, 4097)] + [((3, 33000), 1)]
CASES += [((n, 37), 0) for n in (1, 2, 7, 8, 9, 64, 300)] + [((150, 1030), 0), ((5000, 3), 0)]
CASES += [((9, 20, 7), 1), ((9, 7, 20), (0, 2)), ((300, 3, 4), (0, 2)), ((33, 8, 5, 5), (0, 2, 3))]
CASES += [((17,), 0), ((2049,), 0), ((200003,), 0), ((5, 4, 3), (0, 1, 2))]
# Cut into pieces: many rows, few rows, columns, channels.
LARGE = [((1000, 1000), 1), ((4, 70000), 1), ((1000, 1000), 0), ((70000, 5), 0), ((70000, 5), 1),
         ((16, 32, 600), (0, 2)), ((8, 3, 9000), (0, 1)), ((300001,), 0)]  # fmt: skip


def draw(shape, dtype, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("shape", "dims"), CASES + LARGE, ids=str)
def test_exactly_on_whole_numbers(isa, dtype, shape, dims):
    a = np.random.default_rng(1).integers(-3, 4, shape).astype(dtype)
    np.testing.assert_array_equal(kernels.sum(a, dims), a.sum(dims, dtype="f8").astype(dtype))
    np.testing.assert_array_equal(kernels.mean(a, dims), a.mean(dims, dtype="f8").astype(dtype))
    np.testing.assert_array_equal(kernels.prod(np.sign(a), dims), np.sign(a).prod(dims))
    for name, function in EXTREMES.items():
        np.testing.assert_array_equal(getattr(kernels, name)(a, dims), function(a, dims))
    if isinstance(dims, int):
        check_places(a, dims)


def check_places(a, dim):
    """Of equal elements the first one counts: there are many."""
    for name, function in PLACES.items():
        places = function(a, dim)
        np.testing.assert_array_equal(getattr(kernels, name)(a, dim), places)
        values, found = getattr(kernels, name.removeprefix("arg"))(a, dim)
        np.testing.assert_array_equal(found, places)
        np.testing.assert_array_equal(
            values, np.take_along_axis(a, np.expand_dims(places, dim), dim).squeeze(dim)
        )


def bound(a, dims):
    """What the header promises of a sum, for vectors of at least 16 bytes."""
    unit, lanes = np.finfo(a.dtype).eps / 2, 16 / a.itemsize
    size = np.abs(a.astype("f8")).sum(dims)
    in_runs = 2048 / lanes + math.log2(8 * lanes)
    return (in_runs + 1) * unit * size + a.size * 2.0**-53 * size


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("shape", "dims"), CASES + LARGE, ids=str)
def test_error_of_sums(isa, dtype, shape, dims):
    a = draw(shape, dtype)
    exact = a.astype(np.longdouble).sum(dims)
    error = np.abs(kernels.sum(a, dims).astype(np.longdouble) - exact)
    assert (error <= bound(a, dims)).all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("steps", [(1, 2), (2, -1), (3, 2)])
@pytest.mark.parametrize("shape", [(9, 5), (40, 300), (300, 1100), (3, 5000), (4, 18000)], ids=str)
def test_nothing_lies_side_by_side(isa, dtype, shape, steps):
    """What is neither a row nor a column in memory, and the same elements where they are."""
    size = [n * abs(k) for n, k in zip(shape, steps, strict=True)]
    a = np.random.default_rng(2).integers(-3, 4, size).astype(dtype)[:: steps[0], :: steps[1]]
    for b in (a, a.T, a.reshape(*shape, 1) + np.zeros(2, dtype), a[None].repeat(3, 0)[:, :, ::2]):
        for dim in range(b.ndim):
            for name, function in (SUMS | EXTREMES).items():
                if name != "prod":
                    expected = function(b.astype("f8"), dim).astype(dtype)
                    np.testing.assert_array_equal(getattr(kernels, name)(b, dim), expected)
            check_distances(b, dim)


def check_distances(a, dims):
    """The sum of squared distances from the mean, against the definition in more digits."""
    exact = a.astype(np.longdouble)
    expected = ((exact - exact.mean(dims, keepdims=True)) ** 2).sum(dims)
    found = kernels.squared_distances(a, dims)
    # Sums of at most 2048 / 4 numbers in a lane, and the bits that an approximate mean takes.
    tolerance = 512 * np.finfo(a.dtype).eps
    size = (exact**2).sum(dims) * np.finfo(a.dtype).eps ** 2
    assert (np.abs(found - expected) <= tolerance * expected + size).all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("shape", "dims"), CASES + LARGE, ids=str)
def test_squared_distances(isa, dtype, shape, dims):
    a = draw(shape, dtype)
    check_distances(a, dims)
    # Far from 0, and with a step in the mean.
    check_distances(a + a.dtype.type(1000), dims)
    check_distances(a + np.where(np.arange(shape[0]) < shape[0] / 3, 50, -7).astype(dtype).reshape(
        -1, *[1] * (a.ndim - 1)), dims)  # fmt: skip


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("shape", "dims"), [((5, 70), 1), ((300, 40), 0), ((9, 2100), (0, 1))])
def test_squared_distances_of_extreme_values(isa, dtype, shape, dims):
    """Not a number in every place; of equal elements none is below 0."""
    tiny = np.finfo(dtype).smallest_subnormal
    for value in (0.0, -0.0, tiny, 0.1, 1e15):
        found = kernels.squared_distances(np.full(shape, value, dtype), dims).astype("f8")
        assert (found >= 0).all()
        assert (found <= (1e-6 * float(value)) ** 2 * math.prod(shape)).all()
    a = draw(shape, dtype)
    rng = np.random.default_rng(3)
    for value in (np.nan, np.inf, -np.inf):
        for _ in range(30):
            spoilt = a.copy()
            spoilt[rng.integers(shape[0]), rng.integers(shape[1])] = value
            with np.errstate(invalid="ignore"):
                expected = np.isnan(spoilt.var(dims))
            np.testing.assert_array_equal(
                np.isnan(kernels.squared_distances(spoilt, dims)), expected
            )


def test_squared_distances_of_nothing_and_of_one():
    assert kernels.squared_distances(np.zeros((0, 3)), 0).tolist() == [0, 0, 0]
    assert kernels.squared_distances(np.array(5.0)) == 0
    with pytest.raises(TypeError, match="var: a must be float32 or float64, got int64"):
        kernels.squared_distances(np.arange(3))


@given(data=st.data(), dtype=st.sampled_from(FLOATS))
def test_squared_distances_in_any_layout(data, dtype):
    shape = data.draw(shapes().filter(lambda s: 0 not in s))
    a = data.draw(laid_out(shape, dtype))
    dims = tuple(data.draw(st.sets(st.integers(0, len(shape) - 1)))) if shape else ()
    check_distances(a, dims or tuple(range(len(shape))))


@pytest.mark.parametrize("size", [3, 10, 16, 100, 700])
def test_the_sum_of_a_row_does_not_depend_on_other_rows(isa, size):
    """Several rows are folded together; the bits of each are those that it has alone."""
    a = draw((37, size), "float32")
    alone = [kernels.sum(a[j : j + 1], 1)[0] for j in range(37)]
    np.testing.assert_array_equal(kernels.sum(a, 1), alone)


@given(data=st.data(), name=st.sampled_from([*SUMS, *EXTREMES]), keepdim=st.booleans())
def test_any_layout(data, name, keepdim):
    """Transposed, stepped, reversed, read-only: whole numbers, so exact in any order."""
    shape = data.draw(shapes())
    a = data.draw(laid_out(shape, data.draw(st.sampled_from(FLOATS)), -2, 2))
    dims = tuple(data.draw(st.sets(st.integers(0, len(shape) - 1)))) if shape else ()
    dims = dims or tuple(range(len(shape)))
    if name == "prod":
        a = np.asarray(np.sign(a))
    if name in EXTREMES and any(shape[d] == 0 for d in dims):
        with pytest.raises(IndexError, match="must have elements"):
            getattr(kernels, name)(a, dims)
        return
    with np.errstate(all="ignore"):
        if name == "mean" and any(shape[d] == 0 for d in dims):
            assert np.isnan(kernels.mean(a, dims, keepdim)).all()
            return
        expected = (SUMS | EXTREMES)[name](a.astype("f8"), dims, keepdims=keepdim)
    found = getattr(kernels, name)(a, dims, keepdim)
    np.testing.assert_array_equal(found, expected.astype(a.dtype))
    assert found.shape == expected.shape


@given(data=st.data(), dtype=st.sampled_from([*FLOATS, "int64", "int32", "uint8"]))
def test_places_in_any_layout(data, dtype):
    shape = data.draw(shapes(3).filter(lambda s: s and 0 not in s))
    a = data.draw(laid_out(shape, dtype))
    check_places(a, data.draw(st.integers(0, len(shape) - 1)))
    assert kernels.argmax(a, None) == a.argmax()
    assert kernels.argmin(a, None) == a.argmin()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(5, 70), (9, 2100), (300, 40), (3, 5)])
def test_nan_wins_and_the_first_one_counts(isa, dtype, shape):
    a = draw(shape, dtype)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        spoilt = a.copy()
        for _ in range(rng.integers(1, 4)):
            spoilt[rng.integers(shape[0]), rng.integers(shape[1])] = np.nan
        spoilt[rng.integers(shape[0]), rng.integers(shape[1])] = np.inf
        for dim in (0, 1):
            np.testing.assert_allclose(kernels.sum(spoilt, dim), spoilt.sum(dim), 1e-3, 1e-3)
            for name, function in (EXTREMES | PLACES).items():
                found = getattr(kernels, name)(spoilt, dim)
                np.testing.assert_array_equal(found, function(spoilt, dim))
            values, _ = kernels.max(spoilt, dim)
            np.testing.assert_array_equal(values, spoilt.max(dim))
        assert kernels.argmax(spoilt, None) == spoilt.argmax()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", [2, 16, 35, 300, 5000])
def test_equal_zeros_and_infinities(isa, dtype, n):
    """Zeros are equal, whatever their sign: the first one counts, and keeps its sign."""
    rng = np.random.default_rng(n)
    for value in (0.0, np.inf, -np.inf):
        a = np.full((20, n), value, dtype)
        if value == 0:
            a[rng.random(a.shape) < 0.5] = -0.0
        for b, dim in ((a, 1), (np.ascontiguousarray(a.T), 0)):
            for name in ("max", "min"):
                values, places = getattr(kernels, name)(b, dim)
                assert (places == 0).all()
                assert values.tobytes() == np.take(b, 0, dim).tobytes()
                assert (getattr(kernels, "arg" + name)(b, dim) == 0).all()


@pytest.mark.parametrize("name", [*SUMS, *EXTREMES, *PLACES, "squared_distances"])
@pytest.mark.parametrize(("shape", "dims"), [*LARGE, ((300, 300), 0), ((300, 300), 1)], ids=str)
def test_bits_do_not_depend_on_threads(name, shape, dims):
    if name in PLACES and not isinstance(dims, int):
        dims = None
    a = draw(shape, "float32")
    before, found = runtime.get_num_threads(), set()
    for n in (1, 2, 3):
        runtime.set_num_threads(n)
        found.add(getattr(kernels, name)(a, dims).tobytes())
    runtime.set_num_threads(before)
    assert len(found) == 1


def test_a_long_sum_is_near_the_exact_one(isa):
    a = draw(1_000_003, "float32")
    exact = math.fsum(a.tolist())
    assert abs(float(kernels.sum(a)) - exact) <= 2e-7 * float(np.abs(a, dtype="f8").sum())
