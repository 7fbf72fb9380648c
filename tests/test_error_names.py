"""An error names the function that was called, not the one that does its work."""

import re

import numpy as np
import pytest

from tinygrad_c import (
    arange,
    as_tensor,
    cat,
    empty_like,
    full,
    full_like,
    int32,
    int64,
    linspace,
    nn,
    ones,
    rand_like,
    randint,
    randn_like,
    save,
    tensor,
    zeros,
    zeros_like,
)
from tinygrad_c.autograd import grad
from tinygrad_c.errors import ShapeError, renamed
from tinygrad_c.nn import functional as F

x, SCORES, FIRST, CUBE = ones(3), ones(1, 3), tensor([0]), ones(1, 1, 3, 3, 3)


def leaf():
    return ones(3, requires_grad=True)


CALLS = [
    ("std", lambda: x.std(4), IndexError, "Dimension out of range"),
    ("std", lambda: x.std("a"), TypeError, "dim must be a whole number, got 'a'"),
    ("sum", lambda: x.sum("a"), TypeError, "dim must be a whole number, got 'a'"),
    ("max", lambda: x.max("a"), TypeError, "dim must be a whole number, got 'a'"),
    ("argmax", lambda: x.argmax("a"), TypeError, "dim must be a whole number, got 'a'"),
    ("softmax", lambda: x.softmax("a"), TypeError, "dim must be a whole number, got 'a'"),
    ("norm", lambda: x.norm(dim=3), IndexError, "Dimension out of range"),
    ("allclose", lambda: x.allclose(x, rtol="a"), TypeError, "rtol must be a number, got 'a'"),
    ("isclose", lambda: x.isclose(x, atol=None), TypeError, "atol must be a number, got None"),
    ("dropout", lambda: F.dropout(x, "a"), TypeError, "p must be a number, got 'a'"),
    ("Dropout", lambda: nn.Dropout(None), TypeError, "p must be a number, got None"),
    ("leaky_relu", lambda: F.leaky_relu(x, [1]), TypeError, "slope must be a number, got [1]"),
    ("batch_norm", lambda: F.batch_norm(CUBE, None, None, momentum=None), TypeError, "momentum"),
    ("batch_norm", lambda: F.batch_norm(CUBE, None, None, eps="a"), TypeError, "eps must be"),
    ("cross_entropy", lambda: F.cross_entropy(SCORES, FIRST, label_smoothing="a"), TypeError, "'a'"),
    ("allclose", lambda: x.allclose(ones(4)), ShapeError, "must broadcast, got (3,) and (4,)"),
    ("bmm", lambda: CUBE[0, 0].bmm(CUBE[0, 0].double()), TypeError, "must have the same dtype"),
    ("dot", lambda: x.dot(3), TypeError, "the second operand must be a Tensor, got int"),
    ("zeros_like", lambda: zeros_like([1]), TypeError, "input must be a Tensor, got list"),
    ("empty_like", lambda: empty_like(3), TypeError, "input must be a Tensor, got int"),
    ("rand_like", lambda: rand_like(3), TypeError, "input must be a Tensor, got int"),
    ("randn_like", lambda: randn_like([1]), TypeError, "input must be a Tensor, got list"),
    ("rand_like", lambda: rand_like(FIRST), TypeError, "dtype must be float32 or float64"),
    ("full_like", lambda: full_like(x, "a"), TypeError, "fill_value must be a number, got 'a'"),
    ("new_full", lambda: x.new_full((2,), "a"), TypeError, "fill_value must be a number"),
    ("full", lambda: full((2,), x), TypeError, "fill_value must be a number, got tensor("),
    ("arange", lambda: arange(x), TypeError, "end must be a number, got tensor("),
    ("new_tensor", lambda: x.new_tensor("a"), TypeError, "data must be numbers, got str"),
    ("as_tensor", lambda: as_tensor(None), TypeError, "data must be numbers, got NoneType"),
    ("size", lambda: x.size("a"), TypeError, "dim must be a whole number, got 'a'"),
    ("__contains__", lambda: "a" in x, TypeError, "must be a Tensor or a number, got str"),
    ("view_as", lambda: x.view_as(3), TypeError, "other must be a Tensor, got int"),
    ("expand_as", lambda: x.expand_as(3), TypeError, "other must be a Tensor, got int"),
    ("sum_to_size", lambda: x.sum_to_size(2), ShapeError, "got (2,) and (3,)"),
    ("narrow", lambda: x.narrow(0, 0.5, 1), TypeError, "start must be a whole number, got 0.5"),
    ("chunk", lambda: x.chunk("a"), TypeError, "chunks must be a whole number, got 'a'"),
    ("split", lambda: x.split(1.5), TypeError, "split_size must be a whole number, got 1.5"),
    ("narrow", lambda: x.narrow(0, True, 1), TypeError, "start must be a whole number, got True"),
    ("narrow", lambda: x.narrow(0, 2**70, 1), ValueError, "start must be a number of 64 bits, got"),
    ("unsqueeze", lambda: x.unsqueeze(True), TypeError, "dim must be a whole number, got True"),
    ("one_hot", lambda: F.one_hot(FIRST, True), TypeError, "num_classes must be a whole number"),
    ("linspace", lambda: linspace(0, 1, 2.5), TypeError, "steps must be a whole number"),
    ("arange", lambda: arange("a"), TypeError, "end must be a number, got 'a'"),
    ("full", lambda: full((2,), None), TypeError, "fill_value must be a number, got None"),
    ("randint", lambda: randint(3), TypeError, "high and size, a tuple, must be given"),
    ("softmax", lambda: F.softmax(None, 0), TypeError, "input must be a Tensor, got NoneType"),
    ("logsigmoid", lambda: F.logsigmoid(None), TypeError, "input must be a Tensor"),
    ("one_hot", lambda: F.one_hot(FIRST, 2.0), TypeError, "num_classes must be a whole number"),
    ("embedding", lambda: F.embedding(FIRST, None), TypeError, "weight must be a Tensor"),
    ("batch_norm", lambda: F.batch_norm(CUBE, [0], [1]), TypeError, "running_mean must be"),
    ("conv2d", lambda: F.conv2d(CUBE[0], CUBE[0], [1.0]), TypeError, "bias must be a Tensor"),
    ("cross_entropy", lambda: F.cross_entropy(SCORES, FIRST, [1.0]), TypeError, "weight must be"),
    ("cross_entropy", lambda: F.cross_entropy(FIRST, x[0]), TypeError, "must be float32 or float"),
    ("save", lambda: save({}, 1), TypeError, "f must be a path, got int"),
    ("max", lambda: ones(0).max(), IndexError, "must have elements"),
    ("min", lambda: ones(0).min(), IndexError, "must have elements"),
    ("clamp", lambda: x.clamp(min=ones(4)), ShapeError, "must broadcast, got (4,) and (3,)"),
    ("clamp", lambda: x.clamp(max=ones(4)), ShapeError, "must broadcast, got (4,) and (3,)"),
    ("clamp_", lambda: ones(3).clamp_(min=ones(4)), ShapeError, "got (4,) and (3,)"),
    ("clamp_", lambda: ones(3).clamp_(min="a"), TypeError, "got str"),
    ("clamp_", lambda: leaf().clamp_(0), RuntimeError, "a leaf Variable"),
    ("add_", lambda: ones(3).add_(ones(4)), ShapeError, "got (3,) and (4,)"),
    ("add_", lambda: ones(3).add_("a"), TypeError, "got str"),
    ("mul_", lambda: ones(3).mul_(ones(2, 3)), ShapeError, "got (3,)"),
    ("div_", lambda: ones(3, dtype=int64).div_(2), RuntimeError, "can't be cast"),
    ("copy_", lambda: leaf().copy_(ones(3)), RuntimeError, "a leaf Variable"),
    ("copy_", lambda: ones(3).copy_(ones(4)), ShapeError, "of shape (4,)"),
    ("copy_", lambda: ones(3).copy_("a"), TypeError, "got str"),
    ("fill_", lambda: leaf().fill_(1), RuntimeError, "a leaf Variable"),
    ("fill_", lambda: ones(3, dtype=int32).fill_(2**40), RuntimeError, "1099511627776"),
    ("zero_", lambda: leaf().zero_(), RuntimeError, "a leaf Variable"),
    ("masked_fill", lambda: x.masked_fill(ones(2) > 0, 1), ShapeError, "mask of shape (2,)"),
    ("masked_fill_", lambda: ones(3).masked_fill_(ones(2) > 0, 1), ShapeError, "shape (2,)"),
    ("masked_fill_", lambda: leaf().masked_fill_(x > 0, 1), RuntimeError, "a leaf Variable"),
    ("mul_", lambda: leaf().mul_(2), RuntimeError, "a leaf Variable"),
    ("uniform_", lambda: leaf().uniform_(), RuntimeError, "a leaf Variable"),
    ("random_", lambda: ones(3).random_(5, 3), ValueError, "low must be < high"),
    ("randint", lambda: randint(5, 3, (2,)), ValueError, "low must be < high"),
    ("backward", lambda: leaf().sum().backward([]), RuntimeError, "1 tensors and 0 gradients"),
    ("backward", lambda: (2 * leaf()).backward(), RuntimeError, "only for scalar outputs"),
    ("grad", lambda: grad(2 * leaf(), leaf()), RuntimeError, "only for scalar outputs"),
    ("max_pool1d", lambda: F.max_pool1d(ones(2, 3), 5), ShapeError, "(2, 3), kernel_size 5, padding 0"),
    ("avg_pool1d", lambda: F.avg_pool1d(ones(1, 2, 3), 7, padding=1), ShapeError, "(1, 2, 3), kernel"),
    ("max_pool1d", lambda: F.max_pool1d(ones(2, 3), 2, padding=2), ShapeError, "at most half"),
    ("avg_pool1d", lambda: F.avg_pool1d(ones(1, 2, 3), 5), ShapeError, "must fit"),
    ("adaptive_avg_pool1d", lambda: F.adaptive_avg_pool1d(ones(2, 3), -1), ShapeError, "-1"),
    ("avg_pool2d", lambda: F.avg_pool2d(x, 2, divisor_override=1.5), TypeError, "got 1.5"),
    ("adaptive_avg_pool2d", lambda: F.adaptive_avg_pool2d(ones(1, 4, 4), 1.0), TypeError, "1.0"),
    ("cross_entropy", lambda: F.cross_entropy(SCORES, FIRST, ignore_index=1.5), TypeError, "1.5"),
    ("cross_entropy", lambda: F.cross_entropy(SCORES, FIRST, ignore_index=2**70), ValueError, "64"),
    ("cross_entropy", lambda: F.cross_entropy(SCORES, FIRST.to(int32)), TypeError, "got int32"),
    ("cross_entropy", lambda: F.cross_entropy(SCORES, [0]), TypeError, "target must be a Tensor"),
    ("nll_loss", lambda: F.nll_loss(SCORES, FIRST, ignore_index=1.5), TypeError, "got 1.5"),
    ("nll_loss", lambda: F.nll_loss(SCORES.to(int64), FIRST), TypeError, "got int64"),
    ("mse_loss", lambda: F.mse_loss(x, 1.0), TypeError, "target must be a Tensor"),
    ("conv2d", lambda: F.conv2d(ones(1, 1, 3, 3), None), TypeError, "weight must be a Tensor"),
    ("conv3d", lambda: F.conv3d(CUBE, CUBE, padding=(2**62, 0, 0)), ValueError, "at most"),
    ("embedding", lambda: F.embedding(FIRST, SCORES, padding_idx=1.5), TypeError, "got 1.5"),
    ("batch_norm", lambda: F.batch_norm(SCORES, x, x, eps=-2), ValueError, "got -2"),
    ("one_hot", lambda: F.one_hot(tensor([2**63 - 1])), ValueError, "num_classes"),
    ("arange", lambda: arange(0.0, 1e30, 1e-3), ValueError, "lengths must be"),
    ("Linear", lambda: nn.Linear(-1, 2), ValueError, "got (2, -1)"),
    ("Linear", lambda: nn.Linear(2.5, 2), TypeError, "got 2.5"),
    ("Conv2d", lambda: nn.Conv2d(1, -2, 3), ValueError, "got (-2, 1, 3, 3)"),
    ("BatchNorm1d", lambda: nn.BatchNorm1d(-2), ValueError, "got (-2,)"),
    ("Embedding", lambda: nn.Embedding(3, -2), ValueError, "got (3, -2)"),
]


@pytest.mark.parametrize(("name", "call", "kind", "text"), CALLS)
def test_errors_begin_with_the_name_that_was_called(name, call, kind, text):
    with pytest.raises(kind, match=rf"\A{name}: .*{re.escape(text)}"):
        call()


DIMS = [
    ("sum", lambda dim: SCORES.sum(dim)),
    ("max", lambda dim: SCORES.max(dim)),
    ("softmax", lambda dim: SCORES.softmax(dim)),
    ("cat", lambda dim: cat([SCORES], dim)),
    ("squeeze", lambda dim: SCORES.squeeze(dim)),
    ("unbind", lambda dim: SCORES.unbind(dim)),
    ("gather", lambda dim: SCORES.gather(dim, FIRST)),
    ("size", lambda dim: SCORES.size(dim)),
    ("stride", lambda dim: SCORES.stride(dim)),
]


@pytest.mark.parametrize(("name", "call"), DIMS)
@pytest.mark.parametrize("dim", [2, -3, 2**70, np.int64(5)])
def test_a_dimension_out_of_range_is_told_in_one_text(name, call, dim):
    text = f"{name}: Dimension out of range (expected to be in range of [-2, 1], but got {dim})"
    with pytest.raises(IndexError, match=rf"\A{re.escape(text)}\Z"):
        call(dim)


@pytest.mark.parametrize(("name", "call"), DIMS)
@pytest.mark.parametrize("dim", ["a", 1.0, True, [0.5]])
def test_a_dimension_is_a_whole_number(name, call, dim):
    with pytest.raises(TypeError, match=rf"\A{name}: dim must be a whole number, got "):
        call(dim)


def test_only_the_names_of_those_that_do_the_work_are_replaced():
    assert str(renamed(IndexError("var: dim"), "std", "var")) == "std: dim"
    error = TypeError("expected: a list")
    assert renamed(error, "std", "var") is error


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_larger_of_two_takes_no_dimension(name):
    a, b = zeros(2), zeros(2)
    assert getattr(a, name)(b).shape == (2,)
    for options in ({"keepdim": True}, {"axis": 0}):
        with pytest.raises(TypeError, match=f"^{name}: keepdim and axis"):
            getattr(a, name)(b, **options)
