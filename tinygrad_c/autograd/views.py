"""Writing to a tensor in place, with gradient, also through views.

A view remembers how it was taken: its ``base``, the tensor that owns the memory, and its
``view_steps`` from there. When an operation is recorded that writes to a view, the base gets a
new history, `overwrite`: outside the view its old one, inside the view that of what was written.
Every view of the base then derives its own history anew when it is next used (`op.refresh`).
"""

from tinygrad_c._kernels import copy as kernels
from tinygrad_c._kernels import graph
from tinygrad_c._kernels.promotion import can_cast, get_default_dtype, result_type
from tinygrad_c.autograd import node as nodes
from tinygrad_c.autograd import op as ops
from tinygrad_c.autograd import plan as plans
from tinygrad_c.errors import ShapeError, renamed

__all__ = ["check_writable", "inplace", "overwrite"]


@ops.op
def overwrite(base, value, /, steps):
    """The tensor `base` after `value` has been written to the view of it that `steps` take."""
    return base


@overwrite.grad
def grad_base(grad, steps):
    grad = grad.clone()
    ops.replay(steps, grad).zero_()
    return grad


@overwrite.grad
def grad_value(grad, steps):
    return ops.replay(steps, grad)


def inplace(operation, target, *others, **kwargs):
    """``target = operation(target, *others)``, written into the memory of `target`; returns it."""
    operands = (target, *others)
    mask = operation.mask(operands)
    if mask < 0:
        try:
            operands = operation.lifted(operands)
        except TypeError as error:
            raise renamed(error, f"{operation.name}_", operation.name) from None
        mask = operation.mask(operands)
    recording = (
        graph.grad_enabled()
        and graph.is_floating(target.array)
        and (mask or of_recorded_base(target))
    )
    if recording:
        check_writable(f"{operation.name}_", target)
    if not (recording and mask):
        write(operation, target, operands, kwargs)
        return target
    if operation.plan(mask).keeps_first:  # the old values outlive the write in a copy
        before = like(target, kernels.cast(target.array, target.array.dtype))
        operands = tuple([before if t is target else t for t in operands])
    node = operation.record(operands, (), kwargs, target, None, None, mask)
    write(operation, target, operands, kwargs)
    node.kept = with_output_version(node, target.array)
    rebase(target, node)
    return target


def like(t, array):
    """A tensor with other data, and the place of `t` in the graph."""
    other = ops.wrap(array)
    other.needs_grad = t.needs_grad
    other.node = t.node
    other.output_nr = t.output_nr
    return other


def write(operation, target, operands, kwargs):
    """Run the forward with the memory of `target` as output."""
    out = target.array
    arrays = [t.array for t in (target, *operands[1:])]
    if operation.casts:
        operation.forward(*arrays, out=out, **kwargs)
        return
    dtype = arrays[0].dtype if len(arrays) == 1 else result_type(*arrays)
    if operation.real and dtype.kind != "f":
        dtype = get_default_dtype()
    if not can_cast(dtype, out.dtype):
        raise RuntimeError(
            f"{operation.name}_: result type {dtype} can't be cast to the desired output type "
            f"{out.dtype}"
        )
    if operation.writes_out and dtype == out.dtype:
        try:
            operation.forward(*arrays, out=out, **kwargs)
        except (ShapeError, ValueError) as error:
            raise renamed(error, f"{operation.name}_", operation.name) from None
        return
    result = operation.forward(*arrays, **kwargs)
    if result.shape != out.shape:
        raise ShapeError(
            f"{operation.name}_: the result's shape {result.shape} must be that of the tensor "
            f"it is written to, {out.shape}"
        )
    kernels.copy_(out, result)


def of_recorded_base(target):
    """Is it a view of a tensor that has a gradient to lose?"""
    return target.base is not None and target.base.needs_grad


def check_writable(name, target):
    """A leaf that requires a gradient must keep the value that its gradient is taken at."""
    base = target if target.base is None else target.base
    if (base.needs_grad and base.node is None) or (target.needs_grad and target.node is None):
        what = "a leaf Variable" if base is target else "a view of a leaf Variable"
        raise RuntimeError(
            f"{name}: {what} that requires grad is being used in an in-place operation: "
            f"do it under no_grad(), or on a clone(); its shape is {target.array.shape}"
        )
    if target.base is not None and target.view_steps is None:
        raise RuntimeError(
            f"{name}: a view made under no_grad() is being modified in place with recording on: "
            "make the view with recording on, or modify it under no_grad()"
        )


def with_output_version(node, array):
    """What `node` keeps, its output at the version that it has now that it has been written."""
    kept = list(node.kept)
    for i, keep in enumerate(node.plan.keeps):
        if keep.kind == plans.OUTPUT:
            kept[2 * i + 1] = graph.version(array)
    return tuple(kept)


def rebase(target, node):
    """Give `target`, which `node` has just written, its new history."""
    before_node, before_index = target.node, target.output_nr
    if target.base is None:
        target.node = node
        target.output_nr = 0
        target.needs_grad = True
    else:
        rebase_view(target, node)
    nodes.retain(target, before_node, before_index)


def rebase_view(target, node):
    """The same for a view: its base gets a new history, from which it derives its own."""
    value = ops.output(target.array, node, 0)
    base = target.base
    operands = (base, value)
    before_node, before_index = base.node, base.output_nr
    mask = 3 if base.needs_grad else 2
    kwargs = {"steps": target.view_steps}
    base.node = overwrite.record(operands, (), kwargs, base, None, None, mask)
    base.output_nr = 0
    base.needs_grad = True
    nodes.retain(base, before_node, before_index)
    ops.refresh(target)
