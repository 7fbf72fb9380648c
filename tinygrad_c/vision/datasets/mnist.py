"""MNIST and Fashion-MNIST, from their idx files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_c.creation import from_numpy
from tinygrad_c.vision.datasets.files import (
    DamagedFileError,
    DatasetNotFoundError,
    check_labels,
    find_file,
    read_idx,
)
from tinygrad_c.vision.datasets.vision import PictureDataset


class MNIST(PictureDataset):
    """Handwritten digits: 60,000 pictures of 28 x 28 pixels to train with and 10,000 to test.

    ``dataset[i]`` is (image, target), the image a Pillow image of mode L, or without Pillow an
    array (28, 28) of uint8, after `transform` and `target_transform`. The files are the four idx
    files of the original, packed with gzip or not, in ``root/MNIST/raw`` (where torchvision has
    them) or in `root`. Source: LeCun, Cortes and Burges, yann.lecun.com/exdb/mnist.

    Parameters
    ----------
    root : the folder
    train : the pictures to train with, or those to test
    transform, target_transform : functions of the image and of the target, optional
    download : whether files that are missing are downloaded into ``root/MNIST/raw``

    Attributes
    ----------
    data : uint8 Tensor (N, 28, 28)
    targets : int64 Tensor (N,)
    classes, class_to_idx : the names of the targets, and the target of each name

    Raises
    ------
    DatasetNotFoundError : where a file is missing; says where it is looked for and its URL.
    DamagedFileError : where a file is not what it should be; says what is wrong with it.
    DownloadError : where a file cannot be downloaded.
    """

    mirrors: ClassVar = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ]
    # Each file with the MD5 of its bytes.
    resources: ClassVar = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    # The MD5 of the labels themselves, which files have that were packed once more.
    known_labels: ClassVar[list[str]] = [
        "e86ee40d66677c011a9abda399ec8c4d",
        "073c3904dfbd3e141ff8aa01cfde6b15",
    ]
    classes: ClassVar = [
        *["0 - zero", "1 - one", "2 - two", "3 - three", "4 - four"],
        *["5 - five", "6 - six", "7 - seven", "8 - eight", "9 - nine"],
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
        images, labels = self._load()
        self.data = from_numpy(images)
        self.targets = from_numpy(labels.astype(np.int64))

    @property
    def raw_folder(self) -> Path:
        """Where files are downloaded to."""
        return Path(self.root) / type(self).__name__ / "raw"

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The target of each name."""
        return {name: target for target, name in enumerate(self.classes)}

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"

    def _find(self, name: str) -> Path | None:
        # A subclass reads the files of the class whose resources it has.
        kinds = [k for k in type(self).__mro__ if getattr(k, "resources", None) is self.resources]
        folders = [Path(self.root) / kind.__name__ / "raw" for kind in kinds]
        return find_file([*folders, Path(self.root)], [name.removesuffix(".gz"), name])

    def download(self) -> None:
        """Download the files that are missing."""
        # Python's modules for it take a fifth of the package's time to import.
        from tinygrad_c.vision.datasets.download import download

        for name, md5 in self.resources:
            if self._find(name) is None:
                urls = [mirror + name for mirror in self.mirrors]
                download(urls, self.raw_folder / name, f"md5:{md5}")

    def _load(self) -> tuple[np.ndarray, np.ndarray]:
        """The arrays of images and labels of the split."""
        prefix = "train" if self.train else "t10k"
        names = [name for name, _ in self.resources if name.startswith(prefix)]
        missing = [name for name in names if self._find(name) is None]
        if missing:
            raise DatasetNotFoundError(
                f"{type(self).__name__}: {' and '.join(missing)} must be in {self.raw_folder} or "
                f"in {self.root}, packed or not. Pass download=True, or get "
                + " and ".join(self.mirrors[0] + name for name in missing)
            )
        images = self._read(names[0], (None, 28, 28))
        labels = self._read(names[1], (None,))
        if len(images) != len(labels):
            raise DamagedFileError(
                f"{type(self).__name__}: {self._find(names[0])} holds {len(images)} images, but "
                f"{self._find(names[1])} holds {len(labels)} labels"
            )
        return images, labels

    def _read(self, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
        path = self._find(name)
        assert path is not None
        try:
            array = read_idx(path, shape)
            if len(shape) == 1:
                check_labels(array, len(self.classes))
            self._check_owner(path, array)
        except DamagedFileError as error:
            raise DamagedFileError(
                f"{type(self).__name__}: {path} {error}. Delete it and pass download=True, or get "
                f"{self.mirrors[0]}{name}"
            ) from None
        return array

    def _check_owner(self, path: Path, array: np.ndarray) -> None:
        """DamagedFileError where a file in `root` is another data set's: the names are the same."""
        if path.parent != Path(self.root):
            return
        import hashlib

        with path.open("rb") as file:
            md5 = hashlib.file_digest(file, "md5").hexdigest()
        labels = hashlib.md5(array.tobytes()).hexdigest() if array.ndim == 1 else None
        for other in (MNIST, FashionMNIST):
            if other.resources != self.resources and (
                md5 in dict(other.resources).values() or labels in other.known_labels
            ):
                raise DamagedFileError(f"is a file of {other.__name__}")


class FashionMNIST(MNIST):
    """Pictures of clothes, in the form of `MNIST`; the files are in ``root/FashionMNIST/raw`` or in
    `root`. Source: Xiao, Rasul and Vollgraf (2017), github.com/zalandoresearch/fashion-mnist.
    """

    mirrors: ClassVar = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"]
    resources: ClassVar = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    known_labels: ClassVar[list[str]] = []
    classes: ClassVar = [
        *["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"],
        *["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    ]
