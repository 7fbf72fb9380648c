"""`tinygrad_c predict`: what a model reads in an image."""

import numpy as np
import pytest
from PIL import Image

from tinygrad_c.cli import main
from tinygrad_c.vision.datasets import Digits


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A run that reads digits well."""
    folder = tmp_path_factory.mktemp("reader") / "run"
    assert main(["train", "mlp", "--epochs", "8", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def digits(tmp_path):
    """Paths of the first test image of each of the ten digits, as PNG."""
    data = Digits("test")
    paths = []
    for digit in range(10):
        place = data.targets.tolist().index(digit)
        pixels = (data.data[place].numpy() * 255.0 / 16).round().astype(np.uint8)
        paths.append(tmp_path / f"{digit}.png")
        Image.fromarray(pixels).save(paths[-1])
    return paths


def test_predict_shows_the_most_probable_classes(command, reader, digits):
    code, out, err = command("predict", reader, *digits)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == 10 * 4
    assert lines[::4] == list(map(str, digits))
    read = [int(line.split()[0]) for line in lines[1::4]]
    assert sum(a == b for a, b in zip(read, range(10), strict=True)) >= 9
    first = [float(line.split()[1][:-1]) for line in lines[1:4]]
    assert first == sorted(first, reverse=True)
    assert "█" in lines[1]


def test_all_probabilities_sum_to_one(command, reader, digits):
    _, out, _ = command("predict", reader, digits[0], "--top", "99")
    shares = [float(line.split()[1][:-1]) for line in out.splitlines()[1:]]
    assert len(shares) == 10
    assert sum(shares) == pytest.approx(100, abs=0.1)


def test_images_that_do_not_fit_are_refused_and_fitted(command, reader, digits, tmp_path):
    large = Image.open(digits[7]).resize((64, 64)).convert("RGB")
    Image.fromarray(255 - np.asarray(large)).save(tmp_path / "photo.png")
    code, out, err = command("predict", reader, tmp_path / "photo.png")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "is 64 x 64 grey, the model reads 8 x 8 grey images: --fit scales" in err
    code, out, _ = command("predict", reader, tmp_path / "photo.png", "--fit", "--invert")
    assert code == 0
    assert out.splitlines()[1].split()[0] == "7"


def test_a_file_that_is_no_image_is_refused(command, reader, tmp_path):
    (tmp_path / "x.png").write_text("no image")
    code, out, err = command("predict", reader, tmp_path / "x.png")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "x.png' must be a whole image file" in err
    code, _, err = command("predict", reader, tmp_path / "absent.png")
    assert (code, err.count("\n")) == (1, 1)
    assert "absent.png: No such file" in err
