"""New tensors: from data, of one value, of a range, random; and what their functions refuse."""

from functools import partial

import numpy as np
import pytest

import tinygrad_c as tc


@pytest.mark.parametrize(
    ("data", "dtype", "shape"),
    [
        (1, tc.int64, ()),
        (1.0, tc.float32, ()),
        (True, tc.bool, ()),
        ([1, 2.5], tc.float32, (2,)),
        ([[1, 2], [3, 4]], tc.int64, (2, 2)),
        ([], tc.float32, (0,)),
        (np.float64(1), tc.float64, ()),
        (np.arange(3, dtype=np.int32), tc.int32, (3,)),
        (np.arange(3, dtype=">f8"), tc.float64, (3,)),
        ([tc.tensor(1.0), 2], tc.float32, (2,)),
    ],
)
def test_tensor_takes_what_pytorch_takes(data, dtype, shape):
    t = tc.tensor(data)
    assert (t.dtype, t.shape) == (dtype, shape)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ([[1], [1, 2]], ValueError),
        ("abc", TypeError),
        ([None], TypeError),
        (1j, TypeError),
        (np.zeros(2, np.float16), TypeError),
        (2**70, (ValueError, TypeError)),
    ],
)
def test_tensor_refuses_what_it_cannot_hold(data, error):
    with pytest.raises(error):
        tc.tensor(data)


def test_tensor_copies_and_from_numpy_shares():
    array = np.zeros(3, np.float32)
    copied, shared = tc.tensor(array), tc.from_numpy(array)
    array[0] = 5
    assert copied.tolist() == [0, 0, 0]
    assert shared.tolist() == [5, 0, 0]
    shared.add_(1)
    assert array.tolist() == [6, 1, 1]
    assert shared.numpy() is not None
    assert np.shares_memory(shared.numpy(), array)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: tc.arange(5), [0, 1, 2, 3, 4]),
        (lambda: tc.arange(1, 2, 0.25), [1, 1.25, 1.5, 1.75]),
        (lambda: tc.arange(5, 0, -2), [5, 3, 1]),
        (lambda: tc.arange(6, 0, -2), [6, 4, 2]),
        (lambda: tc.arange(0, 2**62 + 1, 2**61), [0, 2**61, 2**62]),
        (lambda: tc.arange(0, -(2**62) - 1, -(2**61)), [0, -(2**61), -(2**62)]),
        (lambda: tc.arange(2.9, dtype=tc.int64), [0, 1]),
        (lambda: tc.arange(0, 2**64, 2**63, dtype=tc.float64), [0, 2.0**63]),
        (lambda: tc.linspace(0, 1, 3), [0, 0.5, 1]),
        (lambda: tc.linspace(0.9, 9.1, 7, dtype=tc.int64), [0, 1, 3, 4, 6, 7, 9]),
        (lambda: tc.linspace(-1, 5, 3, dtype=tc.uint8), [255, 130, 5]),
        (lambda: tc.eye(2, 3), [[1, 0, 0], [0, 1, 0]]),
        (lambda: tc.full((2,), 7), [7, 7]),
        (lambda: tc.zeros((2, 1)), [[0], [0]]),
        (lambda: tc.ones(2, 1), [[1], [1]]),
        (lambda: tc.zeros_like(tc.ones(2, dtype=tc.int32)), [0, 0]),
    ],
)
def test_creation(made, expected):
    assert made().tolist() == expected


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tc.linspace(0, 256, 3, dtype=tc.uint8), RuntimeError, "uint8 without overflow"),
        (lambda: tc.linspace(0, np.nan, 3, dtype=tc.int64), RuntimeError, "int64 without overflow"),
        (lambda: tc.linspace(0, 1, 3, dtype=tc.bool), TypeError, "linspace: dtype must be that of"),
        (lambda: tc.randperm(257, dtype=tc.uint8), RuntimeError, "uint8 without overflow"),
        (lambda: tc.randperm(2, dtype=tc.bool), TypeError, "randperm: dtype must be that of"),
        (lambda: tc.randperm(2.5), TypeError, "randperm: n must be a whole number, got 2.5"),
        (lambda: tc.zeros(2, dtype="cpu"), TypeError, "dtype must be one of .* got 'cpu'"),
        (lambda: tc.zeros(2).type("cpu"), TypeError, "dtype must be one of .* got 'cpu'"),
        (lambda: tc.as_tensor(X, dtype="cpu"), TypeError, "dtype must be one of .* got 'cpu'"),
        (lambda: tc.set_default_dtype(None), TypeError, "dtype must be one of .* got None"),
        (lambda: tc.from_dlpack(3), TypeError, "from_dlpack: external must .* got int"),
    ],
)
def test_what_cannot_be_made_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


X = tc.zeros(2)
FUNCTIONS = [
    *(partial(make, 2) for make in (tc.zeros, tc.ones, tc.empty, tc.rand, tc.randn, tc.eye)),
    *(partial(make, X) for make in (tc.zeros_like, tc.ones_like, tc.empty_like, tc.rand_like)),
    *(partial(make, 2) for make in (X.new_zeros, X.new_ones, X.new_empty, X.new_tensor)),
    *(partial(make, (2,), 1.0) for make in (tc.full, X.new_full)),
    partial(tc.randn_like, X),
    partial(tc.full_like, X, 1),
    partial(tc.arange, 2.0),
    partial(tc.linspace, 0, 1, 2),
    partial(tc.randint, 5, (2,), dtype=tc.float32),
    partial(tc.randperm, 3, dtype=tc.float32),
    partial(tc.tensor, [1.0]),
]


@pytest.mark.parametrize("make", FUNCTIONS)
def test_all_functions_that_make_tensors_have_the_same_options(make):
    assert make(device="cpu:0", requires_grad=True).requires_grad
    assert not make(device=tc.device("cpu"), dtype=tc.float64).requires_grad
    with pytest.raises(RuntimeError, match="computes on the CPU, got 'cuda'"):
        make(device="cuda")


@pytest.mark.parametrize("data", [X, X.numpy(), [0.0, 0.0]])
def test_as_tensor_converts_where_it_must(data):
    assert tc.as_tensor(data, device="cpu", dtype="float64").dtype == tc.float64
    with pytest.raises(RuntimeError, match="computes on the CPU, got 'cuda'"):
        tc.as_tensor(data, device="cuda")
    assert tc.as_tensor(np.ones(2, np.int8), tc.int32).tolist() == [1, 1]
    assert tc.zeros_like(tc.tensor(3.0)).shape == ()


@pytest.mark.parametrize(
    ("draw", "wrong"),
    [
        (partial(tc.rand, 2), {"device": "cuda"}),
        (partial(tc.randn_like, X), {"device": "cuda"}),
        (partial(tc.randint, 5, (2,)), {"requires_grad": True}),
        (partial(tc.randperm, 5), {"requires_grad": True}),
    ],
)
def test_what_is_refused_takes_no_random_numbers(draw, wrong):
    used, unused = (tc.Generator().manual_seed(0) for _ in range(2))
    with pytest.raises(RuntimeError):
        draw(generator=used, **wrong)
    assert draw(generator=used).tolist() == draw(generator=unused).tolist()


@pytest.mark.parametrize(
    ("args", "dtype", "expected"),
    [
        ((-1.5, 1.5), tc.int32, [-1, 0, 1]),
        ((0, 5, 1.5), tc.uint8, [0, 1, 2, 3]),
        ((0.5, 3, 0.5), tc.int32, [0, 0, 0, 0, 0]),
        ((0, 5, 1.5), tc.int64, [0, 1, 2, 3, 4]),
        ((0, 5, 1.5), tc.float32, [0, 1.5, 3, 4.5]),
    ],
)
def test_arange_of_floats_in_whole_numbers_is_pytorch_s(args, dtype, expected):
    assert tc.arange(*args, dtype=dtype).tolist() == expected
