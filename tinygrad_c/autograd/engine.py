"""Backward: the chain rule, from the results to the leaves.

The nodes that a gradient has reached wait in a heap, the one made last on top. A node is made
after all its operands, so when it is on top every gradient that it will ever receive has
arrived. Nothing is recursive: a graph may be a million operations deep.
"""

from heapq import heappop, heappush

from tinygrad_c._kernels import graph
from tinygrad_c.autograd import node as nodes
from tinygrad_c.autograd import op as ops
from tinygrad_c.autograd import plan as plans

__all__ = ["Backward", "run"]


def run(roots, gradients, *, inputs=None, retain_graph=False, create_graph=False):
    """Send `gradients` back from `roots`.

    Without `inputs` every leaf that is reached accumulates its gradient in ``.grad``, and the
    result is None. With `inputs`, a list of tensors, only the paths to those are walked, nothing
    is accumulated, and the result is the list of their gradients, None where none arrived.
    """
    before = graph.grad_enabled()
    graph.set_grad_enabled(create_graph)
    try:
        walk = Backward(retain_graph, create_graph)
        if inputs is not None:
            walk.restrict(roots, inputs)
        for root, gradient in zip(roots, gradients, strict=True):
            walk.given.add(graph.block_address(gradient.array))
            walk.send(ops.edge_of(root), gradient)
        walk.go()
        if inputs is not None:
            return walk.captured_gradients(inputs)
        walk.accumulate()
        return None
    finally:
        graph.set_grad_enabled(before)


class Backward:
    """One pass: the gradients that are under way.

    ``pending``: {node: the gradients of its outputs}, for the nodes that wait.
    ``next``: of the waiting nodes the one made last; the others are in ``heap``.
    ``leaves``: {id of a leaf: (leaf, gradient)}.
    ``wanted``: {(node, index) or id of a leaf: gradient} of the inputs, or None for all leaves.
    ``needed``: the nodes on a path to an input, or None for all.
    ``given``: the memory of gradients that somebody else may hold, so that ``.grad`` must not.
    """

    def __init__(self, retain_graph, create_graph):
        self.retain_graph = retain_graph
        self.create_graph = create_graph
        self.pending = {}
        self.next = None
        self.heap = []
        self.leaves = {}
        self.wanted = None
        self.needed = None
        self.given = set()

    def restrict(self, roots, inputs):
        """Walk only the nodes from which a gradient can reach one of `inputs`."""
        self.wanted = {}
        for t in inputs:
            edge = ops.edge_of(t)
            self.wanted[id(t) if t.edge is None else edge] = None
        reached = {}
        stack = [root.edge[0] for root in roots if root.edge is not None]
        while stack:
            node = stack.pop()
            if node.number not in reached:
                reached[node.number] = node
                for edge in node.edges:
                    if edge is not None and isinstance(edge[0], nodes.Node):
                        stack.append(edge[0])
        self.needed = set()
        for number in sorted(reached):
            for edge in reached[number].edges:
                if edge is not None and (self.is_wanted(edge) or edge[0] in self.needed):
                    self.needed.add(reached[number])
                    break

    def is_wanted(self, edge):
        """Is the gradient that goes along `edge` asked for?"""
        key = edge if isinstance(edge[0], nodes.Node) else id(edge[0])
        return key in self.wanted

    def send(self, edge, gradient):
        """Add `gradient` to what the target of `edge` has received."""
        target = edge[0]
        if isinstance(target, nodes.Node):
            node = target
            needless = self.needed is not None and target not in self.needed
            if needless and edge not in self.wanted:
                return
            slots = self.pending.get(target)
            if slots is None:
                slots = [None] * node.n_outputs
                self.pending[node] = slots
                self.wait(node)
            index = edge[1]
            slots[index] = gradient if slots[index] is None else slots[index] + gradient
        else:
            key = id(target)
            if self.wanted is not None and key not in self.wanted:
                return
            if key in self.leaves:
                gradient = self.leaves[key][1] + gradient
            self.leaves[key] = (target, gradient)

    def wait(self, node):
        """Put `node` among the waiting ones; most often it is the next, and no heap is needed."""
        if self.next is None:
            self.next = node
        elif node.number > self.next.number:
            heappush(self.heap, (-self.next.number, self.next))
            self.next = node
        else:
            heappush(self.heap, (-node.number, node))

    def go(self):
        """Take the waiting nodes, the one made last first, until none is left."""
        while self.next is not None:
            node = self.next
            self.next = heappop(self.heap)[1] if self.heap else None
            slots = self.pending.pop(node)
            if node.hooks is not None:
                self.run_hooks(node, slots)
            if self.wanted is not None:
                for index in range(node.n_outputs):
                    if (node, index) in self.wanted:
                        self.wanted[(node, index)] = slots[index]
                if node not in self.needed:
                    continue
            self.step(node, slots)

    def run_hooks(self, node, slots):
        """Hooks of the node's outputs may look at their gradients, and replace them."""
        for index, hooks in node.hooks.items():
            if slots[index] is not None:
                slots[index] = call_hooks(hooks, slots[index])
                self.given.add(graph.block_address(slots[index].array))

    def step(self, node, slots):
        """From the gradients of a node's outputs to those of its operands."""
        plan = node.plan
        kept = node.kept
        if kept is None:
            raise RuntimeError(
                f"{node.op.name} (made at {node.place}): Trying to backward through the graph a "
                "second time, but the values that it kept have been freed: call the first "
                "backward with retain_graph=True"
            )
        if plan.fused and (self.create_graph or not node.op.has_rules()):
            gradients = self.through_definition(node, slots)
        else:
            values = self.values(node, kept)
            if plan.joint is not None:
                gradients = list(self.call(plan.joint, slots, values, node))
            else:
                gradients = []
                for call in plan.rules:
                    gradients.append(None if call is None else self.call(call, slots, values, node))
        if not self.retain_graph and kept:
            node.kept = None
        kept = values = None  # freed here, not when the next node is done
        for i in range(len(node.edges)):
            if node.edges[i] is not None and gradients[i] is not None:
                layout = None if node.layouts is None else node.layouts[i]
                gradient = fit(gradients[i], layout, slots[0], node)
                self.send(node.edges[i], gradient)

    def call(self, call, slots, values, node):
        """Call a rule with the values of its parameters."""
        rule, sources = call
        if len(sources) == 2 and sources[0] == plans.GRAD and sources[1] >= 0:
            return rule(slots[0], values[sources[1]])
        args = []
        for source in sources:
            if source >= 0:
                args.append(values[source])
            elif source == plans.GRAD:
                args.append(slots[0])
            elif source == plans.GRADS:
                args.append(tuple(slots))
            else:
                args.append(tuple([edge is not None for edge in node.edges]))
        return rule(*args)

    def values(self, node, kept):
        """The kept values, checked to be what they were when the operation ran."""
        values = []
        plan = node.plan
        for i in range(len(plan.keeps)):
            value = kept[2 * i]
            version = kept[2 * i + 1]
            keep = plan.keeps[i]
            kind = keep.kind
            if kind == plans.OPERAND:
                if value is not None:
                    t = value
                    if graph.version(t.array) != version:
                        raise stale(node, node.op.operands[keep.index], t.array, version)
            elif kind == plans.OUTPUT:
                if graph.version(value) != version:
                    raise stale(node, "output", value, version)
                value = output_tensor(node, 0, value, self.create_graph)
            elif kind == plans.OUTPUTS:
                value = tuple(
                    [output_tensor(node, k, v, self.create_graph) for k, v in enumerate(value)]
                )
            values.append(value)
        return values

    def through_definition(self, node, slots):
        """The gradients of a fused operation, from its definition in plain operations."""
        plan = node.plan
        operation = node.op
        operands = [None] * operation.n_operands
        parameters = {}
        for keep, value in zip(plan.keeps, self.values(node, node.kept), strict=True):
            if keep.kind == plans.OPERAND:
                operands[keep.index] = value
            elif keep.kind == plans.PARAMETER:
                parameters[keep.name] = value
        # Stand-ins, so that the walk ends at the operands and goes no further up the graph.
        needs = [edge is not None for edge in node.edges]
        operands = [stand_in(t) if need else t for t, need in zip(operands, needs, strict=True)]
        needed = [t for t, need in zip(operands, needs, strict=True) if need]
        graph.set_grad_enabled(True)
        try:
            y = operation.definition(*operands, **parameters)
        finally:
            graph.set_grad_enabled(self.create_graph)
        found = run(
            [y],
            [slots[0]],
            inputs=needed,
            retain_graph=self.create_graph,
            create_graph=self.create_graph,
        )
        found.reverse()
        return [found.pop() if need else None for need in needs]

    def captured_gradients(self, inputs):
        """The gradients of `inputs`, after the walk."""
        result = []
        for t in inputs:
            if t.edge is None:
                gradient = self.leaves.get(id(t), (t, None))[1]
                if gradient is not None and t.hooks is not None:
                    gradient = call_hooks(t.hooks, gradient)
            else:
                gradient = self.wanted[t.edge]
            result.append(gradient)
        return result

    def accumulate(self):
        """Add what has arrived at each leaf to its ``.grad``."""
        for leaf, arrived in self.leaves.values():
            gradient = arrived
            if leaf.hooks is not None:
                gradient = call_hooks(leaf.hooks, gradient)
                self.given.add(graph.block_address(gradient.array))
            if leaf.gradient is None:
                leaf.gradient = self.own(gradient)
            elif self.create_graph:
                leaf.gradient = leaf.gradient + gradient
            else:
                leaf.gradient.add_(gradient)
            if leaf.post_hooks is not None:
                for hook in list(leaf.post_hooks.values()):
                    hook(leaf)

    def own(self, gradient):
        """`gradient` itself if nobody else can hold its memory, else a copy."""
        if self.create_graph:
            return gradient
        address = graph.block_address(gradient.array)
        if address in self.given or not gradient.array.flags.c_contiguous:
            return gradient.clone()
        self.given.add(address)
        return ops.wrap(gradient.array)


def fit(gradient, layout, like, node):
    """Undo the broadcasting and the type promotion of an operand in its gradient."""
    array = gradient.array
    if layout is None:
        if like is None or graph.same_layout(array, like.array):
            return gradient
        shape = like.array.shape
        dtype = like.array.dtype
    else:
        shape, dtype = layout
    if array.shape != shape:
        gradient = gradient.sum_to_size(shape)
    if array.dtype != dtype:
        gradient = gradient.to(dtype)
    return gradient


def output_tensor(node, index, array, create_graph):
    """The output of a node again, without the cycle that keeping the tensor would make."""
    y = ops.wrap(array)
    if create_graph and graph.is_floating(array):
        y.edge = (node, index)
        y.needs_grad = True
    return y


def stand_in(t):
    """`t` as the output of a node of its own, which is recorded even while nothing else is."""
    before = graph.grad_enabled()
    graph.set_grad_enabled(True)
    try:
        return t.view_as(t)
    finally:
        graph.set_grad_enabled(before)


def call_hooks(hooks, gradient):
    """Each hook may return a gradient to use instead."""
    for hook in list(hooks.values()):
        result = hook(gradient)
        if result is not None:
            gradient = result
    return gradient


def stale(node, what, array, version):
    """The error for a kept value that has been overwritten."""
    return RuntimeError(
        f"{node.op.name} (made at {node.place}): one of the variables needed for gradient "
        f"computation has been modified by an inplace operation: its {what}, of shape "
        f"{array.shape}, is at version {graph.version(array)}; expected version {version}. "
        "Keep a clone() of it, or use the operation that is not in place"
    )
