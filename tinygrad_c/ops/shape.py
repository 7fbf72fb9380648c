"""Other shapes of the same elements. Where NumPy gives a view, so do these: no data moves."""

import math

from tinygrad_c._kernels import copy as kernels
from tinygrad_c._kernels import layout
from tinygrad_c.autograd.op import op
from tinygrad_c.errors import ShapeError


@op(view=True)
def reshape(a, /, shape):
    """The elements of `a` in row-major order, in another shape; one length may be -1."""
    shape = complete_shape("reshape", a.shape, shape)
    view = layout.reshape(a, shape)
    return layout.reshape(kernels.contiguous(a), shape) if view is None else view


@reshape.grad
def grad_a(grad, a_shape):
    return reshape(grad, a_shape)


@op(view=True)
def view(a, /, shape):
    """`reshape`, but never a copy."""
    result = layout.reshape(a, complete_shape("view", a.shape, shape))
    if result is None:
        raise ShapeError(
            f"view: shape {tuple(shape)} is not compatible with the strides of a of shape "
            f"{a.shape} (a dimension spans two subspaces of its memory): use reshape"
        )
    return result


@view.grad
def grad_a(grad, a_shape):
    return reshape(grad, a_shape)


@op(view=True)
def permute(a, /, dims):
    """Dimension ``i`` of the result is dimension ``dims[i]`` of `a`."""
    return a.transpose(dims)


@permute.grad
def grad_a(grad, dims):
    inverse = [0] * len(dims)
    for i, d in enumerate(dims):
        inverse[d] = i
    return permute(grad, tuple(inverse))


@op(view=True)
def expand(a, /, shape):
    """`a` broadcast to `shape`: repeated without a copy."""
    return layout.expand(a, shape)


@expand.grad
def grad_a(grad):
    return grad


@op(view=True)
def alias(a, /):
    """The same tensor, as a node of its own."""
    return a.view()


@alias.grad
def grad_a(grad):
    return grad


@op
def cat(*tensors, dim=0):
    """The tensors one after the other along `dim`; other lengths must agree."""
    return kernels.cat(list(tensors), dim)


@cat.grads
def gradients(grad, tensors_shape, dim, needs):
    result = []
    start = 0
    dim %= len(grad.shape)
    for shape, needed in zip(tensors_shape, needs, strict=True):
        length = shape[dim]
        result.append(narrow(grad, dim, start, length) if needed else None)
        start += length
    return result


@op
def stack(*tensors, dim=0):
    """The tensors, of equal shape, side by side along a new dimension `dim`."""
    shape = tensors[0].shape
    if dim == len(shape):
        return kernels.cat([t[..., None] for t in tensors], dim)
    # One after the other along the dimension behind the new one is the same, with one view.
    joined = kernels.cat(list(tensors), dim)
    return layout.reshape(joined, (*shape[:dim], len(tensors), *shape[dim:]))


@stack.grads
def gradients(grad, dim, needs):
    shape = (*grad.shape[:dim], *grad.shape[dim + 1 :])
    return [
        reshape(narrow(grad, dim, i, 1), shape) if needed else None
        for i, needed in enumerate(needs)
    ]


@op(view=True)
def narrow(a, /, dim, start, length):
    """Elements `start` to ``start + length`` of dimension `dim`."""
    return a[(slice(None),) * dim + (slice(start, start + length),)]


@narrow.grad
def grad_a(grad, a_shape, dim, start, length):
    return pad_zeros(grad, a_shape, dim, start)


@op
def pad_zeros(a, /, shape, dim, start):
    """Zeros of `shape` with `a` at `start` of dimension `dim`: the adjoint of `narrow`."""
    result = layout.zeros(shape, a.dtype)
    stop = start + a.shape[dim]
    kernels.copy_(result[(slice(None),) * dim + (slice(start, stop),)], a)
    return result


@pad_zeros.grad
def grad_a(grad, a_shape, dim, start):
    return narrow(grad, dim, start, a_shape[dim])


def complete_shape(name, old, shape):
    """`shape` with its -1 replaced by the length that makes the sizes agree."""
    size, known = math.prod(old), math.prod(shape)
    least = min(shape) if shape else 0
    if known == size and least >= 0:
        return tuple(shape)
    if least < -1 or shape.count(-1) > 1:
        raise ShapeError(
            f"{name}: shape must have lengths from 0 on and at most one -1, got {tuple(shape)}"
        )
    if least == -1 and known != 0 and size % known == 0:
        return tuple([size // -known if n == -1 else n for n in shape])
    raise ShapeError(
        f"{name}: shape {tuple(shape)} must have as many elements as a of shape {old} ({size})"
    )
