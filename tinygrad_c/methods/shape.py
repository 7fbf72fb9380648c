"""Methods of the family `tinygrad_c.ops.shape`."""

import math
from collections.abc import Iterable

from tinygrad_c._kernels.broadcast import find_axis
from tinygrad_c._kernels.graph import shares_memory
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.errors import ShapeError, one_name, renamed, whole
from tinygrad_c.ops import shape as ops
from tinygrad_c.ops.copy import clone


def one_shape(name, given):
    """``f(2, 3)`` and ``f((2, 3))`` mean the same; lengths are whole numbers, NumPy's and tensors
    included."""
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        (given,) = given
    elif not given:
        raise TypeError(f"{name}: a shape must be given, () for that of a number")
    return tuple([n if type(n) is int else whole(name, "a length", n) for n in given])


def new_shape(name, given):
    """The same for a tensor to be made, which has no negative length."""
    shape = one_shape(name, given)
    if shape and (min(shape) < 0 or max(shape) >= 2**63):
        raise ValueError(f"{name}: lengths must be from 0 to 2**63 - 1, got {shape}")
    return shape


def check_tensor(name, what, value):
    """An error for an argument called `what` that is no tensor."""
    if not isinstance(value, TensorBase):
        raise TypeError(f"{name}: {what} must be a Tensor, got {type(value).__name__}")


def no_number(name, t):
    """An error for a tensor without dimensions."""
    if t.array.ndim == 0:
        raise ShapeError(f"{name}: the tensor must have at least 1 dimension, got shape ()")


class ShapeMethods:
    """Other shapes of the same elements."""

    __slots__ = ()

    def reshape(self, *shape):
        """The elements in another shape, as a view where the memory allows it."""
        return ops.reshape(self, one_shape("reshape", shape))

    def view(self, *shape):
        """The same memory in another shape; an error where only a copy could have it."""
        return ops.view(self, one_shape("view", shape))

    def view_as(self, other):
        """`view` in the shape of `other`."""
        check_tensor("view_as", "other", other)
        return ops.alias(self) if other is self else ops.view(self, other.array.shape)

    def reshape_as(self, other):
        """`reshape` to the shape of `other`."""
        check_tensor("reshape_as", "other", other)
        return ops.reshape(self, other.array.shape)

    def flatten(self, start_dim=0, end_dim=-1):
        """Dimensions `start_dim` to `end_dim` made one."""
        shape = self.array.shape
        start = find_axis("flatten", start_dim, len(shape))
        end = find_axis("flatten", end_dim, len(shape))
        if start > end:
            raise ShapeError(f"flatten: start_dim {start_dim} must not be after end_dim {end_dim}")
        if not shape:
            return ops.reshape(self, (1,))
        if start == end:
            return self
        middle = math.prod(shape[start : end + 1])
        return ops.reshape(self, (*shape[:start], middle, *shape[end + 1 :]))

    def unflatten(self, dim, sizes):
        """Dimension `dim` split into `sizes`, one of which may be -1."""
        shape = self.array.shape
        dim = find_axis("unflatten", dim, len(shape))
        sizes = ops.complete_shape("unflatten", (shape[dim],), one_shape("unflatten", (sizes,)))
        return ops.reshape(self, (*shape[:dim], *sizes, *shape[dim + 1 :]))

    def squeeze(self, dim=None, *, axis=None):
        """Without the dimensions of length 1, or without `dim` if its length is 1."""
        if axis is not None:
            dim = one_name("squeeze", dim, axis)
        shape = self.array.shape
        if dim is None:
            dims = range(len(shape))
        else:
            given = dim if isinstance(dim, (tuple, list)) else (dim,)
            dims = [find_axis("squeeze", d, len(shape)) for d in given]
            if len(set(dims)) < len(dims):
                raise ShapeError(f"squeeze: dims must name each dimension once, got {given}")
        return ops.view(self, tuple([n for d, n in enumerate(shape) if d not in dims or n != 1]))

    def unsqueeze(self, dim=None, *, axis=None):
        """With a new dimension of length 1 at `dim`."""
        if axis is not None:
            dim = one_name("unsqueeze", dim, axis)
        shape = self.array.shape
        dim = find_axis("unsqueeze", dim, len(shape) + 1)
        return ops.view(self, (*shape[:dim], 1, *shape[dim:]))

    def permute(self, *dims):
        """The dimensions in another order."""
        n = self.array.ndim
        dims = one_shape("permute", dims)
        order = tuple([find_axis("permute", d, n) for d in dims])
        if sorted(order) != list(range(n)):
            raise ShapeError(f"permute: dims must name each of the {n} dimensions once, got {dims}")
        return ops.permute(self, order)

    def transpose(self, dim0, dim1):
        """Dimensions `dim0` and `dim1` exchanged."""
        n = self.array.ndim
        first, second = find_axis("transpose", dim0, n), find_axis("transpose", dim1, n)
        order = list(range(n))
        if n:
            order[first], order[second] = second, first
        return ops.permute(self, tuple(order))

    swapaxes = swapdims = transpose

    def movedim(self, source, destination):
        """Dimension `source`, or each of several, moved to place `destination`."""
        n = self.array.ndim
        moved = {}
        pairs = [(d,) if isinstance(d, int) else tuple(d) for d in (source, destination)]
        if len(pairs[0]) == len(pairs[1]):
            for there, here in zip(*pairs, strict=True):
                moved[find_axis("movedim", here, n)] = find_axis("movedim", there, n)
        if len(set(moved.values())) < max(map(len, pairs)):
            raise ShapeError(
                "movedim: source and destination must name as many dimensions, each once, got "
                f"{source} and {destination}"
            )
        rest = iter([d for d in range(n) if d not in moved.values()])
        order = [moved[d] if d in moved else next(rest) for d in range(n)]
        return ops.permute(self, tuple(order))

    moveaxis = movedim

    def t(self):
        """The transpose of a matrix; itself for fewer dimensions."""
        if self.array.ndim > 2:
            raise ShapeError(f"t: the tensor must have at most 2 dimensions, got {self.shape}")
        return ops.permute(self, tuple(range(self.array.ndim))[::-1])

    def expand(self, *shape):
        """Broadcast to `shape` without a copy; -1 keeps a length."""
        return ops.expand(self, one_shape("expand", shape))

    def expand_as(self, other):
        """`expand` to the shape of `other`."""
        check_tensor("expand_as", "other", other)
        return ops.expand(self, other.array.shape)

    broadcast_to = expand

    def repeat(self, *repeats):
        """Copies side by side: dimension d is ``repeats[d]`` times as long."""
        repeats = new_shape("repeat", repeats)
        missing = len(repeats) - self.array.ndim
        if missing < 0:
            raise ShapeError(
                f"repeat: repeats must have one number per dimension, got {repeats} for a tensor "
                f"of shape {self.array.shape}"
            )
        shape = (1,) * missing + self.array.shape
        split = tuple([n for length in shape for n in (1, length)])
        spread = tuple([n for pair in zip(repeats, shape, strict=True) for n in pair])
        whole = tuple([r * n for r, n in zip(repeats, shape, strict=True)])
        y = ops.reshape(ops.expand(ops.reshape(self, split), spread), whole)
        return clone(y) if shares_memory(y.array, self.array) else y

    def narrow(self, dim=None, start=None, length=None, *, axis=None):
        """Elements `start` to ``start + length`` of dimension `dim`, as a view."""
        if axis is not None:
            dim = one_name("narrow", dim, axis)
        no_number("narrow", self)
        dim = find_axis("narrow", dim, self.array.ndim)
        size = self.array.shape[dim]
        start, length = whole("narrow", "start", start), whole("narrow", "length", length)
        start = start + size if start < 0 else start
        if not 0 <= start <= start + length <= size:
            raise ShapeError(
                f"narrow: start {start} and length {length} must lie within dimension {dim} of "
                f"size {size}"
            )
        return ops.narrow(self, dim, start, length)

    def split(self, split_size_or_sections, dim=0):
        """Views of equal length (the last may be shorter), or of the given lengths."""
        no_number("split", self)
        dim = find_axis("split", dim, self.array.ndim)
        size = self.array.shape[dim]
        sections = split_size_or_sections
        if isinstance(sections, (tuple, list)):
            sections = [whole("split", "a section", n) for n in sections]
        else:
            part = whole("split", "split_size", sections)
            if part < 0 or (part == 0 < size):
                raise ShapeError(f"split: split_size must be positive, got {part} for size {size}")
            sections = [min(part, size - start) for start in range(0, size, part or 1)] or [0]
        if sum(sections) != size or any(n < 0 for n in sections):
            raise ShapeError(f"split: sections {sections} must add up to {size}, none negative")
        starts = [sum(sections[:i]) for i in range(len(sections))]
        return tuple([ops.narrow(self, dim, s, n) for s, n in zip(starts, sections, strict=True)])

    def chunk(self, chunks, dim=None, *, axis=None):
        """At most `chunks` views of equal length (the last may be shorter) along `dim`, by default
        the first."""
        if dim is None or axis is not None:
            dim = one_name("chunk", dim, axis, 0)
        no_number("chunk", self)
        if whole("chunk", "chunks", chunks) <= 0:
            raise ShapeError(f"chunk: chunks must be positive, got {chunks}")
        size = self.array.shape[find_axis("chunk", dim, self.array.ndim)]
        return self.split(-(-size // chunks) if size else [0] * chunks, dim)

    def unbind(self, dim=None, *, axis=None):
        """A view for each index of dimension `dim`, by default the first."""
        if dim is None or axis is not None:
            dim = one_name("unbind", dim, axis, 0)
        no_number("unbind", self)
        size = self.array.shape[find_axis("unbind", dim, self.array.ndim)]
        return tuple([self.select(dim, i) for i in range(size)])

    def sum_to_size(self, *shape):
        """Summed over the dimensions along which `shape` would be repeated."""
        from tinygrad_c.ops.reduce import sum_to

        try:
            return sum_to(self, one_shape("sum_to_size", shape))
        except ShapeError as error:
            raise renamed(error, "sum_to_size", "sum_to") from None


def sequence(name, tensors):
    """`tensors` as a list of at least one Tensor."""
    if isinstance(tensors, TensorBase) or not isinstance(tensors, (list, tuple, Iterable)):
        raise TypeError(
            f"{name}: tensors must be a sequence of Tensors, got {type(tensors).__name__}"
        )
    tensors = list(tensors)
    if not tensors:
        raise ValueError(f"{name}: tensors must not be empty")
    for t in tensors:
        if not isinstance(t, TensorBase):
            raise TypeError(f"{name}: tensors must be Tensors, got {type(t).__name__}")
    return tensors


def cat(tensors, dim=None, *, axis=None):
    """The tensors one after the other along `dim`, by default the first dimension; their other
    lengths must agree.

    A tensor of shape (0,) goes with any others, as in PyTorch.
    """
    if dim is None or axis is not None:
        dim = one_name("cat", dim, axis, 0)
    tensors = sequence("cat", tensors)
    shapes = [t.array.shape for t in tensors]
    shape = shapes[0]
    if (0,) in shapes:
        shape = next((s for s in shapes if s != (0,)), None)
        if shape is None:
            return ops.cat(*tensors)
    dim = find_axis("cat", dim, len(shape))
    if (0,) in shapes and len(shape) > 1:
        none = (*shape[:dim], 0, *shape[dim + 1 :])
        tensors = [ops.reshape(t, none) if t.array.shape == (0,) else t for t in tensors]
    return ops.cat(*tensors, dim=dim)


concat = cat


def stack(tensors, dim=None, *, axis=None):
    """The tensors, of equal shape, side by side along a new dimension, `dim`, or the first."""
    if dim is None or axis is not None:
        dim = one_name("stack", dim, axis, 0)
    tensors = sequence("stack", tensors)
    shapes = [t.array.shape for t in tensors]
    if len(set(shapes)) > 1:
        raise ShapeError(
            f"stack: tensors must have equal shapes, got {', '.join(map(str, shapes))}"
        )
    return ops.stack(*tensors, dim=find_axis("stack", dim, len(shapes[0]) + 1))
