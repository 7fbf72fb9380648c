"""state_dict and load_state_dict: a model's numbers as a flat dictionary, out and in again."""

from collections import namedtuple
from collections.abc import Mapping
from typing import Any

from tinygrad_c.autograd import no_grad
from tinygrad_c.nn.parameter import Parameter
from tinygrad_c.nn.tree import TreeMethods
from tinygrad_c.tensor import Tensor

# The last part of the key of what a module adds to its state beside numbers.
EXTRA_STATE = "_extra_state"


class _IncompatibleKeys(namedtuple("_IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What ``load_state_dict`` returns: the keys that only one of model and file had."""

    __slots__ = ()

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


class StateMethods(TreeMethods):
    """The methods of Module that save and load its numbers."""

    def state_dict(
        self,
        *,
        destination: dict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> dict[str, Any]:
        """All parameters and persistent buffers, by path: ``{"layer.0.weight": Tensor, ...}``.

        The values share memory with the model: they change as it is trained; copy them to keep
        them. `keep_vars` gives the parameters themselves, not detached Tensors.
        """
        destination = {} if destination is None else destination
        persistent = [name for name, saved in self._buffer_names.items() if saved]
        for name in [*self._parameter_names, *persistent]:
            tensor = self.__dict__[name]
            if tensor is not None:
                destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if type(self).get_extra_state is not StateMethods.get_extra_state:
            destination[prefix + EXTRA_STATE] = self.get_extra_state()
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(
                    destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars
                )
        return destination

    def get_extra_state(self) -> Any:
        """What else belongs to the state of the module: define it, with `set_extra_state`, and
        ``state_dict()`` has its value as ``"_extra_state"``."""
        raise RuntimeError(f"{type(self).__name__} has no get_extra_state()")

    def set_extra_state(self, state: Any) -> None:
        """Take over what `get_extra_state` gave."""
        raise RuntimeError(
            f"{type(self).__name__} must define set_extra_state(), there is an extra state to load"
        )

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy the numbers of `state_dict` into the model; returns missing and unexpected keys.

        Parameters
        ----------
        state_dict : mapping from path to Tensor, as ``state_dict()`` gives it
        strict : if True, keys that only one side has are errors
        assign : if True, the given Tensors become the parameters and buffers, with their dtype;
            otherwise the numbers are copied, with a cast, into those of the model

        Raises
        ------
        RuntimeError
            with all that does not fit, before anything is changed.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        own = self.state_dict(keep_vars=True)
        optional = optional_keys(self)
        keys = _IncompatibleKeys(
            [key for key in own if key not in state_dict and key not in optional],
            [key for key in state_dict if key not in own],
        )
        problems = misfits(self, own, state_dict)
        if strict:
            problems = [*key_problems(keys), *problems]
        if problems:
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t"
                + "\n\t".join(problems)
            )
        for key in own:
            if key in state_dict:
                put = assign_tensor if assign else copy_tensor
                if is_extra(self, key):
                    put = set_extra
                put(self, key, own[key], state_dict[key])
        return keys


def optional_keys(model):
    """The keys that a state may lack, because states saved by old versions of PyTorch lack them."""
    modules = model.named_modules(remove_duplicate=False)
    return {
        f"{path}.{name}" if path else name
        for path, module in modules
        for name in getattr(module, "optional_keys", ())
    }


def key_problems(keys):
    """Yield a line for the missing and one for the unexpected keys, where there are any."""
    for kind, names in (("Missing", keys.missing_keys), ("Unexpected", keys.unexpected_keys)):
        if names:
            listed = ", ".join(f'"{name}"' for name in names)
            yield f"{kind} key(s) in state_dict: {listed}. "


def misfits(model, own, state_dict):
    """A line for each value that cannot stand in its place."""
    lines = []
    for key, tensor in own.items():
        if key not in state_dict or is_extra(model, key):
            continue
        value = state_dict[key]
        if not isinstance(value, Tensor):
            lines.append(
                f'While copying the parameter named "{key}", expected torch.Tensor from '
                f"checkpoint but received {type(value)}"
            )
        elif value.shape != tensor.shape:
            lines.append(
                f"size mismatch for {key}: copying a param with shape {value.shape} from "
                f"checkpoint, the shape in current model is {tensor.shape}."
            )
    return lines


def is_extra(model, key):
    """Is it the key of an extra state, and not of a buffer or a parameter of that name?"""
    path, _, name = key.rpartition(".")
    return name == EXTRA_STATE and name not in model.get_submodule(path).__dict__


def set_extra(model, key, before, value):
    model.get_submodule(key.rpartition(".")[0]).set_extra_state(value)


def copy_tensor(model, key, tensor, value):
    with no_grad():
        tensor.copy_(value)


def assign_tensor(model, key, tensor, value):
    path, _, name = key.rpartition(".")
    if isinstance(tensor, Parameter):
        if not isinstance(value, Parameter):
            value = Parameter(value, requires_grad=tensor.requires_grad)
        value.requires_grad_(tensor.requires_grad)
    setattr(model.get_submodule(path), name, value)
