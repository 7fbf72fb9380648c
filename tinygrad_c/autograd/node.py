"""The graph: what a tensor is to the engine, and the node that an operation leaves behind.

A tensor that an operation made is output number ``output_nr`` of its ``node``. A node has the edges
of its operands, each a target and an index: the node that made the operand and which output of it
that was, or the leaf itself and 0. So the graph hangs on the result and points backwards, from the
loss to the parameters; dropping the result drops the graph.

A graph has no cycles: edges lead to what was there before, and a node keeps arrays, not tensors. So
Python's cyclic collector need not walk it (`new_node`): on a million nodes that would take most of
the time. It walks after all where a cycle may close: the edges to leaves hold tensors, and under
``create_graph`` the gradient of a leaf has a graph that leads back to it (`make_collectable`); the
node of a user's `Function` keeps tensors and its ``ctx``, and the hook of an output may hold
anything (`objects.track`).
"""

from tinygrad_c._kernels import graph, objects

__all__ = ["AccumulateGrad", "Node", "TensorBase", "make_collectable", "new_node"]


class TensorBase:
    """An array with its place in the graph; `tinygrad_c.Tensor` adds the methods.

    ``array``: the data, a NumPy array.
    ``needs_grad``: whether the engine is to compute a gradient for it, ``.requires_grad``.
    ``gradient``: what backward has accumulated, ``.grad`` (of leaves, and after ``retain_grad``).
    ``node``: what made it, or None for a leaf, a tensor that no recorded operation made.
    ``output_nr``: which output of ``node`` it is.
    ``base``, ``view_steps``, ``base_node``: of a view of another tensor, see `views`.
    ``hooks``: of a leaf, the functions to call with its gradient: {key: function}, or None.
    ``post_hooks``: of a leaf, those to call with it once ``.grad`` has been accumulated.
    ``inference``: made in inference mode.
    """

    def __init__(self):
        self.array = None
        self.needs_grad = False
        self.gradient = None
        self.node = None
        self.output_nr = 0
        self.base = None
        self.view_steps = None
        self.base_node = None
        self.hooks = None
        self.post_hooks = None
        self.inference = False


class Node:
    """One recorded call of an operation.

    ``op``: the operation, an `Op`.
    ``plan``: which values its gradient rules need, for the operands that need a gradient.
    ``kept``: those values in the plan's order, each followed by its version, how often its memory
        had been written to; None once backward has passed and freed them. Of an operand it is the
        array: its place in the graph is in ``edges``.
    ``edges``: for each operand the node or leaf that its gradient goes to, or None, and the index
        there: (target, index, target, index, ...).
    ``layouts``: for each operand its (shape, dtype) where they differ from the output's, else
        None; None if that is so for all.
    ``n_outputs``: how many outputs the operation has.
    ``number``: nodes are numbered as they are made, so a node's operands have smaller numbers.
    ``place``: the line of the program that made it.
    ``hooks``: {output index: {key: function}}, or None.
    """

    @property
    def next_functions(self):
        """The edges as PyTorch shows them: a pair (node or None, index) for each operand."""
        return tuple(
            (AccumulateGrad(target) if isinstance(target, TensorBase) else target, index)
            for target, index in zip(self.edges[::2], self.edges[1::2], strict=True)
        )

    def hooks_of(self, index):
        """The hooks of one output, to add to."""
        if self.hooks is None:
            self.hooks = {}
            objects.track(self)  # a hook may hold the tensor that it was registered on
        return self.hooks.setdefault(index, {})

    def name(self):
        """The operation's name, as PyTorch spells it but for its number: ``MulBackward``."""
        return "".join(part.capitalize() for part in self.op.name.split("_")) + "Backward"

    def __repr__(self):
        return f"<{self.name()}>"


def new_node(op, plan, kept, edges, layouts, n_outputs):
    """A node, numbered and placed, that the cyclic collector does not walk."""
    node = Node.__new__(Node)
    node.op = op
    node.plan = plan
    node.kept = kept
    node.edges = edges
    node.layouts = layouts
    node.n_outputs = n_outputs
    node.number = graph.next_sequence_number()
    node.place = graph.caller()
    node.hooks = None
    objects.untrack(node)
    objects.untrack(edges)
    objects.untrack(kept)
    return node


def retain(t, node, index):
    """If `t` was to retain its gradient as output `index` of `node`, it retains that of what it is
    now."""
    if node is None or node.hooks is None or t.node is None:
        return
    hooks = node.hooks_of(index)
    if "retain_grad" in hooks:
        t.node.hooks_of(t.output_nr)["retain_grad"] = hooks["retain_grad"]
        del hooks["retain_grad"]


def make_collectable(t):
    """Have the cyclic collector walk the graph behind `t` after all: a leaf will hold `t`."""
    seen = set()
    stack = [t.node]
    while stack:
        node = stack.pop()
        if isinstance(node, Node) and node not in seen:
            seen.add(node)
            objects.track(node)
            objects.track(node.edges)
            stack.extend(node.edges[::2])


class AccumulateGrad:
    """The end of an edge at a leaf, as ``next_functions`` shows it."""

    def __init__(self, variable):
        self.variable = variable

    def __repr__(self):
        return "<AccumulateGrad>"
