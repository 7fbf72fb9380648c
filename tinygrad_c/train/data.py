"""The data sets that the command line trains on, in three parts, ready for a loader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_c.utils.data import Subset, TensorDataset
from tinygrad_c.vision.datasets import CIFAR10, MNIST, Digits, FashionMNIST
from tinygrad_c.vision.transforms import Compose, Normalize, ToTensor

# Where a data set has no part for validation, every so many-th training image is taken for it.
VALIDATION_EVERY = 12


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
    "mnist": ImageSpec((1, 28, 28), Digits.classes, mean=0.5, std=0.5),
    "fashion-mnist": ImageSpec((1, 28, 28), FashionMNIST.classes, mean=0.5, std=0.5),
    "cifar10": ImageSpec((3, 32, 32), CIFAR10.classes, mean=0.5, std=0.5),
}
KINDS: dict[str, Callable[..., Any]] = {
    "mnist": MNIST,
    "fashion-mnist": FashionMNIST,
    "cifar10": CIFAR10,
}


def load_data(name: str, folder: str | None = None, download: bool = False) -> ImageData:
    """The data set `name`, whose files are in `folder`; the digits need none.

    `download` gets the files that are missing.

    Raises
    ------
    ValueError, OSError : where a file is missing or damaged.
    """
    if name == "digits":
        return ImageData(
            *(TensorDataset(*Digits(split).tensors()) for split in ("train", "validation", "test"))
        )
    spec = SPECS[name]
    channels = spec.image_shape[0]
    transform = Compose([ToTensor(), Normalize([spec.mean] * channels, [spec.std] * channels)])
    train, test = (
        KINDS[name](folder, train=part, transform=transform, download=download)
        for part in (True, False)
    )
    places = range(len(train))
    return ImageData(
        Subset(train, [i for i in places if i % VALIDATION_EVERY]),
        Subset(train, places[::VALIDATION_EVERY]),
        test,
    )
