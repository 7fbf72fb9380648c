"""The real MNIST and CIFAR-10: pytest -m slow."""

import time

import numpy as np
import pytest
from real_data import folder

import tinygrad_c as torch
from tinygrad_c.utils.data import DataLoader
from tinygrad_c.vision.datasets import CIFAR10, MNIST, DamagedFileError, FashionMNIST
from tinygrad_c.vision.transforms import Compose, Normalize, ToTensor

pytestmark = pytest.mark.slow


def test_mnist():
    train, test = (MNIST(folder("mnist"), train=train, download=True) for train in (True, False))
    assert (len(train), len(test)) == (60_000, 10_000)
    assert np.bincount(train.targets.numpy()).tolist() == [
        *[5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    ]
    assert test.targets[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    pixels = train.data.numpy() / 255
    assert (pixels.mean(), pixels.std()) == pytest.approx((0.1307, 0.3081), abs=1e-4)


@pytest.mark.parametrize("train", [True, False])
def test_mnist_is_not_fashion(train):
    with pytest.raises(DamagedFileError, match="is a file of MNIST"):
        FashionMNIST(folder("mnist"), train=train)


def test_an_epoch_of_mnist_is_loaded_in_less_than_a_second():
    transform = Compose([ToTensor(), Normalize(mean=[0.5], std=[0.5])])
    dataset = MNIST(folder("mnist"), transform=transform)
    loader = DataLoader(dataset, batch_size=256, shuffle=True)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        count = sum(len(labels) for _, labels in loader)
        times.append(time.perf_counter() - began)
    assert count == 60_000
    assert min(times) < 1
    torch.manual_seed(0)
    images, labels = next(iter(loader))
    torch.manual_seed(0)
    order = next(iter(DataLoader(range(60_000), batch_size=256, shuffle=True))).tolist()
    assert labels.tolist() == [dataset.targets[i].item() for i in order]
    assert np.array_equal(images.numpy(), np.stack([dataset[i][0].numpy() for i in order]))


@pytest.mark.filterwarnings("ignore:CIFAR10. the files in .* hold")
def test_cifar():
    test = CIFAR10(folder("cifar10"), train=False)
    assert len(test) % 1000 == 0
    assert set(test.targets) == set(range(10))
    record = (folder("cifar10") / "test_batch.bin").read_bytes()[:3073]
    assert test.targets[0] == record[0]
    assert test.data[0, 0, :2].tolist() == [list(record[1::1024]), list(record[2::1024])]
