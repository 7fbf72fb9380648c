"""An error names the function that was called, not the one that does its work."""

import pytest

from tinygrad_c import int64, nn, ones, tensor
from tinygrad_c.nn import functional as F

x = ones(3)
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
