"""Normalisation."""

from numpy import ndarray

def batch_norm(
    x: ndarray,
    weight: ndarray | None = None,
    bias: ndarray | None = None,
    running_mean: ndarray | None = None,
    running_var: ndarray | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> tuple[ndarray, ndarray]: ...
def batch_norm_backward(
    grad: ndarray,
    x: ndarray,
    stats: ndarray,
    weight: ndarray | None = None,
    training: bool = False,
    needs_x: bool = True,
) -> tuple[ndarray | None, ndarray, ndarray]: ...
