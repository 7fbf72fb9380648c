"""Convolutions of volumes (N, C, D, H, W): of images whose channels are the volume's planes.

Where the window of a volume has K taps along its depth, every depth z of the result is an image
made of C K planes of x, those that the taps read::

    planes[n, z, c, k] = x[n, c, z stride + k dilation - padding], zeros outside x

The weight (O, C / groups, K, L, M), as it lies in memory, is the weight (O, C / groups * K, L, M)
of a convolution of these N D' images. So all three products are those of images. The fast kernels
find the planes where they lie (csrc/conv/conv.h); for the other variants they are copied.
"""

from tinygrad_c._kernels import conv as images
from tinygrad_c._kernels import elementwise
from tinygrad_c._kernels.copy import contiguous, copy_, fill_
from tinygrad_c._kernels.layout import uninitialized
from tinygrad_c.errors import ShapeError

# Elements of the planes that are copied at once, about: whole volumes.
PLANES = 1 << 22


def conv(x, weight, size, stride, padding, dilation, groups, bias=None):
    """y (N, O, *size): the sums over the windows of x."""
    sizes = "size", size, 0
    check("conv", ("x", x), ("weight", weight), sizes, stride, padding, dilation, groups)
    outputs, channels, taps, *kernel = weight.shape
    images.check_channels("conv", "x", x, channels * groups, weight, groups)
    images.check_bias("conv", x, outputs, bias)
    depth, (step, pad, spread) = along_depth(stride, padding, dilation)
    y = uninitialized((len(x), outputs, *size), x.dtype)
    window = images.Window(kernel, step, pad, spread, groups)
    if images.move_volume(False, x, weight, y, window, (taps, *reads(*depth)), bias):
        return y
    flat = contiguous(weight).reshape(outputs, channels * taps, *kernel)
    for part in parts(len(x), x[:1].size * taps):
        planes = planes_of(x[part], taps, size[0], *depth)
        found = images.conv(planes, flat, size[1:], step, pad, spread, groups, bias)
        copy_(y[part], by_depth(found, y[part].shape))
    return y


def conv_transpose(y, weight, size, stride, padding, dilation, groups, bias=None):
    """x (N, C, *size): the gradient of `conv` with respect to x, and a bias."""
    sizes = "size", size, 0
    check("conv_transpose", ("y", y), ("weight", weight), sizes, stride, padding, dilation, groups)
    outputs, channels, taps, *kernel = weight.shape
    images.check_channels("conv_transpose", "y", y, outputs, weight, groups)
    images.check_bias("conv_transpose", y, channels * groups, bias)
    depth, (step, pad, spread) = along_depth(stride, padding, dilation)
    x = uninitialized((len(y), channels * groups, *size), y.dtype)
    window = images.Window(kernel, step, pad, spread, groups)
    if move_back(y, weight, bias, x, window, *depth):
        return x
    flat = contiguous(weight).reshape(outputs, channels * taps, *kernel)
    fill_(x, 0)
    for part in parts(len(y), x[:1].size * taps):
        planes = images.conv_transpose(
            images_of(y[part]), flat, size[1:], step, pad, spread, groups
        )
        add_planes(x[part], planes, taps, y.shape[2], *depth)
    return x if bias is None else elementwise.add(x, bias.reshape(-1, 1, 1, 1), x)


def conv_weight(y, x, kernel, stride, padding, dilation, groups):
    """The weight whose windows are `kernel`: the gradient of `conv` with respect to it."""
    sizes = "kernel", kernel, 1
    check("conv_weight", ("y", y), ("x", x), sizes, stride, padding, dilation, groups)
    if len(y) != len(x) or y.shape[1] % groups or x.shape[1] % groups:
        raise ShapeError(
            f"conv_weight: y of shape {y.shape} and x of shape {x.shape} must agree in their first "
            f"dimension, and {groups} groups divide their channels"
        )
    taps = kernel[0]
    depth, (step, pad, spread) = along_depth(stride, padding, dilation)
    weight = uninitialized((y.shape[1], x.shape[1] // groups, *kernel), x.dtype)
    window = images.Window(kernel[1:], step, pad, spread, groups)
    if images.weigh_volume(y, x, weight, window, (taps, *reads(*depth))):
        return weight
    fill_(weight, 0)
    for part in parts(len(x), x[:1].size * taps):
        planes = planes_of(x[part], taps, y.shape[2], *depth)
        found = images.conv_weight(
            images_of(y[part]), planes, kernel[1:], step, pad, spread, groups
        )
        elementwise.add(weight, found.reshape(weight.shape), weight)
    return weight


# ---- where they lie ----


def reads(stride, padding, dilation):
    """The plane that tap k of place z reads, z step + k tap + start, by these three numbers."""
    return stride, dilation, -padding


def move_back(y, weight, bias, x, window, stride, padding, dilation):
    """Writes `conv_transpose` into x, if this is for the chosen variant; returns whether it is.

    Every stride-th plane of x is met by the same taps, which are equally far apart.
    """
    for first in range(min(stride, x.shape[2])):
        there = x[:, :, first::stride]
        taps = [k for k in range(weight.shape[2]) if (first + padding - k * dilation) % stride == 0]
        if not taps:
            fill_(there, 0)
            if bias is not None:
                elementwise.add(there, bias.reshape(-1, 1, 1, 1), there)
            continue
        apart = taps[1] - taps[0] if len(taps) > 1 else 1
        met = weight[:, :, taps[0] : taps[-1] + 1 : apart]
        start = (first + padding - taps[0] * dilation) // stride
        depth = len(taps), 1, -(apart * dilation // stride), start
        if not images.move_volume(True, y, met, there, window, depth, bias):
            return False
    return True


# ---- planes ----


def along_depth(stride, padding, dilation):
    """The numbers along the depth, and those of images."""
    depth = stride[0], padding[0], dilation[0]
    return depth, (tuple(stride[1:]), tuple(padding[1:]), tuple(dilation[1:]))


def parts(n, elements):
    """Slices of n volumes whose planes are `elements` each; from sizes alone."""
    together = max(PLANES // max(elements, 1), 1)
    return [slice(first, min(first + together, n)) for first in range(0, n, together)]


def meetings(n, size, taps, stride, padding, dilation):
    """For each tap, where its planes begin in x of depth n, and the depths of the result, from
    first to last, that they are of."""
    for k in range(taps):
        start = k * dilation - padding
        first = min(max(0, -(start // stride)), size)
        last = max(min(size, (n - 1 - start) // stride + 1), first)
        yield k, start + first * stride, first, last


def planes_of(x, taps, size, stride, padding, dilation):
    """The planes that the taps read, images (N * size, C * taps, H, W)."""
    n, channels, depth, height, width = x.shape
    planes = uninitialized((n, size, channels, taps, height, width), x.dtype)
    volume = x.transpose(0, 2, 1, 3, 4)
    for k, start, first, last in meetings(depth, size, taps, stride, padding, dilation):
        fill_(planes[:, :first, :, k], 0)
        fill_(planes[:, last:, :, k], 0)
        if first < last:
            there = slice(start, start + (last - first - 1) * stride + 1, stride)
            copy_(planes[:, first:last, :, k], volume[:, there])
    return planes.reshape(n * size, channels * taps, height, width)


def add_planes(x, planes, taps, size, stride, padding, dilation):
    """The adjoint of `planes_of`, added to x."""
    n, channels, depth, height, width = x.shape
    planes = planes.reshape(n, size, channels, taps, height, width)
    volume = x.transpose(0, 2, 1, 3, 4)
    for k, start, first, last in meetings(depth, size, taps, stride, padding, dilation):
        if first < last:
            there = volume[:, slice(start, start + (last - first - 1) * stride + 1, stride)]
            elementwise.add(there, planes[:, first:last, :, k], there)


def images_of(y):
    """A volume (N, O, D, H, W) as images (N * D, O, H, W)."""
    n, channels, depth, height, width = y.shape
    return contiguous(y.transpose(0, 2, 1, 3, 4)).reshape(n * depth, channels, height, width)


def by_depth(y, shape):
    """Images (N * D, O, H, W) as a volume of `shape`, a view."""
    n, channels, depth, height, width = shape
    return y.reshape(n, depth, channels, height, width).transpose(0, 2, 1, 3, 4)


# ---- checks ----


def check(op, first, second, sizes, stride, padding, dilation, groups):
    """Both operands are volumes of one dtype, and the numbers are three and large enough; `sizes`
    is (name, numbers, the least of them)."""
    (name_a, a), (name_b, b), (name, numbers, least) = first, second, sizes
    images.check_pair(op, name_a, a, name_b, b, are_volumes=True)
    images.check_numbers(op, name, numbers, 3, least)
    images.check_window(op, 3, stride, padding, dilation, groups)
