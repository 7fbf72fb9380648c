"""What a node of an operation keeps until backward, worked out once from its rules' names."""

__all__ = ["Keep", "Plan", "Rule", "argument_names"]

# Where a rule's argument comes from, when it is not a kept value.
GRAD, GRADS, NEEDS = -1, -2, -3
# What a kept value is.
OPERAND, OUTPUT, SHAPE, SHAPES, PARAMETER, EXTRA = range(6)


class Keep:
    """A value that a node keeps: its kind, and which one of that kind (an index or a name)."""

    def __init__(self, kind, index, name):
        self.kind = kind
        self.index = index
        self.name = name

    def __eq__(self, other):
        return (self.kind, self.index, self.name) == (other.kind, other.index, other.name)

    __hash__ = None  # type: ignore[assignment]  # compared, never a key


class Rule:
    """A gradient rule: its function, and for each of its parameters where the value comes from."""

    def __init__(self, function, sources):
        self.function = function
        self.sources = sources
        # The usual ones, called without a list of arguments: (grad), and (grad, a kept value).
        self.takes_grad = sources == (GRAD,)
        self.takes_grad_and_kept = len(sources) == 2 and sources[0] == GRAD and sources[1] >= 0


class Plan:
    """What a node keeps, and what it does in backward, for one choice of needed gradients.

    ``keeps``: a `Keep` for each kept value.
    ``rules``: for each operand its `Rule`, or None.
    ``joint``: the rule that returns all gradients, or None.
    ``fused``: whether the operation has a definition in plain operations.
    ``keeps_first``: whether the first operand is among the kept values.
    ``keeps_arrays``: whether there are arrays among them, which backward frees.
    ``foreign``: whether the gradients come from the user, who may hold on to them.
    """

    def __init__(self, operation, mask):
        self.keeps = []
        self.joint = None
        self.fused = operation.definition is not None
        self.rules = []
        if operation.joint is not None:
            self.joint = self.rule(operation, operation.joint)
        else:
            for i, name in enumerate(operation.operands):
                function = operation.rules.get(name) if mask >> i & 1 else None
                self.rules.append(function and self.rule(operation, function))
        if operation.definition is not None:
            for i in range(operation.n_operands):
                self.position(OPERAND, i)
            for name in operation.parameters:
                self.position(PARAMETER, 0, name)
        self.keeps_first = Keep(OPERAND, 0, "") in self.keeps
        arrays = [k for k in self.keeps if k.kind in (OPERAND, OUTPUT, EXTRA)]
        self.keeps_arrays = len(arrays) > 0
        self.foreign = False

    def rule(self, operation, function):
        """The rule that `function` is."""
        sources = [self.source(operation, name) for name in argument_names(function)]
        return Rule(function, tuple(sources))

    def source(self, operation, name):
        """Where the value of a parameter comes from: a position among the kept ones, or below 0."""
        special = {"grad": GRAD, "grads": GRADS, "needs": NEEDS}
        if name in special:
            return special[name]
        if name in operation.operands:
            return self.position(OPERAND, operation.operands.index(name))
        if name.endswith("_shape") and name[:-6] in operation.operands:
            if operation.variadic:
                return self.position(SHAPES)
            return self.position(SHAPE, operation.operands.index(name[:-6]))
        if name in ("y", "y1"):
            return self.position(OUTPUT, int(name == "y1"))
        if name in operation.parameters:
            return self.position(PARAMETER, 0, name)
        return self.position(EXTRA, 0, name)

    def position(self, kind, index=0, name=""):
        """The place of a value among the kept ones, which it joins if it is new."""
        keep = Keep(kind, index, name)
        if keep not in self.keeps:
            self.keeps.append(keep)
        return self.keeps.index(keep)


def unknown(operation, name):
    """The error of a rule with a parameter that stands for nothing."""
    return TypeError(
        f"{operation}: a gradient rule has a parameter {name!r}, which is no operand, parameter or "
        "extra of the operation"
    )


def argument_names(function):
    """The names of the parameters of `function`, in order."""
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
