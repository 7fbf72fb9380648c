"""MNIST and Fashion-MNIST: finding, reading and doubting their files."""

import gzip
import pickle
import struct
import zlib

import numpy as np
import pytest

import tinygrad_c as torch
import tinygrad_c.vision as torchvision
from tinygrad_c.utils.data import ConcatDataset, DataLoader, Subset, default_collate
from tinygrad_c.vision import pictures, transforms
from tinygrad_c.vision.datasets import MNIST, DamagedFileError, DatasetNotFoundError, FashionMNIST
from tinygrad_c.vision.datasets.vision import StandardTransform, VisionDataset

COUNTS = {"train": 40, "t10k": 12}


def idx(array):
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def arrays(split):
    rng = np.random.default_rng(len(split))
    n = COUNTS[split]
    return rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 10, n, np.uint8)


def write(folder, packed=True):
    """The four files; small ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in COUNTS:
        for name, array in zip(("images-idx3", "labels-idx1"), arrays(split), strict=True):
            data = idx(array)
            path = folder / f"{split}-{name}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(data, 1) if packed else data)
    return folder


@pytest.fixture
def root(tmp_path):
    write(tmp_path / "MNIST" / "raw")
    return tmp_path


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("place", [".", "MNIST/raw"])
@pytest.mark.parametrize("train", [False, True])
def test_files_are_found_and_read(tmp_path, packed, place, train):
    write(tmp_path / place, packed)
    dataset = MNIST(str(tmp_path), train)
    images, labels = arrays("train" if train else "t10k")
    assert (dataset.data.dtype, dataset.targets.dtype) == (torch.uint8, torch.int64)
    assert np.array_equal(dataset.data.numpy(), images)
    assert np.array_equal(dataset.targets.numpy(), labels)
    assert len(dataset) == len(labels)


def test_what_a_file_is_decides_not_its_name(tmp_path):
    """Browsers unpack files that they save as .gz."""
    write(tmp_path, packed=False)
    for path in list(tmp_path.iterdir()):
        path.rename(f"{path}.gz")
    assert len(MNIST(tmp_path)) == 40
    write(tmp_path, packed=True)
    for path in list(tmp_path.iterdir()):
        path.rename(str(path).removesuffix(".gz"))
    assert len(MNIST(tmp_path)) == 40


def test_attributes(root):
    dataset = MNIST(root, False, transform=abs)
    assert (dataset.train, dataset.transform, dataset.target_transform) == (False, abs, None)
    assert dataset.classes[7] == "7 - seven"
    assert dataset.class_to_idx["3 - three"] == 3
    assert dataset.raw_folder == root / "MNIST" / "raw"
    assert FashionMNIST.classes[9] == "Ankle boot"
    assert torchvision.datasets.MNIST is MNIST
    assert torchvision.transforms.ToTensor is transforms.ToTensor


def test_printing(root):
    compose = transforms.Compose([transforms.ToTensor()])
    assert repr(MNIST(root, transform=compose, target_transform=int)) == (
        f"Dataset MNIST\n    Number of datapoints: 40\n    Root location: {root}\n"
        "    Split: Train\n    StandardTransform\nTransform: Compose(\n"
        "               ToTensor()\n           )\nTarget transform: <class 'int'>"
    )


def test_an_example_is_a_picture_and_a_number(root):
    image = pytest.importorskip("PIL.Image")
    picture, target = MNIST(root)[-1]
    images, labels = arrays("train")
    assert isinstance(picture, image.Image)
    assert (picture.mode, picture.size) == ("L", (28, 28))
    assert np.array_equal(np.asarray(picture), images[-1])
    assert (type(target), target) == (int, labels[-1])


def test_without_pillow_an_example_is_an_array(root, monkeypatch):
    pictures.pillow.cache_clear()
    monkeypatch.setattr(
        pictures,
        "import_module",
        lambda name: (_ for _ in ()).throw(ModuleNotFoundError(name=name)),
    )
    try:
        picture, _ = MNIST(root)[0]
        assert isinstance(picture, np.ndarray)
        assert (picture.shape, picture.dtype) == ((28, 28), np.uint8)
        crop = transforms.Compose([transforms.RandomCrop(28, padding=2), transforms.ToTensor()])
        torch.manual_seed(0)
        without = [image.numpy() for image, _ in Subset(MNIST(root, transform=crop), range(5))]
    finally:
        pictures.pillow.cache_clear()
    monkeypatch.undo()
    torch.manual_seed(0)
    with_pillow = [image.numpy() for image, _ in Subset(MNIST(root, transform=crop), range(5))]
    assert np.array_equal(without, with_pillow)


# Batches


def batches(dataset, **arguments):
    torch.manual_seed(5)
    loader = DataLoader(dataset, batch_size=7, shuffle=True, **arguments)
    return [[column.numpy() for column in batch] for batch in loader]


class OneByOne(MNIST):
    """Is read example by example."""

    __getitems__ = None


@pytest.mark.parametrize("num_workers", [0, 2])
@pytest.mark.parametrize(
    ("steps", "target_transform"),
    [
        ([transforms.ToTensor(), transforms.Normalize([0.5], [0.5])], None),
        ([transforms.ToTensor()], lambda target: float(torch.rand(1)) + target),
        (
            [
                transforms.RandomCrop(24, padding=3, padding_mode="reflect"),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
            ],
            None,
        ),
        (
            [transforms.RandomHorizontalFlip(), transforms.ToTensor()],
            lambda target: float(torch.rand(1)) + target,
        ),
        ([transforms.ToTensor(), transforms.Lambda(lambda x: x * torch.rand(1))], None),
    ],
)
def test_batches_have_the_bits_of_their_examples(root, steps, target_transform, num_workers):
    transform = transforms.Compose(steps)
    # In colour, too: as the pictures of CIFAR-10.
    for colour in (False, True):
        datasets = [kind(root, True, transform, target_transform) for kind in (MNIST, OneByOne)]
        if colour:
            for dataset in datasets:
                dataset.data = np.stack([dataset.data.numpy()] * 3, axis=-1)
                dataset.targets = dataset.targets.tolist()
        together, expected = (batches(dataset, num_workers=num_workers) for dataset in datasets)
        assert len(together) == 6
        for batch, other in zip(together, expected, strict=True):
            for column, one in zip(batch, other, strict=True):
                assert column.dtype == one.dtype
                assert np.array_equal(column, one)


def test_a_batch_is_transformed_at_once(root):
    calls = []

    class Counting(transforms.ToTensor):
        def __call__(self, pic):
            calls.append("one")
            return super().__call__(pic)

        def batch(self, images, choices):
            calls.append("batch")
            return super().batch(images, choices)

    dataset = MNIST(root, transform=transforms.Compose([Counting()]))
    assert len(list(DataLoader(Subset(dataset, range(20)), batch_size=10))) == 2
    assert calls == ["batch", "batch"]
    dataset.data = dataset.data.numpy().astype(np.int32)
    assert next(iter(DataLoader(dataset)))[0].dtype == torch.int32
    assert calls[2:] == ["one"]


def test_a_subclass_that_changes_its_examples(root):
    class Indexed(MNIST):
        def __getitem__(self, index):
            return (*super().__getitem__(index), index)

    dataset = Indexed(root, transform=transforms.ToTensor())
    images, _, indices = next(iter(DataLoader(dataset, batch_size=4)))
    assert (tuple(images.shape), indices.tolist()) == ((4, 1, 28, 28), [0, 1, 2, 3])
    joined = ConcatDataset([dataset, dataset])
    assert next(iter(DataLoader(joined, sampler=[43])))[2].tolist() == [3]


def test_pictures_are_not_collated_before_to_tensor(root):
    pytest.importorskip("PIL.Image")
    with pytest.raises(TypeError, match="ToTensor"):
        next(iter(DataLoader(MNIST(root, transform=transforms.RandomCrop(20)))))
    (picture, _), *_ = MNIST(root).__getitems__([3, 4])
    assert np.array_equal(np.asarray(picture), arrays("train")[0][3])


def test_an_index_beyond_the_data_is_an_error(root):
    dataset = MNIST(root, transform=transforms.ToTensor())
    for read in (dataset.__getitem__, lambda i: dataset.__getitems__([0, i])):
        with pytest.raises(IndexError):
            read(40)
    assert len(default_collate(dataset.__getitems__([-1]))) == 2


# Files that are missing or damaged


def test_a_missing_file_says_where_and_what_to_do(tmp_path):
    (tmp_path / "t10k-images-idx3-ubyte").mkdir()
    with pytest.raises(DatasetNotFoundError) as caught:
        MNIST(tmp_path, train=False)
    assert isinstance(caught.value, FileNotFoundError)
    assert isinstance(caught.value, RuntimeError)
    raw = tmp_path / "MNIST" / "raw"
    url = "https://ossci-datasets.s3.amazonaws.com/mnist/t10k"
    assert str(caught.value) == (
        "MNIST: t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz must be in "
        f"{raw} or in {tmp_path}, packed or not. Pass download=True, or get "
        f"{url}-images-idx3-ubyte.gz and {url}-labels-idx1-ubyte.gz"
    )


def bomb():
    """A header of 40 images, and then 100 MB of zeros."""
    return gzip.compress(idx(arrays("train")[0]) + bytes(10**8))


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


IMAGES, LABELS = (idx(array) for array in arrays("train"))
PACKED = gzip.compress(IMAGES, mtime=0)
HUGE = struct.pack(">BBBB3I", 0, 0, 8, 3, 2**32 - 1, 28, 28)
DAMAGED = {
    "empty": (b"", "is empty"),
    "html": (b"\n<!DOCTYPE html><html>404", "is an HTML page: the server sent an error"),
    "pickle": (pickle.dumps(list(range(99))), "begins with 80 04 95"),
    "magic": (b"\0\0\x0d\3" + IMAGES[4:], "begins with 00 00 0d 03, an idx file of 3 dimensions"),
    "labels": (LABELS, "begins with 00 00 08 01, an idx file of 3 dimensions with 00 00 08 03"),
    "header": (IMAGES[:9], "ends in its header, at 9 bytes of 16"),
    "shape": (idx(np.zeros((3, 28, 27), np.uint8)), "array of 3 x 28 x 27, it must be N x 28 x 28"),
    "none": (idx(np.zeros((0, 28, 28), np.uint8)), "array of 0 x 28 x 28"),
    "huge": (HUGE, "promises 3367254359280 bytes, more than the 1073741824"),
    "short": (IMAGES[:-5], "too short: it holds 31355 bytes of the 31360 of its 40 x 28 x 28"),
    "long": (IMAGES + b"\0", "goes on after the 31360 bytes of its 40 x 28 x 28 array"),
    "cut": (PACKED[:-100], f"ends in the middle of its gzip data, at {len(PACKED) - 100} bytes"),
    "cut at once": (PACKED[:5], "ends in the middle of its gzip data, at 5 bytes"),
    "bits": (flipped(PACKED, 3000), "damaged gzip data|too short|goes on"),
    "crc": (flipped(PACKED, len(PACKED) - 6), "holds damaged gzip data: CRC check failed"),
    "packed html": (gzip.compress(b"<html>"), "is an HTML page"),
    "garbage": (PACKED + b"garbage", "holds damaged gzip data"),
    "packed long": (gzip.compress(IMAGES + b"1"), "goes on after the 31360 bytes"),
    "twice": (gzip.compress(PACKED), "begins with 1f 8b"),
    "raw deflate": (zlib.compress(IMAGES), "begins with 78 9c"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_says_what_is_wrong(root, name):
    data, message = DAMAGED[name]
    path = root / "MNIST" / "raw" / "train-images-idx3-ubyte.gz"
    path.write_bytes(data)
    with pytest.raises(DamagedFileError, match=message) as caught:
        MNIST(root)
    assert str(caught.value).startswith(f"MNIST: {path} ")
    assert str(caught.value).endswith(
        ". Delete it and pass download=True, or get "
        "https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz"
    )
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, RuntimeError)


def test_a_bomb_is_not_unpacked(root):
    import tracemalloc

    path = root / "MNIST" / "raw" / "train-images-idx3-ubyte.gz"
    path.write_bytes(bomb())
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="goes on after the 31360 bytes"):
        MNIST(root)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_labels_must_be_those_of_the_images(root):
    path = root / "MNIST" / "raw" / "train-labels-idx1-ubyte.gz"
    path.write_bytes(idx(np.uint8([1, 2, 11])))
    with pytest.raises(DamagedFileError, match="holds the label 11 at 2, .* from 0 to 9"):
        MNIST(root)
    path.write_bytes(idx(np.uint8([1, 2])))
    with pytest.raises(DamagedFileError, match=r"images-.* holds 40 images, but .* 2 labels"):
        MNIST(root)


def test_files_of_the_other_data_set_are_not_taken(tmp_path, monkeypatch):
    """They have the same names: in a folder of both only the checksum tells them apart."""
    import hashlib

    write(tmp_path)
    name = "train-images-idx3-ubyte.gz"
    md5 = hashlib.md5((tmp_path / name).read_bytes()).hexdigest()
    monkeypatch.setattr(MNIST, "resources", [(name, md5), *MNIST.resources[1:]])
    assert len(MNIST(tmp_path)) == 40
    with pytest.raises(DamagedFileError, match="train-images-idx3-ubyte.gz is a file of MNIST"):
        FashionMNIST(tmp_path)
    monkeypatch.undo()
    labels = hashlib.md5(arrays("train")[1]).hexdigest()
    monkeypatch.setattr(MNIST, "known_labels", [labels])
    with pytest.raises(DamagedFileError, match="train-labels-idx1-ubyte.gz is a file of MNIST"):
        FashionMNIST(tmp_path)
    write(tmp_path / "FashionMNIST" / "raw")
    assert len(FashionMNIST(tmp_path)) == 40


# The base class


def test_vision_dataset():
    both = VisionDataset("~/x", transforms=lambda image, target: (image, target))
    assert both.transform is None
    assert "~" not in str(both.root)
    with pytest.raises(ValueError, match="transforms must not be given together with transform"):
        VisionDataset(transforms=abs, transform=abs)
    with pytest.raises(TypeError, match="VisionDataset: a data set must define __len__"):
        len(both)
    with pytest.raises(TypeError, match="VisionDataset: a data set must define __getitem__"):
        both[0]
    assert StandardTransform(abs, str)(-3, 4) == (3, "4")
    assert repr(StandardTransform()) == "StandardTransform"
