"""Methods that lead out of the tensor: to Python, NumPy, other libraries and other dtypes; copies;
and what it is."""

import numpy as np

from tinygrad_c import dtypes, printing
from tinygrad_c._kernels import graph, objects
from tinygrad_c._kernels.broadcast import find_axis
from tinygrad_c.autograd import op as graph_ops
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.errors import ShapeError, one_name
from tinygrad_c.ops import copy as copy_ops


class ConvertMethods:
    """Conversions and descriptions."""

    __slots__ = ()

    def item(self):
        """The only element, as a Python number."""
        if self.array.size != 1:
            raise ShapeError(
                f"item: a Tensor with {self.array.size} elements cannot be converted to Scalar, "
                f"its shape is {self.array.shape}"
            )
        return self.array.item()

    def tolist(self):
        """The elements as nested lists of Python numbers."""
        return self.array.tolist()

    def numpy(self, *, force=False):
        """The array inside, no copy; while gradients are recorded, ``force=True`` for a tensor that
        requires one."""
        if self.requires_grad and not force and graph.grad_enabled():
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() "
                "instead."
            )
        return self.array

    def __array__(self, dtype=None, copy=None):
        array = self.numpy()
        if dtype is None or array.dtype == dtype:
            return array.copy() if copy else array
        if copy is False:
            raise ValueError(f"__array__: {array.dtype} cannot become {dtype} without a copy")
        return array.astype(dtype)

    def __dlpack__(self, **kwargs):
        return self.numpy().__dlpack__(**kwargs)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()

    def __bool__(self):
        if self.array.size != 1:
            raise RuntimeError(
                "Boolean value of Tensor with no values is ambiguous"
                if self.array.size == 0
                else "Boolean value of Tensor with more than one value is ambiguous, its shape is "
                f"{self.array.shape}"
            )
        return bool(self.array.item())

    def __float__(self):
        return float(self.item())

    def __int__(self):
        return int(self.item())

    def __index__(self):
        value = self.item()
        if not isinstance(value, int):
            raise TypeError(
                f"only integer tensors of a single element can be an index, got {self.array.dtype}"
            )
        return int(value)

    def __len__(self):
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self.array.shape[0]

    def __iter__(self):
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __contains__(self, value):
        same = self == value
        if not isinstance(same, TensorBase):
            raise TypeError(
                f"__contains__: value must be a Tensor or a number, got {type(value).__name__}"
            )
        return same.any().item()

    def __repr__(self):
        return printing.tensor_text(self)

    def __format__(self, spec):
        return (
            self.item().__format__(spec) if self.array.ndim == 0 else object.__format__(self, spec)
        )

    def __copy__(self):
        copy = without_data(self)
        copy.array = self.array
        copy.needs_grad = self.requires_grad
        return copy

    def __deepcopy__(self, memo):
        if self.node is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                "protocol at the moment: detach() it first"
            )
        if id(self) in memo:
            return memo[id(self)]
        copy = without_data(self)
        copy.array = graph_ops.wrap(self.array).clone().array
        copy.needs_grad = self.needs_grad
        memo[id(self)] = copy
        if self.gradient is not None:
            copy.gradient = self.gradient.__deepcopy__(memo)
        return copy

    def __reduce__(self):
        return rebuild, (type(self), np.array(self.array), self.requires_grad)

    def size(self, dim=None, *, axis=None):
        """The shape, or one length of it."""
        if axis is not None:
            dim = one_name("size", dim, axis)
        return self.shape if dim is None else one_of("size", self.array.shape, dim)

    def dim(self):
        """The number of dimensions."""
        return self.array.ndim

    ndimension = dim

    def numel(self):
        """The number of elements."""
        return self.array.size

    nelement = numel

    def stride(self, dim=None, *, axis=None):
        """The strides, in elements."""
        if axis is not None:
            dim = one_name("stride", dim, axis)
        strides = tuple([s // self.array.itemsize for s in self.array.strides])
        return strides if dim is None else one_of("stride", strides, dim)

    def element_size(self):
        """Bytes of one element."""
        return self.array.itemsize

    def data_ptr(self):
        """The address of the first element."""
        return self.array.ctypes.data

    def is_contiguous(self):
        """True if the elements lie in row-major order without gaps."""
        return self.array.flags.c_contiguous

    def is_floating_point(self):
        """True if the dtype is float32 or float64."""
        return self.array.dtype.kind == "f"

    @property
    def is_cuda(self):
        """False: tinygrad_c computes on the CPU."""
        return False

    def clone(self):
        """A copy with memory of its own; the gradient passes through."""
        return copy_ops.clone(self)

    def contiguous(self):
        """The tensor itself if its elements lie in row-major order, else such a copy."""
        return self if self.array.flags.c_contiguous else copy_ops.contiguous(self)

    def to(self, *args, dtype=None, device=None, copy=False, non_blocking=False):
        """In another dtype: ``to(dtype)``, ``to(other)``, ``to(device, dtype)``; self if it is, or
        with `copy` a clone. `non_blocking` and `copy` may follow by position."""
        flags = [given for given in args if isinstance(given, bool)]
        copy = copy or flags[1:2] == [True]
        for given in args:
            if given is None or isinstance(given, bool):
                continue
            if isinstance(given, TensorBase):
                dtype = given.dtype
            elif isinstance(given, (str, dtypes.device)):
                dtypes.device(given)
            else:
                dtype = given
        if device is not None:
            dtypes.device(device)
        wanted = self.array.dtype if dtype is None else dtypes.as_numpy_dtype(dtype)
        if wanted != self.array.dtype:
            return copy_ops.cast(self, wanted)
        return copy_ops.clone(self) if copy else self

    def type_as(self, other):
        """In the dtype of `other`."""
        return self.to(other.dtype)

    def float(self):
        """In float32."""
        return self.to(dtypes.float32)

    def double(self):
        """In float64."""
        return self.to(dtypes.float64)

    def long(self):
        """In int64."""
        return self.to(dtypes.int64)

    def int(self):
        """In int32."""
        return self.to(dtypes.int32)

    def bool(self):
        """In bool: True where the element is nonzero."""
        return self.to(dtypes.bool_)

    def type(self, dtype=None):
        """In `dtype`; without it the dtype's name."""
        return repr(self.dtype) if dtype is None else self.to(dtype=dtype)

    def cpu(self):
        """The tensor itself: it is on the CPU."""
        return self

    def new_zeros(self, *shape, dtype=None, device=None, requires_grad=False):
        """Zeros of `shape` in this tensor's dtype."""
        return new_full("new_zeros", self, shape, 0, dtype, device, requires_grad)

    def new_ones(self, *shape, dtype=None, device=None, requires_grad=False):
        """Ones of `shape` in this tensor's dtype."""
        return new_full("new_ones", self, shape, 1, dtype, device, requires_grad)

    def new_full(self, size, fill_value, *, dtype=None, device=None, requires_grad=False):
        """`fill_value` everywhere, in this tensor's dtype."""
        return new_full("new_full", self, (size,), fill_value, dtype, device, requires_grad)

    def new_empty(self, *shape, dtype=None, device=None, requires_grad=False):
        """A tensor of `shape` with undefined contents in this tensor's dtype."""
        return new_full("new_empty", self, shape, 0, dtype, device, requires_grad)

    def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False):
        """A copy of `data` in this tensor's dtype."""
        from tinygrad_c.creation import new_tensor

        return new_tensor("new_tensor", data, dtype or self.dtype, device, requires_grad)


def one_of(name, numbers, dim):
    """The one of `numbers`, one for each dimension, that is for `dim`."""
    if not numbers:
        raise IndexError(f"{name}: Dimension specified as {dim} but tensor has no dimensions")
    return numbers[find_axis(name, dim, len(numbers))]


def without_data(t):
    """A tensor of the class of `t` and with its attributes."""
    copy = objects.new_instance(type(t))
    if hasattr(t, "__dict__"):
        copy.__dict__.update(t.__dict__)
    return copy


def new_full(name, t, shape, value, dtype, device, requires_grad):
    """A tensor like `t` in another shape."""
    from tinygrad_c.creation import filled

    return filled(name, shape, value, dtype or t.dtype, device, requires_grad)


def rebuild(cls, array, requires_grad):
    """A tensor from its array, for copies and other processes."""
    from tinygrad_c.creation import tensor

    made = objects.new_instance(cls)
    made.array = tensor(array).array
    made.needs_grad = requires_grad
    return made
