"""ShapeError, and how an error gets the name of the function that was called."""


class ShapeError(ValueError, RuntimeError):
    """Shapes do not fit: a ValueError, as NumPy's users expect, and PyTorch's RuntimeError."""


def renamed(error, name, *others):
    """`error` with `name`, of the function that was called, where it begins with the name of one of
    `others`, which do its work; else as it is."""
    head, _, rest = str(error).partition(": ")
    return type(error)(f"{name}: {rest}") if head in others else error
