"""Optimizer: groups of parameters with options, a state for each parameter, and a step."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import wraps
from numbers import Real
from typing import Any

from tinygrad_c.autograd import enable_grad
from tinygrad_c.autograd.handle import RemovableHandle
from tinygrad_c.creation import zeros_like
from tinygrad_c.methods.graph import forget_gradients
from tinygrad_c.tensor import Tensor


def with_step_hooks(step):
    """`step` with the hooks of its optimizer before and after it."""

    @wraps(step)
    def hooked_step(self, *args, **kwargs):
        if self._step_pre_hooks:
            args, kwargs = run_pre_hooks(self, args, kwargs)
        loss = step(self, *args, **kwargs)
        if self._step_post_hooks:
            for hook in list(self._step_post_hooks.values()):
                hook(self, args, kwargs)
        return loss

    return hooked_step


def run_pre_hooks(optimizer, args, kwargs):
    """The arguments for ``step`` after its hooks have seen them."""
    for hook in list(optimizer._step_pre_hooks.values()):
        result = hook(optimizer, args, kwargs)
        if result is None:
            continue
        if not isinstance(result, tuple) or len(result) != 2:
            raise RuntimeError(
                f"step_pre_hook: a hook must return None or (args, kwargs), got {result!r}"
            )
        args, kwargs = result
    return args, kwargs


class Optimizer:
    """Base of the optimizers.

    ``param_groups`` is the list of groups, each a dictionary of "params" and options, which may
    be changed between steps (``group["lr"] = 0.01``). ``state[p]`` is a dictionary of what the
    method remembers of the parameter p, empty before the first step.

    A subclass defines ``update(group, params)``, and where it keeps states ``begin(p, group)``; or,
    as in PyTorch, it overrides ``step``.

    Parameters
    ----------
    params : iterable of Tensors, or of dictionaries ``{"params": Tensors, option: value, ...}``
    defaults : dict of the options of a group that does not give its own
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "step" in vars(cls):
            cls.step = with_step_hooks(cls.step)  # type: ignore[method-assign]

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: dict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._step_pre_hooks: dict[int, Callable] = {}
        self._step_post_hooks: dict[int, Callable] = {}
        if isinstance(params, Tensor) or not isinstance(params, Iterable):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or "
                f"dicts, but got {type(params).__name__}"
            )
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    # ---- stepping ----

    @with_step_hooks
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change each parameter that has a gradient, in place.

        `closure`, if given, computes the loss and its gradients anew; its loss is returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            # `gradient` is what the property `grad` reads: this runs at every step.
            params = [p for p in group["params"] if p.gradient is not None]
            if params:
                self.update(group, params)
        return loss

    def update(self, group: dict[str, Any], params: list[Tensor]) -> None:
        """Do one step for `params`, those Tensors of `group` that have a gradient."""
        raise NotImplementedError(f"{type(self).__name__} must define update(group, params)")

    def begin(self, p: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        """The state of `p`, a Tensor of `group`, before its first step."""
        raise NotImplementedError(f"{type(self).__name__} must define begin(p, group)")

    def states_of(self, group: dict[str, Any], params: list[Tensor]) -> list[dict[str, Any]]:
        """The states of `params`, Tensors of `group`, begun where there is none yet."""
        states = [self.state[p] for p in params]
        if not all(states):
            for p, state in zip(params, states, strict=True):
                if not state:
                    state.update(self.begin(p, group))
        return states

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, so that the next backward does not add to them.

        ``set_to_none=False`` keeps them as zeros.
        """
        for group in self.param_groups:
            forget_gradients(group["params"], set_to_none)

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before each step; returns a handle.

        It may return ``(args, kwargs)`` to step with.
        """
        return RemovableHandle(self._step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after each step; returns a handle."""
        return RemovableHandle(self._step_post_hooks, hook)

    # ---- groups ----

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group ``{"params": Tensor or Tensors, option: value, ...}``."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError("params must be in order: give a list, a set has none")
        params = [params] if isinstance(params, Tensor) else list(params)
        for p in params:
            check_param(p)
        others = [p for group in self.param_groups for p in group["params"]]
        if len({id(p) for p in others + params}) < len(others) + len(params):
            raise ValueError("some parameters appear in more than one parameter group, or twice")
        group = {**self.defaults, **param_group, "params": params}
        self.check_options(group)
        self.param_groups.append(group)

    def check_options(self, group: dict[str, Any]) -> None:
        """Raise ValueError if an option of `group` is out of its range."""

    # ---- saving and loading ----

    def state_dict(self) -> dict[str, Any]:
        """``{"state": {index: {...}}, "param_groups": [{..., "params": [indices]}]}``.

        Parameters are numbered in the order of the groups. The Tensors share memory with the
        optimizer: they change as it steps.
        """
        index: dict[int, int] = {}
        for group in self.param_groups:
            for p in group["params"]:
                index[id(p)] = len(index)
        groups = [
            {**options_of(group), "params": [index[id(p)] for p in group["params"]]}
            for group in self.param_groups
        ]
        state = {index[id(p)]: dict(s) for p, s in self.state.items() if id(p) in index}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over the options and a copy of the state; nothing is changed if they do not fit."""
        groups = deepcopy(state_dict["param_groups"])
        check_groups(self, groups)
        param_of: dict[int, Tensor] = {}
        for own, group in zip(self.param_groups, groups, strict=True):
            param_of.update(zip(group["params"], own["params"], strict=True))
        state: dict[Tensor, dict[str, Any]] = defaultdict(dict)
        for index, values in state_dict["state"].items():
            p = param_of[index]
            state[p] = {key: restored(key, value, p) for key, value in values.items()}
        for own, group in zip(self.param_groups, groups, strict=True):
            own.update(options_of(group))
        self.state = state

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for number, group in enumerate(self.param_groups):
            text += f"\nParameter Group {number}\n"
            for key, value in sorted(options_of(group).items()):
                text += f"    {key}: {value}\n"
        return text + ")"


def options_of(group):
    """A group without its parameters."""
    return {key: value for key, value in group.items() if key != "params"}


def check_param(p):
    if not isinstance(p, Tensor):
        raise TypeError(
            f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}"
        )
    if not p.is_leaf:
        raise ValueError("can't optimize a non-leaf Tensor")


def check_groups(optimizer, loaded):
    """Raise ValueError unless the loaded groups have the optimizer's sizes and options."""
    own = optimizer.param_groups
    if len(own) != len(loaded):
        raise ValueError(
            "loaded state dict has a different number of parameter groups: "
            f"{len(loaded)}, the optimizer has {len(own)}"
        )
    for number, (a, b) in enumerate(zip(own, loaded, strict=True)):
        if len(a["params"]) != len(b["params"]):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of "
                f"optimizer's group: group {number} has {len(b['params'])} parameters, "
                f"the optimizer's has {len(a['params'])}"
            )
        if missing := [option for option in optimizer.defaults if option not in b]:
            raise ValueError(
                f"{type(optimizer).__name__}: the loaded state dict is that of another optimizer, "
                f"its parameter group {number} has no {', '.join(missing)}"
            )


def restored(key, value, p):
    """A copy of a state value; what belongs to a parameter element by element gets its dtype."""
    if not isinstance(value, Tensor):
        return deepcopy(value)
    if key == "step" or not p.is_floating_point():
        return value.detach().clone()
    return value.detach().to(p.dtype, copy=True)


def check_not_negative(optimizer, group, *options):
    """Raise TypeError for an option of `group` that is no number, ValueError for one below 0."""
    name = type(optimizer).__name__
    for option in options:
        value = group[option]
        if not isinstance(value, (Real, Tensor)):
            raise TypeError(f"{name}: {option} must be a number, got {value!r}")
        if not float(value) >= 0:
            raise ValueError(f"{name}: {option} must be >= 0, got {value}")


def arrays_of(name: str, params: list[Tensor], states: list[dict[str, Any]]) -> list:
    """The arrays of the states called `name`, zeros where an option begins to ask for them."""
    for p, state in zip(params, states, strict=True):
        if name not in state:
            state[name] = zeros_like(p)
    return [state[name].array for state in states]
