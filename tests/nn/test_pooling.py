"""Pooling layers and functions: options, indices, one dimension, what is printed."""

import numpy as np
import pytest

from tinygrad_c import arange, float32, int64, nn, tensor
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F

X = arange(24).reshape(1, 1, 4, 6).to(float32)


def test_max_pool2d():
    assert nn.MaxPool2d(2, 2)(X).tolist() == [[[[7, 9, 11], [19, 21, 23]]]]
    assert nn.MaxPool2d((4, 3))(X).tolist() == [[[[20, 23]]]]
    assert nn.MaxPool2d(3, 1, 1)(X).shape == (1, 1, 4, 6)
    assert nn.MaxPool2d(2, stride=(4, 5), ceil_mode=True)(X).tolist() == [[[[7, 11]]]]
    assert nn.MaxPool2d(2, dilation=(3, 5))(X).tolist() == [[[[23]]]]
    assert nn.MaxPool2d(2)(X[0]).tolist() == nn.MaxPool2d(2)(X)[0].tolist()


def test_indices():
    y, indices = F.max_pool2d(X, 2, return_indices=True)
    assert indices.dtype == int64 and not indices.requires_grad
    assert y.tolist() == indices.tolist() == [[[[7, 9, 11], [19, 21, 23]]]]
    layer = nn.MaxPool1d(3, 2, 1, return_indices=True)
    y, indices = layer(tensor([[0.0, 5.0, 5.0, 1.0]]))
    assert (y.tolist(), indices.tolist()) == ([[5.0, 5.0]], [[1, 1]])


def test_gradients_go_to_the_first_maximum():
    x = tensor([[[1.0, 1.0], [1.0, 1.0]]]).requires_grad_()
    F.max_pool2d(x, 2, return_indices=True)[0].sum().backward()
    assert x.grad.tolist() == [[[1.0, 0.0], [0.0, 0.0]]]


def test_avg_pool2d():
    assert nn.AvgPool2d(2)(X).tolist() == [[[[3.5, 5.5, 7.5], [15.5, 17.5, 19.5]]]]
    corner = [y[0, 0, 0, 0].item() for y in (
        F.avg_pool2d(X, 2, 2, 1), F.avg_pool2d(X + 4, 2, 2, 1),
        F.avg_pool2d(X + 4, 2, 2, 1, count_include_pad=False),
        nn.AvgPool2d(2, 2, 1, divisor_override=8)(X + 4),
    )]  # fmt: skip
    assert corner == [0.0, 1.0, 4.0, 0.5]
    # What ceil_mode adds at the end does not count.
    assert nn.AvgPool2d((4, 4), ceil_mode=True)(X)[0, 0, 0, 1].item() == 13.5


def test_adaptive_avg_pool2d():
    assert nn.AdaptiveAvgPool2d(1)(X).tolist() == [[[[11.5]]]]
    assert nn.AdaptiveAvgPool2d([1, 1])(X[0]).tolist() == [[[11.5]]]
    with pytest.raises(TypeError, match="must be float32 or float64, got int64"):
        nn.AdaptiveAvgPool2d(1)(X.long())
    with pytest.raises(ShapeError, match=r"input must be .*got \(4, 6\)"):
        nn.AdaptiveAvgPool2d(1)(X[0, 0])
    assert nn.AdaptiveAvgPool2d((None, 1))(X).flatten().tolist() == [2.5, 8.5, 14.5, 20.5]
    assert nn.AdaptiveAvgPool2d((1, 4))(X).flatten().tolist() == [9.5, 10.5, 12.5, 13.5]
    assert nn.AdaptiveAvgPool2d((8, 2))(X[0]).shape == (1, 8, 2)


def test_one_dimension():
    x = tensor([[1.0, 5.0, 2.0, 4.0, 3.0]])
    assert nn.MaxPool1d(2)(x).tolist() == [[5, 4]]
    assert nn.MaxPool1d((3,), stride=1, padding=1, dilation=2)(x).tolist() == [[5, 3, 5]]
    assert nn.AvgPool1d(2, ceil_mode=True)(x).tolist() == [[3, 3, 3]]
    y = nn.AvgPool1d(3, 2, 1, count_include_pad=False)(x)
    np.testing.assert_allclose(y.numpy(), [[3, 11 / 3, 3.5]], rtol=1e-6)
    assert nn.AdaptiveAvgPool1d(2)(x[:, :4]).tolist() == [[3, 3]]
    assert nn.AdaptiveAvgPool1d(2)(x.reshape(1, 1, 5)).shape == (1, 1, 2)


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (
            nn.MaxPool2d(2, 2),
            "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        ),
        (
            nn.MaxPool1d(3, padding=1),
            "MaxPool1d(kernel_size=3, stride=3, padding=1, dilation=1, ceil_mode=False)",
        ),
        (nn.AvgPool1d(3), "AvgPool1d(kernel_size=(3,), stride=(3,), padding=(0,))"),
        (
            nn.AvgPool2d((2, 3), padding=1),
            "AvgPool2d(kernel_size=(2, 3), stride=(2, 3), padding=1)",
        ),
        (nn.AdaptiveAvgPool1d(2), "AdaptiveAvgPool1d(output_size=2)"),
        (nn.AdaptiveAvgPool2d((None, 3)), "AdaptiveAvgPool2d(output_size=(None, 3))"),
    ],
)
def test_printing_is_pytorch_s(layer, text):
    assert repr(layer) == text


def test_errors_name_the_layer():
    with pytest.raises(ShapeError, match="max_pool2d: the window must fit") as info:
        nn.MaxPool2d(9)(X)
    assert info.value.__notes__[0].startswith("in MaxPool2d(kernel_size=9")
    with pytest.raises(ShapeError, match=r"max_pool1d: input must be .* got \(1, 1, 4, 6\)"):
        nn.MaxPool1d(2)(X)
    with pytest.raises(ValueError, match=r"avg_pool1d: kernel_size must be an int, got \(1, 2\)"):
        F.avg_pool1d(X[0], (1, 2))
    with pytest.raises(ValueError, match=r"AvgPool1d: stride must be an int, got \(1, 2\)"):
        nn.AvgPool1d(2, (1, 2))
