"""Loss and accuracy against epochs, as a picture."""

import os
from collections.abc import Sequence
from typing import Any

from tinygrad_c.extras import require
from tinygrad_c.train.trainer import EpochMetrics

TRAIN_COLOR, VAL_COLOR = "#1f77b4", "#d95f02"


def draw_curves(
    history: Sequence[EpochMetrics], path: str | os.PathLike[str], title: str = ""
) -> None:
    """Write a PNG with two panels, loss and accuracy, each for training and validation.

    Raises
    ------
    MissingPackageError : where matplotlib is not installed.
    """
    # A Figure without pyplot: no window, no state shared with the caller's own plots.
    figure = require("matplotlib.figure", extra="train").Figure(
        figsize=(10, 4), layout="constrained"
    )
    loss, accuracy = figure.subplots(1, 2)
    draw_panel(
        loss,
        "loss",
        history,
        [metrics.train_loss for metrics in history],
        [metrics.val_loss for metrics in history],
    )
    draw_panel(
        accuracy,
        "accuracy (%)",
        history,
        [100 * metrics.train_accuracy for metrics in history],
        [100 * metrics.val_accuracy for metrics in history],
    )
    loss.set_ylim(bottom=0)
    accuracy.set_ylim(top=100.5)
    if title:
        figure.suptitle(title)
    figure.savefig(path, dpi=150)


def draw_panel(
    axes: Any,
    label: str,
    history: Sequence[EpochMetrics],
    train: Sequence[float],
    val: Sequence[float],
) -> None:
    """One quantity for every epoch, for training and validation."""
    epochs = [metrics.epoch for metrics in history]
    marker = "o" if len(epochs) < 20 else ""
    for values, name, color in ((train, "training", TRAIN_COLOR), (val, "validation", VAL_COLOR)):
        axes.plot(
            epochs,
            values,
            color=color,
            marker=marker,
            markersize=4,
            label=f"{name} (last {values[-1]:.4g})",
        )
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
