"""Image files, read as a model needs them. Pillow, an extra, reads them."""

from typing import Any

import numpy as np

from tinygrad_c.extras import require
from tinygrad_c.train.data import ImageSpec


def read_image(path: str, spec: ImageSpec, fit: bool = False, invert: bool = False) -> np.ndarray:
    """The pixels (C, H, W) from 0 to 1, float32, of the image file `path`.

    Parameters
    ----------
    spec : what the model reads
    fit : scale an image of another size, as a whole and with a margin where its shape differs,
        and convert its colours; otherwise such an image is refused
    invert : exchange light and dark

    Raises
    ------
    ValueError : where it is no image, or does not fit; the message says what helps.
    OSError : where it cannot be read.
    MissingPackageError : where Pillow is not installed.
    """
    pillow = require("PIL.Image", extra="train")
    require("PIL.ImageOps", extra="train")
    with open(path, "rb") as file:
        try:
            image = flat(pillow, pillow.open(file), 255 if invert else 0)
        except (pillow.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
            reason = str(error).replace(repr(file), "another file")
            raise ValueError(f"{path!r} must be a whole image file: {reason}") from error
    if fit:
        image = scaled(pillow, image, spec, 255 if invert else 0)
    elif problem := misfit(image, spec):
        raise ValueError(
            f"{path!r} is {problem}, the model reads {spec.size} images: --fit scales and "
            "converts it, and --invert turns dark strokes on a light ground around"
        )
    mode = "L" if spec.image_shape[0] == 1 else "RGB"
    pixels = np.asarray(image.convert(mode), np.float32) / 255
    pixels = pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, -1, 0)
    return 1 - pixels if invert else pixels


def flat(pillow: Any, image: Any, ground: int) -> Any:
    """`image` upright, with 8 bits, in mode L or RGB, transparent parts in the grey `ground`."""
    image = require("PIL.ImageOps", extra="train").exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        # 16 bits of grey, which `convert` would clip.
        grey = np.clip(np.asarray(image, np.float64) / 257, 0, 255)
        return pillow.fromarray(grey.round().astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = pillow.new("RGBA", image.size, (ground, ground, ground, 255))
        image = pillow.alpha_composite(paper, image)
    if image.mode in ("L", "1"):
        return image.convert("L")
    image = image.convert("RGB")
    red, green, blue = image.split()
    # Grey images are often stored in colour.
    return red if red.tobytes() == green.tobytes() == blue.tobytes() else image


def misfit(image: Any, spec: ImageSpec) -> str:
    """What keeps the image from being read as it is, in words; empty where nothing does."""
    channels, height, width = spec.image_shape
    grey = image.mode == "L"
    if image.size == (width, height) and (grey or channels == 3):
        return ""
    return f"{image.width} x {image.height} {'grey' if grey else 'in colour'}"


def scaled(pillow: Any, image: Any, spec: ImageSpec, ground: int) -> Any:
    """`image` scaled to what the model reads, in the middle of a ground of that grey."""
    _, height, width = spec.image_shape
    ratio = min(width / image.width, height / image.height)
    size = (max(1, round(image.width * ratio)), max(1, round(image.height * ratio)))
    small = image.resize(size, pillow.Resampling.LANCZOS)
    whole = pillow.new(image.mode, (width, height), ground if image.mode == "L" else (ground,) * 3)
    whole.paste(small, ((width - size[0]) // 2, (height - size[1]) // 2))
    return whole
