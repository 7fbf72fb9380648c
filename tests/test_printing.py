"""Tensors print as PyTorch prints them; the texts were recorded from torch 2.13."""

import pytest

import tinygrad_c as tc

CASES = [
    (lambda: tc.tensor([1.0, 2.0]), "tensor([1., 2.])"),
    (lambda: tc.tensor([1.0, 2.5]), "tensor([1.0000, 2.5000])"),
    (lambda: tc.tensor(3.0), "tensor(3.)"),
    (lambda: tc.tensor(3), "tensor(3)"),
    (lambda: tc.tensor([True, False]), "tensor([ True, False])"),
    (lambda: tc.tensor([1, -20]), "tensor([  1, -20])"),
    (lambda: tc.tensor([]), "tensor([])"),
    (lambda: tc.tensor([1e-5, 1.0]), "tensor([1.0000e-05, 1.0000e+00])"),
    (lambda: tc.tensor([1e10]), "tensor([1.0000e+10])"),
    (lambda: tc.tensor([float("nan"), 1.5]), "tensor([   nan, 1.5000])"),
    (lambda: tc.tensor([float("inf"), -1.0]), "tensor([inf, -1.])"),
    (lambda: tc.zeros(2, 2), "tensor([[0., 0.],\n        [0., 0.]])"),
    (lambda: tc.tensor([0.5], requires_grad=True), "tensor([0.5000], requires_grad=True)"),
    (lambda: tc.zeros(0, 3), "tensor([], size=(0, 3))"),
    (
        lambda: tc.arange(2000),
        "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])",
    ),
    (
        lambda: tc.ones(1).expand(2**40),
        "tensor([1., 1., 1.,  ..., 1., 1., 1.])",
    ),
    (
        lambda: tc.arange(8).reshape(2, 2, 2),
        "tensor([[[0, 1],\n         [2, 3]],\n\n        [[4, 5],\n         [6, 7]]])",
    ),
    (
        lambda: tc.arange(20),
        "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,\n"
        "        18, 19])",
    ),
]


@pytest.mark.parametrize(("make", "text"), CASES)
def test_texts(make, text):
    assert repr(make()) == text


def test_dtypes_and_history_are_named():
    assert repr(tc.tensor([1.0], dtype=tc.float64)).endswith("dtype=tinygrad_c.float64)")
    x = tc.ones(1, requires_grad=True)
    assert repr(x * 2) == "tensor([2.], grad_fn=<MulBackward>)"


@pytest.mark.parametrize("name", ["max", "min"])
def test_results_of_several_parts_are_printed_in_pytorchs_layout(name):
    found = getattr(tc.tensor([[4.0, 4.0]]), name)(0)
    parts = "values=tensor([4., 4.]),\nindices=tensor([0, 0])"
    assert repr(found) == str(found) == f"tinygrad_c.return_types.{name}(\n{parts})"


def test_printoptions():
    tc.set_printoptions(precision=2)
    try:
        assert repr(tc.tensor([1.23456])) == "tensor([1.23])"
    finally:
        tc.set_printoptions(profile="default")
