"""Convolutional layers and functions: definitions, PyTorch's first values, printing, errors."""

import re
import threading

import numpy as np
import pytest

import tinygrad_c
from tests.ops.table.conv import conv_defined, conv_transpose_defined
from tinygrad_c import float64, nn, tensor, use_kernels, which_kernel, zeros
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import functional as F

rng = np.random.default_rng(0)


def whole_numbers(*shape):
    return rng.integers(-4, 5, shape).astype("float32")


X, W, B = whole_numbers(2, 4, 6, 7), whole_numbers(6, 4, 3, 2), whole_numbers(6)


def same(got, expected):
    assert tuple(got.shape) == expected.shape
    np.testing.assert_array_equal(got.detach().numpy(), expected)


# ---- functions ----


@pytest.mark.parametrize("stride", [1, 2, (2, 1), [1, 3]])
@pytest.mark.parametrize("padding", [0, 1, (2, 0), "valid", (3,)])
@pytest.mark.parametrize("dilation", [1, (1, 2)])
def test_numbers_and_pairs(stride, padding, dilation):
    def pair(n):
        n = (n,) if isinstance(n, int) else tuple(n)
        return n * 2 if len(n) == 1 else n

    zeros_around = pair(0 if padding == "valid" else padding)
    expected = conv_defined(X, W, B, pair(stride), zeros_around, pair(dilation))
    same(F.conv2d(tensor(X), tensor(W), tensor(B), stride, padding, dilation), expected)


@pytest.mark.parametrize("dilation", [1, 2, (1, 3)])
def test_same_padding_puts_the_odd_zero_below_and_to_the_right(dilation):
    d = (dilation, dilation) if isinstance(dilation, int) else dilation
    total = d[0] * 2, d[1] * 1
    around = [(0, 0), (0, 0), *((t // 2, t - t // 2) for t in total)]
    expected = conv_defined(np.pad(X, around), W, B, dilation=d)
    same(F.conv2d(tensor(X), tensor(W), tensor(B), padding="same", dilation=dilation), expected)


def test_one_image_needs_no_batch():
    x, w, b = tensor(X), tensor(W), tensor(B)
    same(F.conv2d(x[0], w, b), F.conv2d(x, w, b).numpy()[0])
    same(F.conv1d(x[0, 0], w[:, :, 0][:, :1].expand(6, 6, 2)), F.conv1d(x[:1, 0], w[:, :1, 0].expand(6, 6, 2)).numpy()[0])
    wt = tensor(whole_numbers(4, 5, 2, 3))
    same(F.conv_transpose2d(x[0], wt), F.conv_transpose2d(x, wt).numpy()[0])
    same(F.unfold(x[0], 2), F.unfold(x, 2).numpy()[0])
    columns = F.unfold(x, 2)
    same(F.fold(columns[0], (6, 7), 2), F.fold(columns, (6, 7), 2).numpy()[0])


def test_empty_batches_have_gradients():
    x, w, b = (tensor(a).requires_grad_() for a in (X[:0], W, B))
    y = F.conv2d(x, w, b)
    assert tuple(y.shape) == (0, 6, 4, 6)
    y.sum().backward()
    same(w.grad, np.zeros_like(W))
    same(b.grad, np.zeros_like(B))
    assert x.grad.shape == x.shape


def test_transposed_sizes():
    x, w, b = whole_numbers(2, 3, 4, 5), whole_numbers(3, 2, 3, 3), whole_numbers(2)
    for stride, padding, extra in [((2, 2), (1, 1), (1, 0)), ((1, 3), (0, 2), (0, 2)), ((3, 1), (2, 0), (0, 0))]:
        expected = conv_transpose_defined(x, w, b, stride, padding, extra)
        same(F.conv_transpose2d(tensor(x), tensor(w), tensor(b), stride, padding, extra), expected)
    line = F.conv_transpose1d(tensor(x[:, :, 0]), tensor(w[:, :, 0]), tensor(b), 2, 1, 1)
    flat = F.conv_transpose2d(tensor(x[:, :, :1]), tensor(w[:, :, :1]), tensor(b), (1, 2), (0, 1), (0, 1))
    same(line, flat.numpy()[:, :, 0])
    dilated = F.conv_transpose2d(tensor(x), tensor(w), dilation=2, output_padding=1)
    assert tuple(dilated.shape) == (2, 2, 9, 10)


def test_gradients_of_a_dilated_transposed_convolution_with_output_padding():
    x, w = (tensor(a.astype("f8")).requires_grad_() for a in (whole_numbers(1, 2, 3, 4), whole_numbers(2, 1, 2, 2)))
    assert tinygrad_c.autograd.gradcheck(
        lambda x, w: F.conv_transpose2d(x, w, dilation=2, output_padding=1), (x, w)
    )


def test_volumes():
    x, w, b = whole_numbers(2, 4, 5, 6, 7), whole_numbers(6, 2, 3, 2, 3), whole_numbers(6)
    expected = conv_defined(x, w, b, (2, 1, 3), (1, 0, 2), (1, 2, 1), 2)
    same(F.conv3d(tensor(x), tensor(w), tensor(b), (2, 1, 3), (1, 0, 2), (1, 2, 1), 2), expected)
    same(F.conv3d(tensor(x[0]), tensor(w), groups=2), conv_defined(x, w, 0 * b, groups=2)[0])
    around = np.pad(x, [(0, 0), (0, 0), (1, 1), (0, 1), (1, 1)])
    same(F.conv3d(tensor(x), tensor(w), padding="same", groups=2),
         conv_defined(around, w, 0 * b, groups=2))  # fmt: skip
    w, b = whole_numbers(4, 3, 3, 2, 2), whole_numbers(6)
    moves = (2, 3, 1), (1, 0, 1), (1, 2, 0), 2, (2, 1, 1)
    expected = conv_transpose_defined(x, w, b, *moves)
    same(F.conv_transpose3d(tensor(x), tensor(w), tensor(b), *moves), expected)
    same(F.conv_transpose3d(tensor(x[1]), tensor(w), tensor(b), *moves), expected[1])


def test_empty_batches_of_volumes_have_gradients():
    x, w = tensor(whole_numbers(0, 2, 3, 4, 5)), tensor(whole_numbers(3, 2, 2, 2, 2))
    x.requires_grad_(), w.requires_grad_()
    y = F.conv3d(x, w, padding=1)
    assert tuple(y.shape) == (0, 3, 4, 5, 6)
    y.sum().backward()
    same(w.grad, np.zeros((3, 2, 2, 2, 2), "f4"))
    assert x.grad.shape == x.shape


@pytest.mark.parametrize("call", [
    lambda x, w: F.conv3d(x, w, None, (1, 2, 1), (1, 0, 1), (2, 1, 1)),
    lambda x, w: F.conv_transpose3d(x, w, None, (2, 1, 1), (1, 0, 0), (1, 0, 0), 1, (1, 1, 2)),
])  # fmt: skip
def test_second_derivatives_of_volumes(call):
    x, w = (
        tensor(rng.standard_normal(shape)).requires_grad_()
        for shape in ((1, 2, 3, 3, 2), (2, 2, 2, 2, 1))
    )
    assert tinygrad_c.autograd.gradcheck(call, (x, w))
    assert tinygrad_c.autograd.gradgradcheck(call, (x, w))


def test_fold_is_the_adjoint_of_unfold():
    x = tensor(X)
    columns = F.unfold(x, (2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2))
    other = tensor(whole_numbers(*columns.shape))
    image = F.fold(other, (6, 7), (2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2))
    assert (image * x).sum().item() == (other * columns).sum().item()


def check_error(error, message, call, *arguments, **options):
    with pytest.raises(error, match=re.escape(message)):
        call(*arguments, **options)


def test_errors():
    x, w, b = tensor(X), tensor(W), tensor(B)
    check_error(ShapeError, "conv2d: input must be (N, C, H, W) or (C, H, W), got shape (7,)",
                F.conv2d, x[0, 0, 0], w)
    check_error(ShapeError, "conv2d: weight must have 4 dimensions, got shape (6, 4, 3)", F.conv2d,
                x, w[..., 0])
    check_error(ShapeError, "conv2d: input of shape (2, 3, 6, 7) must have 4 channels for weight of "
                "shape (6, 4, 3, 2), got 3", F.conv2d, x[:, :3], w)
    check_error(ShapeError, "conv2d: bias must have shape (6,) for weight of shape (6, 4, 3, 2), got "
                "(5,)", F.conv2d, x, w, b[:5])
    check_error(ValueError, "conv2d: groups must be a positive int that divides the first dimension "
                "of weight of shape (6, 4, 3, 2), got 4", F.conv2d, x, w, groups=4)
    check_error(ShapeError, "conv2d: the window of (9, 2) must fit the padded input of (8, 9)",
                F.conv2d, x, w, padding=1, dilation=(4, 1))
    check_error(ValueError, "conv2d: padding='same' needs a stride of 1, got (2, 2)", F.conv2d, x, w,
                stride=2, padding="same")
    check_error(ValueError, "conv2d: padding must be 'valid', 'same' or whole numbers, got 'full'",
                F.conv2d, x, w, padding="full")
    check_error(ValueError, "conv2d: stride must be at least 1, got 0", F.conv2d, x, w, stride=0)
    check_error(ValueError, "conv2d: padding must be at least 0, got (0, -1)", F.conv2d, x, w,
                padding=(0, -1))
    check_error(ValueError, "conv2d: stride must be an int or 2 ints, got (1, 2, 3)", F.conv2d, x, w,
                stride=(1, 2, 3))
    check_error(ValueError, "conv2d: dilation must be an int or 2 ints, got 1.5", F.conv2d, x, w,
                dilation=1.5)
    check_error(TypeError, "conv2d: input and weight must have the same dtype", F.conv2d, x,
                w.to(float64))
    check_error(ValueError, "conv_transpose2d: output_padding must be less than stride or dilation, "
                "got (2, 2), (2, 2) and (1, 1)", F.conv_transpose2d, x, tensor(W[:4]), stride=2,
                output_padding=2)
    check_error(ShapeError, "conv_transpose2d: input of shape (2, 4, 6, 7) must be large enough for "
                "its padding of (9, 9), got an output of size (-10, -10)", F.conv_transpose2d, x,
                tensor(W[:4]), padding=9)
    check_error(ShapeError, "fold: input of shape (2, 5, 30) must be (N, C * 4, 30) or (C * 4, 30) "
                "for windows of (2, 2) in an image of (6, 7)", F.fold, zeros(2, 5, 30), (6, 7), 2)
    check_error(ShapeError, "unfold: input must be (N, C, H, W)", F.unfold, zeros(3, 3), 2)  # fmt: skip


def test_numbers_too_large_for_any_image():
    with pytest.raises((ValueError, OverflowError, MemoryError)):
        F.conv2d(tensor(X), tensor(W), padding=10**30)
    with pytest.raises((ValueError, OverflowError, MemoryError)):
        F.conv2d(tensor(X), tensor(W), padding=2**29)


# ---- layers ----


def test_conv2d():
    layer = nn.Conv2d(4, 6, (3, 2), stride=(1, 2), padding=1)
    layer.load_state_dict({"weight": tensor(W), "bias": tensor(B)})
    same(layer(tensor(X)), conv_defined(X, W, B, (1, 2), (1, 1)))
    assert list(layer.state_dict()) == ["weight", "bias"]


def test_conv1d():
    layer = nn.Conv1d(4, 6, 2, bias=False, dilation=3)
    layer.load_state_dict({"weight": tensor(W[:, :, 0])})
    same(layer(tensor(X[:, :, 0])), conv_defined(X[:, :, :1], W[:, :, :1], 0 * B, dilation=(1, 3))[:, :, 0])


def test_conv3d():
    x, w = whole_numbers(2, 4, 5, 6, 7), whole_numbers(6, 4, 3, 2, 1)
    layer = nn.Conv3d(4, 6, (3, 2, 1), stride=(1, 2, 1), padding=1)
    layer.load_state_dict({"weight": tensor(w), "bias": tensor(B)})
    same(layer(tensor(x)), conv_defined(x, w, B, (1, 2, 1), (1, 1, 1)))
    layer = nn.Conv3d(4, 6, (3, 2, 1), padding=1, padding_mode="circular", bias=False)
    layer.load_state_dict({"weight": tensor(w)})
    around = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1), (1, 1)], mode="wrap")
    same(layer(tensor(x)), conv_defined(around, w, 0 * B))


@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_transposed_layers(ndim):
    cls = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[ndim - 1]
    layer = cls(4, 6, 3, 2, 1, 1, groups=2, dilation=2)
    x, w = whole_numbers(2, 4, *(3, 4, 5)[:ndim]), whole_numbers(4, 3, *[3] * ndim)
    layer.load_state_dict({"weight": tensor(w), "bias": tensor(B)})
    moves = ((2,) * ndim, (1,) * ndim)
    same(layer(tensor(x)), conv_transpose_defined(x, w, B, *moves, (1,) * ndim, 2, (2,) * ndim))
    plain = conv_transpose_defined(x, w, B, *moves, (0,) * ndim, 2, (2,) * ndim)
    same(layer(tensor(x), plain.shape[2:]), plain)
    same(layer(tensor(x), plain.shape), plain)
    same(layer(tensor(x[0]), plain.shape[2:]), plain[0])
    assert layer(tensor(x)).shape[2:] == tuple(n + 1 for n in plain.shape[2:])


@pytest.mark.parametrize("padding", [1, (2, 1), "same"])
@pytest.mark.parametrize(
    ("mode", "numpy_mode"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")]
)
def test_padding_modes(mode, numpy_mode, padding):
    layer = nn.Conv2d(4, 6, (3, 2), padding=padding, padding_mode=mode)
    layer.load_state_dict({"weight": tensor(W), "bias": tensor(B)})
    sides = {1: [(1, 1), (1, 1)], (2, 1): [(2, 2), (1, 1)], "same": [(1, 1), (0, 1)]}[padding]
    around = np.pad(X, [(0, 0), (0, 0), *sides], mode=numpy_mode)
    same(layer(tensor(X)), conv_defined(around, W, B))
    same(layer(tensor(X[0])), conv_defined(around, W, B)[0])


def test_padding_modes_have_gradients():
    for mode in ("reflect", "replicate", "circular"):
        layer = nn.Conv1d(2, 3, 3, padding=2, padding_mode=mode, dtype=float64)
        x = tensor(whole_numbers(1, 2, 5).astype("f8")).requires_grad_()
        assert tinygrad_c.autograd.gradcheck(layer, (x,))


def test_a_reflection_needs_something_to_reflect():
    layer = nn.Conv1d(1, 1, 3, padding=4, padding_mode="reflect")
    check_error(ShapeError, "padding_mode='reflect': padding must be at most 3 along dimension -1 of "
                "x of shape (1, 4), got 4 and 4", layer, zeros(1, 4))  # fmt: skip


def assert_numbers(t, expected):
    np.testing.assert_allclose(t.detach().numpy().ravel(), expected, rtol=3e-7, atol=1e-8)


WEIGHT_2D = [-0.0037434101, 0.2682217956, -0.4115225673, -0.3679695129, -0.1925771832, 0.1340786815,
             -0.0099065900, 0.3964447379]  # fmt: skip
BIAS_2D = [-0.0443720222, 0.1323062778]
WEIGHT_1D = [-0.0043225177, 0.3097158372, -0.4751853347, -0.4248946011, -0.2223689705, 0.1548207253,
             -0.0114391446, 0.4577749372, -0.0512363985, 0.1527741253, -0.1744827926, -0.1134870797]  # fmt: skip


def test_first_values_are_those_of_torch():
    tinygrad_c.manual_seed(0)
    layer = nn.Conv2d(2, 2, (1, 2))
    assert_numbers(layer.weight, WEIGHT_2D)
    assert_numbers(layer.bias, BIAS_2D)
    tinygrad_c.manual_seed(0)
    assert_numbers(nn.Conv1d(2, 4, 3, groups=2, bias=False).weight, WEIGHT_1D)


TRANSPOSED = [-0.0030564817, 0.2190021873, -0.3360067904, -0.3004458547, -0.1572386175, 0.1094747856,
              -0.0080886967, 0.3236957788]  # fmt: skip


def test_first_values_of_transposed_layers_are_those_of_torch():
    tinygrad_c.manual_seed(0)
    layer = nn.ConvTranspose2d(2, 4, (1, 3), groups=2)
    assert_numbers(layer.weight.reshape(-1)[:8], TRANSPOSED)


def test_printing():
    assert repr(nn.Conv2d(1, 16, 3)) == "Conv2d(1, 16, kernel_size=(3, 3), stride=(1, 1))"
    assert repr(nn.Conv2d(4, 8, (3, 1), 2, 1, 2, 4, False, "circular")) == (
        "Conv2d(4, 8, kernel_size=(3, 1), stride=(2, 2), padding=(1, 1), dilation=(2, 2), groups=4, "
        "bias=False, padding_mode=circular)"
    )
    assert repr(nn.Conv1d(2, 4, 3, padding="same")) == (
        "Conv1d(2, 4, kernel_size=(3,), stride=(1,), padding=same)"
    )


def test_printing_transposed_layers():
    assert repr(nn.ConvTranspose2d(4, 8, 3, 2, 1, (1, 0), 2, False, 1)) == (
        "ConvTranspose2d(4, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), "
        "output_padding=(1, 0), groups=2, bias=False)"
    )
    assert repr(nn.ConvTranspose3d(4, 8, 3, 2, output_padding=1)) == (
        "ConvTranspose3d(4, 8, kernel_size=(3, 3, 3), stride=(2, 2, 2), output_padding=(1, 1, 1))"
    )
    assert repr(nn.ConvTranspose1d(1, 2, 3)) == "ConvTranspose1d(1, 2, kernel_size=(3,), stride=(1,))"


def test_errors_of_transposed_layers():
    check_error(ValueError, "ConvTranspose1d: padding_mode must be zeros, got 'circular'",
                nn.ConvTranspose1d, 1, 1, 1, padding_mode="circular")
    check_error(ValueError, "ConvTranspose2d: padding must be an int or 2 ints, got 'same'",
                nn.ConvTranspose2d, 1, 1, 1, padding="same")
    layer = nn.ConvTranspose2d(1, 1, 3, 2)
    check_error(ShapeError, "ConvTranspose2d: output_size must be from (5, 7) to (6, 8) for input of "
                "shape (1, 1, 2, 3), got (5, 9)", layer, zeros(1, 1, 2, 3), (5, 9))
    check_error(ShapeError, "ConvTranspose2d: output_size must have 2 or 4 numbers, got (5,)", layer,
                zeros(1, 1, 2, 3), (5,))  # fmt: skip


def test_layer_errors():
    check_error(ValueError, "Conv2d: groups must be positive and divide in_channels and out_channels, "
                "got 2, 3 and 4", nn.Conv2d, 3, 4, 1, groups=2)
    check_error(ValueError, "Conv2d: padding_mode must be one of zeros, reflect, replicate, circular, "
                "got 'mirror'", nn.Conv2d, 3, 4, 1, padding_mode="mirror")
    check_error(ValueError, "Conv1d: padding='same' needs a stride of 1", nn.Conv1d, 3, 4, 1, stride=2,
                padding="same")
    check_error(ValueError, "Conv2d: kernel_size must be at least 1, got 0", nn.Conv2d, 3, 4, 0)  # fmt: skip


# ---- variants ----


def test_use_kernels_selects_and_puts_back():
    before = tinygrad_c._kernels.conv.variant()
    x, w = tensor(X), tensor(W).requires_grad_()
    for name in ("naive", "im2col", "implicit"):
        with use_kernels(conv2d=name):
            y = F.conv2d(x, w)
            assert which_kernel("conv2d") == name
            with use_kernels(conv2d="naive"):
                F.conv2d(x, w)
            assert tinygrad_c._kernels.conv.variant() == name
            y.sum().backward()
            assert which_kernel("conv2d") == name
        assert tinygrad_c._kernels.conv.variant() == before
    with pytest.raises(KeyError), use_kernels(conv2d="naive"):
        raise KeyError
    assert tinygrad_c._kernels.conv.variant() == before


def test_windows_of_one_element_are_products_of_matrices():
    with use_kernels(conv2d="auto"):
        for channels, side, groups, variant in [
            (200, 12, 1, "im2col"), (200, 9, 1, "implicit"), (48, 40, 1, "implicit"),
            (200, 12, 2, "implicit"), (200, 8, 1, "im2col"), (200, 3, 1, "im2col"),
        ]:  # fmt: skip
            x = tensor(rng.standard_normal((7, channels, side, side)).astype("f4"))
            layer = nn.Conv2d(channels, channels, 1, groups=groups)
            y = layer(x)
            assert which_kernel("conv2d") == variant
            with use_kernels(conv2d="naive"):
                assert np.allclose(y.detach().numpy(), layer(x).detach().numpy(), atol=1e-5)
            F.conv2d(x, layer.weight, padding=1, groups=groups)
            assert which_kernel("conv2d") == "implicit"


def test_use_kernels_decorates_and_is_of_one_thread():
    @use_kernels(conv2d="naive")
    def run(depth=0):
        F.conv2d(tensor(X), tensor(W))
        return which_kernel("conv2d") if depth == 0 else run(depth - 1)

    assert run(3) == "naive"
    seen = []
    with use_kernels(conv2d="naive"):
        thread = threading.Thread(
            target=lambda: seen.extend([tinygrad_c._kernels.conv.variant(), which_kernel("conv2d")])
        )
        thread.start()
        thread.join()
    assert seen == [tinygrad_c._kernels.conv.variant(), None]
