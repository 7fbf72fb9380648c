"""What data sets of pictures have in common."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_c.creation import from_numpy
from tinygrad_c.tensor import Tensor
from tinygrad_c.utils.data import Columns, Dataset
from tinygrad_c.utils.data.dataset import index_tensor
from tinygrad_c.vision.pictures import make_picture
from tinygrad_c.vision.transforms.batch import takes_batches, transform_batch


class StandardTransform:
    """A transform of the image and one of the target, as one function of both."""

    def __init__(
        self,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ):
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, image: Any, target: Any) -> tuple[Any, Any]:
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        for head, transform in (
            ("Transform: ", self.transform),
            ("Target transform: ", self.target_transform),
        ):
            if transform is not None:
                text = repr(transform).replace("\n", "\n" + " " * len(head))
                lines.append(head + text)
        return "\n".join(lines)


class VisionDataset(Dataset[Any]):
    """The base of data sets of images: where they lie and how they are transformed.

    Parameters
    ----------
    root : the folder of the files
    transforms : a function of image and target, instead of the other two
    transform, target_transform : functions of the image and of the target

    Raises
    ------
    ValueError : where `transforms` is given together with one of the other two.
    """

    def __init__(
        self,
        root: Any = None,
        transforms: Callable[[Any, Any], Any] | None = None,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ):
        separate = transform is not None or target_transform is not None
        if transforms is not None and separate:
            raise ValueError(
                f"{type(self).__name__}: transforms must not be given together with transform or "
                "target_transform"
            )
        self.root = Path(root).expanduser() if isinstance(root, str) else root
        self.transform = transform
        self.target_transform = target_transform
        self.transforms = StandardTransform(transform, target_transform) if separate else transforms

    def __len__(self) -> int:
        raise TypeError(f"{type(self).__name__}: a data set must define __len__")

    def extra_repr(self) -> str:
        """More lines for `repr`."""
        return ""

    def __repr__(self) -> str:
        lines = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            lines.append(f"Root location: {self.root}")
        lines += self.extra_repr().splitlines()
        if self.transforms is not None:
            lines.append(repr(self.transforms))
        return "\n    ".join([f"Dataset {type(self).__name__}", *lines])


class PictureDataset(VisionDataset):
    """Pictures that are all in memory: ``dataset[i] == (transform(picture), target)``.

    Attributes
    ----------
    data : uint8 pixels (N, H, W) or (N, H, W, 3), a Tensor or an array
    targets : N whole numbers, a Tensor or a list
    """

    data: Any
    targets: Any

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        pixels, target = self.data[index], int(self.targets[index])
        image = make_picture(pixels.numpy() if isinstance(pixels, Tensor) else pixels)
        if self.transform is not None:
            image = self.transform(image)
        return image, target if self.target_transform is None else self.target_transform(target)

    def __getitems__(self, indices: Sequence[int]) -> Sequence[Any]:
        """The examples at `indices`: transformed at once where the transform can, with the same
        bits as one after the other."""
        if not self.reads_batches():
            return [self[i] for i in indices]
        rows = index_tensor(indices)
        data = self.data if isinstance(self.data, Tensor) else from_numpy(self.data)
        planes = data.unsqueeze(1) if data.ndim == 3 else data.permute(0, 3, 1, 2)
        images = transform_batch(self.transform, planes[rows].numpy())  # type: ignore[arg-type]
        if isinstance(self.targets, Tensor):
            targets = self.targets[rows].tolist()
        else:
            targets = [int(self.targets[i]) for i in indices]
        if self.target_transform is not None:
            targets = [self.target_transform(target) for target in targets]
        return Columns(images, targets)

    def reads_batches(self) -> bool:
        """Whether a batch can be transformed at once: into tensors, and with the random numbers
        in the order in which they are drawn for one image after the other."""
        if not takes_batches(self.transform) or not self.transform.makes_tensors:  # type: ignore
            return False
        if self.transform.draws and self.target_transform is not None:  # type: ignore
            return False
        data = self.data.numpy() if isinstance(self.data, Tensor) else self.data
        return (
            isinstance(data, np.ndarray)
            and data.dtype == np.uint8
            and (data.ndim == 3 or (data.ndim == 4 and data.shape[3] == 3))
        )
