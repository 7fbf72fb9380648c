"""Loss and accuracy against epochs."""

import math
from collections.abc import Sequence
from typing import Any

from tinygrad_c.train.metrics import EpochMetrics, best_epoch
from tinygrad_c.train.pictures.sheet import (
    BLUE,
    GRID,
    INK,
    MUTED,
    ORANGE,
    Path,
    new_sheet,
    write,
)


def draw_curves(history: Sequence[EpochMetrics], path: Path, title: str = "") -> None:
    """Write a PNG with two panels, loss and accuracy, each for training and validation.

    The best epoch is marked in both.

    Raises
    ------
    MissingPackageError : where matplotlib is not installed.
    """
    figure = new_sheet(10, 4.2, title)
    loss, accuracy = figure.subplots(1, 2)
    best = best_epoch(history)
    draw_panel(
        loss,
        "loss",
        history,
        [metrics.train_loss for metrics in history],
        [metrics.val_loss for metrics in history],
        best,
        "{:.3f}",
    )
    draw_panel(
        accuracy,
        "accuracy (%)",
        history,
        [100 * metrics.train_accuracy for metrics in history],
        [100 * metrics.val_accuracy for metrics in history],
        best,
        "{:.2f} %",
    )
    loss.set_ylim(bottom=0)
    accuracy.set_ylim(*accuracy_limits(history))
    write(figure, path)


def accuracy_limits(history: Sequence[EpochMetrics]) -> tuple[float, float]:
    """The percents between which the curves are shown: the first epochs, far below all others,
    must not press the rest together."""
    values = [100 * metrics.val_accuracy for metrics in history]
    values += [100 * metrics.train_accuracy for metrics in history]
    finite = sorted(filter(math.isfinite, values))
    if not finite:
        return 0, 100
    middle = finite[len(finite) // 2]
    low = max(finite[0], 100 - 4 * (100 - middle), 0)
    margin = 0.04 * (100 - low) + 0.1
    return low - margin, 100 + margin


def draw_panel(
    axes: Any,
    label: str,
    history: Sequence[EpochMetrics],
    train: Sequence[float],
    val: Sequence[float],
    best: EpochMetrics,
    form: str,
) -> None:
    """One quantity for every epoch, for training and validation."""
    epochs = [metrics.epoch for metrics in history]
    marker = "o" if len(epochs) < 20 else ""
    for values, name, color in ((train, "training", BLUE), (val, "validation", ORANGE)):
        axes.plot(
            epochs,
            values,
            color=color,
            marker=marker,
            markersize=4,
            linewidth=1.8,
            label=f"{name}, last {form.format(values[-1])}",
        )
    at_best = val[best.epoch - 1]
    axes.axvline(best.epoch, color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    axes.plot(
        best.epoch,
        at_best,
        "o",
        color="white",
        markeredgecolor=ORANGE,
        markersize=8,
        markeredgewidth=2,
        linestyle="",
        label=f"best epoch, {best.epoch}: {form.format(at_best)}",
    )
    axes.set_xlabel("epoch", color=INK)
    axes.set_ylabel(label, color=INK)
    axes.set_xlim(0.5, len(epochs) + 0.5)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=MUTED, length=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GRID)
    axes.legend(frameon=False, labelcolor=INK, fontsize=9)
