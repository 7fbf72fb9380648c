"""Transforms of a whole batch at once, with the bits of one image after the other.

A batch of pictures is an array (B, C, H, W) of uint8, and once they are tensors a Tensor of that
shape. The random numbers are drawn for one image after the other, in the order in which they are
drawn without batches.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_c._kernels.random import randint_, uniform_
from tinygrad_c.dtypes import as_numpy_dtype, get_default_dtype
from tinygrad_c.utils.data.fetch import stands_for

# (height, width)
Size = tuple[int, int]
# Draws the random choice for one image.
Draw = Callable[[], Any]


class BatchTransform:
    """What a transform of images defines beside its call in order to be applied to batches.

    Attributes
    ----------
    draws : whether it draws random numbers
    makes_tensors : whether it turns pictures into tensors
    """

    draws = False
    makes_tensors = False

    def drawing(self, size: Size) -> tuple[Draw | None, Size]:
        """The function that makes the random choice for one image of this size, None where there
        is none to make; and the size of the image afterwards."""
        return None, size

    def batch(self, images: Any, choices: Sequence[Any]) -> Any:
        """The batch after the transform, with the choice for each image."""
        raise TypeError(f"{type(self).__name__}: a transform of batches must define batch")


def takes_batches(transform: Any) -> bool:
    """Whether `transform` does for a batch what it does for an image: not where a subclass
    changed what it does for an image alone."""
    if not isinstance(transform, BatchTransform):
        return False
    kind = type(transform)
    if not all(stands_for(kind, "batch", one) for one in ("__call__", "forward", "get_params")):
        return False
    return all(map(takes_batches, getattr(transform, "transforms", ())))


def transform_batch(transform: BatchTransform, images: Any) -> Any:
    """The batch after the transform."""
    draw, _ = transform.drawing(images.shape[2:])
    return transform.batch(images, [draw() for _ in range(len(images))] if draw else ())


def draw_below(n: int) -> int:
    """What ``randint(n, (1,))`` draws."""
    return int(randint_(np.empty(1, np.int64), 0, n)[0])


def draw_chance(p: float) -> bool:
    """Whether ``rand(1) < p``."""
    dtype = as_numpy_dtype(get_default_dtype())
    return bool(uniform_(np.empty(1, dtype))[0] < dtype.type(p))
