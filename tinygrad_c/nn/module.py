"""Module: a function that owns parameters, and the tree that modules form.

A module's parameters, buffers and children are ordinary attributes: they live in the instance's
``__dict__``, so reading ``self.weight`` costs no more than any other attribute. Beside them,
three registries remember *which* names are parameters, buffers and children, in the order of
their registration. ``__setattr__`` keeps the registries right; everything else (``parameters()``,
``state_dict()``, ``to()``, printing) walks them.
"""

from types import MappingProxyType
from typing import Any

from tinygrad_c.nn.hooks import HookMethods, call_with_hooks
from tinygrad_c.nn.parameter import Buffer, Parameter
from tinygrad_c.nn.place import note_place
from tinygrad_c.nn.state import StateMethods
from tinygrad_c.tensor import Tensor

NONE_YET: Any = MappingProxyType({})


class Module(StateMethods, HookMethods):
    """Base of all layers and models.

    A subclass calls ``super().__init__()``, assigns its parameters and layers to ``self``, and
    defines ``forward``; calling the module calls ``forward``::

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = nn.Linear(2, 16)
                self.output = nn.Linear(16, 2)

            def forward(self, x):
                return self.output(self.hidden(x).relu())

    ``training`` is True after construction; ``eval()`` makes it False in the whole tree.
    """

    # What a module has before its __init__ has run: reading works, registering is refused.
    training: bool = True
    _parameter_names: dict[str, None] = NONE_YET
    _buffer_names: dict[str, bool] = NONE_YET
    _module_names: dict[str, None] = NONE_YET
    _hooks: dict[int, tuple] = NONE_YET

    def __init__(self) -> None:
        self.__dict__.update(
            training=True,
            _parameter_names={},  # name -> None: a dict is a set that keeps the order
            _buffer_names={},  # name -> is it persistent, that is, part of state_dict()
            _module_names={},  # name -> None
            _hooks={},  # handle id -> hook, empty in most modules
        )

    # ---- calling ----

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if self._hooks:
                return call_with_hooks(self, args, kwargs)
            return self.forward(*args, **kwargs)
        except Exception as error:
            note_place(error, self)
            raise

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; every subclass defines it."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    # ---- registering ----

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute and register it by what it is: Parameter, Buffer or Module.

        A name keeps its kind: where a parameter stands, only a Parameter or None may follow.
        """
        if isinstance(value, Parameter):
            self._make_room(name, self._parameter_names)
            self.register_parameter(name, value)
        elif name in self._parameter_names:
            self._set_empty(name, value, "parameter", "torch.nn.Parameter")
        elif isinstance(value, Module):
            self._make_room(name, self._module_names)
            self.register_module(name, value)
        elif name in self._module_names:
            self._set_empty(name, value, "child module", "torch.nn.Module")
        elif isinstance(value, Buffer):
            self._make_room(name, self._buffer_names)
            self.register_buffer(name, value, value.persistent)
        elif name in self._buffer_names:
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as buffer '{name}' "
                    "(torch.nn.Buffer, torch.Tensor or None expected)"
                )
            self.__dict__[name] = value
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        for registry in (self._parameter_names, self._buffer_names, self._module_names):
            if name in registry:
                del registry[name]
        object.__delattr__(self, name)

    def _set_empty(self, name, value, kind, expected):
        """Put None where a parameter or child stands; anything else has come here by mistake."""
        if value is not None:
            raise TypeError(
                f"cannot assign '{type(value).__name__}' as {kind} '{name}' "
                f"({expected} or None expected)"
            )
        self.__dict__[name] = None

    def _make_room(self, name, registry):
        """Remove an attribute that `registry` does not list, so that `name` can be registered."""
        if name in self.__dict__ and name not in registry:
            delattr(self, name)

    def _check_registration(self, name, kind, registry):
        if registry is NONE_YET:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in registry and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Register `param` (a Parameter, or None for one that is switched off) as `self.name`."""
        self._check_registration(name, "parameter", self._parameter_names)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}': a parameter is a leaf; "
                f"to make '{name}' a function of another Tensor, compute it in forward()"
            )
        self.__dict__[name] = param
        self._parameter_names[name] = None

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Register `tensor` (or None) as state that is not trained, such as a running mean.

        Buffers move with ``to()`` and, if `persistent`, are part of ``state_dict()``.
        """
        self._check_registration(name, "buffer", self._buffer_names)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self.__dict__[name] = tensor
        self._buffer_names[name] = persistent

    def register_module(self, name: str, module: "Module | None") -> None:
        """Register `module` (or None) as the child `self.name`."""
        self._check_registration(name, "module", self._module_names)
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self.__dict__[name] = module
        self._module_names[name] = None

    def add_module(self, name: str, module: "Module | None") -> None:
        """Another name of ``register_module``."""
        self.register_module(name, module)

    # ---- looking up ----

    def get_submodule(self, target: str) -> "Module":
        """The module at a dotted path such as "features.0"; "" is the module itself."""
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a dotted path such as "features.0.weight"."""
        return self._get_tensor(target, "_parameter_names", "an nn.Parameter")

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a dotted path such as "norm.running_mean"."""
        return self._get_tensor(target, "_buffer_names", "a buffer")

    def _get_tensor(self, target, registry, kind):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        if name not in getattr(module, registry):
            raise AttributeError(f"`{name}` is not {kind}")
        return getattr(module, name)

    # ---- printing ----

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands between the parentheses when the module is printed."""
        return ""

    def __repr__(self) -> str:
        details = self.extra_repr()
        lines = [f"({name}): {module!r}" for name, module in self._modules.items()]
        return self._layout(details, lines)

    def _layout(self, details, children):
        if not children and "\n" not in details:
            return f"{self._get_name()}({details})"
        lines = details.splitlines() + children
        body = "".join("\n  " + line.replace("\n", "\n  ") for line in lines)
        return f"{self._get_name()}({body}\n)"

    def __dir__(self) -> list[str]:
        # Children called "0", "1", ... cannot be typed after a dot.
        return [name for name in super().__dir__() if name.isidentifier()]
