"""The exception that has no name in Python already, and whose name an error begins with."""


class ShapeError(ValueError, RuntimeError):
    """Shapes do not fit: a ValueError, as NumPy's users expect, and PyTorch's RuntimeError."""


def renamed(error, name):
    """`error` as one of `name`, the function that was called, where it begins with the name of the
    one that does the work."""
    head, _, rest = str(error).partition(": ")
    return type(error)(f"{name}: {rest if head.isidentifier() else error}")
