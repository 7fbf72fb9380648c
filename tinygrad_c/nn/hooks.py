"""Hooks: functions that run before and after a module's forward, and around its backward."""

from collections.abc import Callable

from tinygrad_c.autograd.handle import RemovableHandle
from tinygrad_c.nn.backward_hooks import BackwardHooks

FORWARD_PRE = "forward_pre"
FORWARD = "forward"
BACKWARD_PRE = "backward_pre"
BACKWARD = "backward"


class HookMethods:
    """The methods of Module that register hooks. Each returns a handle with ``remove()``.

    All hooks of a module stand in one dictionary ``_hooks``, so that a module without hooks, the
    usual case, is known by one look.
    """

    _hooks: dict[int, tuple]

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before each forward.

        It may return new arguments: a tuple, or one value. With `with_kwargs` it is called as
        ``hook(module, args, kwargs)`` and returns None or ``(args, kwargs)``.
        """
        return self._add_hook(FORWARD_PRE, hook, prepend, with_kwargs)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after each forward; it may return a new output.

        With `with_kwargs` it is called as ``hook(module, args, kwargs, output)``.
        """
        return self._add_hook(FORWARD, hook, prepend, with_kwargs)

    def register_full_backward_pre_hook(
        self, hook: Callable, prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when the gradients of the outputs are known.

        `grad_output` is a tuple; the hook may return another to go on with.
        """
        return self._add_hook(BACKWARD_PRE, hook, prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when those of the inputs are known.

        Both are tuples, with None for what is no Tensor or needs no gradient; the hook may return
        another `grad_input` to go on with. Only positional arguments count as inputs.
        """
        return self._add_hook(BACKWARD, hook, prepend)

    def _add_hook(self, kind, hook, prepend, with_kwargs=False):
        others = dict(self._hooks) if prepend else {}
        for key in others:
            del self._hooks[key]
        handle = RemovableHandle(self._hooks, (kind, hook, with_kwargs))
        self._hooks.update(others)
        return handle


def call_with_hooks(module, args, kwargs):
    """``module.forward(*args, **kwargs)`` with all that the module's hooks do around it."""
    args, kwargs = run_forward_pre_hooks(module, args, kwargs)
    pre_hooks = [hook for hook, _ in hooks_of(module, BACKWARD_PRE)]
    hooks = [hook for hook, _ in hooks_of(module, BACKWARD)]
    around = BackwardHooks(module, pre_hooks, hooks)
    args = around.watch_inputs(args)
    output = module.forward(*args, **kwargs)
    output = run_forward_hooks(module, args, kwargs, output)
    return around.watch_outputs(output)


def hooks_of(module, kind):
    """The hooks of one kind as (hook, with_kwargs); a copy, so that a hook may remove itself."""
    return [(hook, with_kwargs) for k, hook, with_kwargs in module._hooks.values() if k == kind]


def run_forward_pre_hooks(module, args, kwargs):
    for hook, with_kwargs in hooks_of(module, FORWARD_PRE):
        if not with_kwargs:
            result = hook(module, args)
            if result is not None:
                args = result if isinstance(result, tuple) else (result,)
            continue
        result = hook(module, args, kwargs)
        if result is None:
            continue
        if not isinstance(result, tuple) or len(result) != 2:
            raise RuntimeError(
                f"forward_pre_hook: a hook with kwargs must return None or (args, kwargs), "
                f"got {result!r}"
            )
        args, kwargs = result
    return args, kwargs


def run_forward_hooks(module, args, kwargs, output):
    for hook, with_kwargs in hooks_of(module, FORWARD):
        given = (args, kwargs) if with_kwargs else (args,)
        result = hook(module, *given, output)
        if result is not None:
            output = result
    return output
