"""Indexing beyond what the recorded programs say: what the graph keeps, and error texts."""

import re
import warnings

import numpy as np
import pytest

import tinygrad_c as tc


@pytest.mark.parametrize("use", [lambda x, i: x[i], lambda x, i: x[:, i], lambda x, i: x[i, i]])
def test_indices_may_be_overwritten_before_backward(use):
    x = tc.arange(9.0).reshape(3, 3).requires_grad_()
    i, j = tc.tensor([0, 2]), tc.tensor([0, 2])
    y = use(x, i)
    i.fill_(1)
    y.sum().backward()
    (expected,) = tc.autograd.grad(use(x, j).sum(), x)
    assert x.grad.equal(expected)


def test_indices_of_an_assignment_may_be_overwritten_before_backward():
    v, x = tc.tensor([1.0, 2.0], requires_grad=True), tc.zeros(3)
    i = tc.tensor([0, 2])
    x[i] = v
    i.fill_(1)
    (x * tc.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert v.grad.tolist() == [1.0, 100.0]


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint16, np.uint32])
def test_numpy_arrays_of_any_whole_numbers_are_indices(dtype):
    x = tc.arange(6.0).reshape(3, 2).requires_grad_()
    assert x[np.array([2, 0], dtype)].tolist() == [[4.0, 5.0], [0.0, 1.0]]


def test_a_byte_tensor_is_a_mask_with_a_warning():
    x = tc.arange(3.0)
    mask = tc.tensor([1, 0, 1], dtype=tc.uint8)
    with pytest.warns(UserWarning, match="uint8 is deprecated"):
        assert x[mask].tolist() == [0.0, 2.0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x[mask.bool()]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda x: x[tc.ones(2, 4).bool()],
            IndexError,
            "the shape of the mask (2, 4) does not match the shape (2, 3) of the dimensions from 0 "
            "of the indexed tensor of shape (2, 3)",
        ),
        (lambda x: x[0, 0, 0], IndexError, "too many indices"),
        (lambda x: x[[0], 0, 0], IndexError, "too many indices for tensor of dimension 2"),
        (lambda x: x[..., [0], ...], IndexError, "one ellipsis"),
        (lambda x: x[0.5], IndexError, "got float"),
        (lambda x: x[[0.5]], IndexError, "got list of dtype float64"),
        (lambda x: x[::-1], ValueError, "step must be greater than zero, got -1"),
        (lambda x: x[[0, 1], [0, 1, 2]], IndexError, "got shapes (2,), (3,)"),
        (lambda x: x[[5]], IndexError, "index 5 is out of bounds for dimension 0 of size 2"),
        (lambda x: x.__setitem__(0, tc.ones(4)), ValueError, "(4,)"),
        (lambda x: x.__setitem__([0], tc.ones(4)), ValueError, "(1, 3), got shape (4,)"),
        (lambda x: x.__setitem__([0], tc.ones(3).long()), TypeError, "float32, got int64"),
        (lambda x: x.index_select(0, tc.tensor([-1])), IndexError, "index -1 is out of bounds"),
        (lambda x: x.gather(0, tc.tensor([[-1]])), IndexError, "index -1 is out of bounds"),
        (lambda x: x.masked_select(tc.ones(2).bool()), ValueError, "got shapes (2,) and (2, 3)"),
        (lambda x: x.masked_fill(tc.ones(2, 3), 0), TypeError, "dtype bool, got float32"),
        (lambda x: x.fill_(tc.ones(1)), ValueError, "0 dimensions, got shape (1,)"),
        (
            lambda x: x[:, :1].expand(2, 3).add_(1),
            RuntimeError,
            "more than one element of out refers to a single memory location",
        ),
    ],
)
def test_errors_say_what_is_wrong(call, error, message):
    x = tc.zeros(2, 3)
    with pytest.raises(error, match=re.escape(message)):
        call(x)
    assert not x.any()


def test_what_an_index_takes_is_no_view():
    x = tc.arange(60.0).reshape(3, 4, 5).requires_grad_()
    y = x[:, [0, 3]]
    assert y.is_contiguous() and y._base is None
    y.view(-1).pow(2).sum().backward()
    assert x.grad.equal(2 * x.detach() * tc.tensor([[1.0], [0], [0], [1]]))
