"""Losses of an input and a target, which broadcast."""

from numpy import ndarray

def mse_loss(x: ndarray, target: ndarray, reduction: str = "mean") -> ndarray: ...
def mse_loss_backward(
    grad: ndarray, x: ndarray, target: ndarray, reduction: str = "mean"
) -> ndarray: ...
def binary_cross_entropy(x: ndarray, target: ndarray, reduction: str = "mean") -> ndarray: ...
def binary_cross_entropy_backward(
    grad: ndarray, x: ndarray, target: ndarray, reduction: str = "mean"
) -> ndarray: ...
def binary_cross_entropy_with_logits(
    x: ndarray, target: ndarray, reduction: str = "mean"
) -> ndarray: ...
def binary_cross_entropy_with_logits_backward(
    grad: ndarray, x: ndarray, target: ndarray, reduction: str = "mean"
) -> ndarray: ...
def nll_loss(
    log_p: ndarray,
    target: ndarray,
    weight: ndarray | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> tuple[ndarray, ndarray | None]: ...
def nll_loss_backward(
    grad: ndarray,
    target: ndarray,
    weight: ndarray | None,
    total: ndarray | None,
    shape: tuple[int, ...],
    ignore_index: int = -100,
    reduction: str = "mean",
) -> ndarray: ...
