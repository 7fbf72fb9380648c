"""Moving pixels of arrays: padding, cutting out, mirroring.

The rows of an image stand in dimension `axis` of its array and the columns in the next one: 0 for
an image (H, W) or (H, W, C), -2 for planes (..., H, W).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# Pixels at the left, top, right and bottom.
Edges = tuple[int, int, int, int]
MODES: dict[str, Any] = {"edge": "edge", "reflect": "reflect", "symmetric": "symmetric"}


def window(axis: int, rows: slice, columns: slice) -> tuple[Any, ...]:
    """The index of these rows and columns."""
    if axis < 0:
        return (..., rows, columns)
    return (*[slice(None)] * axis, rows, columns)


def pad_pixels(a: np.ndarray, axis: int, edges: Edges, fill: Any, mode: str) -> np.ndarray:
    """A copy with so many pixels more at each side; fewer where an edge is negative."""
    if min(edges) < 0:
        left, top, right, bottom = (max(-edge, 0) for edge in edges)
        height, width = a.shape[axis], a.shape[axis + 1]
        rows, columns = slice(top, max(height - bottom, 0)), slice(left, max(width - right, 0))
        a = a[window(axis, rows, columns)]
        edges = tuple(max(edge, 0) for edge in edges)  # type: ignore[assignment]
    left, top, right, bottom = edges
    height, width = a.shape[axis], a.shape[axis + 1]
    if mode != "constant":
        if 0 in (height, width):
            raise ValueError(
                f"pad: an image must have pixels that {mode} can repeat, got {height} x {width}"
            )
        widths = [(0, 0)] * a.ndim
        widths[axis], widths[axis + 1] = (top, bottom), (left, right)
        return np.pad(a, widths, mode=MODES[mode])
    shape = list(a.shape)
    shape[axis], shape[axis + 1] = height + top + bottom, width + left + right
    out = np.empty(shape, a.dtype)
    # A colour beyond the range of the pixels is the last one within it, as it is for Pillow.
    out[...] = fill if a.dtype.kind == "f" else np.clip(fill, *limits(a.dtype))
    out[window(axis, slice(top, top + height), slice(left, left + width))] = a
    return out


def limits(dtype: np.dtype) -> tuple[int, int]:
    """The smallest and the largest whole number of a dtype."""
    if dtype.kind == "b":
        return 0, 1
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def cut_windows(a: np.ndarray, corners: Sequence[tuple[int, int]], size: Any) -> np.ndarray:
    """Of image b of a batch (B, C, H, W) the window of `size` whose top left is ``corners[b]``."""
    top, left = np.array(corners).T
    windows = sliding_window_view(a, size, axis=(2, 3))
    return windows[np.arange(len(a)), :, top, left]


def mirror(a: np.ndarray, chosen: Sequence[bool]) -> np.ndarray:
    """A copy of a batch (B, C, H, W) in which the chosen images have left and right exchanged."""
    out = a.copy()
    which = np.array(chosen, bool)
    out[which] = a[which][..., ::-1]
    return out
