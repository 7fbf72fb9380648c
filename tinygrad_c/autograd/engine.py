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


def run(
    roots, gradients, *, inputs=None, accumulate=False, retain_graph=False, create_graph=False
):
    """Send `gradients` back from `roots`.

    Without `inputs` every leaf that is reached accumulates its gradient in ``.grad``, and the
    result is None. With `inputs`, a list of tensors, only the paths to those are walked. With
    `accumulate` the leaves among them do the same; without it nothing is accumulated, and the
    result is the list of the inputs' gradients, None where none arrived.
    """
    before = graph.grad_enabled()
    graph.set_grad_enabled(create_graph)
    try:
        walk = Backward(retain_graph, create_graph)
        if inputs is not None:
            walk.restrict(roots, inputs)
        for root, gradient in zip(roots, gradients, strict=True):
            walk.given.add(graph.block_address(gradient.array))
            walk.send(root if root.node is None else root.node, root.output_nr, gradient)
        walk.go()
        if inputs is None or accumulate:
            walk.accumulate()
            return None
        return walk.captured_gradients(inputs)
    finally:
        graph.set_grad_enabled(before)


class Backward:
    """One pass: the gradients that are under way.

    ``next``: of the nodes that wait the one made last, and ``next_slots``: for each of its outputs
        the gradient that has arrived, or None.
    ``heap``, ``pending``: the other nodes that wait, and {node: its slots}.
    ``leaves``: {id of a leaf: (leaf, gradient)}.
    ``wanted``: {(node, index) or id of a leaf: gradient} of the inputs and of roots that are no
        leaves, or None for all leaves.
    ``needed``: the nodes on a path to an input, or None for all.
    ``given``: the memory of gradients that somebody else may hold, so that ``.grad`` must not.
    """

    def __init__(self, retain_graph, create_graph):
        self.retain_graph = retain_graph
        self.create_graph = create_graph
        self.next = None
        self.next_slots = None
        self.heap = []
        self.pending = {}
        self.leaves = {}
        self.wanted = None
        self.needed = None
        self.given = set()

    def restrict(self, roots, inputs):
        """Walk only the nodes from which a gradient can reach one of `inputs`."""
        self.wanted = {}
        for t in inputs:
            self.wanted[id(t) if t.node is None else (t.node, t.output_nr)] = None
        reached = {}
        stack = [root.node for root in roots if root.node is not None]
        while stack:
            node = stack.pop()
            if node.number not in reached:
                reached[node.number] = node
                for target in node.edges[::2]:
                    if isinstance(target, nodes.Node):
                        stack.append(target)
        self.needed = set()
        for number in sorted(reached):
            edges = reached[number].edges
            for target, index in zip(edges[::2], edges[1::2], strict=True):
                if target in self.needed or self.key(target, index) in self.wanted:
                    self.needed.add(reached[number])
                    break
        for root in roots:  # whose hooks run in any case
            if root.node is not None:
                self.wanted.setdefault((root.node, root.output_nr))

    def key(self, target, index):
        """What `wanted` calls the end of an edge."""
        return (target, index) if isinstance(target, nodes.Node) else id(target)

    def send(self, target, index, gradient):
        """Add `gradient` to what has arrived at output `index` of a node, or at a leaf."""
        if isinstance(target, nodes.Node):
            needless = self.needed is not None and target not in self.needed
            if needless and (target, index) not in self.wanted:
                return
            slots = self.slots_of(target)
            slots[index] = gradient if slots[index] is None else slots[index] + gradient
        else:
            key = id(target)
            if self.wanted is not None and key not in self.wanted:
                return
            if key in self.leaves:
                gradient = self.leaves[key][1] + gradient
            self.leaves[key] = (target, gradient)

    def slots_of(self, node):
        """The gradients that have arrived at `node`, which waits from the first of them on."""
        if node is self.next:
            return self.next_slots
        slots = self.pending.get(node) if self.heap else None
        if slots is not None:
            return slots
        slots = [None] * node.n_outputs
        if self.next is None:
            self.next, self.next_slots = node, slots
        elif node.number > self.next.number:
            self.put_off(self.next, self.next_slots)
            self.next, self.next_slots = node, slots
        else:
            self.put_off(node, slots)
        return slots

    def put_off(self, node, slots):
        """`node` waits, and is not the next: most often only the next waits, without a heap."""
        heappush(self.heap, (-node.number, node))
        self.pending[node] = slots

    def go(self):
        """Take the waiting nodes, the one made last first, until none is left."""
        while self.next is not None:
            node, slots = self.next, self.next_slots
            self.next = self.next_slots = None
            if self.heap:
                self.next = heappop(self.heap)[1]
                self.next_slots = self.pending.pop(self.next)
            # Where the walk ends, an input gets what its hooks have made of the gradient; elsewhere
            # what has arrived. So it is in PyTorch.
            is_end = self.needed is not None and node not in self.needed
            if self.wanted is not None and not is_end:
                self.capture(node, slots)
            if node.hooks is not None:
                self.run_hooks(node, slots)
            if is_end:
                self.capture(node, slots)
            else:
                self.step(node, slots)

    def capture(self, node, slots):
        """Note the gradients of those outputs of `node` that are wanted."""
        for index in range(node.n_outputs):
            if (node, index) in self.wanted:
                self.wanted[(node, index)] = slots[index]

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
            self.send_all(node, slots, self.through_definition(node, slots))
        elif plan.joint is not None:
            gradients = self.call(plan.joint, slots, node)
            if plan.foreign:
                for g in gradients:
                    if g is not None:
                        self.given.add(graph.block_address(g.array))
            self.send_all(node, slots, gradients)
        else:
            for i in range(len(plan.rules)):
                if plan.rules[i] is not None:
                    self.send_on(node, i, slots, self.call(plan.rules[i], slots, node))
        if kept and plan.keeps_arrays and not self.retain_graph:
            node.kept = None

    def send_all(self, node, slots, gradients):
        """Send the gradients of all operands of `node` on."""
        for i, gradient in enumerate(gradients):
            self.send_on(node, i, slots, gradient)

    def send_on(self, node, i, slots, gradient):
        """Send the gradient of operand number `i` of `node` on, in that operand's layout."""
        target = node.edges[2 * i]
        if target is not None and gradient is not None:
            layout = None if node.layouts is None else node.layouts[i]
            self.send(target, node.edges[2 * i + 1], fit(gradient, layout, slots[0]))

    def call(self, rule, slots, node):
        """Call a rule with the values of its parameters."""
        if rule.takes_grad:
            return rule.function(slots[0])
        if rule.takes_grad_and_kept:
            return rule.function(slots[0], self.value(node, rule.sources[1]))
        args = []
        for source in rule.sources:
            if source >= 0:
                args.append(self.value(node, source))
            elif source == plans.GRAD:
                args.append(slots[0])
            elif source == plans.GRADS:
                args.append(tuple(slots))
            else:
                args.append(tuple([target is not None for target in node.edges[::2]]))
        return rule.function(*args)

    def value(self, node, i):
        """Kept value number `i` of `node`, checked to be what it was when the operation ran."""
        plan = node.plan
        keep = plan.keeps[i]
        value = node.kept[2 * i]
        if keep.kind > plans.OUTPUT or value is None:
            return value
        version = node.kept[2 * i + 1]
        if graph.version(value) != version:
            what = "output" if keep.kind == plans.OUTPUT else node.op.operands[keep.index]
            raise stale(node, what, value, version)
        if keep.kind == plans.OUTPUT:
            return self.output(node, keep.index, value)
        return self.operand(node, keep.index, value)

    def operand(self, node, i, array):
        """Operand number `i` of `node` again: the leaf, or a tensor with the same history."""
        if not self.create_graph:
            return ops.wrap(array)
        target = node.edges[2 * i]
        if target is None:
            return ops.wrap(array)
        if isinstance(target, nodes.Node):
            return ops.output(array, target, node.edges[2 * i + 1])
        if target.array is not array:
            raise RuntimeError(
                f"{node.op.name} (made at {node.place}): its {node.op.operands[i]}, of shape "
                f"{array.shape}, has been given other data since, so that the gradient cannot be "
                "differentiated again"
            )
        return target

    def output(self, node, index, array):
        """An output of `node` again, without the cycle that keeping the tensor would make."""
        if self.create_graph and graph.is_floating(array):
            return ops.output(array, node, index)
        return ops.wrap(array)

    def through_definition(self, node, slots):
        """The gradients of a fused operation, from its definition in plain operations."""
        plan = node.plan
        operation = node.op
        operands = [None] * operation.n_operands
        parameters = {}
        for i, keep in enumerate(plan.keeps):
            if keep.kind == plans.OPERAND:
                operands[keep.index] = self.value(node, i)
            elif keep.kind == plans.PARAMETER:
                parameters[keep.name] = self.value(node, i)
        # Stand-ins, so that the walk ends at the operands and goes no further up the graph.
        needs = [target is not None for target in node.edges[::2]]
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
        for leaf, arrived in self.leaves.values():
            gradient = arrived if leaf.hooks is None else call_hooks(leaf.hooks, arrived)
            self.wanted[id(leaf)] = gradient
        return [self.wanted[self.key(t if t.node is None else t.node, t.output_nr)] for t in inputs]

    def accumulate(self):
        """Add what has arrived at each leaf to its ``.grad``."""
        for leaf, arrived in self.leaves.values():
            if not leaf.needs_grad:  # any more
                continue
            gradient = arrived
            if leaf.hooks is not None:
                gradient = call_hooks(leaf.hooks, gradient)
                self.given.add(graph.block_address(gradient.array))
            if leaf.gradient is None:
                leaf.gradient = self.own(gradient)
            elif self.create_graph:
                leaf.gradient = self.own(leaf.gradient + gradient)
            else:
                leaf.gradient.add_(gradient)
            if leaf.post_hooks is not None:
                for hook in list(leaf.post_hooks.values()):
                    hook(leaf)

    def own(self, gradient):
        """`gradient` itself if nobody else can hold its memory, else a copy."""
        if self.create_graph:
            nodes.make_collectable(gradient)
            return gradient
        address = graph.block_address(gradient.array)
        if address in self.given or not gradient.array.flags.c_contiguous:
            return gradient.clone()
        self.given.add(address)
        return ops.wrap(gradient.array)


def fit(gradient, layout, like):
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


def stand_in(t):
    """`t` as the output of a node of its own, which is recorded even while nothing else is."""
    if not t.needs_grad:  # as a leaf: the walk goes no further
        t = ops.wrap(t.array)
        t.needs_grad = True
        return t
    before = graph.grad_enabled()
    graph.set_grad_enabled(True)
    try:
        return t.view_as(t)
    finally:
        graph.set_grad_enabled(before)


def call_hooks(hooks, gradient):
    """Each hook may return a gradient to use instead; what `retain_grad` keeps is the last."""
    retain = hooks.get("retain_grad")
    for hook in list(hooks.values()):
        result = None if hook is retain else hook(gradient)
        if result is not None:
            check_replacement(hook, result, gradient)
            gradient = result
    if retain is not None:
        retain(gradient)
    return gradient


def check_replacement(hook, result, gradient):
    """What a hook returns must be able to take the gradient's place."""
    name = getattr(hook, "__name__", repr(hook))
    if not isinstance(result, nodes.TensorBase):
        raise TypeError(f"hook '{name}' must return a Tensor or None, got {type(result).__name__}")
    for what in ("shape", "dtype"):
        new, old = getattr(result.array, what), getattr(gradient.array, what)
        if new != old:
            raise RuntimeError(
                f"hook '{name}' must not change the gradient's {what}: it returned {new} for {old}"
            )


def stale(node, what, array, version):
    """The error for a kept value that has been overwritten."""
    return RuntimeError(
        f"{node.op.name} (made at {node.place}): one of the variables needed for gradient "
        f"computation has been modified by an inplace operation: its {what}, of shape "
        f"{array.shape}, is at version {graph.version(array)}; expected version {version}. "
        "Keep a clone() of it, or use the operation that is not in place"
    )
