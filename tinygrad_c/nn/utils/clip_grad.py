"""Gradients cut to size, in place. Source: Pascanu et al., "On the difficulty of training recurrent
neural networks", 2013."""

from collections.abc import Iterable

from tinygrad_c import creation
from tinygrad_c.autograd import no_grad
from tinygrad_c.methods.shape import stack
from tinygrad_c.tensor import Tensor


def gradients_of(parameters):
    """The gradients of one Tensor or of several, of those that have one."""
    several = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad for p in several if p.grad is not None]


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of all elements of `tensors` together, as if of one vector; 0 where there are none.

    It is the norm of the tensors' norms, of order `norm_type` (see `Tensor.norm`). RuntimeError if
    it is not finite and `error_if_nonfinite` says so.
    """
    norm_type = float(norm_type)
    several = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not several:
        return creation.zeros(())
    with no_grad():
        total = stack([t.norm(norm_type) for t in several]).norm(norm_type)
    if error_if_nonfinite and not total.isfinite().item():
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite "
            f"({total.item()}), so it cannot be clipped. To disable this error and scale the "
            "gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return total


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients so that their norm, of all together, is `max_norm` at most::

        total = norm of all gradients as one vector
        grad = grad * min(1, max_norm / (total + 1e-6))

    Returns the norm from before, a Tensor of one number. A norm of order `norm_type` that is
    NaN or infinite makes the gradients so too, unless `error_if_nonfinite` is to raise RuntimeError
    before anything changes. `foreach`, PyTorch's choice of speed, changes nothing.
    """
    grads = gradients_of(parameters)
    total = get_total_norm(grads, norm_type, error_if_nonfinite)
    with no_grad():
        factor = (float(max_norm) / (total + 1e-6)).clamp(max=1.0)
        for grad in grads:
            grad.mul_(factor.to(grad.dtype))
    return total


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None
) -> None:
    """Limit each element of the gradients to [-clip_value, clip_value]; NaN stays NaN."""
    limit = float(clip_value)
    with no_grad():
        for grad in gradients_of(parameters):
            grad.clamp_(-limit, limit)
