"""Operations that the user writes: a class with ``forward`` and ``backward``.

::

    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * 3 * x * x

    y = Cube.apply(x)
"""

import functools
import weakref

from tinygrad_c._kernels import graph, layout, objects
from tinygrad_c.autograd import node as nodes
from tinygrad_c.autograd import op as ops
from tinygrad_c.autograd import plan as plans
from tinygrad_c.autograd import views

__all__ = ["Function"]


class Context:
    """What ``forward`` hands on to ``backward``: ``ctx``. Any attribute may be set on it.

    ``needs_input_grad``: for each argument of ``forward`` whether its gradient is needed.
    """

    def __init__(self, needs_input_grad):
        self.needs_input_grad = needs_input_grad
        self.materialize_grads = True
        self.saved = ()
        self.non_differentiable = ()
        self.dirty = ()

    def save_for_backward(self, *tensors):
        """Keep `tensors` (or None) for ``backward``; overwriting one is noticed there."""
        self.saved = tensors

    def mark_non_differentiable(self, *tensors):
        """These outputs have no gradient."""
        self.non_differentiable = tensors

    def mark_dirty(self, *tensors):
        """These arguments were written to in place, and are returned."""
        self.dirty = tensors

    def set_materialize_grads(self, value):
        """Whether ``backward`` gets zeros, rather than None, for an output that has no gradient."""
        self.materialize_grads = value

    @property
    def saved_tensors(self):
        """The tensors of `save_for_backward`, checked to be what they were then."""
        if self.unpack is None:
            raise RuntimeError("saved_tensors are available in backward only")
        return self.unpack()

    unpack = None


class FunctionOp:
    """Stands where a node has its `Op`: backward calls the user's function."""

    operands = ()

    def __init__(self, function):
        self.name = function.__name__
        self.function = function


class FunctionPlan(plans.Plan):
    """The plan of a node that a `Function` made: one rule for all gradients."""

    def __init__(self, rule):
        self.keeps = []
        self.rules = []
        self.fused = False
        self.keeps_first = False
        self.joint = plans.Rule(rule, (plans.GRADS,))
        self.keeps_arrays = True  # if its function saves any
        self.foreign = True


class Function:
    """Base class of the operations that the user writes; call ``apply``, never ``forward``."""

    @staticmethod
    def forward(ctx, *args):
        """The result, from the arguments; nothing is recorded inside."""
        raise TypeError("a Function must define forward")

    @staticmethod
    def backward(ctx, *grad_outputs):
        """A gradient (or None) for each argument of `forward`."""
        raise TypeError("a Function must define backward")

    @classmethod
    def apply(cls, *args):
        """Call `forward` and record that `backward` is to be called for it."""
        tensors = [t if isinstance(t, nodes.TensorBase) else None for t in args]
        for t in tensors:
            if t is not None and t.base is not None:
                ops.refresh(t)
        needs = tuple([t is not None and t.needs_grad for t in tensors])
        ctx = Context(needs)
        recording = graph.grad_enabled()
        graph.set_grad_enabled(False)
        try:
            result = cls.forward(ctx, *args)
        finally:
            graph.set_grad_enabled(recording)
        if recording and any(needs):
            return record(cls, ctx, tensors, result)
        return result


def record(cls, ctx, tensors, result):
    """Hang a node on the outputs."""
    needs = ctx.needs_input_grad
    outputs = result if isinstance(result, tuple) else (result,)
    fresh = [output_of(ctx, tensors, y) for y in outputs]
    layouts = [
        (t.array.shape, t.array.dtype) if need else None
        for t, need in zip(tensors, needs, strict=True)
    ]
    saved = ctx.saved
    versions = [0 if t is None else graph.version(t.array) for t in saved]
    ctx.saved = ()

    outputs_like = [(y.array.shape, y.array.dtype) for y in fresh]
    # Not a closure: one would hold the outputs, and they the node that holds it.
    rule = functools.partial(gradients_of, cls, ctx, outputs_like, len(needs))
    plan = FunctionPlan(rule)
    edges = ops.edges_of(tuple(tensors))
    node = nodes.new_node(FunctionOp(cls), plan, (), edges, layouts, len(fresh))
    node.kept = tuple([Saved(t, fresh) for t in saved])
    objects.track(node)  # ctx may hold anything
    objects.track(node.kept)
    # The node holds the rule and with it ctx: ctx must not hold the node.
    ctx.unpack = functools.partial(unpack, cls, weakref.ref(node), versions)
    for index, y in enumerate(fresh):
        if not any(y.array is t.array for t in ctx.non_differentiable) and graph.is_floating(
            y.array
        ):
            y.node = node
            y.output_nr = index
            y.needs_grad = True
    return tuple(fresh) if isinstance(result, tuple) else fresh[0]


def output_of(ctx, tensors, y):
    """An output that may get a history: an argument returned as it is becomes a new tensor."""
    if not isinstance(y, nodes.TensorBase):
        raise TypeError(f"forward must return Tensors, got {type(y).__name__}")
    if any(y is t for t in ctx.dirty):
        views.check_writable("mark_dirty", y)
        return y
    return ops.wrap(y.array) if any(y is t for t in tensors) else y


class Saved:
    """A tensor that ``forward`` saved; an output is kept without its history, which would be a
    cycle: its place among the outputs is."""

    def __init__(self, t, fresh):
        self.index = next((i for i, y in enumerate(fresh) if y is t), None)
        self.tensor = t if self.index is None else t.array

    def restored(self, node):
        """The tensor again."""
        if self.index is None:
            return self.tensor
        return ops.output(self.tensor, node, self.index)


def unpack(cls, node, versions):
    """The saved tensors of `node`, a weak reference, unless they were overwritten or freed."""
    node = node()
    if node.kept is None:
        raise RuntimeError(
            f"{cls.__name__} (made at {node.place}): Trying to backward through the graph a second "
            "time, but the saved tensors have been freed: call the first backward with "
            "retain_graph=True"
        )
    result = []
    for saved, version in zip(node.kept, versions, strict=True):
        t = None if saved.tensor is None else saved.restored(node)
        if t is not None and graph.version(t.array) != version:
            raise RuntimeError(
                f"{cls.__name__} (made at {node.place}): a saved tensor of shape {t.array.shape} "
                "has been modified by an inplace operation: it is at version "
                f"{graph.version(t.array)}; expected version {version}"
            )
        result.append(t)
    return tuple(result)


def gradients_of(cls, ctx, outputs_like, n_arguments, grads):
    """Call the user's ``backward`` and check what it returns."""
    if ctx.materialize_grads:
        grads = tuple(
            [
                ops.wrap(layout.zeros(*like)) if g is None else g
                for g, like in zip(grads, outputs_like, strict=True)
            ]
        )
    result = cls.backward(ctx, *grads)
    result = result if isinstance(result, tuple) else (result,)
    if len(result) != n_arguments:
        raise RuntimeError(
            f"{cls.__name__}.backward returned {len(result)} gradients, but forward took "
            f"{n_arguments} arguments"
        )
    for g in result:
        if g is not None and not isinstance(g, nodes.TensorBase):
            raise TypeError(f"{cls.__name__}.backward must return Tensors or None, got {type(g)}")
    return [None if g is None else ops.wrap(g.array) if g.node is None else g for g in result]
