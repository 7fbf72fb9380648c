"""Where backward starts: `backward` and `grad`, with their arguments checked."""

from tinygrad_c._kernels import layout
from tinygrad_c.autograd import engine
from tinygrad_c.autograd import op as ops
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.errors import ShapeError

__all__ = ["backward", "grad"]


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None):
    """Accumulate in the leaves' ``.grad`` the sum of the derivatives of `tensors`.

    Parameters
    ----------
    tensors : Tensor or sequence of Tensors
        What is differentiated.
    grad_tensors : Tensor, sequence of Tensors and None, or None
        For each of `tensors` the weights of its elements, of its shape; None stands for 1 and is
        only allowed for a tensor of one element.
    retain_graph : bool, optional
        Keep what the graph needs for another backward; by default the value of `create_graph`.
    create_graph : bool
        Record the computation of the gradients, so that they can be differentiated again.
    inputs : Tensor or sequence of Tensors, optional
        Accumulate only in these. One that is no leaf gets `retain_grad`.

    Raises
    ------
    RuntimeError
        If a tensor requires no gradient, a weight is missing or of another shape, the graph has
        been freed, or a kept value was overwritten.
    """
    roots = as_tuple("backward", "tensors", tensors)
    gradients = starting_gradients("backward", roots, grad_tensors)
    retain = create_graph if retain_graph is None else retain_graph
    targets = None
    if inputs is not None:
        targets = inputs_of("backward", inputs)
        for t in targets:
            t.retain_grad()
    engine.run(
        roots,
        gradients,
        inputs=targets,
        accumulate=True,
        retain_graph=retain,
        create_graph=create_graph,
    )


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    allow_unused=None,
    materialize_grads=False,
):
    """The gradients of `outputs` with respect to `inputs`, as a tuple; nothing is accumulated.

    Parameters
    ----------
    outputs : Tensor or sequence of Tensors
        What is differentiated; the gradients of several are added.
    inputs : Tensor or sequence of Tensors
        By what: leaves, or what was computed on the way to the outputs.
    grad_outputs : Tensor, sequence of Tensors and None, or None
        As `grad_tensors` in `backward`.
    retain_graph, create_graph : bool
        As in `backward`.
    allow_unused : bool, optional
        Give None for an input that the outputs do not depend on, which otherwise is an error.
    materialize_grads : bool
        Give zeros for such an input.

    Returns
    -------
    tuple
        For each input a Tensor of its shape and dtype, which requires a gradient only with
        `create_graph`; or None.

    Raises
    ------
    RuntimeError
        As `backward`; and if there are no inputs, or one requires no gradient, or is not used.
    ValueError
        For ``allow_unused=False`` with `materialize_grads`.
    TypeError
        If an output or an input is no Tensor.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError("grad: allow_unused must not be False with materialize_grads=True")
    roots = as_tuple("grad", "outputs", outputs)
    targets = inputs_of("grad", inputs)
    gradients = starting_gradients("grad", roots, grad_outputs)
    retain = create_graph if retain_graph is None else retain_graph
    found = engine.run(
        roots, gradients, inputs=targets, retain_graph=retain, create_graph=create_graph
    )
    for i, (t, gradient) in enumerate(zip(targets, found, strict=True)):
        if gradient is None:
            if materialize_grads:
                found[i] = ops.wrap(layout.zeros(t.array.shape, t.array.dtype))
                found[i].requires_grad_(create_graph)
            elif not allow_unused:
                raise RuntimeError(
                    "grad: One of the differentiated Tensors appears to not have been used in the "
                    f"graph: input {i}, of shape {t.array.shape}. Set allow_unused=True if this "
                    "is the desired behavior."
                )
    return tuple(found)


def as_tuple(name, what, given):
    """One tensor or several, as a tuple."""
    if isinstance(given, TensorBase) or not hasattr(given, "__iter__"):
        given = (given,)
    given = tuple(given)
    for t in given:
        if not isinstance(t, TensorBase):
            raise TypeError(f"{name}: {what} must be Tensors, got {type(t).__name__}")
    return given


def inputs_of(name, given):
    """Tensors that require a gradient, at least one."""
    inputs = as_tuple(name, "inputs", given)
    if not inputs:
        raise RuntimeError(f"{name}: inputs must not be empty")
    for t in inputs:
        if not t.requires_grad:
            raise RuntimeError(
                f"{name}: an input of shape {t.array.shape} does not require a gradient"
            )
    return inputs


def starting_gradients(name, roots, given):
    """The gradient to send back from each root."""
    if given is None:
        given = (None,) * len(roots)
    elif not isinstance(given, (tuple, list)):
        given = (given,)
    if len(given) != len(roots):
        raise RuntimeError(f"{name}: got {len(roots)} tensors and {len(given)} gradients")
    return [starting_gradient(name, root, g) for root, g in zip(roots, given, strict=True)]


def starting_gradient(name, root, gradient):
    """`gradient`, checked, or 1 for a single number."""
    if not root.requires_grad:
        raise RuntimeError(
            f"{name}: a tensor of shape {root.array.shape} does not require grad and does not "
            "have a grad_fn"
        )
    if gradient is None:
        if root.array.size != 1:
            raise RuntimeError(
                f"{name}: grad can be implicitly created only for scalar outputs, got shape "
                f"{root.array.shape}: pass a gradient of that shape"
            )
        return ops.wrap(layout.full(root.array.shape, 1, root.array.dtype))
    if not isinstance(gradient, TensorBase):
        gradient = ops.lift(gradient, root, name)
    if gradient.array.shape != root.array.shape:
        raise ShapeError(
            f"{name}: the gradient's shape {gradient.array.shape} must be that of the tensor, "
            f"{root.array.shape}"
        )
    if gradient.array.dtype != root.array.dtype:
        gradient = gradient.to(root.array.dtype)
    return gradient
