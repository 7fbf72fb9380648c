"""Image files, as a model reads them."""

import numpy as np
import pytest
from PIL import Image

from tinygrad_c.train.data import ImageSpec
from tinygrad_c.train.images import read_image

GREY = ImageSpec((1, 4, 6), "ab", mean=0.5, std=0.25)
COLOUR = ImageSpec((3, 4, 6), "ab", mean=0.5, std=0.25)
PIXELS = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
COLOURS = np.stack([PIXELS, 255 - PIXELS, PIXELS // 2], -1)


@pytest.fixture
def saved(tmp_path):
    """A function that saves pixels as an image file and returns its path."""

    def save(pixels, mode=None, name="image.png"):
        image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
        if mode:
            image = image.convert(mode)
        image.save(tmp_path / name)
        return str(tmp_path / name)

    return save


@pytest.mark.parametrize("mode", [None, "RGB", "RGBA", "LA", "P"])
def test_grey_images_in_any_mode(saved, mode):
    read = read_image(saved(PIXELS, mode), GREY)
    assert (read.shape, read.dtype) == ((1, 4, 6), np.float32)
    np.testing.assert_array_equal(read[0], PIXELS / np.float32(255))


def test_colour_images_and_grey_ones_in_their_place(saved):
    read = read_image(saved(COLOURS), COLOUR)
    np.testing.assert_array_equal(read, np.moveaxis(COLOURS, -1, 0) / np.float32(255))
    read = read_image(saved(PIXELS), COLOUR)
    np.testing.assert_array_equal(read, np.stack([PIXELS] * 3) / np.float32(255))


def test_sixteen_bits_are_not_clipped(saved):
    read = read_image(saved(PIXELS.astype(np.uint16) * 257), GREY)
    np.testing.assert_array_equal(read[0], PIXELS / np.float32(255))


@pytest.mark.parametrize("invert", [False, True])
def test_transparent_parts_are_ground(saved, invert):
    image = Image.new("RGBA", (6, 4), (255, 255, 255, 0))
    assert read_image(saved(image), GREY, invert=invert).max() == 0


def test_invert_exchanges_light_and_dark(saved):
    path = saved(PIXELS)
    np.testing.assert_allclose(read_image(path, GREY, invert=True), 1 - read_image(path, GREY))


def test_the_orientation_of_a_camera_is_followed(tmp_path):
    image = Image.fromarray(PIXELS.T.copy())
    exif = image.getexif()
    exif[0x0112] = 6  # to be shown turned right
    image.save(tmp_path / "turned.png", exif=exif)
    read = read_image(str(tmp_path / "turned.png"), GREY)
    np.testing.assert_array_equal(read[0], np.rot90(PIXELS.T, -1) / np.float32(255))


@pytest.mark.parametrize(
    ("pixels", "spec", "problem"),
    [
        (np.zeros((8, 10), np.uint8), GREY, "is 10 x 8 grey, the model reads 6 x 4 grey images"),
        (COLOURS, GREY, "is 6 x 4 in colour, the model reads 6 x 4 grey images"),
        (COLOURS[:2], COLOUR, "is 6 x 2 in colour, the model reads 6 x 4 colour images"),
    ],
)
def test_an_image_that_does_not_fit_is_refused_with_advice(saved, pixels, spec, problem):
    path = saved(pixels)
    with pytest.raises(ValueError, match=f"{problem}: --fit scales and converts it, and --invert"):
        read_image(path, spec)
    assert read_image(path, spec, fit=True).shape == spec.image_shape


@pytest.mark.parametrize("invert", [False, True])
def test_fit_keeps_the_shape_and_fills_with_ground(saved, invert):
    """A light square on dark ground, or the reverse, lies in the middle of the wider image."""
    pixels = np.full((40, 40), 0 if invert else 255, np.uint8)
    read = read_image(saved(pixels), GREY, fit=True, invert=invert)[0]
    np.testing.assert_array_equal(read, [[0, 1, 1, 1, 1, 0]] * 4)


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n", None])
def test_other_files_are_refused(saved, tmp_path, content):
    path = tmp_path / "other.png"
    if content is None:
        saved(np.random.default_rng(0).integers(0, 255, (4, 6), np.uint8), name="whole.png")
        content = (tmp_path / "whole.png").read_bytes()[:-36]
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.png' must be a whole image file: "):
        read_image(str(path), GREY)


def test_a_missing_file_is_named():
    with pytest.raises(FileNotFoundError, match="absent"):
        read_image("absent.png", GREY)


def test_normalize_and_pixels_are_inverse():
    pixels = np.linspace(0, 1, 5)
    assert GREY.normalize(pixels).tolist() == [-2, -1, 0, 1, 2]
    np.testing.assert_allclose(GREY.pixels(GREY.normalize(pixels)), pixels)
