"""ShapeError, checks of arguments, and how an error gets the name of the called function."""

from operator import index


class ShapeError(ValueError, RuntimeError):
    """Shapes do not fit: a ValueError, as NumPy's users expect, and PyTorch's RuntimeError."""


def renamed(error, name, *others):
    """`error` with `name`, of the function that was called, where it begins with the name of one of
    `others`, which do its work; else as it is."""
    head, _, rest = str(error).partition(": ")
    return type(error)(f"{name}: {rest}") if head in others else error


def check_number(name, what, value):
    """Raise TypeError unless `value`, an argument called `what`, can be a float."""
    if not hasattr(value, "__float__"):
        raise TypeError(f"{name}: {what} must be a number, got {value!r}")


def whole(name, what, value):
    """`value`, an argument called `what`, as a Python int of 64 bits: NumPy's numbers and tensors
    are taken, bools are not."""
    try:
        number = index(value)
    except (TypeError, ValueError):
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name}: {what} must be a whole number, got {value!r}")
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{name}: {what} must be a number of 64 bits, got {value!r}")
    return number


def one_name(name, dim, axis, default=None):
    """The one of `dim` and `axis`, two names of one argument, that is given; else `default`."""
    if axis is None:
        return default if dim is None else dim
    if dim is not None:
        raise TypeError(
            f"{name}: only one of dim and axis, which mean the same, must be given, got {dim!r} "
            f"and {axis!r}"
        )
    return axis
