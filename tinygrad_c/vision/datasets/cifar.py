"""CIFAR-10, from the files of its binary version."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_c.vision.datasets.files import (
    DamagedFileError,
    DatasetNotFoundError,
    check_labels,
    read_records,
)
from tinygrad_c.vision.datasets.vision import PictureDataset

# A record is a label and the red, the green and the blue pixels of a picture.
PIXELS = 3 * 32 * 32
BATCH = 10_000


class CIFAR10(PictureDataset):
    """Photographs of ten kinds of things: 50,000 of 32 x 32 pixels to train with, 10,000 to test.

    ``dataset[i]`` is (image, target), the image a Pillow image of mode RGB, or without Pillow an
    array (32, 32, 3) of uint8, after `transform` and `target_transform`. The files are those of
    the binary version, ``data_batch_1.bin`` to ``data_batch_5.bin`` and ``test_batch.bin``, in
    ``root/cifar-10-batches-bin`` or in `root`; those that torchvision downloads are pickles, which
    are not opened here. Fewer or shorter files are read, with a warning.
    Source: Krizhevsky (2009), www.cs.toronto.edu/~kriz/cifar.html.

    Parameters
    ----------
    root : the folder
    train : the pictures to train with, or those to test
    transform, target_transform : functions of the image and of the target, optional
    download : whether files that are missing are downloaded into ``root/cifar-10-batches-bin``

    Attributes
    ----------
    data : uint8 array (N, 32, 32, 3)
    targets : list of N ints
    classes, class_to_idx : the names of the targets, and the target of each name

    Raises
    ------
    DatasetNotFoundError : where no file is there; says where they are looked for and the URL.
    DamagedFileError : where a file is not what it should be; says what is wrong with it.
    DownloadError : where the files cannot be downloaded.
    """

    base_folder = "cifar-10-batches-bin"
    url = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
    filename = "cifar-10-binary.tar.gz"
    tgz_md5 = "c32a1d4ab5d03f1284b67883e8d87530"
    train_list: ClassVar = [f"data_batch_{i}.bin" for i in range(1, 6)]
    test_list: ClassVar = ["test_batch.bin"]
    classes: ClassVar = [
        *["airplane", "automobile", "bird", "cat", "deer"],
        *["dog", "frog", "horse", "ship", "truck"],
    ]

    def __init__(
        self,
        root: str | Path,
        train: bool = True,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        download: bool = False,
    ):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        records = np.concatenate([self._read(path) for path in self._paths()])
        self.targets = records[:, 0].tolist()
        # As torchvision's: a view of the planes of the colours, with the channels last.
        planes = np.ascontiguousarray(records[:, 1:]).reshape(-1, 3, 32, 32)
        self.data = planes.transpose(0, 2, 3, 1)

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The target of each name."""
        return {name: target for target, name in enumerate(self.classes)}

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"

    def _folder(self, names: list[str]) -> Path | None:
        """The first folder that has one of these files."""
        folders = [Path(self.root) / self.base_folder, Path(self.root)]
        return next((f for f in folders if any((f / name).is_file() for name in names)), None)

    def download(self) -> None:
        """Download and unpack the files, unless all are there."""
        # Python's modules for it take a fifth of the package's time to import.
        from tinygrad_c.vision.datasets.download import download, unpack

        names = [*self.train_list, *self.test_list]
        folder = self._folder(names)
        if folder is None or not all((folder / name).is_file() for name in names):
            archive = Path(self.root) / self.filename
            download([self.url], archive, f"md5:{self.tgz_md5}")
            unpack(archive, Path(self.root) / self.base_folder, names)
            archive.unlink()

    def _paths(self) -> list[Path]:
        """The files of the split; warns where they do not hold all of it."""
        names = self.train_list if self.train else self.test_list
        folder = self._folder(names)
        if folder is None:
            raise DatasetNotFoundError(
                f"{type(self).__name__}: {' ... '.join({names[0]: 0, names[-1]: 0})} must be in "
                f"{Path(self.root) / self.base_folder} or in {self.root}. Pass download=True, or "
                f"get {self.url} and unpack it there" + self._hint()
            )
        paths = [folder / name for name in names if (folder / name).is_file()]
        size = sum(path.stat().st_size for path in paths) // (1 + PIXELS)
        if size < BATCH * len(names):
            warnings.warn(
                f"{type(self).__name__}: the files in {folder} hold {size:,} of the "
                f"{BATCH * len(names):,} pictures",
                stacklevel=3,
            )
        return paths

    def _hint(self) -> str:
        if not (Path(self.root) / "cifar-10-batches-py").is_dir():
            return ""
        return (
            ". The folder cifar-10-batches-py holds pickles, which can run any code and are not "
            "opened"
        )

    def _read(self, path: Path) -> np.ndarray:
        try:
            records = read_records(path, 1 + PIXELS)
            check_labels(records[:, 0], len(self.classes))
        except DamagedFileError as error:
            raise DamagedFileError(
                f"{type(self).__name__}: {path} {error}. Delete it and pass download=True, or get "
                f"{self.url}"
            ) from None
        return records
