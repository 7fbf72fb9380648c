"""The tree that modules form: walking it, and doing something in all of it."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, Self

from tinygrad_c.dtypes import float32, float64
from tinygrad_c.methods.graph import forget_gradients
from tinygrad_c.nn.parameter import Parameter
from tinygrad_c.tensor import Tensor


class TreeMethods:
    """The methods of Module that reach the modules below it."""

    _parameter_names: dict[str, None]
    _buffer_names: dict[str, bool]
    _module_names: dict[str, None]

    @property
    def _parameters(self) -> Mapping[str, Parameter | None]:
        """Read-only mapping from name to own parameter (or None); not those of children."""
        return MappingProxyType({name: self.__dict__[name] for name in self._parameter_names})

    @property
    def _buffers(self) -> Mapping[str, Tensor | None]:
        """Read-only mapping from name to own buffer (or None)."""
        return MappingProxyType({name: self.__dict__[name] for name in self._buffer_names})

    @property
    def _modules(self) -> Mapping[str, Any]:
        """Read-only mapping from name to child (or None)."""
        return MappingProxyType({name: self.__dict__[name] for name in self._module_names})

    def named_modules(
        self, memo: set | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """Yield (path, module) for this module and all below it, parents first, each once."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                path = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, path, remove_duplicate)

    def modules(self) -> Iterator[Any]:
        """Yield this module and all below it, each once."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """Yield (name, module) for the direct children, each once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Any]:
        """Yield the direct children, each once."""
        for _, module in self.named_children():
            yield module

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield (path, parameter), with `recurse` also those of the modules below."""
        return self._named_tensors("_parameter_names", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield the parameters, each once: what an optimizer takes."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield (path, buffer), with `recurse` also those of the modules below."""
        return self._named_tensors("_buffer_names", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield the buffers, each once."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def _named_tensors(self, registry, prefix, recurse, remove_duplicate):
        """Yield (path, tensor) for the names that the registry called `registry` lists."""
        seen = set()
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        for path, module in modules:
            for name in getattr(module, registry):
                tensor = module.__dict__[name]
                if tensor is None or id(tensor) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(tensor))
                yield f"{path}.{name}" if path else name, tensor

    # ---- acting on the whole tree ----

    def apply(self, fn: Callable[[Any], Any]) -> Self:
        """Call ``fn(module)`` for all modules, children before parents; returns self."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` in the whole tree: dropout and batch norm look at it; returns self."""
        if not isinstance(mode, bool):
            raise ValueError(f"train: mode must be a bool, got {mode!r}")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """``train(False)``; returns self."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (False) or thaw all parameters; returns self."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or with ``set_to_none=False`` zero them."""
        forget_gradients(self.parameters(), set_to_none)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert parameters and buffers in place; returns self.

        ``to(dtype)`` casts the floating ones and leaves whole numbers alone; ``to("cpu")`` is
        accepted for PyTorch's sake; ``to(other)`` takes dtype and device of a Tensor.
        """
        return self._convert(lambda tensor: tensor.to(*args, **kwargs))

    def float(self) -> Self:
        """Cast floating parameters and buffers to float32; returns self."""
        return self.to(float32)

    def double(self) -> Self:
        """Cast floating parameters and buffers to float64; returns self."""
        return self.to(float64)

    def cpu(self) -> Self:
        """Returns self: all tensors live on the CPU."""
        return self

    def _convert(self, fn):
        """Replace the data of all floating parameters, buffers and gradients by ``fn`` of them."""
        for tensor in chain(self.parameters(), self.buffers()):
            if not tensor.is_floating_point():
                continue
            data = fn(tensor.data)
            if not data.is_floating_point():
                raise TypeError(
                    "nn.Module.to only accepts floating point dtypes, "
                    f"but got desired dtype={data.dtype}"
                )
            grad, tensor.grad = tensor.grad, None
            tensor.array = data.array
            if grad is not None:
                tensor.grad = fn(grad)
        return self
