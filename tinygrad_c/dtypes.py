"""dtypes, devices and sizes: the small objects that describe a tensor, named as PyTorch's."""

import numpy as np

from tinygrad_c._kernels import promotion

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
    found = np.dtype(given)
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
    """Where a tensor lives: the CPU."""

    def __init__(self, type="cpu", index=None):
        if isinstance(type, device):
            type = type.type
        kind, _, number = str(type).partition(":")
        if kind != "cpu":
            raise RuntimeError(f"device: tinygrad_c computes on the CPU, got {type!r}")
        self.type = "cpu"
        self.index = number or index

    def __eq__(self, other):
        return isinstance(other, device)

    def __hash__(self):
        return hash("cpu")

    def __str__(self):
        return "cpu"

    def __repr__(self):
        return "device(type='cpu')"


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
        return Size(tuple(self) + tuple(other))
