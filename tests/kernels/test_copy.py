"""Copies: exact against NumPy, between all dtypes and layouts."""

import re

import numpy as np
import pytest
from exact import ALL, FLOATS, INTEGERS, same
from hypothesis import given
from hypothesis import strategies as st
from layouts import SIZES, laid_out, shapes

from tinygrad_c._kernels import copy as kernels
from tinygrad_c._kernels import runtime
from tinygrad_c.errors import ShapeError

# ---- cast ----


@pytest.mark.parametrize("dtype", ALL)
@given(data=st.data(), source=st.sampled_from(ALL))
def test_cast(dtype, data, source):
    low = 0 if dtype == "uint8" else -4
    a = data.draw(laid_out(data.draw(shapes()), source, low=low))
    y = kernels.cast(a, np.dtype(dtype))
    same(y, a.astype(dtype))
    assert y.flags.c_contiguous and y.flags.writeable
    assert not np.shares_memory(y, a)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("target", ["int32", "int64"])
@pytest.mark.parametrize("source", FLOATS)
def test_reals_are_truncated_and_the_rest_is_the_smallest_integer(isa, source, target, n):
    smallest, largest = np.iinfo(target).min, np.iinfo(target).max
    end = np.asarray(2.0 ** (np.iinfo(target).bits - 1), source)
    values = np.array([1.9, -1.9, 0.5, -0.5, -0.0, end, -end, np.nextafter(end, end * 0),
                       np.nextafter(-end, -np.inf * end), np.inf, -np.inf, np.nan, 7], source)  # fmt: skip
    below = int(np.nextafter(end, end * 0))
    lowest = int(max(smallest, np.trunc(np.nextafter(-end, -np.inf * end))))
    expected = [1, -1, 0, 0, 0, smallest, smallest, min(below, largest), lowest,
                smallest, smallest, smallest, 7]  # fmt: skip
    got = kernels.cast(np.resize(values, n), target)
    same(got, np.resize(np.array(expected, target), n))


@pytest.mark.parametrize("source", FLOATS)
def test_reals_become_the_low_byte_of_the_int32(source):
    values = np.array([0, 1.9, 255, 256, 300, -1, -1.9, 1e20, -1e20, np.inf, np.nan], source)
    expected = np.array([0, 1, 255, 0, 44, 255, 255, 0, 0, 0, 0], np.uint8)
    same(kernels.cast(values, np.uint8), expected)


@pytest.mark.parametrize("source", INTEGERS)
@pytest.mark.parametrize("target", ALL)
def test_integers_are_taken_modulo_two_to_the_bits(source, target):
    info = np.iinfo(source)
    values = np.array([info.min, info.max, 0, 1, info.max // 2, info.max - 255], source)
    same(kernels.cast(values, target), values.astype(target))


@pytest.mark.parametrize("dtype", FLOATS)
def test_bool_of_reals_is_whether_they_differ_from_zero(dtype):
    values = np.array([0, -0.0, 5e-324, 0.5, -1, np.nan, np.inf], np.float64).astype(dtype)
    expected = np.array([False, False, dtype == "float64", True, True, True, True])
    same(kernels.cast(values, bool), expected)


def test_float64_is_rounded_to_float32(isa):
    values = np.random.default_rng(0).normal(size=1000) * 10.0 ** np.arange(-50, 50).repeat(10)
    with np.errstate(over="ignore"):
        same(kernels.cast(values, np.float32), values.astype(np.float32))


def test_cast_errors():
    with pytest.raises(TypeError, match="float16"):
        kernels.cast(np.ones(2), np.float16)
    with pytest.raises(TypeError, match="complex128"):
        kernels.cast(np.ones(2, complex), np.float32)


# ---- contiguous ----


@given(data=st.data(), dtype=st.sampled_from(ALL))
def test_contiguous(data, dtype):
    a = data.draw(laid_out(data.draw(shapes()), dtype))
    y = kernels.contiguous(a)
    assert y.flags.c_contiguous
    assert (y is a) == a.flags.c_contiguous
    same(y, a)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("shape, axes", [
    ((300, 200), (1, 0)), ((3, 65, 129), (2, 1, 0)), ((3, 65, 129), (0, 2, 1)),
    ((2, 17, 5, 33), (0, 2, 3, 1)), ((2, 17, 5, 33), (0, 2, 1, 3)), ((8, 8, 8), (1, 2, 0)),
    ((1000, 3), (1, 0)), ((3, 1000), (1, 0)), ((16, 1, 16), (2, 1, 0)),
    # rows that evict each other from a cache
    ((33, 128), (1, 0)), ((130, 256), (1, 0)), ((16, 1024), (1, 0)), ((2, 70, 512), (0, 2, 1)),
])  # fmt: skip
def test_permuted_copies(shape, axes, dtype):
    a = np.random.default_rng(0).integers(0, 256, shape).astype(dtype)
    same(kernels.contiguous(a.transpose(axes)), np.ascontiguousarray(a.transpose(axes)))
    out = np.zeros(shape, dtype).transpose(axes)
    same(kernels.copy_(out, a.transpose(axes).copy()), a.transpose(axes))


# ---- copy_, fill_ ----


@given(data=st.data(), dtype=st.sampled_from(ALL), source=st.sampled_from(ALL))
def test_copy(data, dtype, source):
    shape = data.draw(shapes())
    dst = data.draw(laid_out(shape, dtype))
    dst.flags.writeable = True
    first = data.draw(st.integers(0, len(shape)))
    kept = [data.draw(st.sampled_from([1, s])) for s in shape[first:]]
    src = data.draw(laid_out(kept, source, low=0))
    assert kernels.copy_(dst, src) is dst
    same(dst, np.broadcast_to(src, shape).astype(dtype))


def test_copy_leaves_what_lies_between(isa):
    for n in SIZES:
        memory = np.arange(3 * n, dtype=np.float32)
        expected = memory.copy()
        expected[1::3] = -1
        kernels.copy_(memory[1::3], np.array([-1], np.float32))
        same(memory, expected)


@pytest.mark.parametrize("n", [6, 600, 40000])
@pytest.mark.parametrize("dtype", ALL)
def test_copy_within_one_memory(n, dtype):
    for read, write in [
        (slice(0, -1), slice(1, None)),
        (slice(1, None), slice(0, -1)),
        (slice(None, None, -1), slice(None)),
        (slice(0, n // 2), slice(None, None, 2)),
        (slice(None), slice(None)),
    ]:
        memory = np.random.default_rng(n).integers(0, 5, n).astype(dtype)
        expected = memory.copy()
        expected[write] = memory[read].copy()
        kernels.copy_(memory[write], memory[read])
        same(memory, expected)


def test_copy_of_another_view_of_the_same_bytes():
    memory = np.arange(8, dtype=np.float32)
    expected = memory.astype(np.int32)
    same(kernels.copy_(memory.view(np.int32), memory), expected)
    memory = np.arange(8, dtype=np.float64)
    expected = memory[:4].astype(np.float32)
    same(kernels.copy_(memory.view(np.float32)[:4], memory[:4]), expected)


@given(data=st.data(), dtype=st.sampled_from(ALL), value=st.sampled_from([0, 1, 7, 2.75, True]))
def test_fill(data, dtype, value):
    dst = data.draw(laid_out(data.draw(shapes()), dtype))
    dst.flags.writeable = True
    assert kernels.fill_(dst, value) is dst
    same(dst, np.full(dst.shape, value, dtype))


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, -0.0])
@pytest.mark.parametrize("dtype", FLOATS)
def test_fill_with_special_values(value, dtype):
    got, expected = kernels.fill_(np.ones(9, dtype), value), np.full(9, value, dtype)
    assert got.tobytes() == expected.tobytes()


def test_fill_keeps_all_bits_of_an_integer():
    for value in (2**63 - 1, -(2**63), 2**53 + 1):
        same(kernels.fill_(np.zeros(3, np.int64), value), np.full(3, value))


@pytest.mark.parametrize("dtype, value", [
    ("uint8", 256), ("uint8", -256), ("int32", 2**31), ("int32", -(2**31) - 1), ("int64", 2**63),
    ("int64", -(2**63) - 1), ("float32", 1e39), ("int32", np.inf), ("int64", np.nan),
])  # fmt: skip
def test_fill_with_what_does_not_fit(dtype, value):
    dst = np.ones(3, dtype)
    text = f"value cannot be converted to type {dtype} without overflow, got {value}"
    with pytest.raises(RuntimeError, match=re.escape(text)):
        kernels.fill_(dst, value)
    np.testing.assert_array_equal(dst, 1)


def test_copy_errors():
    with pytest.raises(ShapeError, match=r"copy_: src of shape \(2, 3\) must broadcast to the "
                       r"shape of dst, got \(3,\)"):  # fmt: skip
        kernels.copy_(np.ones(3), np.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"copy_: src of shape \(3,\) .* got \(1,\)"):
        kernels.copy_(np.ones(1), np.ones(3))
    with pytest.raises(ShapeError, match=r"copy_: src of shape \(2,\) .* got \(3,\)"):
        kernels.copy_(np.ones(3), np.ones(2))
    with pytest.raises(ShapeError, match=r"copy_: src of shape \(1, 3\) .* got \(3,\)"):
        kernels.copy_(np.ones(3), np.ones((1, 3)))
    frozen = np.ones(3)
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="copy_: dst must be writeable"):
        kernels.copy_(frozen, np.zeros(3))
    with pytest.raises(ValueError, match="fill_: dst must be writeable"):
        kernels.fill_(frozen, 2)
    spread = np.lib.stride_tricks.as_strided(np.ones(3), (2, 3), (0, 8))
    with pytest.raises(RuntimeError, match="more than one element of dst refers to a single"):
        kernels.copy_(spread, np.zeros((2, 3)))
    np.testing.assert_array_equal(frozen, 1)
    with pytest.raises(ValueError, match="copy_: arrays must have at most 12 dimensions, got 13"):
        kernels.copy_(np.ones((2,) * 13), np.ones(2))


# ---- cat ----


@given(data=st.data(), dtype=st.sampled_from(ALL))
def test_cat(data, dtype):
    shape = list(data.draw(shapes().filter(len)))
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    arrays = []
    for _ in range(data.draw(st.integers(1, 4))):
        shape[dim] = data.draw(st.sampled_from(SIZES[:8]))
        arrays.append(data.draw(laid_out(shape, dtype)))
    expected = np.concatenate(arrays, dim)
    same(kernels.cat(arrays, dim), expected)
    out = np.zeros(expected.shape[::-1], dtype).T
    assert kernels.cat(arrays, dim, out=out) is out
    same(out, expected)


def test_cat_promotes():
    arrays = [np.ones(2, bool), np.full(1, 3, np.uint8), np.full(2, 0.5, np.float32)]
    same(kernels.cat(arrays), np.array([1, 1, 3, 0.5, 0.5], np.float32))
    same(kernels.cat(arrays[:2]), np.array([1, 1, 3], np.uint8))


def test_cat_to_a_result_that_overlaps():
    memory = np.arange(6.0)
    kernels.cat([memory[3:], memory[:3]], out=memory)
    same(memory, np.array([3.0, 4, 5, 0, 1, 2]))


def test_cat_errors():
    with pytest.raises(ValueError, match="cat: tensors must not be empty"):
        kernels.cat([])
    with pytest.raises(IndexError, match=r"cat: Dimension out of range .* \[-2, 1\], but got 2"):
        kernels.cat([np.ones((2, 3))], 2)
    with pytest.raises(ShapeError, match=r"cat: tensors must have equal shapes except in dimension "
                       r"0, got \(2, 3\) and \(2, 4\)"):  # fmt: skip
        kernels.cat([np.ones((2, 3)), np.ones((2, 4))])
    with pytest.raises(ShapeError, match=r"got \(2,\) and \(2, 1\)"):
        kernels.cat([np.ones(2), np.ones((2, 1))])
    with pytest.raises(ShapeError, match=r"got \(2, 3\) and \(2,\)"):
        kernels.cat([np.ones((2, 3)), np.ones(2)], 1)
    with pytest.raises(ShapeError, match="cat: tensors must have at least one dimension"):
        kernels.cat([np.ones(()), np.ones(())])
    with pytest.raises(ValueError, match="cat: arrays must have at most 12 dimensions"):
        kernels.cat([np.ones((1,) * 13)])
    with pytest.raises(ShapeError, match=r"cat: out must have shape \(4,\), got \(3,\)"):
        kernels.cat([np.ones(2), np.ones(2)], out=np.ones(3))


# ---- Threads ----


def test_copies_with_any_number_of_threads():
    before = runtime.get_num_threads()
    a = np.random.default_rng(0).normal(size=(401, 307))
    try:
        for n in (1, 2, 3):
            runtime.set_num_threads(n)
            same(kernels.contiguous(a.T), a.T.copy())
            same(kernels.cast(a.T, np.float32), a.T.astype(np.float32))
            same(kernels.cat([a, a]), np.concatenate([a, a]))
    finally:
        runtime.set_num_threads(before)
