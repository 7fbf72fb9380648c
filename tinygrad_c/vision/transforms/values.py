"""Transforms of the values of an image: from pixels to a tensor, and to mean 0 and deviation 1."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from tinygrad_c.nn.module import Module
from tinygrad_c.tensor import Tensor
from tinygrad_c.vision.transforms import functional
from tinygrad_c.vision.transforms.batch import BatchTransform


class ToTensor(BatchTransform):
    """A picture or an array (H, W) or (H, W, C) as a Tensor (C, H, W); uint8 divided by 255.

    See `functional.to_tensor`.
    """

    makes_tensors = True

    def __call__(self, pic: Any) -> Tensor:
        return functional.to_tensor(pic)

    def batch(self, images: Any, choices: Sequence[Any]) -> Tensor:
        return functional.scale(images) if isinstance(images, ndarray) else self(images)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Normalize(BatchTransform, Module):
    """``(tensor[c] - mean[c]) / std[c]`` for every channel c of a tensor (..., C, H, W).

    Parameters
    ----------
    mean, std : a number for each channel, or one for all
    inplace : whether the tensor itself is changed

    Raises (see `functional.normalize`) when it is called.
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False):
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def forward(self, tensor: Tensor) -> Tensor:
        return functional.normalize(tensor, self.mean, self.std, self.inplace)

    def batch(self, images: Any, choices: Sequence[Any]) -> Tensor:
        return functional.normalize(images, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, std={self.std})"
