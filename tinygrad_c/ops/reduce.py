"""Reductions: over all elements, or over some dimensions."""

import math

from tinygrad_c._kernels import reduce as kernels
from tinygrad_c.autograd.op import op, wrap
from tinygrad_c.errors import one_name
from tinygrad_c.ops.comparison import eq, isnan, logical_and, logical_or, where
from tinygrad_c.ops.elementwise import abs as absolute
from tinygrad_c.ops.elementwise import add, div, mul, pow, sqrt, square, sub
from tinygrad_c.ops.index import scatter_zeros
from tinygrad_c.ops.shape import cat, expand, narrow, permute, reshape


def dims_of(dim, ndim):
    """`dim` (None, a number or several) as a tuple of numbers in 0 ... ndim - 1."""
    if dim is None or ndim == 0:
        return tuple(range(ndim))
    if not isinstance(dim, (tuple, list)):
        dim = (dim,)
    return tuple(d + ndim if d < 0 else d for d in dim) or tuple(range(ndim))


def kept_shape(shape, dim):
    """`shape` with length 1 where it is reduced."""
    dims = dims_of(dim, len(shape))
    return tuple(1 if d in dims else n for d, n in enumerate(shape))


def restore(t, shape, dim):
    """Something of the reduced shape, spread over `shape` again."""
    return expand(reshape(t, kept_shape(shape, dim)), shape)


def count(shape, dim):
    """How many elements each reduction takes in."""
    size = 1
    for d in dims_of(dim, len(shape)):
        size *= shape[d]
    return size


@op
def sum(a, /, dim=None, keepdim=False):
    """The sum; of bool and whole numbers as int64. Float sums are added in fixed blocks."""
    return kernels.sum(a, dim, keepdim)


@sum.grad
def grad_a(grad, a_shape, dim):
    return restore(grad, a_shape, dim)


@op
def sum_to(a, /, shape):
    """The adjoint of `expand`: sum over the dimensions along which `shape` was repeated."""
    return kernels.sum_to(a, shape)


@sum_to.grad
def grad_a(grad, a_shape):
    return expand(grad, a_shape)


@op
def mean(a, /, dim=None, keepdim=False):
    """The sum divided by the number of elements; NaN where there are none."""
    return kernels.mean(a, dim, keepdim)


@mean.grad
def grad_a(grad, a_shape, dim):
    return restore(mul(grad, 1 / max_one(count(a_shape, dim))), a_shape, dim)


def max_one(n):
    """A number to divide by: with no elements there is no gradient to scale."""
    return n if n else 1


@op
def prod(a, /, dim=None, keepdim=False):
    """The product; of bool and whole numbers as int64. 1 where there are no elements."""
    return kernels.prod(a, dim, keepdim)


@prod.grad
def grad_a(grad, a, dim):
    """Nothing is divided, so zeros are no special case."""
    rows, others, dims = in_rows(a, dim)
    order = others + dims
    found = kernels.prod_backward(reshape(grad, rows.shape[:1]).array, rows.contiguous().array)
    moved = reshape(wrap(found), [a.shape[d] for d in order])
    return permute(moved, tuple([order.index(d) for d in range(len(order))]))


def in_rows(a, dim):
    """`a` as a matrix with a row for each product, and the dimensions of its rows and columns."""
    dims = dims_of(dim, len(a.shape))
    others = tuple([d for d in range(len(a.shape)) if d not in dims])
    products = math.prod([a.shape[d] for d in others])
    return reshape(permute(a, others + dims), (products, count(a.shape, dim))), others, dims


@prod.composite
def definition(a, dim=None, keepdim=False):
    """A tree of products: its gradient divides by nothing, so zeros are no special case."""
    n = count(a.shape, dim)
    if n == 0:
        return add(sum(a, dim, keepdim), 1)
    rows, others, _ = in_rows(a, dim)
    kept = tuple([a.shape[d] for d in others])
    while n > 1:
        half = n // 2
        pairs = mul(narrow(rows, 1, 0, half), narrow(rows, 1, half, half))
        rows = cat(pairs, narrow(rows, 1, 2 * half, 1), dim=1) if n % 2 else pairs
        n -= half
    return reshape(rows, kept_shape(a.shape, dim) if keepdim else kept)


@op
def amax(a, /, dim=None, keepdim=False):
    """The largest element, NaN if there is one; equal ones share the gradient."""
    return kernels.amax(a, dim, keepdim)


@op
def amin(a, /, dim=None, keepdim=False):
    """The smallest element, NaN if there is one; equal ones share the gradient."""
    return kernels.amin(a, dim, keepdim)


@amax.grad
@amin.grad
def grad_a(grad, a, y, dim):
    shape = a.shape
    hits = eq(a, restore(y, shape, dim)).to(grad.dtype)
    share = div(hits, restore(sum(hits, dim), shape, dim))
    return mul(restore(grad, shape, dim), share)


@op
def max_all(a, /):
    """The largest element of all, NaN if there is one; equal ones, all the NaN too, share the
    gradient."""
    return kernels.amax(a)


@op
def min_all(a, /):
    """The smallest element of all, NaN if there is one; equal ones, all the NaN too, share the
    gradient."""
    return kernels.amin(a)


@max_all.grad
@min_all.grad
def grad_a(grad, a, y):
    hits = logical_or(eq(a, y), logical_and(isnan(a), isnan(y)))
    return where(hits, div(grad, sum(hits)), 0)


@op
def max_dim(a, /, dim, keepdim=False):
    """(values, indices) of the largest elements along `dim`: the first of equal ones."""
    return kernels.max(a, dim, keepdim)


@op
def min_dim(a, /, dim, keepdim=False):
    """(values, indices) of the smallest elements along `dim`: the first of equal ones."""
    return kernels.min(a, dim, keepdim)


@max_dim.grad
@min_dim.grad
def grad_a(grad, y1, a_shape, dim):
    shape = kept_shape(a_shape, dim)
    return scatter_zeros(reshape(grad, shape), reshape(y1, shape), a_shape, dim)


@op
def argmax(a, /, dim=None, keepdim=False, axis=None, keepdims=False):
    """The index of the first largest element; without `dim`, in the flattened `a`."""
    if axis is not None:
        dim = one_name("argmax", dim, axis)
    return kernels.argmax(a, dim, keepdim or keepdims)


@op
def argmin(a, /, dim=None, keepdim=False, axis=None, keepdims=False):
    """The index of the first smallest element; without `dim`, in the flattened `a`."""
    if axis is not None:
        dim = one_name("argmin", dim, axis)
    return kernels.argmin(a, dim, keepdim or keepdims)


@op
def any(a, /, dim=None, keepdim=False, axis=None, keepdims=False):
    """True where an element over `dim`, or of all, is nonzero; bool, for uint8 uint8."""
    if axis is not None:
        dim = one_name("any", dim, axis)
    return kernels.any(a, dim, keepdim or keepdims)


@op
def all(a, /, dim=None, keepdim=False, axis=None, keepdims=False):
    """True where no element over `dim`, or of all, is 0; bool, for uint8 uint8."""
    if axis is not None:
        dim = one_name("all", dim, axis)
    return kernels.all(a, dim, keepdim or keepdims)


@op
def squared_distances(a, /, dim=None, keepdim=False):
    """The sum of squared distances from the mean."""
    return kernels.squared_distances(a, dim, keepdim)


@squared_distances.grad
def grad_a(grad, a, dim):
    return mul(restore(mul(grad, 2), a.shape, dim), sub(a, mean(a, dim, True)))


def var(a, dim=None, correction=1, keepdim=False):
    """The sum of squared distances from the mean, divided by n - `correction`."""
    distances = squared_distances(a, dim, keepdim)
    return div(distances, max(count(a.shape, dim) - correction, 0))


def root(sums, p=2):
    """The p-th root of a sum of powers: where that is 0 all its terms are, and the gradient that
    reaches them is 0, not 0 times infinity."""
    if p == 2 and not sums.requires_grad:
        return sqrt(sums)
    flat = eq(sums, 0)
    safe = where(flat, 1, sums)
    return where(flat, sums, sqrt(safe) if p == 2 else pow(safe, 1 / p))


def norm(a, p, dim=None, keepdim=False):
    """``sum(|a|**p) ** (1/p)``; the largest and smallest ``|a|``, and the number of elements that
    are not 0, for p = inf, -inf and 0. Its derivative where `a` is 0 is taken as 0."""
    if p == 2:
        return root(sum(square(a), dim, keepdim))
    sizes = absolute(a)
    if p == 1:
        return sum(sizes, dim, keepdim)
    if p in (math.inf, -math.inf):
        return (amax if p > 0 else amin)(sizes, dim, keepdim)
    if p < 0 and a.numel() == 0:  # no smallest one either
        return amin(sizes, dim, keepdim)
    flat = eq(a, 0)
    if p == 0:
        return sum(where(flat, mul(a, 0), 1), dim, keepdim)
    powers = pow(where(flat, 1, sizes), p)
    return root(sum(where(flat, 0 if p > 0 else math.inf, powers), dim, keepdim), p)
