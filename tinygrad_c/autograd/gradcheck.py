"""Checking gradients against finite differences."""

import itertools

import numpy as np

from tinygrad_c._kernels import graph
from tinygrad_c.autograd.modes import no_grad
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.op import wrap
from tinygrad_c.autograd.roots import grad

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """An analytic gradient is not the numerical one."""


def gradcheck(func, inputs, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True):
    """Compare every gradient of `func` with central finite differences.

    For each output y and each float64 input x that requires a gradient the whole Jacobian is
    computed twice: from backward, row by row, and as ``(f(x + eps) - f(x - eps)) / (2 eps)``,
    column by column. They agree if ``|analytic - numerical| <= atol + rtol * |numerical|``.

    Parameters
    ----------
    func : callable
        From Tensors to a Tensor or a tuple of Tensors.
    inputs : Tensor or tuple of Tensors
        Those that are checked require a gradient, and should be float64: in single precision
        the difference quotient has only about three digits.
    eps, atol, rtol : float
        Step and tolerances.
    raise_exception : bool
        Raise rather than return False.

    Returns
    -------
    bool
        True if all agree.

    Raises
    ------
    GradcheckError
        Naming input, output, the worst element, and both values.
    ValueError
        If no input requires a gradient, or one is not float64.
    """
    inputs = (inputs,) if isinstance(inputs, TensorBase) else tuple(inputs)
    checked = [t for t in inputs if isinstance(t, TensorBase) and t.requires_grad]
    if not checked:
        raise ValueError("gradcheck: one of the inputs must require a gradient, none does")
    for t in checked:
        if t.array.dtype != np.float64:
            raise ValueError(f"gradcheck: inputs must be float64, got {t.array.dtype}")
    outputs = as_outputs(func(*inputs))
    try:
        for (i, t), (o, y) in itertools.product(enumerate(checked), enumerate(outputs)):
            analytic = analytic_jacobian(y, t)
            numerical = numerical_jacobian(func, inputs, t, o, eps)
            compare(analytic, numerical, i, o, atol, rtol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func, inputs, grad_outputs=None, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True
):
    """`gradcheck` of the gradients of `func`: checks its second derivatives.

    The gradients of ``sum(grad_outputs * func(inputs))`` with respect to `inputs` are checked as a
    function of `inputs`, and of those `grad_outputs` that require a gradient.

    Parameters
    ----------
    func, inputs : as in `gradcheck`
    grad_outputs : Tensor or sequence of Tensors, optional
        Weights, for each output that requires a gradient those of its elements, of its shape. If
        not given they are drawn from N(0, 1), always the same, and require a gradient.
    eps, atol, rtol, raise_exception : as in `gradcheck`

    Returns
    -------
    bool
        True if all agree. A gradient that depends on neither is not compared.

    Raises
    ------
    GradcheckError, ValueError
        As `gradcheck`.
    RuntimeError
        If `grad_outputs` are not as many as the outputs, or of other shapes.
    """
    inputs = (inputs,) if isinstance(inputs, TensorBase) else tuple(inputs)
    outputs = as_outputs(func(*inputs))
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        grad_outputs = [
            wrap(graph.from_any(rng.normal(size=y.array.shape))).requires_grad_() for y in outputs
        ]
    elif isinstance(grad_outputs, TensorBase):
        grad_outputs = (grad_outputs,)
    n = len(inputs)

    def gradients(*args):
        points = args[:n]
        checked = [t for t in points if isinstance(t, TensorBase) and t.requires_grad]
        found = grad(
            as_outputs(func(*points)), checked, args[n:], create_graph=True, allow_unused=True
        )
        return tuple([g for g in found if g is not None and g.requires_grad])

    return gradcheck(
        gradients,
        (*inputs, *grad_outputs),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
    )


def as_outputs(given):
    """The outputs that can have a gradient, as a tuple."""
    outputs = (given,) if isinstance(given, TensorBase) else tuple(given)
    return tuple([y for y in outputs if isinstance(y, TensorBase) and y.requires_grad])


def analytic_jacobian(y, t):
    """(elements of y, elements of t), by a backward for each element of y."""
    rows = np.zeros((y.array.size, t.array.size))
    for k in range(y.array.size):
        one = np.zeros(y.array.size)
        one[k] = 1
        weights = wrap(graph.from_any(one.reshape(y.array.shape)))
        (found,) = grad(y, t, weights, retain_graph=True, allow_unused=True)
        if found is not None:
            rows[k] = found.array.reshape(-1)
    return rows


def numerical_jacobian(func, inputs, t, o, eps):
    """(elements of output o, elements of t), by central differences, at copies of the inputs."""
    columns = []
    point = leaf(t)
    points = [point if given is t else given for given in inputs]
    for index in np.ndindex(t.array.shape):
        values = []
        for step in (eps, -eps):
            with no_grad():
                point[index] = float(t.array[index]) + step
            y = as_outputs(func(*points))[o]
            values.append(np.array(y.array, dtype=np.float64).reshape(-1))
        with no_grad():
            point[index] = float(t.array[index])
        columns.append((values[0] - values[1]) / (2 * eps))
    return np.stack(columns, axis=1) if columns else np.zeros((0, 0))


def leaf(t):
    """A copy of `t` that is a leaf."""
    return t.detach().clone().requires_grad_()


def compare(analytic, numerical, i, o, atol, rtol):
    """Raise for the worst element that is outside the tolerance."""
    if analytic.size == 0:
        return
    excess = np.abs(analytic - numerical) - (atol + rtol * np.abs(numerical))
    excess = np.where(np.isnan(excess), np.inf, excess)
    if (excess > 0).any():
        row, column = np.unravel_index(np.argmax(excess), excess.shape)
        raise GradcheckError(
            f"gradcheck: the derivative of output {o}, element {row}, by input {i}, element "
            f"{column}, is analytically {analytic[row, column]:.9g} and numerically "
            f"{numerical[row, column]:.9g}"
        )
