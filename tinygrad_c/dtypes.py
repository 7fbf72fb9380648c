"""dtypes, devices and sizes: the small objects that describe a tensor, named as PyTorch's."""

import builtins
import re

import numpy as np

from tinygrad_c._kernels import promotion
from tinygrad_c.errors import whole

__all__ = [
    "Size",
    "bool",
    "device",
    "double",
    "dtype",
    "float",
    "float32",
    "float64",
    "get_default_dtype",
    "int",
    "int32",
    "int64",
    "long",
    "set_default_dtype",
    "uint8",
]


class dtype:  # noqa: N801  PyTorch's spelling, as all names in this file
    """The type of a tensor's elements; there is one object for each.

    ``numpy``: the NumPy dtype. ``itemsize``: bytes of one element.
    """

    def __init__(self, name):
        self.name = name
        self.numpy = np.dtype(name)
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = self.numpy.kind == "f"

    is_complex = False

    @property
    def is_signed(self):
        return self.numpy.kind in "if"

    def __repr__(self):
        return f"tinygrad_c.{self.name}"

    def __reduce__(self):
        return f"{self.name}_" if self.name == "bool" else self.name


float32 = float = dtype("float32")
float64 = double = dtype("float64")
int64 = long = dtype("int64")
int32 = int = dtype("int32")
uint8 = dtype("uint8")
bool_ = bool = dtype("bool")

BY_NUMPY = {t.numpy: t for t in (float32, float64, int64, int32, uint8, bool_)}


def as_numpy_dtype(given):
    """The NumPy dtype for one of ours, one of Python's or one of NumPy's."""
    if isinstance(given, dtype):
        return given.numpy
    try:
        found = None if given is None else np.dtype(given)  # NumPy takes None for float64
    except (TypeError, ValueError):
        found = None
    if found not in BY_NUMPY:
        raise TypeError(
            f"dtype must be one of {', '.join(t.name for t in BY_NUMPY.values())}, got {given!r}"
        )
    return found


def get_default_dtype():
    """The dtype of new floating-point tensors: float32, unless `set_default_dtype` changed it."""
    return BY_NUMPY[np.dtype(promotion.get_default_dtype())]


def set_default_dtype(d):
    """Make float32 or float64 the dtype of tensors made from Python floats."""
    promotion.set_default_dtype(as_numpy_dtype(d))


class device:  # noqa: N801
    """Where a tensor lives: the CPU. ``device("cpu", 0)`` is ``device("cpu:0")``; the device of a
    tensor has no index, as in PyTorch."""

    def __init__(self, type, index=None):
        given = str(type) if isinstance(type, (device, builtins.int)) else type
        if not isinstance(given, str):
            raise TypeError(f"device: type must be a str, got {type!r}")
        parts = re.fullmatch("([a-z0-9_]+)(?::(0|[1-9][0-9]*))?", given)
        if parts is None:
            raise RuntimeError(f"Invalid device string: {given!r}")
        if parts[1] != "cpu":
            raise RuntimeError(f"device: tinygrad_c computes on the CPU, got {type!r}")
        if index is None:
            index = parts[2] and builtins.int(parts[2])
        elif parts[2]:
            raise RuntimeError(f"device: type must have no index beside index, got {type!r}")
        elif whole("device", "index", index) < 0:
            raise RuntimeError(f"device: index must not be negative, got {index}")
        self.type = parts[1]
        self.index = index if index is None else builtins.int(index)

    def __eq__(self, other):
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self):
        return hash((self.type, self.index))

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self):
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{index})"


class Size(tuple):
    """The lengths of a tensor's dimensions: a tuple that can count elements."""

    __slots__ = ()

    def numel(self):
        """The number of elements."""
        n = 1
        for length in self:
            n *= length
        return n

    def __repr__(self):
        return f"tinygrad_c.Size({list(self)})"

    def __getitem__(self, key):
        item = tuple.__getitem__(self, key)
        return Size(item) if isinstance(key, slice) else item

    def __add__(self, other):
        return Size(tuple(self) + other) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other):
        return Size(other + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, count):
        return Size(tuple(self) * count)

    __rmul__ = __mul__
