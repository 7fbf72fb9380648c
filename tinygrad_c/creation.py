"""New tensors: from data, of one value, of a range, random."""

import math
import sys
from functools import reduce

import numpy as np

from tinygrad_c._kernels import copy, layout, promotion
from tinygrad_c._kernels import random as random_kernels
from tinygrad_c._kernels.graph import from_any
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.op import wrap
from tinygrad_c.dtypes import as_numpy_dtype
from tinygrad_c.dtypes import device as Device
from tinygrad_c.errors import renamed, whole
from tinygrad_c.methods.shape import check_tensor, new_shape
from tinygrad_c.tensor import Tensor


def finish(array, requires_grad=False, device=None):
    """A leaf around `array`."""
    if device is not None:
        Device(device)
    t = wrap(array)
    return t.requires_grad_() if requires_grad else t


def floating(dtype):
    """The NumPy dtype that was asked for, or the default for floats."""
    return promotion.get_default_dtype() if dtype is None else as_numpy_dtype(dtype)


def real(name, dtype):
    """The same for a function that draws real numbers."""
    wanted = floating(dtype)
    if wanted.kind != "f":
        raise TypeError(f"{name}: dtype must be float32 or float64, got {wanted}")
    return wanted


def from_data(data, dtype):
    """A new tensor with a copy of `data`: a number, nested sequences, an array or a tensor."""
    wanted = None if dtype is None else as_numpy_dtype(dtype)
    if isinstance(data, TensorBase):
        data = data.array
    if isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    else:
        array = array_of(data, wanted)
    if array.dtype.byteorder == ">" or not array.flags.aligned:
        array = array.astype(array.dtype.newbyteorder("="))
    if wanted is None:
        wanted = as_numpy_dtype(array.dtype)
    if array.dtype not in SUPPORTED:
        array = array.astype(wanted)
    result = layout.uninitialized(array.shape, wanted)
    copy.copy_(result, from_any(array))
    return wrap(result)


SUPPORTED = {np.dtype(name) for name in ("bool", "uint8", "int32", "int64", "float32", "float64")}


def array_of(data, wanted):
    """Numbers, or nested sequences of numbers, arrays and tensors, as a NumPy array of the dtype
    that holds all of them, or whose numbers `wanted` can hold."""
    kinds = set()
    if isinstance(data, (list, tuple)):
        data = plain(data, kinds)
    try:
        array = np.array(data)
    except ValueError as error:
        raise ValueError(
            f"tensor: data must be nested sequences of equal lengths: {error}"
        ) from None
    if wanted is not None and wanted.kind == "f" and array.dtype.kind in "uO":
        array = np.array(data, wanted)  # whole numbers beyond 64 bits
    if array.dtype.kind not in "biuf":
        if array.dtype.kind == "O" and all(isinstance(n, int) for n in array.ravel()):
            raise ValueError(f"tensor: a whole number is too large for int64, got {data!r:.60}")
        raise TypeError(f"tensor: data must be numbers, got {type(data).__name__} {data!r:.60}")
    if array.dtype.kind == "u":
        raise ValueError(f"tensor: a whole number is too large for int64, got {data!r:.60}")
    if wanted is not None and array.size > 0:
        for extreme in (array.min(), array.max()) if wanted.kind in "iu" else ():
            promotion.checked_number(extreme, wanted)
    if wanted is not None:
        return array
    if kinds and array.dtype.kind == "f" and not any(is_real(kind) for kind in kinds):
        raise ValueError(f"tensor: a whole number is too large for int64, got {data!r:.60}")
    with np.errstate(over="ignore"):  # 1e39 is inf in float32
        return array.astype(common_dtype(kinds, array.dtype))


def plain(data, kinds):
    """Nested sequences with tensors and NumPy's numbers replaced by what they hold; their dtypes,
    and the types of Python's numbers, are added to `kinds`."""
    items = []
    for item in data:
        if isinstance(item, (TensorBase, np.ndarray, np.generic)):
            kinds.add(np.dtype(getattr(item, "array", item).dtype))
            items.append(item.tolist())
        elif isinstance(item, (list, tuple)):
            items.append(plain(item, kinds))
        else:
            kinds.add(type(item))
            items.append(item)
    return items


def common_dtype(kinds, found):
    """The dtype that numbers of all `kinds` are promoted to; for Python's numbers alone `found`,
    which NumPy has made of them, or the default for floats."""
    default = promotion.get_default_dtype()
    if SUPPORTED.isdisjoint(kinds):
        return default if found.kind == "f" else found
    python = {"b": np.dtype(bool), "i": np.dtype("int64"), "u": np.dtype("int64"), "f": default}
    return reduce(
        promotion.promote_types,
        [k if k in SUPPORTED else python[np.dtype(k).kind] for k in kinds],
    )


def is_real(kind):
    """Is it float, or one of NumPy's dtypes of that kind?"""
    return np.dtype(kind).kind == "f"


def tensor(data, *, dtype=None, device=None, requires_grad=False):
    """A new leaf tensor with a copy of `data`.

    Python floats get the default dtype (float32), whole numbers int64, bools bool; NumPy arrays
    and tensors keep theirs. `data` may be a number, nested sequences, an array or a tensor.

    >>> tensor([1, 2.5])
    tensor([1.0000, 2.5000])
    """
    return finish(from_data(data, dtype).array, requires_grad, device)


def as_tensor(data, dtype=None, device=None):
    """`data` as a tensor, without a copy where that can be: of a tensor or a NumPy array."""
    if isinstance(data, np.ndarray) and data.dtype in SUPPORTED:
        data = from_numpy(data)
    if isinstance(data, TensorBase):
        return data.to(dtype=dtype, device=device)
    return new_tensor("as_tensor", data, dtype, device, False)


def new_tensor(name, data, dtype, device, requires_grad):
    """`tensor` for the function `name`."""
    try:
        return tensor(data, dtype=dtype, device=device, requires_grad=requires_grad)
    except (TypeError, ValueError) as error:
        raise renamed(error, name, "tensor") from None


def from_numpy(ndarray):
    """A tensor that shares the memory of the NumPy array `ndarray`."""
    return wrap(from_any(ndarray))


def from_dlpack(external):
    """A tensor that shares the memory of any CPU array that speaks DLPack."""
    if not hasattr(external, "__dlpack__"):
        raise TypeError(f"from_dlpack: external must speak DLPack, got {type(external).__name__}")
    return from_numpy(np.from_dlpack(external))


def as_python(name, what, value):
    """A number, NumPy's or a tensor's too, as Python's."""
    if isinstance(value, np.generic) or (isinstance(value, TensorBase) and value.array.ndim == 0):
        value = value.item()
    if not isinstance(value, (bool, int, float)):
        raise TypeError(f"{name}: {what} must be a number, got {value!r}")
    return value


def full(size, fill_value, *, dtype=None, device=None, requires_grad=False):
    """A tensor of shape `size` with `fill_value` everywhere."""
    return filled("full", (size,), fill_value, dtype, device, requires_grad)


def filled(name, size, fill_value, dtype, device, requires_grad):
    """A tensor of one value for the function `name`."""
    fill_value = as_python(name, "fill_value", fill_value)
    weak = promotion.scalar_dtype(fill_value, None)
    wanted = weak if dtype is None else as_numpy_dtype(dtype)
    array = layout.full(new_shape(name, size), fill_value, wanted)
    return finish(array, requires_grad, device)


def zeros(*size, dtype=None, device=None, requires_grad=False):
    """A tensor of shape `size`, all zeros."""
    array = layout.full(new_shape("zeros", size), 0, floating(dtype))
    return finish(array, requires_grad, device)


def ones(*size, dtype=None, device=None, requires_grad=False):
    """A tensor of shape `size`, all ones."""
    array = layout.full(new_shape("ones", size), 1, floating(dtype))
    return finish(array, requires_grad, device)


def empty(*size, dtype=None, device=None, requires_grad=False):
    """A tensor of shape `size` with undefined contents."""
    array = layout.uninitialized(new_shape("empty", size), floating(dtype))
    return finish(array, requires_grad, device)


def filled_like(name, input, value, dtype, device, requires_grad):
    """The same, like the operand of that function."""
    check_tensor(name, "input", input)
    size, dtype = (input.array.shape,), dtype or input.dtype
    return filled(name, size, value, dtype, device, requires_grad)


def full_like(input, fill_value, *, dtype=None, device=None, requires_grad=False):
    """`fill_value` everywhere, in the shape and dtype of `input`."""
    return filled_like("full_like", input, fill_value, dtype, device, requires_grad)


def zeros_like(input, *, dtype=None, device=None, requires_grad=False):
    """Zeros, in the shape and dtype of `input`."""
    return filled_like("zeros_like", input, 0, dtype, device, requires_grad)


def ones_like(input, *, dtype=None, device=None, requires_grad=False):
    """Ones, in the shape and dtype of `input`."""
    return filled_like("ones_like", input, 1, dtype, device, requires_grad)


def empty_like(input, *, dtype=None, device=None, requires_grad=False):
    """Undefined contents, in the shape and dtype of `input`."""
    check_tensor("empty_like", "input", input)
    return empty(
        input.array.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad
    )


def arange(start=None, end=None, step=1, *, dtype=None, device=None, requires_grad=False):
    """``start, start + step, ...`` as long as it is below `end`; ``arange(end)`` from 0."""
    if end is None:
        start, end = None, start
    start = 0 if start is None else start
    start, end, step = (
        as_python("arange", what, value)
        for what, value in (("start", start), ("end", end), ("step", step))
    )
    if not all(abs(n) <= sys.float_info.max for n in (start, end, step)):
        raise ValueError(
            f"arange: start, end and step must be finite, got {start}, {end} and {step}"
        )
    given = start, end, step
    are_ints = all(isinstance(n, int) for n in given)
    wanted = as_numpy_dtype(dtype) if dtype else np.dtype("int64") if are_ints else floating(None)
    if wanted == np.bool_:
        raise TypeError("arange: dtype must be that of numbers, got bool")
    exact = wanted == np.int64 or (are_ints and wanted.kind != "f")
    if exact:
        start, end, step = (promotion.checked_number(n, np.int64).item() for n in given)
    if step == 0 or (end - start) * step < 0:
        raise ValueError(
            f"arange: step must lead from start to end in {wanted.name}, got {given[0]}, "
            f"{given[1]} and {given[2]}"
        )
    # A quotient of floats is not exact beyond 2**53, and may be infinite.
    count = -((start - end) // step) if exact else math.ceil(min((end - start) / step, 2.0**63))
    if wanted.kind != "f":  # that of floats is their count, too, as in PyTorch
        start, step = int(start), int(step)
    result = layout.uninitialized(new_shape("arange", (count,)), wanted)
    places = np.arange(count, dtype=np.float64 if wanted.kind == "f" else np.int64)
    copy.copy_(result, from_any((start + step * places).astype(wanted)))
    return finish(result, requires_grad, device)


def linspace(start, end, steps, *, dtype=None, device=None, requires_grad=False):
    """`steps` numbers at equal distances from `start` to `end`, both included."""
    start, end = as_python("linspace", "start", start), as_python("linspace", "end", end)
    shape = new_shape("linspace", (whole("linspace", "steps", steps),))
    wanted = floating(dtype)
    if wanted == np.bool_:
        raise TypeError("linspace: dtype must be that of numbers, got bool")
    ends = [promotion.checked_number(n, wanted).item() for n in (start, end)]
    if wanted.kind != "f":
        start, end = ends
    result = layout.uninitialized(shape, wanted)
    with np.errstate(all="ignore"):  # ends that are not finite
        numbers = np.linspace(start, end, steps).astype(wanted)
    copy.copy_(result, from_any(numbers))
    return finish(result, requires_grad, device)


def eye(n, m=None, *, dtype=None, device=None, requires_grad=False):
    """The identity matrix of n rows and m (or n) columns."""
    m = n if m is None else m
    result = layout.zeros(new_shape("eye", (n, m)), floating(dtype))
    diagonal = layout.diagonal(result)
    copy.fill_(diagonal, 1)
    return finish(result, requires_grad, device)


def rand(*size, generator=None, dtype=None, device=None, requires_grad=False):
    """Numbers from the uniform distribution on [0, 1)."""
    uniform = random_kernels.uniform_
    return drawn("rand", uniform, size, generator, dtype, device, requires_grad)


def randn(*size, generator=None, dtype=None, device=None, requires_grad=False):
    """Numbers from the standard normal distribution."""
    normal = random_kernels.normal_
    return drawn("randn", normal, size, generator, dtype, device, requires_grad)


def drawn(name, draw, size, generator, dtype, device, requires_grad):
    """Numbers by `draw` for the function `name`; what is refused takes none from the generator."""
    array = layout.uninitialized(new_shape(name, size), real(name, dtype))
    t = finish(array, requires_grad, device)
    draw(array, 0.0, 1.0, generator)
    return t


def drawn_like(name, draw, input, generator, dtype, device, requires_grad):
    """The same, like the operand of that function."""
    check_tensor(name, "input", input)
    size, dtype = (input.array.shape,), dtype or input.dtype
    return drawn(name, draw, size, generator, dtype, device, requires_grad)


def randint(
    *bounds,
    low=None,
    high=None,
    size=None,
    generator=None,
    dtype=None,
    device=None,
    requires_grad=False,
):
    """Whole numbers from ``low ... high - 1``: ``randint(low, high, size)``, or
    ``randint(high, size)`` from 0."""
    if size is None and bounds:
        *bounds, size = bounds
    if low is None and len(bounds) + (high is not None) == 1:
        low = 0
    numbers = [n for n in (low, *bounds, high) if n is not None]
    if len(numbers) != 2 or not isinstance(size, (tuple, list)):
        raise TypeError("randint: high and size, a tuple, must be given, and low may be")
    low, high = numbers
    array = layout.uninitialized(new_shape("randint", (size,)), as_numpy_dtype(dtype or "int64"))
    t = finish(array, requires_grad, device)
    random_kernels.randint_(array, low, high, generator)
    return t


def randperm(n, *, generator=None, dtype=None, device=None, requires_grad=False):
    """The numbers 0 ... n - 1 in random order, int64."""
    n, wanted = whole("randperm", "n", n), as_numpy_dtype(dtype or "int64")
    if wanted == np.bool_:
        raise TypeError("randperm: dtype must be that of numbers, got bool")
    promotion.checked_number(n - 1, wanted)
    t = finish(layout.uninitialized(new_shape("randperm", (n,)), wanted), requires_grad, device)
    copy.copy_(t.array, random_kernels.randperm(n, generator))
    return t


def rand_like(input, *, generator=None, dtype=None, device=None, requires_grad=False):
    """`rand` in the shape and dtype of `input`."""
    uniform = random_kernels.uniform_
    return drawn_like("rand_like", uniform, input, generator, dtype, device, requires_grad)


def randn_like(input, *, generator=None, dtype=None, device=None, requires_grad=False):
    """`randn` in the shape and dtype of `input`."""
    normal = random_kernels.normal_
    return drawn_like("randn_like", normal, input, generator, dtype, device, requires_grad)


def is_tensor(obj):
    """True if `obj` is a Tensor."""
    return isinstance(obj, Tensor)
