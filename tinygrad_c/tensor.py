"""class Tensor: an array with a graph behind it.

The core below has what every program touches: operators and the properties of the array. The
long tail of methods stands in `tinygrad_c.methods`, a file per family.
"""

from types import FunctionType

import numpy as np

from tinygrad_c import dtypes
from tinygrad_c._kernels import objects
from tinygrad_c.autograd import op as graph_ops
from tinygrad_c.autograd.node import Node, TensorBase
from tinygrad_c.autograd.views import inplace
from tinygrad_c.methods.convert import ConvertMethods
from tinygrad_c.methods.elementwise import ElementwiseMethods, check_subtracted
from tinygrad_c.methods.fill import FillMethods
from tinygrad_c.methods.graph import GraphMethods
from tinygrad_c.methods.index import IndexMethods
from tinygrad_c.methods.matmul import MatmulMethods
from tinygrad_c.methods.random import RandomMethods
from tinygrad_c.methods.reduce import ReduceMethods
from tinygrad_c.methods.shape import ShapeMethods
from tinygrad_c.ops import comparison
from tinygrad_c.ops import elementwise as ops
from tinygrad_c.ops.elementwise import add, div, mul, sub
from tinygrad_c.ops.matmul import matmul

__all__ = ["Tensor"]


class TensorCore(TensorBase):
    """Operators and properties."""

    # NumPy's arrays leave the operation to us: ndarray * Tensor is a Tensor.
    __array_ufunc__ = None

    def __add__(self, other):
        return add.binary(self, other)

    def __radd__(self, other):
        return add.binary(other, self)

    def __sub__(self, other):
        # Compiled, a binary operator gets its operands in the order in which they are written.
        if type(other) is bool or type(self) is bool:
            check_subtracted(True)
        return sub.binary(self, other)

    def __rsub__(self, other):
        if type(other) is bool:
            check_subtracted(other)
        return sub.binary(other, self)

    def __mul__(self, other):
        return mul.binary(self, other)

    def __rmul__(self, other):
        return mul.binary(other, self)

    def __truediv__(self, other):
        return div.binary(self, other)

    def __rtruediv__(self, other):
        return div.binary(other, self)

    def __floordiv__(self, other):
        return ops.floor_divide(self, other)

    def __rfloordiv__(self, other):
        return ops.floor_divide(other, self)

    def __mod__(self, other):
        return ops.remainder(self, other)

    def __rmod__(self, other):
        return ops.remainder(other, self)

    def __pow__(self, other, modulo=None):
        if type(other) is int:  # then self is the tensor
            return ops.square(self) if other == 2 else self.pow(other)
        return ops.pow(self, other)

    def __rpow__(self, other, modulo=None):
        return ops.pow(other, self)

    def __matmul__(self, other):
        return matmul.binary(self, other)

    def __rmatmul__(self, other):
        return matmul.binary(other, self)

    def __neg__(self):
        return ops.neg(self)

    def __pos__(self):
        if self.array.dtype.kind == "b":
            raise RuntimeError("The `+` operator, on a bool tensor is not supported")
        return self

    def __abs__(self):
        return ops.abs(self)

    def __invert__(self):
        if self.array.dtype.kind != "b":
            raise TypeError(f"~: the tensor must be of dtype bool, got {self.array.dtype}")
        return comparison.logical_not(self)

    def __and__(self, other):
        return logical("&", comparison.logical_and, self, other)

    def __rand__(self, other):
        return logical("&", comparison.logical_and, other, self)

    def __or__(self, other):
        return logical("|", comparison.logical_or, self, other)

    def __ror__(self, other):
        return logical("|", comparison.logical_or, other, self)

    def __xor__(self, other):
        return logical("^", comparison.logical_xor, self, other)

    def __rxor__(self, other):
        return logical("^", comparison.logical_xor, other, self)

    def __iadd__(self, other):
        return inplace(ops.add, self, other)

    def __isub__(self, other):
        return self.sub_(other)

    def __imul__(self, other):
        return inplace(ops.mul, self, other)

    def __itruediv__(self, other):
        return inplace(ops.div, self, other)

    def __ifloordiv__(self, other):
        return inplace(ops.floor_divide, self, other)

    def __imod__(self, other):
        return inplace(ops.remainder, self, other)

    def __ipow__(self, other, modulo=None):
        return self.pow_(other)

    def __iand__(self, other):
        return self.copy_(self & other)

    def __ior__(self, other):
        return self.copy_(self | other)

    def __ixor__(self, other):
        return self.copy_(self ^ other)

    def __eq__(self, other):
        return comparison.eq(self, other) if is_operand(other) else NotImplemented

    def __ne__(self, other):
        return comparison.ne(self, other) if is_operand(other) else NotImplemented

    def __lt__(self, other):
        return comparison.lt(self, other)

    def __le__(self, other):
        return comparison.le(self, other)

    def __gt__(self, other):
        return comparison.gt(self, other)

    def __ge__(self, other):
        return comparison.ge(self, other)

    def __hash__(self):
        return id(self) >> 4

    @property
    def shape(self):
        """The lengths of the dimensions."""
        return dtypes.Size(self.array.shape)

    @property
    def ndim(self):
        """The number of dimensions."""
        return self.array.ndim

    @property
    def dtype(self):
        """The type of the elements."""
        return dtypes.BY_NUMPY[self.array.dtype]

    @property
    def device(self):
        """Where the tensor lives: the CPU."""
        return dtypes.device("cpu")

    @property
    def itemsize(self):
        """Bytes of one element."""
        return self.array.itemsize

    @property
    def nbytes(self):
        """Bytes of all elements."""
        return self.array.nbytes

    @property
    def T(self):
        """The dimensions in reverse order."""
        return self.permute(tuple(range(self.array.ndim))[::-1])

    @property
    def mT(self):
        """The last two dimensions exchanged; a tensor without dimensions itself."""
        if self.array.ndim == 1:
            raise RuntimeError(f"mT: a matrix or more is needed, got shape {self.array.shape}")
        return self.transpose(-2, -1) if self.array.ndim else self


def is_operand(value):
    """Can it be compared with a tensor? Anything else is just not equal to one."""
    return isinstance(value, (TensorBase, int, float, np.ndarray, np.generic))


def logical(symbol, operation, a, b):
    """``&``, ``|`` and ``^`` of bool tensors."""
    for value in (a, b):
        array = getattr(value, "array", value)
        kind = getattr(array, "dtype", type(array))
        if kind not in (bool, np.bool_):
            raise TypeError(f"{symbol}: both operands must be bool, got {kind}")
    return operation(a, b)


class Tensor(
    TensorCore,
    GraphMethods,
    ElementwiseMethods,
    ReduceMethods,
    ShapeMethods,
    IndexMethods,
    FillMethods,
    MatmulMethods,
    RandomMethods,
    ConvertMethods,
):
    """An n-dimensional array that records what is done to it, for `backward`.

    Make one with `tinygrad_c.tensor`, `zeros`, `rand` and so on. ``t.array`` is the NumPy array
    inside; ``t.data`` is PyTorch's: a tensor that shares the memory and has no history.
    """

    __slots__ = ()

    def __init__(self, *data):
        """``Tensor(2, 3)``: a tensor of that shape with undefined contents; ``Tensor(data)``: one
        with a copy of `data` in the default dtype."""
        from tinygrad_c.creation import empty, from_data

        super().__init__()
        if data and all(isinstance(n, int) for n in data):
            self.array = empty(data).array
        else:
            self.array = from_data(*data or [()], dtypes.get_default_dtype()).array


if not isinstance(TensorCore.__mul__, FunctionType):  # compiled
    objects.reuse_instances(Node)
    objects.quicken(Tensor, TensorCore)
graph_ops.set_tensor_type(Tensor)
