"""How an operation is written: one forward, and one gradient rule per operand.

::

    @op
    def mul(a, b):
        return kernels.mul(a, b)

    @mul.grad
    def grad_a(grad, b):
        return grad * b

    @mul.grad
    def grad_b(grad, a):
        return grad * a

The *parameter names* of a rule say what the graph has to keep until backward:

``grad``            the gradient of the (first) output
``grads``           the gradients of all outputs, None where one is not needed
``y``, ``y1``       the (first) output, the second, if no operand is called so
an operand          that operand, a Tensor
``<operand>_shape`` only its shape
a parameter         the value of that keyword argument
anything else       an extra that the forward returned: ``return y, {"norm": norm}``
``needs``           (joint rules) for each operand, whether its gradient is needed

Operands stand before the slash in the forward's signature, parameters after it; without a slash
all are operands. Rules are written with Tensors, so they can be differentiated again; the engine
undoes broadcasting and type promotion after them (`engine.fit`). `Op.grads` takes one function
that returns the gradients of all operands in one pass. A fused operation names its definition in
plain operations with `Op.composite`: that is what is differentiated under ``create_graph``.
"""

from inspect import CO_VARARGS
from types import MethodType

import numpy as np

from tinygrad_c._kernels import graph, objects
from tinygrad_c._kernels.promotion import scalar_array
from tinygrad_c.autograd import node as nodes
from tinygrad_c.autograd import plan as plans

__all__ = ["Op", "lift", "op", "output", "refresh", "replay", "wrap"]


tensor_type = None


def set_tensor_type(cls):
    """Make `cls` the type of every output; called once, by `tinygrad_c.tensor`."""
    global tensor_type  # noqa: PLW0603  ops cannot import the class: it imports them
    tensor_type = cls


def wrap(array):
    """A tensor around `array` that no operation made."""
    t = objects.new_instance(tensor_type)
    t.array = array
    t.inference = graph.inference_enabled()
    return t


def output(array, node, index):
    """The tensor around `array` that is output number `index` of `node`."""
    t = wrap(array)
    t.needs_grad = True
    t.node = node
    t.output_nr = index
    return t


def edges_of(operands):
    """Where the gradients of the operands go: (target, index, target, index, ...)."""
    if len(operands) == 2:
        a, b = operands
        return (target_of(a), index_of(a), target_of(b), index_of(b))
    edges = []
    for t in operands:
        edges += (target_of(t), index_of(t))
    return tuple(edges)


def target_of(t):
    """The node that made `t`, or the leaf `t`, or None where no gradient is needed."""
    if t is None or not t.needs_grad:
        return None
    return t if t.node is None else t.node


def index_of(t):
    """Which output of its node `t` is."""
    return 0 if t is None else t.output_nr


def layouts_of(operands, y):
    """Shape and dtype of the operands that differ from `y` in them, or None where none does."""
    layouts = None
    for i in range(len(operands)):
        t = operands[i]
        if t is not None and t.needs_grad and not graph.same_layout(t.array, y):
            if layouts is None:
                layouts = [None] * len(operands)
            layouts[i] = (t.array.shape, t.array.dtype)
    return layouts


def version(keep, value):
    """How often the memory of a kept operand or output has been written to; others never are."""
    if value is None or keep.kind > plans.OUTPUT:
        return 0
    return graph.version(value)


def refresh(t):
    """Derive the view `t` anew when an operation has been recorded in its base's memory since; it
    outlives the base's own history."""
    base = t.base
    if base.node is t.base_node or base.node is None:
        return
    if t.view_steps is None:
        raise RuntimeError(
            "a view made under no_grad() of a tensor that was then modified in place with "
            "recording on has no history of its own: make the view with recording on"
        )
    before = graph.grad_enabled()
    graph.set_grad_enabled(True)
    try:
        fresh = replay(t.view_steps, base)
    finally:
        graph.set_grad_enabled(before)
    before_node, before_index = t.node, t.output_nr
    t.node, t.output_nr, t.needs_grad = fresh.node, fresh.output_nr, fresh.needs_grad
    nodes.retain(t, before_node, before_index)
    t.base_node = base.node


def replay(steps, t):
    """Take the view steps from `t`: (the steps before, operation, parameters, keyword parameters),
    linked so that each view of a view adds one, or () for none."""
    path = []
    while steps:
        path.append(steps)
        steps = steps[0]
    while path:
        _, operation, args, kwargs = path.pop()
        t = operation(t, *args, **kwargs)
    return t


def lift(value, like, name):
    """A tensor for an operand of the operation `name` that is a number or an array; a number is
    weak (see promotion)."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, int, float)):
        return wrap(scalar_array(value, None if like is None else like.array))
    return wrap(graph.from_any(value, name))


class Op:
    """An operation: call it with tensors, get tensors, and the graph records it."""

    def __init__(self, forward, view=False, casts=False, real=False):
        code = forward.__code__
        names = plans.argument_names(forward)
        self.variadic = bool(code.co_flags & CO_VARARGS)
        self.name = forward.__name__
        self.__doc__ = forward.__doc__
        self.__name__ = forward.__name__
        self.__qualname__ = forward.__qualname__
        self.__module__ = forward.__module__
        self.__wrapped__ = forward
        self.forward = forward
        self.n_operands = code.co_posonlyargcount or code.co_argcount
        self.operands = names[: self.n_operands]
        self.parameters = names[self.n_operands :]
        if self.variadic:  # def cat(*tensors, dim): as many operands as are given
            self.operands = (code.co_varnames[len(names)],)
        self.defaults = forward.__defaults__ or tuple((forward.__kwdefaults__ or {}).values())
        self.writes_out = "out" in self.parameters
        self.n_required = self.n_operands - max(0, len(self.defaults) - len(self.parameters))
        self.view = view
        self.casts = casts
        self.real = real
        self.rules = {}
        self.joint = None
        self.definition = None
        self.plans = [None] * (2 if self.variadic else 1 << self.n_operands)

    def grad(self, rule):
        """Decorate the rule for one operand: its name is ``grad_<operand>``."""
        operand = rule.__name__.removeprefix("grad_")
        if operand not in self.operands:
            raise TypeError(f"{self.name} has operands {self.operands}, and no {operand!r}")
        self.rules[operand] = rule
        return rule

    def grads(self, rule):
        """Decorate the rule that returns the gradients of all operands in one pass."""
        self.joint = rule
        return rule

    def composite(self, definition):
        """Decorate the definition of a fused operation in plain operations."""
        self.definition = definition
        return definition

    def has_rules(self):
        """Are there gradient rules, or only a definition?"""
        return bool(self.rules) or self.joint is not None

    def __get__(self, instance, owner):
        """An operation in a class body is a method."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self):
        return f"<operation {self.name}>"

    def binary(self, a, b):
        """``self(a, b)``, the way there being short: for the operators of `Tensor`."""
        return self.apply((a, b), (), None)

    def __call__(self, *args, **kwargs):
        if self.variadic:
            return self.apply(args, (), kwargs)
        n = self.n_operands
        if len(args) < n:
            if len(args) < self.n_required:
                raise TypeError(
                    f"{self.name}() takes {n} operands {self.operands}, got {len(args)}"
                )
            args += (None,) * (n - len(args))
        if len(args) == n:
            return self.apply(args, (), kwargs)
        return self.apply(args[:n], args[n:], kwargs)

    def apply(self, operands, args, kwargs):
        """Run the forward on `operands` and record the call where a gradient may be needed."""
        mask = self.mask(operands)
        if mask < 0:
            operands = self.lifted(operands)
            mask = self.mask(operands)
        result = self.run(operands, args, kwargs)
        if isinstance(result, tuple):
            return self.finish_many(operands, args, kwargs, result, mask)
        y = wrap(result)
        if self.view and graph.shares_memory(result, operands[0].array):
            self.remember_view(y, operands[0], args, kwargs)
        if mask and graph.grad_enabled() and graph.is_floating(result):
            y.node = self.record(operands, args, kwargs, y, None, None, mask)
            y.needs_grad = True
        return y

    def run(self, operands, args, kwargs):
        """Call the forward with the operands' arrays."""
        if not args and not kwargs and len(operands) == 2:
            a = operands[0]
            b = operands[1]
            if b is not None:
                return self.forward(a.array, b.array)
        arrays = [None if t is None else t.array for t in operands]
        return self.forward(*arrays, *args, **(kwargs or {}))

    def mask(self, operands):
        """A bit for each operand that requires a gradient; -1 where one is no tensor yet."""
        mask = 0
        bit = 1
        for position in range(len(operands)):
            operand = operands[position]
            if isinstance(operand, nodes.TensorBase):
                t = operand
                if t.base is not None:
                    refresh(t)
                if t.needs_grad:
                    mask |= bit
                if t.array is None:
                    raise TypeError(f"{self.name}: a tensor has no data: it was not initialised")
            elif operand is not None:
                return -1
            elif self.variadic or position < self.n_required:
                raise TypeError(f"{self.name}: operand {position} must not be None")
            if not self.variadic:  # one plan serves all numbers of operands
                bit <<= 1
        return mask

    def lifted(self, operands):
        """The operands as tensors."""
        like = None
        for t in operands:
            if isinstance(t, nodes.TensorBase):
                like = t
        lifted = list(operands)
        for i, value in enumerate(operands):
            if value is not None and not isinstance(value, nodes.TensorBase):
                whole = self.real and isinstance(value, (int, np.integer))
                lifted[i] = lift(float(value) if whole else value, like, self.name)
        return tuple(lifted)

    def finish_many(self, operands, args, kwargs, result, mask):
        """Outputs of a forward that returns a tuple: several outputs, or extras at its end."""
        extras = None
        if isinstance(result[-1], dict):
            extras = result[-1]
            result = result[:-1]
        ys = tuple([wrap(array) for array in result])
        if mask and graph.grad_enabled():
            node = self.record(operands, args, kwargs, ys[0], ys, extras, mask)
            for index, y in enumerate(ys):
                if graph.is_floating(y.array):
                    y.node = node
                    y.output_nr = index
                    y.needs_grad = True
        return ys if len(ys) > 1 or (extras is None) else ys[0]

    def record(self, operands, args, kwargs, y, ys, extras, mask):
        """The node for this call, that gave `y`, or the outputs `ys` of which `y` is the first."""
        plan = self.plan(mask)
        keeps = plan.keeps
        if not keeps:
            kept = ()
        elif len(keeps) == 1:
            value = self.kept_value(keeps[0], operands, args, kwargs, y, ys, extras)
            kept = (value, version(keeps[0], value))
        else:
            kept = []
            for keep in keeps:
                value = self.kept_value(keep, operands, args, kwargs, y, ys, extras)
                kept += (value, version(keep, value))
            kept = tuple(kept)
        n_outputs = 1 if ys is None else len(ys)
        layouts = layouts_of(operands, y.array)
        return nodes.new_node(self, plan, kept, edges_of(operands), layouts, n_outputs)

    def plan(self, mask):
        """What a node keeps and does where the operands in `mask` need a gradient."""
        plan = self.plans[mask]
        if plan is None:
            plan = self.plans[mask] = plans.Plan(self, mask)
        return plan

    def kept_value(self, keep, operands, args, kwargs, y, ys, extras):
        """One of the values that the plan keeps."""
        if keep.kind == plans.OPERAND:
            t = operands[keep.index]
            if t is None:
                return None
            if t.inference:
                raise RuntimeError(
                    f"{self.name}: a tensor made in inference mode cannot be kept for backward; "
                    "clone it outside inference mode first"
                )
            return t.array
        if keep.kind == plans.OUTPUT:
            return (ys[keep.index] if keep.index else y).array
        if keep.kind == plans.SHAPE:
            return operands[keep.index].array.shape
        if keep.kind == plans.SHAPES:
            return [t.array.shape for t in operands]
        if keep.kind == plans.PARAMETER:
            return self.parameter(keep.name, args, kwargs)
        if extras is None or keep.name not in extras:
            raise plans.unknown(self.name, keep.name)
        return extras[keep.name]

    def parameter(self, name, args, kwargs):
        """The value that this call gives to the parameter `name`."""
        if kwargs and name in kwargs:
            return kwargs[name]
        if self.variadic:
            return self.__wrapped__.__kwdefaults__[name]
        index = self.parameters.index(name)
        if index < len(args):
            return args[index]
        return self.defaults[index - len(self.parameters)]

    def remember_view(self, y, a, args, kwargs):
        """`y` shares its memory with `a`: writing to one is to change the history of both."""
        steps = () if a.base is None else a.view_steps
        if not graph.grad_enabled() or steps is None:
            y.view_steps = None
        else:
            y.view_steps = (steps, self, args, kwargs or {})
        y.base = a if a.base is None else a.base
        y.base_node = y.base.node


def op(forward=None, *, view=False, casts=False, real=False):
    """Make an `Op` of a forward function.

    ``view=True``: its output may share the memory of its first operand.
    ``casts=True``: in place it writes any dtype to any other, as ``copy_`` does.
    ``real=True``: it computes in floats, also from whole numbers, which need not fit a tensor's
    dtype.
    """
    if forward is None:
        return lambda function: Op(function, view, casts, real)
    return Op(forward, view, casts, real)
