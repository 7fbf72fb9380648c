"""Hooks on the backward pass of a module: identity nodes at its inputs and at its outputs.

A hook on a module's gradients must see what flows through *this* module only, while an input may
be used elsewhere too. So inputs and outputs pass through an identity, ``Watch``, whose backward
runs the hooks: at the outputs first, where grad_output is known, at the inputs last, where
grad_input is.
"""

from tinygrad_c.autograd import Function
from tinygrad_c.tensor import Tensor


class Watch(Function):
    """The identity on several Tensors; backward calls ``on_grads`` with all their gradients.

    It copies them: were the memory shared, a module that writes to its input in place would
    change the caller's Tensor behind the back of that Tensor's history.
    """

    @staticmethod
    def forward(ctx, on_grads, *tensors):
        ctx.on_grads = on_grads
        ctx.set_materialize_grads(False)
        return tuple(tensor.clone() for tensor in tensors)

    @staticmethod
    def backward(ctx, *grads):
        return None, *ctx.on_grads(grads)


class BackwardHooks:
    """The backward hooks of one call of one module.

    `pre_hooks` are called as ``hook(module, grad_output)``, `hooks` as ``hook(module, grad_input,
    grad_output)``; each may return gradients to go on with.
    """

    def __init__(self, module, pre_hooks, hooks):
        self.module = module
        self.pre_hooks = pre_hooks
        self.hooks = hooks
        self.inputs_watched = False
        self.n_inputs = 0
        self.grad_output = None

    def watch_inputs(self, args):
        """`args` with the Tensors watched, so that their gradients come by here."""
        self.n_inputs = len(args)
        if self.hooks:
            args, self.inputs_watched = watch(args, self.on_grad_input)
        return args

    def watch_outputs(self, output):
        """`output`, a Tensor or a tuple, watched so that its gradient comes by here."""
        if not self.hooks and not self.pre_hooks:
            return output
        if isinstance(output, tuple):
            return watch(output, self.on_grad_output)[0]
        return watch((output,), self.on_grad_output)[0][0]

    def on_grad_output(self, grads):
        for hook in self.pre_hooks:
            grads = as_tuple(hook(self.module, grads), grads)
        self.grad_output = grads
        if not self.inputs_watched:
            self.on_grad_input((None,) * self.n_inputs)
        return grads

    def on_grad_input(self, grads):
        for hook in self.hooks:
            grads = as_tuple(hook(self.module, grads, self.grad_output), grads)
        return grads


def watch(values, on_grads):
    """Watch the Tensors among `values` that need a gradient; say whether there were any.

    `on_grads` receives and returns one gradient for each value, None where nothing is watched.
    """
    places = [i for i, v in enumerate(values) if isinstance(v, Tensor) and v.requires_grad]
    if not places:
        return values, False

    def on_watched(grads):
        spread = [None] * len(values)
        for place, grad in zip(places, grads, strict=True):
            spread[place] = grad
        changed = on_grads(tuple(spread))
        return [changed[place] for place in places]

    watched = list(values)
    twins = Watch.apply(on_watched, *[values[place] for place in places])
    for place, twin in zip(places, twins, strict=True):
        watched[place] = twin
    return tuple(watched), True


def as_tuple(result, unchanged):
    """What a hook returned: None leaves the gradients, a single Tensor stands for a 1-tuple."""
    if result is None:
        return unchanged
    result = result if isinstance(result, tuple) else (result,)
    if len(result) != len(unchanged):
        raise RuntimeError(
            f"backward hook: a hook must return {len(unchanged)} gradients or None, "
            f"got {len(result)}"
        )
    return result
