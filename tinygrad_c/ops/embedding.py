"""Rows of a table by their numbers."""

from tinygrad_c._kernels import embedding as kernels
from tinygrad_c._kernels import index as index_kernels
from tinygrad_c._kernels import layout
from tinygrad_c.autograd.op import op, wrap
from tinygrad_c.ops.elementwise import reciprocal
from tinygrad_c.ops.shape import reshape


@op
def embedding(weight, index, /, padding_idx=-1, scale_grad_by_freq=False):
    """``y[p, j] = weight[index[p], j]``; bad indices raise.

    The row `padding_idx` gets no gradient; with `scale_grad_by_freq` that of each row is divided by
    the number of times that it was taken.
    """
    return kernels.embedding(weight, index)


@embedding.grad
def grad_weight(grad, weight_shape, index, padding_idx, scale_grad_by_freq):
    if scale_grad_by_freq:
        grad = grad * reshape(reciprocal(frequency(index, weight_shape[0])), (*index.shape, 1))
    return embedding_backward(grad, index, weight_shape[0], padding_idx)


def frequency(index, rows):
    """For each index how often it occurs, as float64."""
    counts = layout.zeros((rows,), "float64")
    index_kernels.index_put_(counts, [index.array], layout.full((), 1.0, "float64"), True)
    return wrap(index_kernels.index(counts, [index.array]))


@op
def embedding_backward(g, index, /, rows, skip=-1):
    """Zeros of `rows` rows, to which those of `g` are added at `index` unless that is `skip`."""
    return kernels.embedding_backward(g, index, rows, skip)


@embedding_backward.grad
def grad_g(grad, index, skip):
    return embedding_rows(grad, index, skip)


@op
def embedding_rows(weight, index, /, skip=-1):
    """The rows of `weight`, zeros where the index is `skip`: `embedding_backward`'s adjoint."""
    return kernels.embedding(weight, index, skip)


@embedding_rows.grad
def grad_weight(grad, weight_shape, index, skip):
    return embedding_backward(grad, index, weight_shape[0], skip)
