"""The 1,797 handwritten digits that come with the package; ATTRIBUTION.md names their source."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_c.creation import from_numpy
from tinygrad_c.dtypes import float32
from tinygrad_c.tensor import Tensor
from tinygrad_c.utils.data import Dataset

# SHA-256 of the bytes of the images followed by those of the labels.
CHECKSUM = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
MAX_VALUE = 16
# The k-th image of its class belongs to the split that holds k modulo 5: 60, 20 and 20 % of every
# class. All splits have digits of all 13 writers, so a test score says how well new digits of
# known writers are read.
SPLITS = {"train": (0, 1, 2), "validation": (3,), "test": (4,)}


def load_arrays() -> tuple[np.ndarray, np.ndarray]:
    """All images (1797, 8, 8) with values 0 to 16 and all labels (1797,), both uint8."""
    path = Path(__file__).with_name("digits.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return archive["images"], archive["labels"]


def split_indices(labels: np.ndarray, split: str) -> np.ndarray:
    """Where the examples of `split` stand in `labels`, in rising order."""
    rank = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        (places,) = np.nonzero(labels == label)
        rank[places] = np.arange(len(places))
    return np.flatnonzero(np.isin(rank % 5, SPLITS[split]))


class Digits(Dataset):
    """Handwritten digits: a fixed, stratified 60/20/20 split of 1,797 images of 8 x 8 pixels.

    ``digits[i]`` is (image, target): a uint8 Tensor (8, 8) with values 0 to 16 and an int, after
    `transform` and `target_transform`. Nothing is downloaded.

    Parameters
    ----------
    split : "train" (1,085 images), "validation" (357) or "test" (355)
    transform, target_transform : functions of the image and of the target, optional

    Attributes
    ----------
    data : uint8 Tensor (N, 8, 8), values 0 to 16
    targets : int64 Tensor (N,)
    classes : list of str, the name of each target

    Raises
    ------
    ValueError : where `split` is none of the three names.
    """

    classes: ClassVar = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]

    def __init__(
        self,
        split: str = "train",
        transform: Callable[[Tensor], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
    ):
        if split not in SPLITS:
            raise ValueError(f"Digits: split must be one of {list(SPLITS)}, got {split!r}")
        images, labels = load_arrays()
        chosen = split_indices(labels, split)
        self.split = split
        self.transform = transform
        self.target_transform = target_transform
        self.data = from_numpy(images[chosen])
        self.targets = from_numpy(labels[chosen].astype(np.int64))

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image: Any = self.data[index]
        target: Any = int(self.targets[index])
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Images as float32 (N, 1, 8, 8) in [0, 1] and targets, for `TensorDataset(*...)`.

        The transforms are not applied.
        """
        return self.data.to(float32).unsqueeze(1) / MAX_VALUE, self.targets

    def __repr__(self) -> str:
        return f"Digits(split={self.split!r}, {len(self)} images)"
