"""Matrix products; the variant that each thread runs."""

from numpy import ndarray

VARIANTS: tuple[str, ...]
ACTIVATIONS: tuple[str | None, ...]

def variant() -> str: ...
def set_variant(name: str) -> None: ...
def ran() -> str | None: ...
def matmul(a: ndarray, b: ndarray, out: ndarray | None = None) -> ndarray: ...
def linear(
    x: ndarray,
    weight: ndarray,
    bias: ndarray | None = None,
    out: ndarray | None = None,
    activation: str | None = None,
) -> ndarray: ...
