"""The digits that come with the package."""

import hashlib

import numpy as np
import pytest

import tinygrad_c as tgc
from tinygrad_c.utils.data import DataLoader, TensorDataset
from tinygrad_c.vision.datasets import Digits
from tinygrad_c.vision.datasets.digits import CHECKSUM, SPLITS, load_arrays, split_indices

SIZES = {"train": 1085, "validation": 357, "test": 355}


def test_the_arrays_have_their_checksum():
    images, labels = load_arrays()
    assert (images.shape, images.dtype, images.max()) == ((1797, 8, 8), np.uint8, 16)
    assert (labels.shape, labels.dtype) == ((1797,), np.uint8)
    assert hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest() == CHECKSUM


def test_rebuilding_gives_the_arrays(tmp_path):
    pytest.importorskip("sklearn")
    from tinygrad_c.vision.datasets.digits.rebuild import rebuild

    for name in ("a.npz", "b.npz"):
        rebuild(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz") as archive:
        for rebuilt, packaged in zip(archive.values(), load_arrays(), strict=True):
            assert np.array_equal(rebuilt, packaged)


def test_splits_are_disjoint_and_complete():
    _, labels = load_arrays()
    places = np.concatenate([split_indices(labels, split) for split in SPLITS])
    assert np.array_equal(np.sort(places), np.arange(1797))


@pytest.mark.parametrize(("split", "share"), [("train", 0.6), ("validation", 0.2), ("test", 0.2)])
def test_every_class_has_its_share(split, share):
    _, labels = load_arrays()
    counts = np.bincount(labels[split_indices(labels, split)], minlength=10)
    assert np.all(np.abs(counts / np.bincount(labels) - share) < 0.01)
    assert counts.sum() == SIZES[split]


@pytest.mark.parametrize("split", SPLITS)
def test_attributes(split):
    digits = Digits(split)
    images, labels = load_arrays()
    chosen = split_indices(labels, split)
    assert (digits.data.dtype, digits.targets.dtype) == (tgc.uint8, tgc.int64)
    assert np.array_equal(digits.data.numpy(), images[chosen])
    assert np.array_equal(digits.targets.numpy(), labels[chosen])
    assert (len(digits), len(digits.classes)) == (SIZES[split], 10)
    assert repr(digits) == f"Digits(split='{split}', {SIZES[split]} images)"


def test_an_example_is_an_image_and_a_number():
    digits = Digits()
    image, target = digits[3]
    assert np.array_equal(image.numpy(), digits.data.numpy()[3])
    assert (type(target), target) == (int, digits.targets.tolist()[3])


def test_transforms():
    digits = Digits(transform=lambda image: image.numpy().sum(), target_transform=str)
    image, target = digits[0]
    assert (image, target) == (digits.data.numpy()[0].sum(), str(digits.targets.tolist()[0]))


def test_tensors_are_scaled_for_a_network():
    digits = Digits("validation")
    images, targets = digits.tensors()
    assert (tuple(images.shape), images.dtype) == ((357, 1, 8, 8), tgc.float32)
    assert np.array_equal(images.numpy()[:, 0] * 16, digits.data.numpy())
    batch, labels = next(iter(DataLoader(TensorDataset(images, targets), batch_size=8)))
    assert (tuple(batch.shape), labels.tolist()) == ((8, 1, 8, 8), digits.targets.tolist()[:8])


def test_an_unknown_split_is_named():
    with pytest.raises(ValueError, match=r"one of \['train', 'validation', 'test'\], got 'dev'"):
        Digits("dev")
