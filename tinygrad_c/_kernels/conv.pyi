"""Convolution and its gradients, im2col and col2im; the variant that each thread runs."""

from collections.abc import Sequence

from numpy import ndarray

VARIANTS: tuple[str, ...]
LARGEST: int

def variant() -> str: ...
def set_variant(name: str) -> None: ...
def ran() -> str | None: ...
def check_numbers(op: str, name: str, numbers: Sequence[int], ndim: int, least: int) -> int: ...

class Window:
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    def __init__(
        self,
        kernel: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[int],
        dilation: Sequence[int],
        groups: int,
    ) -> None: ...

def check_window(
    op: str,
    ndim: int,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> int: ...
def check_pair(
    op: str, name_a: str, a: ndarray, name_b: str, b: ndarray, are_volumes: bool = False
) -> int: ...
def check_bias(op: str, like: ndarray, n: int, bias: ndarray | None = None) -> int: ...
def check_channels(
    op: str, name: str, image: ndarray, wanted: int, weight: ndarray, groups: int
) -> int: ...
def conv(
    x: ndarray,
    weight: ndarray,
    size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    bias: ndarray | None = None,
) -> ndarray: ...
def conv_transpose(
    y: ndarray,
    weight: ndarray,
    size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    bias: ndarray | None = None,
) -> ndarray: ...
def conv_weight(
    y: ndarray,
    x: ndarray,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> ndarray: ...
def move_volume(
    transposed: bool,
    image: ndarray,
    weight: ndarray,
    result: ndarray,
    window: Window,
    depth: tuple[int, ...],
    bias: ndarray | None = None,
) -> bool: ...
def weigh_volume(
    y: ndarray, x: ndarray, weight: ndarray, window: Window, depth: tuple[int, ...]
) -> bool: ...
def im2col(
    x: ndarray,
    kernel: Sequence[int],
    size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> ndarray: ...
def col2im(
    columns: ndarray,
    size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> ndarray: ...
