"""The exceptions that have no name in Python already."""


class ShapeError(ValueError, RuntimeError):
    """Shapes do not fit: a ValueError, as NumPy's users expect, and PyTorch's RuntimeError."""
