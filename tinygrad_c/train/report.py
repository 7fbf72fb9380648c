"""The end of a run: how good the model is, in numbers and pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tinygrad_c.nn import Module
from tinygrad_c.train.data import ImageSpec
from tinygrad_c.train.metrics import EpochMetrics, Predictions
from tinygrad_c.train.pictures import (
    draw_confusion,
    draw_curves,
    draw_filters,
    draw_mistakes,
)
from tinygrad_c.utils.data import DataLoader

PICTURES = ("curves.png", "confusion.png", "filters.png", "mistakes.png")


def draw_report(
    folder: Path,
    name: str,
    model: Module,
    spec: ImageSpec,
    history: Sequence[EpochMetrics],
    predictions: Predictions,
    loader: DataLoader,
) -> None:
    """Draw the four pictures of a run into `folder`.

    name : of the run, for the headings
    predictions : of `model` for all samples of `loader`, in its order
    history : the epochs of the run; without any there are no curves

    Raises
    ------
    MissingPackageError : where matplotlib is not installed.
    """
    curves, confusion, filters, mistakes = (folder / picture for picture in PICTURES)
    count = len(predictions.targets)
    if history:
        draw_curves(history, curves, name)
    draw_confusion(
        predictions,
        spec.classes,
        confusion,
        f"{name}: {predictions.accuracy:.2%} of {count:,} right",
    )
    draw_filters(model, spec.image_shape, filters, f"{name}: what the first layer looks for")
    wrong = len(predictions.wrong)
    draw_mistakes(
        spec.pixels(np.concatenate([inputs.numpy() for inputs, _ in loader])),
        predictions,
        spec.classes,
        mistakes,
        f"{name}: the worst of {wrong:,} mistakes in {count:,}" if wrong else name,
    )
