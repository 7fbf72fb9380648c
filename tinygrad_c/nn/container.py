"""Sequential and ModuleList: modules in a row, called "0", "1", ..."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Self

from tinygrad_c.nn.fused import is_first, is_pair, paired
from tinygrad_c.nn.module import Module
from tinygrad_c.tensor import Tensor


class ModuleSequence(Module):
    """What Sequential and ModuleList share: a module that is also a list of its children."""

    def _index(self, index):
        """The name of the child at a possibly negative index."""
        size = len(self)
        if not -size <= index < size:
            raise IndexError(f"index {index} is out of range for {size} modules")
        return list(self._module_names)[index]

    def _renumber(self, modules):
        """Let `modules` be the children, called "0", "1", ..."""
        for name in list(self._module_names):
            delattr(self, name)
        self.extend(modules)

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def __contains__(self, module: object) -> bool:
        return any(child is module for child in self)

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._index(index), module)

    def __delitem__(self, index: int | slice) -> None:
        modules = list(self)
        if not isinstance(index, slice):
            self._index(index)
        del modules[index]
        self._renumber(modules)

    def append(self, module: Module) -> Self:
        """Add `module` at the end; returns self."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add all `modules` at the end; returns self."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put `module` before the child at `index`, and move those behind it up by one."""
        size = len(self)
        if not -size <= index <= size:
            raise IndexError(f"index {index} is out of range for {size} modules")
        if not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def pop(self, index: int = -1) -> Module:
        """Remove the child at `index` and return it."""
        module = getattr(self, self._index(index))
        del self[index]
        return module


class Sequential(ModuleSequence):
    """y = layer_n(... layer_1(layer_0(x))): each layer takes what the one before it returned.

    Takes layers, or one dictionary from names to layers. A slice is a Sequential of the same
    layers. Where neither has hooks, a Linear and a ReLU, Sigmoid or Tanh after it are computed as
    one operation, and a ReLU and a maximum after it in the other order: to the same bits, with less
    memory to pass over.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], dict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            self.extend(args)

    def forward(self, x: Tensor) -> Tensor:
        children = self.__dict__
        waiting = None  # a layer that may make a pair with the next
        for name in self._module_names:
            child = children[name]
            if waiting is not None:
                if is_pair(waiting, child):
                    x = paired(waiting, child, x)
                    waiting = None
                    continue
                x = waiting(x)
            waiting = child if is_first(child) else None
            if waiting is None:
                x = child(x)
        return x if waiting is None else waiting(x)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(dict(list(self._modules.items())[index]))
        return self._modules[self._index(index)]

    def __add__(self, other: "Sequential") -> "Sequential":
        if not isinstance(other, Sequential):
            return NotImplemented
        return Sequential(*chain(self, other))


class ModuleList(ModuleSequence):
    """A list of modules that the tree knows; it has no forward of its own."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(() if modules is None else modules)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self._modules[self._index(index)]

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> "ModuleList":
        return ModuleList(chain(self, other))

    def __repr__(self) -> str:
        """As PyTorch prints it: neighbours that print alike share a line, ``(0-2): 3 x ...``."""
        runs: list[list] = []
        for index, text in enumerate(map(repr, self)):
            if runs and runs[-1][2] == text:
                runs[-1][1] = index
            else:
                runs.append([index, index, text])
        return self._layout("", [run_line(*run) for run in runs])


def run_line(first, last, text):
    if first == last:
        return f"({first}): {text}"
    return f"({first}-{last}): {last - first + 1} x {text}"
