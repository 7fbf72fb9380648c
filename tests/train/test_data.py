"""The data sets of the command line, from files made here."""

import numpy as np
import pytest
from image_files import write_cifar10, write_mnist

from tinygrad_c.train.data import SPECS, load_data
from tinygrad_c.utils.data import DataLoader


def whole(part):
    """All images and targets of a part."""
    ((images, targets),) = DataLoader(part, len(part))
    return images.numpy(), targets.numpy()


def test_the_digits_need_no_folder():
    data = load_data("digits")
    assert [len(part) for part in (data.train, data.validation, data.test)] == [1085, 357, 355]
    images, _ = whole(data.test)
    assert images.shape[1:] == SPECS["digits"].image_shape
    assert (images.min(), images.max()) == (0, 1)


@pytest.mark.filterwarnings("ignore:CIFAR10")
@pytest.mark.parametrize(
    ("name", "write", "sizes"),
    [
        ("mnist", write_mnist, (33, 3, 10)),
        ("fashion-mnist", write_mnist, (33, 3, 10)),
        ("cifar10", write_cifar10, (22, 2, 4)),
    ],
)
def test_every_twelfth_training_image_is_for_validation(name, write, sizes, tmp_path):
    write(tmp_path / "files")
    data, spec = load_data(name, str(tmp_path / "files")), SPECS[name]
    parts = (data.train, data.validation, data.test)
    assert tuple(map(len, parts)) == sizes
    assert len(spec.classes) == 10
    for part in parts:
        images, targets = whole(part)
        assert images.shape[1:] == spec.image_shape
        pixels = np.broadcast_to(targets[:, None, None, None] * 25 / 255, images.shape)
        np.testing.assert_allclose(spec.pixels(images), pixels, atol=1e-6)
        np.testing.assert_allclose(images, spec.normalize(pixels), atol=1e-6)
    assert whole(data.validation)[1].tolist() == [12 * i % 10 for i in range(sizes[1])]


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte.gz and .* must be in"):
        load_data("mnist", str(tmp_path))
