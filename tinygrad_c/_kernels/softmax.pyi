"""Softmax and the losses that stand on it."""

from numpy import ndarray

def softmax(a: ndarray, dim: int) -> ndarray: ...
def log_softmax(a: ndarray, dim: int) -> ndarray: ...
def softmax_backward(grad: ndarray, y: ndarray, dim: int) -> ndarray: ...
def log_softmax_backward(grad: ndarray, y: ndarray, dim: int) -> ndarray: ...
def cross_entropy(
    logits: ndarray,
    target: ndarray,
    weight: ndarray | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> tuple[ndarray, ndarray]: ...
def cross_entropy_backward(
    grad: ndarray,
    logits: ndarray,
    target: ndarray,
    norm: ndarray,
    weight: ndarray | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> ndarray: ...
