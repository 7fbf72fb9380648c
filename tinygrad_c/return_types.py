"""What functions with several results return: tuples whose parts have names, PyTorch's."""

from typing import NamedTuple


def text(name, result):
    """`result` as PyTorch prints it: a part per line."""
    parts = ",\n".join([f"{part}={value!r}" for part, value in result._asdict().items()])
    return f"tinygrad_c.return_types.{name}(\n{parts})"


class max(NamedTuple):  # noqa: N801  the names are PyTorch's
    """The largest values and where they stand."""

    values: object
    indices: object

    def __repr__(self):
        return text("max", self)


class min(NamedTuple):  # noqa: N801
    """The smallest values and where they stand."""

    values: object
    indices: object

    def __repr__(self):
        return text("min", self)
