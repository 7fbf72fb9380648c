"""Methods of the family `tinygrad_c.ops.elementwise`."""

import numpy as np

from tinygrad_c._kernels import promotion
from tinygrad_c._kernels.graph import grad_enabled
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.op import wrap
from tinygrad_c.autograd.views import inplace
from tinygrad_c.errors import ShapeError, renamed
from tinygrad_c.methods.fill import assign
from tinygrad_c.ops import comparison, special
from tinygrad_c.ops import elementwise as ops


def in_place(operation):
    """The method that writes its result into the tensor: ``add_`` of ``add``."""

    def method(self, *others):
        return inplace(operation, self, *others)

    method.__name__ = method.__qualname__ = f"{operation.name}_"
    method.__doc__ = f"`{operation.name}`, written into the tensor's own memory; returns it."
    return method


def result_dtype(t, *others):
    """The NumPy dtype of what `t` and the others, tensors, arrays, numbers or None, make."""
    arrays = [t.array]
    for other in others:
        if isinstance(other, TensorBase):
            arrays.append(other.array)
        elif isinstance(other, np.ndarray):
            arrays.append(other)
        elif other is not None:
            number = other.item() if isinstance(other, np.generic) else other
            arrays.append(promotion.scalar_array(number, t.array))
    return promotion.result_type(*arrays)


def scaled(name, t, other, alpha):
    """``alpha * other``, which is to be added to `t`, in the dtype of the sum."""
    if name == "sub":
        check_subtracted(t)
        check_subtracted(other)
    if type(alpha) is int and alpha == 1:
        return other
    dtype = result_dtype(t, other)
    if isinstance(alpha, TensorBase):
        alpha = alpha.item()
    if isinstance(alpha, bool) and dtype != np.bool_:
        raise RuntimeError(f"{name}: Boolean alpha only supported for Boolean results")
    if isinstance(alpha, float) and dtype.kind != "f":
        raise RuntimeError(
            f"{name}: For integral input tensors, argument alpha must not be a floating point "
            f"number, got {alpha} for a result of dtype {dtype}"
        )
    factor = wrap(promotion.checked_number(alpha, dtype))
    return ops.mul(other.to(dtype) if isinstance(other, TensorBase) else other, factor)


def check_subtracted(value):
    """PyTorch subtracts no bool, a number or a tensor, and nothing from one."""
    if isinstance(value, bool) or (isinstance(value, TensorBase) and value.array.dtype == np.bool_):
        raise RuntimeError(
            "sub: Subtraction, the `-` operator, with a bool is not supported: use the `^` or "
            "logical_xor() operator, to invert a mask the `~` or logical_not() operator"
        )


def check_exponent(base, exponent):
    """PyTorch's rules for a number as the exponent of whole numbers."""
    if isinstance(exponent, int) and base.array.dtype.kind in "iub":
        if exponent < 0:
            raise RuntimeError(
                f"pow: Integers to negative integer powers are not allowed, got {exponent}"
            )
        promotion.checked_number(exponent, result_dtype(base, exponent))


def check_result(name, dtype, t):
    """Can a result of this dtype be written to `t`?"""
    if not promotion.can_cast(dtype, t.array.dtype):
        raise RuntimeError(
            f"{name}: result type {dtype} can't be cast to the desired output type {t.array.dtype}"
        )


def outliving(t):
    """`t`, or where a gradient may need its values a copy that a write to `t` does not change."""
    return t.clone() if t.requires_grad and grad_enabled() else t


def trunc_divide(a, b):
    """``a / b`` rounded towards 0; of whole numbers without the detour over floats."""
    if result_dtype(a, b).kind == "f":
        return ops.trunc(ops.div(a, b))
    floor = ops.floor_divide(a, b)
    rest = ops.add(a, ops.neg(ops.mul(floor, b)))  # a bool, too, which nothing is subtracted from
    inexact = comparison.logical_and(comparison.ne(rest, 0), comparison.lt(floor, 0))
    return ops.add(floor, inexact)


def clamped(t, low, high):
    """`t` limited by two bounds, of which one may be None."""
    dtype = t.array.dtype if t.array.dtype.kind == "f" else result_dtype(t, low, high)
    bounds = [
        wrap(promotion.checked_number(b, dtype)) if isinstance(b, (int, float)) else b
        for b in (low, high)
    ]
    return ops.clamp(t, *bounds)


class ElementwiseMethods:
    """Arithmetic, functions, comparisons."""

    __slots__ = ()

    multiply = mul = ops.mul
    divide = true_divide = ops.div
    floor_divide = ops.floor_divide
    remainder = ops.remainder
    negative = neg = ops.neg
    absolute = abs = ops.abs
    sign = ops.sign
    square = ops.square
    reciprocal = ops.reciprocal
    exp = ops.exp
    log = ops.log
    sqrt = ops.sqrt
    tanh = ops.tanh
    sigmoid = ops.sigmoid
    relu = ops.relu
    sin = special.sin
    cos = special.cos
    erf = special.erf
    erfc = special.erfc
    expm1 = special.expm1
    log1p = special.log1p
    rsqrt = special.rsqrt
    floor = ops.floor
    ceil = ops.ceil
    trunc = ops.trunc
    eq = comparison.eq
    ne = comparison.ne
    lt = comparison.lt
    le = comparison.le
    gt = comparison.gt
    ge = comparison.ge
    logical_and = comparison.logical_and
    logical_or = comparison.logical_or
    logical_xor = comparison.logical_xor
    logical_not = comparison.logical_not
    isnan = comparison.isnan
    isinf = comparison.isinf
    isfinite = comparison.isfinite
    maximum = ops.maximum
    minimum = ops.minimum

    multiply_ = mul_ = in_place(ops.mul)
    floor_divide_ = in_place(ops.floor_divide)
    remainder_ = in_place(ops.remainder)
    neg_ = in_place(ops.neg)
    abs_ = in_place(ops.abs)
    square_ = in_place(ops.square)
    reciprocal_ = in_place(ops.reciprocal)
    exp_ = in_place(ops.exp)
    log_ = in_place(ops.log)
    sqrt_ = in_place(ops.sqrt)
    tanh_ = in_place(ops.tanh)
    sigmoid_ = in_place(ops.sigmoid)
    relu_ = in_place(ops.relu)
    sin_ = in_place(special.sin)
    cos_ = in_place(special.cos)
    erf_ = in_place(special.erf)
    erfc_ = in_place(special.erfc)
    expm1_ = in_place(special.expm1)
    log1p_ = in_place(special.log1p)
    floor_ = in_place(ops.floor)
    ceil_ = in_place(ops.ceil)
    trunc_ = in_place(ops.trunc)
    round_ = in_place(ops.round)

    def add(self, other, *, alpha=1):
        """``self + alpha * other``; `alpha` is a whole number where the sum is of those."""
        return ops.add(self, scaled("add", self, other, alpha))

    def add_(self, other, *, alpha=1):
        """`add`, written into the tensor's own memory; returns it."""
        return inplace(ops.add, self, scaled("add", self, other, alpha))

    def sub(self, other, *, alpha=1):
        """``self - alpha * other``; `alpha` is a whole number where the difference is of those."""
        return ops.sub(self, scaled("sub", self, other, alpha))

    def sub_(self, other, *, alpha=1):
        """`sub`, written into the tensor's own memory; returns it."""
        return inplace(ops.sub, self, scaled("sub", self, other, alpha))

    def pow(self, exponent):
        """``self ** exponent``; whole numbers have no negative power."""
        check_exponent(self, exponent)
        return ops.pow(self, exponent)

    def pow_(self, exponent):
        """`pow`, written into the tensor's own memory; returns it."""
        check_exponent(self, exponent)
        return inplace(ops.pow, self, exponent)

    def round(self, *, decimals=0):
        """The nearest number with `decimals` digits after the point, the even one of two."""
        if decimals == 0:
            return ops.round(self)
        if not self.is_floating_point():
            raise TypeError(f"round: decimals is for floats, got {decimals} for {self.dtype}")
        scale = 10.0 ** abs(decimals)
        if decimals > 0:
            return ops.div(ops.round(ops.mul(self, scale)), scale)
        return ops.mul(ops.round(ops.div(self, scale)), scale)

    def div(self, other, *, rounding_mode=None):
        """``self / other``, rounded towards -inf ("floor") or 0 ("trunc") if asked."""
        if rounding_mode is None:
            return ops.div(self, other)
        if rounding_mode == "floor":
            return ops.floor_divide(self, other)
        if rounding_mode == "trunc":
            return trunc_divide(self, other)
        raise ValueError(
            f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}"
        )

    def div_(self, other, *, rounding_mode=None):
        """`div`, written into the tensor's own memory; returns it."""
        if rounding_mode is None:
            return inplace(ops.div, self, other)
        check_result("div_", result_dtype(self, other), self)
        return self.copy_(outliving(self).div(other, rounding_mode=rounding_mode))

    def clamp(self, min=None, max=None):
        """Limited to [min, max]: numbers or tensors, None for no limit."""
        if min is None and max is None:
            raise ValueError("clamp: at least one of min and max must be given")
        return clamped(self, min, max)

    clip = clamp

    def clamp_(self, min=None, max=None):
        """`clamp`, written into the tensor's own memory; returns it."""
        try:
            y = outliving(self).clamp(min, max)
        except (ShapeError, TypeError, ValueError) as error:
            raise renamed(error, "clamp_", "clamp") from None
        check_result("clamp_", result_dtype(self, min, max), self)
        return assign("clamp_", self, y)
