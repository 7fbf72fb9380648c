"""Tensors as a user meets them: promotion, shapes, conversions, copies."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_c as tc


def test_scalars_are_weak():
    x = tc.ones(2)
    assert (x * 2).dtype == (2 * x).dtype == (x + 1.5).dtype == tc.float32
    i = tc.ones(2, dtype=tc.int64)
    assert (i * 2).dtype == tc.int64
    assert (i * 2.5).dtype == tc.float32
    assert (i / 2).dtype == tc.float32
    assert (x * np.float64(2)).dtype == tc.float32
    assert tc.result_type(i, 1.0) == tc.float32


@pytest.mark.parametrize("number", [-3, 300, 2**31, 2**40, -(2**63), 2**64, np.int64(300), True])
@pytest.mark.parametrize("dtype", [tc.uint8, tc.int32, tc.int64])
def test_a_quotient_takes_numbers_that_the_dtype_does_not_hold(dtype, number):
    x = tc.tensor([1, 2, 200], dtype=dtype)
    whole = np.array([1, 2, 200], np.float32)
    assert np.array_equal((x / number).numpy(), whole / np.float32(number))
    assert np.array_equal((number / x).numpy(), np.float32(number) / whole)
    assert np.array_equal(tc.true_divide(x, number).numpy(), whole / np.float32(number))


def test_quotients_rounded_towards_0_of_bools():
    quotient = tc.div(tc.tensor([True, False]), tc.tensor([2, -1]), rounding_mode="trunc")
    assert (quotient.dtype, quotient.tolist()) == (tc.int64, [0, 0])


def test_norm_takes_any_number_for_p():
    x = tc.tensor([3.0, 4.0])
    assert x.norm(np.int64(2)).item() == x.norm(np.float32(2)).item() == x.norm("fro").item() == 5.0


def test_numpy_arrays_and_tensors_compute_together():
    x = tc.tensor([1.0, 2.0], dtype=tc.float64)
    for y in (np.ones(2) * x, x * np.ones(2), np.ones(2) + x - 1):
        assert isinstance(y, tc.Tensor)
        assert y.tolist() == [1.0, 2.0]
    assert isinstance(np.asarray(x), np.ndarray)
    assert np.from_dlpack(x).tolist() == [1.0, 2.0]
    assert tc.from_dlpack(np.ones(2)).tolist() == [1.0, 1.0]


def test_numpy_of_a_tensor_that_requires_a_gradient_is_refused():
    x = tc.ones(1, requires_grad=True)
    for convert in (lambda: x.numpy(), lambda: np.asarray(x)):
        with pytest.raises(RuntimeError, match="detach"):
            convert()
    assert x.detach().numpy().tolist() == [1.0]


def test_python_numbers():
    x = tc.tensor([3])
    assert (int(x), float(x), bool(x), [10, 11, 12, 13][x]) == (3, 3.0, True, 13)
    with pytest.raises(RuntimeError, match="ambiguous"):
        bool(tc.ones(2))
    with pytest.raises(ValueError, match=r"\(2,\)"):
        tc.ones(2).item()
    with pytest.raises(TypeError):
        len(tc.tensor(1))


def test_views_share_memory_and_copies_do_not():
    x = tc.arange(6).reshape(2, 3)
    for view in (
        x.t(),
        x[0],
        x[:, 1:],
        x.view(3, 2),
        x.unsqueeze(0),
        x.expand(2, 2, 3),
        x.detach(),
    ):
        assert np.shares_memory(view.array, x.array)
    for other in (
        x.clone(),
        x[tc.tensor([0, 1])],
        x.t().reshape(-1),
        x.t().contiguous(),
        x.float(),
    ):
        assert not np.shares_memory(other.array, x.array)


@given(st.data())
def test_reshape_is_numpys(data):
    shape = data.draw(st.lists(st.integers(0, 4), max_size=4).map(tuple))
    order = data.draw(st.permutations(range(len(shape))))
    x = tc.from_numpy(np.arange(float(np.prod(shape))).reshape(shape))
    moved = x.permute(*order) if shape else x
    factors = data.draw(st.permutations(moved.shape))
    assert np.array_equal(moved.reshape(tuple(factors)).array, moved.array.reshape(factors))


def test_shape_methods():
    x = tc.zeros(2, 3, 4)
    assert x.flatten(1).shape == (2, 12)
    assert x.unflatten(2, (2, -1)).shape == (2, 3, 2, 2)
    assert x.transpose(0, -1).shape == (4, 3, 2)
    assert x.movedim(0, 2).shape == (3, 4, 2)
    assert x[None, 0].squeeze().shape == (3, 4)
    assert x.repeat(2, 1, 1, 3).shape == (2, 2, 3, 12)
    assert [part.shape for part in x.split([1, 2], 1)] == [(2, 1, 4), (2, 2, 4)]
    assert [part.shape[2] for part in x.chunk(3, 2)] == [2, 2]
    assert len(x.unbind(1)) == 3
    assert x.size(-1) == 4
    assert x.stride() == (12, 4, 1)
    assert x.numel() == 24


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tc.zeros(2, 3) + tc.zeros(4), ValueError, r"add: .*\(2, 3\).*\(4,\)"),
        (lambda: tc.zeros(2, 3).reshape(4), ValueError, r"\(4,\).*\(2, 3\)"),
        (lambda: tc.zeros(2, 3).t().view(6), RuntimeError, "reshape"),
        (lambda: tc.zeros(2).sum(1), IndexError, r"\[-1, 0\], but got 1"),
        (lambda: tc.zeros(2)[3], IndexError, "out of bounds"),
        (lambda: tc.zeros(2)[tc.tensor([5])], IndexError, "5"),
        (lambda: tc.zeros(2, 3) @ tc.zeros(2, 3), RuntimeError, r"\(2, 3\).*\(2, 3\)"),
        (lambda: tc.cat([tc.zeros(2, 3), tc.zeros(2, 4)]), ValueError, r"cat: .*\(2, 3\) and \(2, 4\)"),
        (lambda: tc.zeros(10**15), MemoryError, "bytes"),
        (lambda: tc.zeros(2) & tc.zeros(2), TypeError, "bool"),
        (lambda: tc.zeros(2).to("cuda"), RuntimeError, "CPU"),
        (lambda: tc.zeros(2).to(np.float16), TypeError, "float32"),
        (lambda: tc.arange(0, 5, -1), ValueError, "step"),
        (lambda: tc.arange(0, 2**64, 2**62), RuntimeError, "type int64 without overflow"),
        (lambda: tc.arange(0, 1e30, dtype=tc.int64), RuntimeError, "type int64 without overflow"),
        (lambda: tc.arange(0, 1, 1e-320), ValueError, "arange: lengths must be"),
        (lambda: tc.arange(10**400), ValueError, "arange: start, end and step must be finite"),
        (lambda: tc.zeros(2) + "x", TypeError, "add: an operand must be .* got str"),
        (lambda: tc.sum([1, 2]), TypeError, "sum: an operand must be .* got list"),
        (lambda: -tc.tensor([True]), TypeError, "neg: a must be uint8 or .* got bool"),
        (lambda: tc.zeros(2, 3).norm("nuc"), TypeError, "norm: p must be .* got 'nuc'"),
        (lambda: tc.zeros(2, 3).std(5), IndexError, r"\[-2, 1\], but got 5"),
        (lambda: tc.tensor(1).size(0), IndexError, "size: .* 0 but tensor has no dimensions"),
        (lambda: tc.tensor(1).stride(0), IndexError, "stride: .* 0 but tensor has no dimensions"),
        (lambda: tc.stack([tc.zeros(2), 1]), TypeError, "stack: tensors must be Tensors, got int"),
        (lambda: tc.stack([]), ValueError, "stack: tensors must not be empty"),
        (lambda: tc.cat([tc.zeros(2, 3), tc.zeros(2)], 1), ValueError, r"cat: .*\(2, 3\) and \(2,\)"),
        (lambda: tc.zeros(2, -1), ValueError, r"zeros: lengths must be from 0 to .* got \(2, -1\)"),
        (lambda: tc.eye(-1), ValueError, r"eye: .* \(-1, -1\)"),
        (lambda: tc.linspace(0, 1, -2), ValueError, r"linspace: .* \(-2,\)"),
        (lambda: tc.ones(2).new_ones(-3), ValueError, r"new_ones: .* \(-3,\)"),
        (lambda: tc.ones(1).repeat(-1), ValueError, r"repeat: .* \(-1,\)"),
        (lambda: tc.zeros(2**70), ValueError, "zeros: lengths must be from 0"),
        (lambda: tc.cat(3), TypeError, "cat: tensors must be a sequence of Tensors, got int"),
        (lambda: tc.ones(2).softmax(), TypeError, "softmax: dim must be a whole number, got None"),
        (lambda: tc.ones(2).select(0, None), TypeError, "select: index must be a whole number"),
        (lambda: tc.ones(2).narrow(0), TypeError, "narrow: start must be a whole number, got None"),
        (lambda: tc.stack([tc.ones(2)], 1.0), TypeError, "stack: dim must be a whole number, got 1"),
        (lambda: tc.randn(2.5), TypeError, r"randn: a length must be a whole number, got 2\.5"),
        (lambda: tc.ones(2).reshape(True, 2), TypeError, "reshape: .* whole number, got True"),
        (lambda: tc.ones(2).expand(), TypeError, "expand: a shape must be given"),
    ],
)
def test_errors_name_the_operation_and_the_shapes(call, error, message):
    with pytest.raises(error, match=message):
        call()


KEEPING = ["sum", "mean", "prod", "var", "std", "max", "min", "amax", "amin", "argmax", "argmin"]
KEEPING += ["any", "all"]
ALONG_ONE_DIM = {name: {} for name in [*KEEPING, "softmax", "log_softmax"]} | {
    "squeeze": {},
    "unsqueeze": {},
    "narrow": {"start": 0, "length": 1},
    "chunk": {"chunks": 2},
    "unbind": {},
    "gather": {"index": tc.tensor([[1, 0]])},
    "index_select": {"index": tc.tensor([1])},
    "select": {"index": 1},
    "size": {},
    "stride": {},
}


def check_axis(function, dims=(0, 1)):
    """`axis` is `dim`, and both are one too many."""
    for dim in dims:
        assert repr(function(axis=dim)) == repr(function(dim=dim))
        with pytest.raises(TypeError, match=rf": only one of dim and axis, .* got {dim} and 1"):
            function(dim=dim, axis=1)


@pytest.mark.parametrize("name", ALONG_ONE_DIM)
def test_axis_is_another_name_of_dim(name):
    x = tc.tensor([[1.0, 5.0], [3.0, 2.0]])
    check_axis(partial(getattr(x, name), **ALONG_ONE_DIM[name]))
    if hasattr(tc, name):
        check_axis(partial(getattr(tc, name), x, **ALONG_ONE_DIM[name]))


@pytest.mark.parametrize("name", ["cat", "concat", "concatenate", "stack"])
def test_axis_is_another_name_of_dim_where_tensors_are_joined(name):
    check_axis(partial(getattr(tc, name), [tc.zeros(2, 1), tc.ones(2, 1)]))


@pytest.mark.parametrize("name", KEEPING)
def test_keepdims_is_another_name_of_keepdim(name):
    reduce = getattr(tc.tensor([[1.0, 5.0], [3.0, 2.0]]), name)
    assert repr(reduce(1, keepdims=True)) == repr(reduce(1, keepdim=True)) != repr(reduce(1))


@st.composite
def keys(draw):
    """Keys for a tensor of shape (3, 4, 5): of views, or with lists of one length (NumPy counts
    a number beside a list as a list too, so those are not mixed)."""
    forward = st.slices(3).filter(lambda s: s.step is None or s.step > 0)
    places = [forward, st.just(None)]
    if draw(st.booleans(), label="with lists"):
        length = draw(st.integers(1, 3))
        places.append(st.lists(st.integers(-3, 2), min_size=length, max_size=length))
    else:
        places.append(st.integers(-3, 2))
    return tuple(draw(st.lists(st.one_of(places), min_size=1, max_size=3)))


@given(keys())
def test_indexing_is_numpys(key):
    x = np.arange(60.0).reshape(3, 4, 5)
    assert np.array_equal(tc.from_numpy(x)[key].array, x[key])
    t, expected = tc.tensor(x), x.copy()
    value = np.random.default_rng(0).normal(size=x[key].shape)
    t[key] = tc.tensor(value)
    expected[key] = value
    assert np.array_equal(t.array, expected)


def test_copies_of_leaves():
    x = tc.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    for other in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert other.requires_grad
        assert other.tolist() == [1.0, 1.0]
        assert not np.shares_memory(other.array, x.array)
    with pytest.raises(RuntimeError, match="leaves"):
        copy.deepcopy(x * 2)


def test_extremes_are_tuples_with_names():
    found = tc.tensor([[1.0, 5.0], [3.0, 2.0]]).max(1)
    for result in (found, pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        values, indices = result
        assert isinstance(result, tc.return_types.max)
        assert (result.values is values, result.indices is indices) == (True, True)
        assert (values.tolist(), indices.tolist()) == ([5.0, 3.0], [1, 0])


def test_the_default_dtype_can_be_changed():
    tc.set_default_dtype(tc.float64)
    try:
        assert tc.tensor([1.5]).dtype == tc.zeros(1).dtype == tc.get_default_dtype() == tc.float64
    finally:
        tc.set_default_dtype(tc.float32)


def test_sizes_stay_sizes():
    size = tc.zeros(2, 3).shape
    for other in (size + (4,), (4,) + size, size * 2, 2 * size, size[:1]):  # noqa: RUF005
        assert other.numel() == np.prod(other)


def test_a_device_is_its_type_and_index():
    cpu, first = tc.device("cpu"), tc.device("cpu:0")
    assert (cpu.index, first.index, repr(first)) == (None, 0, "device(type='cpu', index=0)")
    assert cpu != first
    assert len({first, tc.device("cpu", 0), tc.device(first), copy.copy(first), cpu}) == 2
    assert (str(cpu), str(first), tc.device(str(first))) == ("cpu", "cpu:0", first)
    for place in ("cpu", "cpu:0", cpu, first):
        for t in (tc.zeros(2, device=place), tc.zeros(2).to(place), tc.zeros(2).to(device=place)):
            assert t.device == cpu


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        *((("cpu:" + n,), RuntimeError, "Invalid device string") for n in ("banana", "", "-1", "01")),
        (("cuda",), RuntimeError, "computes on the CPU, got 'cuda'"),
        ((0,), RuntimeError, "computes on the CPU, got 0"),
        ((None,), TypeError, "type must be a str, got None"),
        (("cpu", "0"), TypeError, "index must be a whole number, got '0'"),
        (("cpu", -1), RuntimeError, "index must not be negative, got -1"),
        (("cpu:0", 1), RuntimeError, "no index beside index, got 'cpu:0'"),
    ],
)
def test_a_device_that_is_none_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        tc.device(*given)


def test_operators_in_place_write_to_the_tensor():
    x = alias = tc.tensor([1, 5, 7])
    x %= 4
    x //= 2
    assert (alias is x, alias.tolist()) == (True, [0, 0, 1])
    b = alias = tc.tensor([True, True, False, False])
    other = tc.tensor([True, False, True, False])
    b &= other
    b |= tc.tensor([False, False, False, True])
    b ^= other
    assert (alias is b, alias.tolist()) == (True, [False, False, True, True])


@pytest.mark.parametrize("write", [lambda x: x.div_(tc.tensor([2])), lambda x: x.sqrt_()])
def test_a_quotient_or_a_root_is_not_written_to_whole_numbers(write):
    x = tc.tensor([4], dtype=tc.int32)
    with pytest.raises(RuntimeError, match=r"_: result type float32 can't be cast .* int32"):
        write(x)
    assert x.tolist() == [4]


def test_a_shallow_copy_shares_the_memory():
    x = tc.ones(2, requires_grad=True)
    y = copy.copy(x)
    y.data[0] = 9.0
    assert (y is x, y.requires_grad, x.tolist()) == (False, True, [9.0, 1.0])


def test_numpy_of_a_tensor_that_requires_a_gradient():
    x = tc.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"Use tensor\.detach\(\)\.numpy\(\)"):
        x.numpy()
    with tc.no_grad():
        assert np.asarray(x).tolist() == x.numpy().tolist() == [1.0, 1.0]


def test_an_array_of_another_dtype_is_a_copy():
    x = tc.ones(2)
    assert np.asarray(x, dtype="float64").dtype == "float64"
    with pytest.raises(ValueError, match="__array__: float32 cannot become float64 without a copy"):
        x.__array__("float64", copy=False)
