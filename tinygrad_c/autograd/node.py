"""The graph: what a tensor is to the engine, and the node that an operation leaves behind.

A tensor that an operation made has an ``edge``: the pair (node, index) says that it is output
number ``index`` of ``node``. A node has the edges of its operands, so the graph hangs on the
result and points backwards, from the loss to the parameters; dropping the result drops the graph.
"""

from tinygrad_c._kernels import graph

__all__ = ["AccumulateGrad", "Node", "TensorBase", "new_node"]


class TensorBase:
    """An array with its place in the graph; `tinygrad_c.Tensor` adds the methods.

    ``array``: the data, a NumPy array.
    ``needs_grad``: whether the engine is to compute a gradient for it, ``.requires_grad``.
    ``gradient``: what backward has accumulated, ``.grad`` (of leaves, and after ``retain_grad``).
    ``edge``: (node, index), or None for a leaf, a tensor that no recorded operation made.
    ``base``, ``view_steps``, ``base_edge``: of a view of another tensor, see `views`.
    ``hooks``: of a leaf, the functions to call with its gradient: {key: function}, or None.
    ``post_hooks``: of a leaf, those to call with it once ``.grad`` has been accumulated.
    ``inference``: made in inference mode.
    """

    def __init__(self):
        self.array = None
        self.needs_grad = False
        self.gradient = None
        self.edge = None
        self.base = None
        self.view_steps = None
        self.base_edge = None
        self.hooks = None
        self.post_hooks = None
        self.inference = False


class Node:
    """One recorded call of an operation.

    ``op``: the operation, an `Op`.
    ``plan``: which values its gradient rules need, for the operands that need a gradient.
    ``kept``: those values in the plan's order, each followed by its version, how often its memory
        had been written to; None once backward has passed and freed them.
    ``edges``: for each operand the (node or leaf, index) that its gradient goes to, or None.
    ``layouts``: for each operand its (shape, dtype) where they differ from the output's, else
        None; None if that is so for all.
    ``number``: nodes are numbered as they are made, so a node's operands have smaller numbers.
    ``place``: the line of the program that made it.
    ``hooks``: {output index: {key: function}}, or None.
    """

    @property
    def next_functions(self):
        """The edges as PyTorch shows them: a pair (node or None, index) for each operand."""
        return tuple(
            (None, 0)
            if edge is None
            else (AccumulateGrad(edge[0]), 0)
            if isinstance(edge[0], TensorBase)
            else edge
            for edge in self.edges
        )

    def hooks_of(self, index):
        """The hooks of one output, to add to."""
        if self.hooks is None:
            self.hooks = {}
        return self.hooks.setdefault(index, {})

    def name(self):
        """The operation's name, as PyTorch spells it: ``MulBackward``."""
        return "".join(part.capitalize() for part in self.op.name.split("_")) + "Backward"

    def __repr__(self):
        return f"<{self.name()}>"


def new_node(op, plan, kept, edges, layouts, n_outputs):
    """A node, numbered and placed."""
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
    return node


class AccumulateGrad:
    """The end of an edge at a leaf, as ``next_functions`` shows it."""

    def __init__(self, variable):
        self.variable = variable

    def __repr__(self):
        return "<AccumulateGrad>"
