"""CIFAR-10: finding, reading and doubting its files."""

import gzip

import numpy as np
import pytest

import tinygrad_c as torch
from tinygrad_c.utils.data import DataLoader
from tinygrad_c.vision import transforms
from tinygrad_c.vision.datasets import CIFAR10, DamagedFileError, DatasetNotFoundError
from tinygrad_c.vision.datasets import cifar as module

RECORD = 3073


def records(n, seed=0):
    rng = np.random.default_rng(seed)
    array = rng.integers(0, 256, (n, RECORD), np.uint8)
    array[:, 0] %= 10
    return array


@pytest.fixture
def root(tmp_path, monkeypatch):
    """All six files, of 4 pictures each."""
    monkeypatch.setattr(module, "BATCH", 4)
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    for seed, name in enumerate([*CIFAR10.train_list, *CIFAR10.test_list]):
        (folder / name).write_bytes(records(4, seed).tobytes())
    return tmp_path


@pytest.mark.parametrize("train", [True, False])
def test_files_are_read(root, train):
    dataset = CIFAR10(str(root), train)
    expected = np.concatenate([records(4, seed) for seed in (range(5) if train else [5])])
    assert (dataset.data.shape, dataset.data.dtype) == ((len(expected), 32, 32, 3), np.uint8)
    assert dataset.targets == expected[:, 0].tolist()
    assert all(type(target) is int for target in dataset.targets)
    for channel in range(3):
        plane = expected[:, 1 + 1024 * channel :][:, :1024].reshape(-1, 32, 32)
        assert np.array_equal(dataset.data[..., channel], plane)
    assert dataset.class_to_idx["ship"] == 8
    assert dataset.classes[3] == "cat"
    assert f"Split: {'Train' if train else 'Test'}" in repr(dataset)


def test_an_example_is_a_picture_and_a_number(root):
    image = pytest.importorskip("PIL.Image")
    dataset = CIFAR10(root)
    picture, target = dataset[7]
    assert isinstance(picture, image.Image)
    assert (picture.mode, picture.size, target) == ("RGB", (32, 32), dataset.targets[7])
    assert np.array_equal(np.asarray(picture), dataset.data[7])


def test_batches_have_the_bits_of_their_examples(root):
    class OneByOne(CIFAR10):
        __getitems__ = None

    transform = transforms.Compose(
        [
            transforms.RandomCrop(32, padding=4),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize([0.49, 0.48, 0.45], [0.25, 0.24, 0.26]),
        ]
    )
    seen = []
    for kind in (CIFAR10, OneByOne):
        torch.manual_seed(0)
        loader = DataLoader(kind(root, transform=transform), batch_size=8, shuffle=True)
        seen.append([column.numpy() for batch in loader for column in batch])
    assert seen[0][0].shape == (8, 3, 32, 32)
    assert len(seen[0]) == 6
    for together, expected in zip(*seen, strict=True):
        assert together.dtype == expected.dtype
        assert np.array_equal(together, expected)


def test_fewer_files_are_read_with_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 4)
    (tmp_path / "data_batch_1.bin").write_bytes(records(4).tobytes())
    (tmp_path / "test_batch.bin").write_bytes(records(2).tobytes())
    with pytest.warns(UserWarning, match=r"CIFAR10: the files in .* hold 4 of the 20 pictures"):
        assert len(CIFAR10(tmp_path)) == 4
    with pytest.warns(UserWarning, match=r"hold 2 of the 4 pictures") as caught:
        assert len(CIFAR10(tmp_path, train=False)) == 2
    assert caught[0].filename == __file__


def test_a_missing_file_says_where_and_what_to_do(tmp_path):
    with pytest.raises(DatasetNotFoundError) as caught:
        CIFAR10(tmp_path, train=False)
    assert str(caught.value) == (
        f"CIFAR10: test_batch.bin must be in {tmp_path / 'cifar-10-batches-bin'} or in {tmp_path}. "
        "Pass download=True, or get https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz and "
        "unpack it there"
    )
    (tmp_path / "cifar-10-batches-py").mkdir()
    with pytest.raises(DatasetNotFoundError, match=r"1.bin ... data_batch_5.bin .* holds pickles"):
        CIFAR10(tmp_path)


ALL = records(4).tobytes()
DAMAGED = {
    "empty": (b"", "is empty"),
    "html": (b"<!doctype html>", "is an HTML page: .*, and holds 15 bytes, which are 0 records"),
    "short": (ALL[:-1], "holds 12291 bytes, which are 3 records of 3073 bytes and 3072 bytes more"),
    "long": (ALL + b"12", "4 records of 3073 bytes and 2 bytes more"),
    "packed": (gzip.compress(ALL), "is packed with gzip: unpack it"),
    "label": (
        ALL[:RECORD] + b"\x0a" + ALL[RECORD + 1 :],
        "holds the label 10 at 1, .* from 0 to 9",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_says_what_is_wrong(root, name, monkeypatch):
    data, message = DAMAGED[name]
    path = root / "cifar-10-batches-bin" / "data_batch_3.bin"
    path.write_bytes(data)
    monkeypatch.setattr(module, "BATCH", 0)
    with pytest.raises(DamagedFileError, match=message) as caught:
        CIFAR10(root)
    assert str(caught.value).startswith(f"CIFAR10: {path} ")
    assert str(caught.value).endswith(f"Delete it and pass download=True, or get {CIFAR10.url}")


def test_a_file_that_is_too_large_is_not_read(root):
    path = root / "cifar-10-batches-bin" / "test_batch.bin"
    with path.open("r+b") as file:
        file.truncate(RECORD * 2**20)
    with pytest.raises(DamagedFileError, match="more than the 1073741824 that are believed"):
        CIFAR10(root, train=False)
