"""The images that a model reads worst."""

from collections.abc import Sequence

import numpy as np

from tinygrad_c.train.metrics import Predictions
from tinygrad_c.train.pictures.sheet import BLUE, INK, ORANGE, Mosaic, Path

MOST = 24
# Of an image, in inches.
WIDTH = 1.1
GREY = {"cmap": "gray", "vmin": 0, "vmax": 1}


def draw_mistakes(
    images: np.ndarray,
    predictions: Predictions,
    classes: Sequence[str],
    path: Path,
    title: str = "",
) -> None:
    """Write a PNG with the worst mistakes, at most 24: those with the least probability for the
    right class.

    Above each of the `images` (N, C, H, W), grey or in colour, stands what the model reads and
    with which probability, below what it is. Where nothing is read wrong, the least certain
    images are shown.

    Raises
    ------
    MissingPackageError : where matplotlib is not installed.
    """
    places, heading = predictions.wrong[:MOST], title
    if not len(places):
        right = predictions.probabilities[np.arange(len(images)), predictions.targets]
        places = np.argsort(right, kind="stable")[: MOST // 2]
        heading = f"{title}: no mistakes, these are the least certain".lstrip(": ")
    mosaic = Mosaic(len(places), images.shape[2:], WIDTH, heading, above=0.24, below=0.2)
    size = 10 if max(map(len, classes)) < 11 else 8
    for number, place in enumerate(places):
        pixels = np.clip(np.moveaxis(images[place], 0, -1), 0, 1)
        mosaic.show(number, pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels, **GREY)
        read, target = predictions.classes[place], predictions.targets[place]
        share = predictions.probabilities[place, read]
        color = BLUE if read == target else ORANGE
        mosaic.say(number, f"{classes[read]}  {share:.0%}", color=color, fontsize=size)
        mosaic.say(number, f"is {classes[target]}", below=True, color=INK, fontsize=9)
    mosaic.write(path)
