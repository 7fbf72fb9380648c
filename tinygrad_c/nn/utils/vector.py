"""Parameters as one vector, and back."""

from collections.abc import Iterable

from tinygrad_c.errors import ShapeError
from tinygrad_c.methods.shape import cat
from tinygrad_c.tensor import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters, one after the other, as one vector; with gradient."""
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let the parameters be the slices of `vec`, in order.

    As in PyTorch a parameter's data becomes a view of `vec`: it shares its memory. ShapeError if
    the vector is too short; what is left at its end is ignored.
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected a Tensor, but got {type(vec).__name__}")
    several = list(parameters)
    needed = sum(p.numel() for p in several)
    if vec.dim() != 1 or len(vec) < needed:
        raise ShapeError(
            f"vector_to_parameters: vec must be a vector of {needed} elements, "
            f"got shape {tuple(vec.shape)}"
        )
    start = 0
    for p in several:
        p.data = vec[start : start + p.numel()].view(p.shape).data
        start += p.numel()
