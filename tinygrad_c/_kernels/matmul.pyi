"""Matrix products."""

from numpy import ndarray

def matmul(a: ndarray, b: ndarray, out: ndarray | None = None) -> ndarray: ...
def linear(
    x: ndarray, weight: ndarray, bias: ndarray | None = None, out: ndarray | None = None
) -> ndarray: ...
