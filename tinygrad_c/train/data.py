"""The data sets that the command line trains on, in three parts, ready for a loader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_c.utils.data import TensorDataset
from tinygrad_c.vision.datasets import Digits


@dataclass(frozen=True)
class ImageSpec:
    """What the images of a data set are, and how a model sees them.

    A pixel from 0 to 1 enters the model as (pixel - mean) / std.
    """

    image_shape: tuple[int, int, int]
    classes: Sequence[str]
    mean: float
    std: float

    @property
    def size(self) -> str:
        """In words: `28 x 28 grey`."""
        channels, height, width = self.image_shape
        return f"{width} x {height} {'grey' if channels == 1 else 'colour'}"

    def normalize(self, pixels: np.ndarray) -> np.ndarray:
        """What enters the model, for pixels from 0 to 1."""
        return ((pixels - self.mean) / self.std).astype(np.float32)

    def pixels(self, inputs: np.ndarray) -> np.ndarray:
        """The pixels from 0 to 1, for what enters the model."""
        return inputs * self.std + self.mean


@dataclass(frozen=True)
class ImageData:
    """The parts of a data set: examples are pairs of an image (C, H, W) and its class."""

    train: Any
    validation: Any
    test: Any


SPECS = {
    "digits": ImageSpec((1, 8, 8), Digits.classes, mean=0.0, std=1.0),
}


def load_digits(folder: str | None) -> ImageData:
    """The digits of the package; `folder` is not needed."""
    return ImageData(
        *(TensorDataset(*Digits(split).tensors()) for split in ("train", "validation", "test"))
    )


LOADERS: dict[str, Callable[[str | None], ImageData]] = {"digits": load_digits}


def load_data(name: str, folder: str | None) -> ImageData:
    """The data set `name`, whose files are in `folder`.

    Raises
    ------
    FileNotFoundError, ValueError : where a file is missing or damaged.
    """
    return LOADERS[name](folder)
