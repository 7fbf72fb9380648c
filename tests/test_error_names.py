"""An error names the function that was called, not the one that does its work."""

import pytest

from tinygrad_c import arange, int32, int64, nn, ones, randint, tensor, zeros
from tinygrad_c.autograd import grad
from tinygrad_c.nn import functional as F

x = ones(3)


def leaf():
    return ones(3, requires_grad=True)


CALLS = [
    ("std", lambda: x.std(4)),
    ("std", lambda: x.std("a")),
    ("sum", lambda: x.sum("a")),
    ("norm", lambda: x.norm(dim=3)),
    ("max", lambda: ones(0).max()),
    ("min", lambda: ones(0).min()),
    ("clamp", lambda: x.clamp(min=ones(4))),
    ("clamp", lambda: x.clamp(max=ones(4))),
    ("clamp_", lambda: ones(3).clamp_(min=ones(4))),
    ("clamp_", lambda: ones(3).clamp_(min="a")),
    ("add_", lambda: ones(3).add_(ones(4))),
    ("mul_", lambda: ones(3).mul_(ones(2, 3))),
    ("div_", lambda: ones(3, dtype=int64).div_(2)),
    ("copy_", lambda: leaf().copy_(ones(3))),
    ("fill_", lambda: leaf().fill_(1)),
    ("zero_", lambda: leaf().zero_()),
    ("masked_fill_", lambda: leaf().masked_fill_(ones(3) > 0, 1)),
    ("mul_", lambda: leaf().mul_(2)),
    ("uniform_", lambda: leaf().uniform_()),
    ("random_", lambda: ones(3).random_(5, 3)),
    ("randint", lambda: randint(5, 3, (2,))),
    ("backward", lambda: leaf().sum().backward([])),
    ("backward", lambda: (2 * leaf()).backward()),
    ("grad", lambda: grad((2 * leaf()), leaf())),
    ("cross_entropy", lambda: F.cross_entropy(ones(1, 3), ones(1, dtype=int32))),
    ("cross_entropy", lambda: F.cross_entropy(ones(1, 3), [0])),
    ("cross_entropy", lambda: F.cross_entropy(ones(1, 3), tensor([0]), ignore_index=2**70)),
    ("mse_loss", lambda: F.mse_loss(ones(3), 1.0)),
    ("conv2d", lambda: F.conv2d(ones(1, 1, 3, 3), None)),
    ("conv3d", lambda: F.conv3d(ones(1, 1, 3, 3, 3), ones(1, 1, 1, 1, 1), padding=(2**62, 0, 0))),
    ("avg_pool2d", lambda: F.avg_pool2d(ones(1, 4, 4), 2, divisor_override=1.5)),
    ("adaptive_avg_pool2d", lambda: F.adaptive_avg_pool2d(ones(1, 4, 4), 1.0)),
    ("embedding", lambda: F.embedding(tensor([0]), ones(3, 2), padding_idx=1.5)),
    ("batch_norm", lambda: F.batch_norm(ones(2, 3), zeros(3), ones(3), eps=-2)),
    ("one_hot", lambda: F.one_hot(tensor([2**63 - 1]))),
    ("arange", lambda: arange(0.0, 1e30, 1e-3)),
    ("nll_loss", lambda: F.nll_loss(ones(1, 3, dtype=int64), tensor([0]))),
    ("masked_fill", lambda: x.masked_fill(ones(2) > 0, 1)),
    ("max_pool1d", lambda: F.max_pool1d(ones(2, 3), 5)),
    ("max_pool1d", lambda: F.max_pool1d(ones(2, 3), 2, padding=2)),
    ("avg_pool1d", lambda: F.avg_pool1d(ones(1, 2, 3), 5)),
    ("adaptive_avg_pool1d", lambda: F.adaptive_avg_pool1d(ones(2, 3), -1)),
    ("cross_entropy", lambda: F.cross_entropy(ones(1, 3), tensor([0]), ignore_index=1.5)),
    ("nll_loss", lambda: F.nll_loss(ones(1, 3), tensor([0]), ignore_index=1.5)),
    ("Linear", lambda: nn.Linear(-1, 2)),
    ("Linear", lambda: nn.Linear(2.5, 2)),
    ("Conv2d", lambda: nn.Conv2d(1, -2, 3)),
    ("BatchNorm1d", lambda: nn.BatchNorm1d(-2)),
    ("Embedding", lambda: nn.Embedding(3, -2)),
]


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_errors_begin_with_the_name_that_was_called(name, call):
    with pytest.raises((IndexError, RuntimeError, TypeError, ValueError), match=rf"\A{name}: "):
        call()
