"""Normalisation: elements less their mean, divided by their standard deviation."""

from tinygrad_c.errors import ShapeError, check_number
from tinygrad_c.methods.shape import check_tensor
from tinygrad_c.ops import norm
from tinygrad_c.tensor import Tensor


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """y = (input - mean) / sqrt(var + eps) * weight + bias, for each channel.

    Parameters
    ----------
    input : (N, C) or (N, C, d1, ...)
        The statistics of a channel are taken over all of its elements.
    running_mean, running_var : (C), optional in training
        In evaluation they are mean and var. In training those of `input` are, var being its mean
        squared distance from the mean, and the running ones are updated in place to
        ``(1 - momentum) * running + momentum * new``; there var is divided by n - 1 instead of n.
    weight, bias : (C), optional
        1 and 0 where they are None.
    training : bool
        Which of the two.
    momentum, eps : float
        See above; eps keeps the division defined.

    Raises
    ------
    ShapeError
        If a vector has not one element for each channel, or a channel only one element in training.
    ValueError
        If eps is negative, or 0 in training.

    Source: Ioffe and Szegedy, "Batch normalization", 2015.
    """
    check_number("batch_norm", "momentum", momentum)
    check_number("batch_norm", "eps", eps)
    check_tensor("batch_norm", "input", input)
    optional = ("running_mean", running_mean), ("running_var", running_var)
    for what, given in (*optional, ("weight", weight), ("bias", bias)):
        if given is not None:
            check_tensor("batch_norm", what, given)
    shape = tuple(input.shape)
    if training and len(shape) > 1 and input.numel() == shape[1]:
        raise ShapeError(
            "batch_norm: Expected more than 1 value per channel when training, got input of shape "
            f"{shape}"
        )
    return norm.batch_norm(
        input,
        weight,
        bias,
        None if running_mean is None else running_mean.array,
        None if running_var is None else running_var.array,
        training,
        momentum,
        eps,
    )
