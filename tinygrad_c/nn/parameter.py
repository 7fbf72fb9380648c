"""Parameter and Buffer: Tensors that say what a module is to do with them."""

from typing import Any

from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.creation import empty
from tinygrad_c.errors import renamed
from tinygrad_c.tensor import Tensor


class Parameter(Tensor):
    """A Tensor that is trained: assigned to a Module, it joins ``parameters()``.

    It shares memory with `data`, is a leaf, and needs a gradient unless told otherwise.
    """

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        share_memory(self, data)
        self.requires_grad_(requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Parameter":
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


class Buffer(Tensor):
    """A Tensor that is state but not trained: assigned to a Module, it joins ``buffers()``.

    With ``persistent=False`` it is no part of ``state_dict()``.
    """

    persistent: bool

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        share_memory(self, data)
        self.persistent = persistent

    def __deepcopy__(self, memo: dict[int, Any]) -> "Buffer":
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), persistent=self.persistent)
        return memo[id(self)]


def share_memory(tensor, data):
    """Begin `tensor`, a leaf without history, around the memory of the Tensor `data`."""
    if data is not None and not isinstance(data, Tensor):
        name = type(tensor).__name__
        raise TypeError(f"{name}: data must be a Tensor, got {type(data).__name__}")
    TensorBase.__init__(tensor)
    tensor.array = empty(0).array if data is None else data.array


def unset(layer: object, shape: Any, device: Any, dtype: Any) -> Tensor:
    """Memory that ``layer.reset_parameters()`` is to fill; an error names the layer."""
    try:
        return empty(shape, device=device, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise renamed(error, type(layer).__name__, "empty") from None
