"""Memory: blocks, their versions, the arena behind them, arrays of somebody else."""

import gc
import resource
import statistics
import weakref

import numpy as np
import pytest

import tinygrad_c as tc
from tinygrad_c._kernels import elementwise, graph, matmul, reduce, runtime

MIB = 2**20


def made(*shape):
    """An array of ones over a block."""
    x = np.ones(shape, np.float32)
    return elementwise.mul(x, x)


# ---- the arena ----


def test_arrays_are_aligned():
    for n in [*range(1, 200, 7), 10**4, 10**5, 10**6]:
        assert made(n).ctypes.data % 64 == 0


def test_training_step_has_no_page_fault():
    x, w = made(128, 784), made(784, 256)
    image, filters = made(256, 16, 28, 28), made(1, 16, 1, 1)

    def step():
        h = elementwise.relu(matmul.matmul(x, w))
        grad = matmul.matmul(x.T, h)
        elementwise.sub(w, elementwise.mul(grad, made(1)), out=w)
        y = elementwise.exp(elementwise.mul(image, filters))
        return reduce.sum(y), reduce.sum(h, 0)

    faults = []
    for _ in range(25):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        step()
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    assert statistics.median(faults[5:]) == 0


def test_freed_memory_is_used_again():
    x = made(1000, 1000)
    address = x.ctypes.data
    del x
    before = runtime.memory_stats()["n_system"]
    for _ in range(10):
        assert made(1000, 1000).ctypes.data == address
    assert runtime.memory_stats()["n_system"] == before


def test_stats_count_what_is_alive():
    gc.collect()
    runtime.empty_cache()
    before = runtime.memory_stats()
    x = made(MIB)
    during = runtime.memory_stats()
    assert 4 * MIB <= during["in_use"] - before["in_use"] <= 5 * MIB
    assert during["peak"] >= during["in_use"]
    view = x[::2]
    del x
    assert runtime.memory_stats()["in_use"] == during["in_use"]
    del view
    after = runtime.memory_stats()
    assert after["in_use"] == before["in_use"]
    assert after["cached"] >= 4 * MIB
    runtime.empty_cache()
    assert runtime.memory_stats()["cached"] < after["cached"] - 4 * MIB + 1


def test_peak_starts_anew():
    x = made(MIB)
    del x
    runtime.reset_peak_memory_stats()
    start = runtime.memory_stats()
    assert start["peak"] == start["in_use"]
    x = made(1000)
    del x
    assert 4000 <= runtime.memory_stats()["peak"] - start["in_use"] < 8000


def test_users_count_tensors_and_hand_memory_back():
    x = tc.ones(1024, 1024)
    held = tc.memory_stats()["in_use"]
    del x
    left = tc.memory_stats()
    assert held - left["in_use"] >= 4 * MIB
    assert left["cached"] >= 4 * MIB
    tc.empty_cache()
    assert tc.memory_stats()["cached"] <= left["cached"] - 4 * MIB


def test_stats_count_the_workspace():
    runtime.empty_cache()
    assert runtime.memory_stats()["workspace"] == 0
    matmul.matmul(made(300, 300), made(300, 300))
    assert 4 * 300 * 100 < runtime.memory_stats()["workspace"] < 16 * MIB
    runtime.empty_cache()
    assert runtime.memory_stats()["workspace"] == 0


def test_view_keeps_the_memory():
    x = made(1000)
    x[:] = 7
    view = x[3:5]
    del x
    others = [made(1000) for _ in range(20)]
    assert (view == 7).all()
    assert all((other == 1).all() for other in others)


def test_more_than_the_memory_is_refused_at_once():
    one = np.ones(1, np.float32)
    for shape in [(2**42,), (2**22, 2**22), (2**36, 1, 2**3)]:
        with pytest.raises(MemoryError, match="no memory for an array"):
            elementwise.mul(np.broadcast_to(one, shape), one)


def test_size_that_no_number_holds_is_refused():
    one = np.ones(1, np.float32)
    a, b = np.broadcast_to(one, (2**40, 1)), np.broadcast_to(one, (1, 2**40))
    with pytest.raises(MemoryError, match=r"shape \[1099511627776, 1099511627776\]"):
        elementwise.mul(a, b)


def test_empty_arrays_of_long_sides():
    one = np.ones((1, 0), np.float32)
    y = elementwise.mul(np.broadcast_to(one, (2**40, 0)), one)
    assert y.shape == (2**40, 0)


def test_cap():
    gc.collect()
    runtime.empty_cache()
    stats = runtime.memory_stats()
    runtime.set_memory_cap(stats["in_use"] + stats["cached"] + 10 * MIB)
    try:
        x = made(MIB)
        with pytest.raises(MemoryError):
            made(2 * MIB)
        del x
        assert made(2 * MIB).shape == (2 * MIB,)
    finally:
        runtime.set_memory_cap(None)
    assert made(4 * MIB).shape == (4 * MIB,)
    with pytest.raises(ValueError, match="must not be negative, got -1"):
        runtime.set_memory_cap(-1)


# ---- versions ----


def test_version_counts_writes_through_every_view():
    x = made(6, 5)
    views = [x, x[2:], x.T, x[::-1, 1], x.reshape(-1), x[1:][1:]]
    assert all(graph.version(view) == graph.version(x) for view in views)
    before = graph.version(x)
    for count, view in enumerate(views, 1):
        elementwise.add(view, view, out=view)
        assert {graph.version(v) for v in views} == {before + count}


def test_reading_leaves_the_version():
    x = made(5)
    before = graph.version(x)
    elementwise.mul(x, x)
    assert graph.version(x) == before


def test_new_array_starts_anew():
    x = made(1000)
    elementwise.add(x, x, out=x)
    version = graph.version(made(1000))
    del x
    assert graph.version(made(1000)) == version


def test_views_share_memory():
    x, y = made(5), made(5)
    assert graph.shares_memory(x, x[2:])
    assert graph.shares_memory(x[:1], x[2:])
    assert not graph.shares_memory(x, y)


def test_numpy_memory_has_no_version():
    x = np.ones(3, np.float32)
    elementwise.add(x, x, out=x)
    assert graph.version(x) == 0


# ---- memory of somebody else ----


@pytest.mark.parametrize("dtype", ["?", "u1", "i4", "i8", "f4", "f8"])
def test_from_foreign_is_a_view(dtype):
    a = np.arange(24).reshape(4, 6).astype(dtype)
    for array in (a, a.T, a[::-1, ::2], a[1:1], a[0, 0, ...], np.broadcast_to(a[0], (3, 6))):
        view = runtime.from_foreign(array)
        assert (view == array).all()
        assert (view.dtype, view.shape, view.strides) == (array.dtype, array.shape, array.strides)
        assert view.ctypes.data == array.ctypes.data
        assert view.flags.writeable == array.flags.writeable
    runtime.from_foreign(a)[0, 0] = 1
    assert a[0, 0] == 1


def test_from_foreign_leaves_own_arrays():
    x = made(5)
    assert runtime.from_foreign(x) is x
    view = x[2:]
    assert runtime.from_foreign(view) is view


def test_views_of_one_foreign_array_share_its_version():
    a = np.ones((4, 4), np.float32)
    x, y = runtime.from_foreign(a), runtime.from_foreign(a[1:].T)
    assert graph.shares_memory(x, y)
    elementwise.mul(x, x, out=x)
    assert graph.version(y) == graph.version(x) == 1
    assert not graph.shares_memory(x, runtime.from_foreign(a.copy()))
    del x, y
    assert graph.version(runtime.from_foreign(a)) == 0


def test_foreign_memory_lives_as_long_as_the_view():
    a = np.ones(1000, np.float32)
    alive = weakref.ref(a)
    view = runtime.from_foreign(a[:500])[10:]
    del a
    assert alive() is not None
    del view
    assert alive() is None


def test_foreign_buffers():
    memory = bytearray(range(16))
    x = runtime.from_foreign(np.frombuffer(memory, np.int32))
    x[0] = 7
    assert memory[0] == 7
    assert not runtime.from_foreign(np.frombuffer(bytes(16), np.int32)).flags.writeable


def misaligned():
    return np.frombuffer(bytes(17), np.float32, count=4, offset=1)


def stepped_by_bytes():
    return np.zeros(3, [("flag", "u1"), ("value", "f4")])["value"]


@pytest.mark.parametrize("make", [misaligned, stepped_by_bytes])
def test_misaligned_memory_is_refused(make):
    with pytest.raises(ValueError, match="from_foreign: array must be aligned, got address"):
        runtime.from_foreign(make())
    with pytest.raises(ValueError, match="must be aligned"):
        elementwise.mul(make(), make())


@pytest.mark.parametrize("dtype", [">f4", "f2", "c8", "i2", "u4", "O", "U3", "M8[s]", "f4,f4"])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(TypeError, match="must be bool, uint8, int32, int64, float32 or float64"):
        runtime.from_foreign(np.zeros(3, dtype))


def test_dtypes_of_another_name_are_taken():
    numbers = [1, 2, 3]
    x = runtime.from_foreign(np.array(numbers, "q"))
    assert (elementwise.add(x, x) == [2, 4, 6]).all()
    tagged = np.dtype(np.float32, metadata={"unit": "m"})
    y = runtime.from_foreign(np.array(numbers, tagged))
    assert elementwise.add(y, y).dtype == np.float32


def test_read_only_result_is_refused():
    x = made(3)
    y = x[:]
    y.flags.writeable = False
    before = graph.version(x)
    with pytest.raises(ValueError, match="read-only"):
        elementwise.mul(x, x, out=y)
    assert (x == 1).all() and graph.version(x) == before
