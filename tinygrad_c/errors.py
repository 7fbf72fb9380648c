"""ShapeError, a check of numbers, and how an error gets the name of the called function."""


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
