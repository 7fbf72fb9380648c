"""Taking elements by their indices, and writing to them."""

from tinygrad_c._kernels import copy, layout
from tinygrad_c._kernels import index as kernels
from tinygrad_c.autograd.op import op
from tinygrad_c.ops.shape import expand, reshape


@op(view=True)
def slice_view(a, /, key):
    """``a[key]`` for a key of integers, slices, None and ``...``: a view."""
    return a[key]


@slice_view.grad
def grad_a(grad, a_shape, key):
    return slice_zeros(grad, a_shape, key)


@op
def slice_zeros(a, /, shape, key):
    """Zeros of `shape`, with `a` at ``[key]``: the adjoint of `slice_view`."""
    result = layout.zeros(shape, a.dtype)
    copy.copy_(result[key], a)
    return result


@slice_zeros.grad
def grad_a(grad, key):
    return slice_view(grad, key)


@op
def index(a, /, indices):
    """``y[i..., j...] = a[indices[0][i...], indices[1][i...], ..., j...]``."""
    return kernels.index(a, indices)


@index.grad
def grad_a(grad, a_shape, indices):
    return index_zeros(grad, a_shape, indices)


@op
def index_zeros(a, /, shape, indices):
    """Zeros of `shape`, to which `a` is added at `indices`: the adjoint of `index`."""
    result = layout.zeros(shape, a.dtype)
    kernels.index_put_(result, indices, a, True)
    return result


@index_zeros.grad
def grad_a(grad, indices):
    return index(grad, indices)


@op
def index_put(a, values, /, indices, accumulate=False, out=None):
    """`a` with `values` written to (or added at) `indices`."""
    result = copy.cast(a, a.dtype) if out is None else out
    kernels.index_put_(result, indices, values, accumulate)
    return result


@index_put.grad
def grad_a(grad, indices, accumulate, values_shape):
    if accumulate:
        return grad
    zero = layout.zeros((), grad.array.dtype)
    return index_put(grad, zero, indices)


@index_put.grad
def grad_values(grad, indices):
    return index(grad, indices)


@op
def index_select(a, index, /, dim):
    """``y[i, j, k] = a[i, index[j], k]`` for ``dim`` 1, and so on."""
    return kernels.index_select(a, dim, index)


@index_select.grad
def grad_a(grad, a_shape, dim, index):
    if not a_shape:
        return grad
    shape = grad.shape
    places = expand(reshape(index, (-1,) + (1,) * (len(shape) - 1 - dim)), shape)
    return scatter_zeros(grad, places, a_shape, dim)


@op
def gather(a, index, /, dim):
    """``y[i, j, k] = a[i, index[i, j, k], k]`` for ``dim`` 1, and so on."""
    return kernels.gather(a, dim, index)


@gather.grad
def grad_a(grad, a_shape, dim, index):
    return scatter_zeros(grad, index, a_shape, dim)


@op
def scatter_zeros(a, index, /, shape, dim):
    """Zeros of `shape`, to which `a` is added where `gather` would have taken it."""
    result = layout.zeros(shape, a.dtype)
    kernels.scatter_add_(result, dim, index, a)
    return result


@scatter_zeros.grad
def grad_a(grad, index, dim):
    return gather(grad, index, dim)
