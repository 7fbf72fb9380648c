"""Convolutions, and the matrices that they are products of."""

import numpy as np

from tests.ops.table.row import EXACT, Row


def conv_defined(x, w, b, stride=None, padding=None, dilation=None, groups=1):
    """The definition of a convolution of images (N, C, ...) in any dimension."""
    n, channels, *image = x.shape
    outputs, _, *kernel = w.shape
    ones = (1,) * len(kernel)
    stride, padding, dilation = stride or ones, padding or (0,) * len(kernel), dilation or ones
    spread = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    size = [
        (m + 2 * p - k) // s + 1 for m, p, k, s in zip(image, padding, spread, stride, strict=True)
    ]
    around = [(0, 0), (0, 0), *((p, p) for p in padding)]
    x = np.pad(x, around).reshape(
        n, groups, channels // groups, *np.add(image, 2 * np.array(padding))
    )
    w = w.reshape(groups, outputs // groups, channels // groups, -1)
    y = np.empty((n, groups, outputs // groups, *size), x.dtype)
    for place in np.ndindex(*size):
        window = tuple(
            slice(i * s, i * s + k, d)
            for i, s, k, d in zip(place, stride, spread, dilation, strict=True)
        )
        columns = x[(..., *window)].reshape(n, groups, channels // groups, -1)
        y[(..., *place)] = np.einsum("ngcq,gocq->ngo", columns, w)
    return y.reshape(n, outputs, *size) + b.reshape(-1, *ones)


def conv_transpose_defined(x, w, b, stride, padding, output_padding, groups=1, dilation=None):
    """The definition of a transposed convolution: every element adds its multiple of the window."""
    n, channels, *image = x.shape
    _, outputs, *kernel = w.shape
    dilation = dilation or (1,) * len(kernel)
    spread = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    full = [
        (m - 1) * s + k + e
        for m, s, k, e in zip(image, stride, spread, output_padding, strict=True)
    ]
    x = x.reshape(n, groups, channels // groups, *image)
    w = w.reshape(groups, channels // groups, outputs, *kernel)
    y = np.zeros((n, groups, outputs, *full), x.dtype)
    for place in np.ndindex(*image):
        window = tuple(
            slice(i * s, i * s + k, d)
            for i, s, k, d in zip(place, stride, spread, dilation, strict=True)
        )
        y[(..., *window)] += np.einsum("ngc,gco...->ngo...", x[(..., *place)], w)
    inner = tuple(slice(p, f - p) for p, f in zip(padding, full, strict=True))
    y = y.reshape(n, groups * outputs, *full)[(..., *inner)]
    return y + b.reshape(-1, *(1,) * len(kernel))


def unfold_defined(x):
    """The windows of 2 x 3 in steps of (2, 1) of an image padded by (1, 0)."""
    x = np.pad(x, ((0, 0), (0, 0), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3), (2, 3))[:, :, ::2]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), x.shape[1] * 6, -1)


def fold_defined(a):
    """The adjoint of `unfold_defined` on an image of 5 x 4."""
    columns = np.zeros((2 * 5 * 4, a.shape[1], a.shape[2]))
    for i in range(2 * 5 * 4):
        image = np.zeros((1, 2, 5, 4))
        image.flat[i] = 1
        columns[i] = unfold_defined(image)[0]
    return np.einsum("ncl,icl->ni", a, columns).reshape(len(a), 2, 5, 4).astype(a.dtype)


ROWS = [
    Row(
        "conv2d",
        lambda t, x, w, b: t.nn.functional.conv2d(x, w, b, padding=(1, 0)),
        lambda x, w, b: conv_defined(x, w, b, padding=(1, 0)),
        (("any", (2, 3, 4, 5)), ("any", (4, 3, 3, 2)), ("any", (4,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv2d_strided",
        lambda t, x, w, b: t.nn.functional.conv2d(x, w, b, (2, 1), (2, 1), (1, 2), 2),
        lambda x, w, b: conv_defined(x, w, b, (2, 1), (2, 1), (1, 2), 2),
        (("any", (1, 4, 4, 6)), ("any", (6, 2, 3, 2)), ("any", (6,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv1d",
        lambda t, x, w, b: t.nn.functional.conv1d(x, w, b, padding="same", dilation=2),
        lambda x, w, b: conv_defined(
            x[:, :, None], w[:, :, None], b, padding=(0, 2), dilation=(1, 2)
        )[:, :, 0],
        (("any", (2, 3, 9)), ("any", (4, 3, 3)), ("any", (4,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv_transpose2d",
        lambda t, x, w, b: t.nn.functional.conv_transpose2d(x, w, b, (2, 1), (1, 0), (1, 0)),
        lambda x, w, b: conv_transpose_defined(x, w, b, (2, 1), (1, 0), (1, 0)),
        (("any", (2, 3, 3, 4)), ("any", (3, 2, 3, 2)), ("any", (2,))),
        ("conv_transpose", "conv", "conv_weight"),
    ),
    Row(
        "conv3d",
        lambda t, x, w, b: t.nn.functional.conv3d(x, w, b, padding=(1, 0, 1)),
        lambda x, w, b: conv_defined(x, w, b, padding=(1, 0, 1)),
        (("any", (2, 3, 3, 4, 5)), ("any", (4, 3, 3, 2, 3)), ("any", (4,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv3d_strided",
        lambda t, x, w, b: t.nn.functional.conv3d(x, w, b, (2, 1, 2), (2, 1, 0), (1, 2, 1), 2),
        lambda x, w, b: conv_defined(x, w, b, (2, 1, 2), (2, 1, 0), (1, 2, 1), 2),
        (("any", (1, 4, 5, 4, 6)), ("any", (6, 2, 3, 2, 2)), ("any", (6,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv_transpose1d",
        lambda t, x, w, b: t.nn.functional.conv_transpose1d(x, w, b, 2, 1, 1, 2, 3),
        lambda x, w, b: conv_transpose_defined(x, w, b, (2,), (1,), (1,), 2, (3,)),
        (("any", (2, 4, 5)), ("any", (4, 3, 2)), ("any", (6,))),
        ("conv_transpose", "conv", "conv_weight"),
    ),
    Row(
        "conv_transpose3d",
        lambda t, x, w, b: t.nn.functional.conv_transpose3d(
            x, w, b, (2, 1, 2), (1, 0, 1), (1, 0, 0), 2, (1, 2, 1)
        ),
        lambda x, w, b: conv_transpose_defined(
            x, w, b, (2, 1, 2), (1, 0, 1), (1, 0, 0), 2, (1, 2, 1)
        ),
        (("any", (2, 4, 3, 2, 3)), ("any", (4, 2, 3, 2, 2)), ("any", (4,))),
        ("conv_transpose", "conv", "conv_weight"),
    ),
    Row(
        "unfold",
        lambda t, x: t.nn.functional.unfold(x, (2, 3), padding=(1, 0), stride=(2, 1)),
        unfold_defined,
        (("any", (2, 2, 5, 4)),),
        ("im2col", "col2im"),
        **EXACT,
    ),
    Row(
        "fold",
        lambda t, a: t.nn.functional.fold(a, (5, 4), (2, 3), padding=(1, 0), stride=(2, 1)),
        fold_defined,
        (("any", (2, 12, 6)),),
        ("col2im", "im2col"),
    ),
]
