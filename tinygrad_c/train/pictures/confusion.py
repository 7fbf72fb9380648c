"""The confusion matrix: which class is taken for which."""

from collections.abc import Sequence

import numpy as np

from tinygrad_c.train.metrics import Predictions
from tinygrad_c.train.pictures.sheet import DPI, INK, MUTED, Path, new_sheet, write


def draw_confusion(
    predictions: Predictions, classes: Sequence[str], path: Path, title: str = ""
) -> None:
    """Write a PNG of the confusion matrix with its counts: rows the right class, columns the read.

    Right ones stand blue on the diagonal, mistakes red, each the darker the greater its share of
    its row.

    Raises
    ------
    MissingPackageError : where matplotlib is not installed.
    """
    counts = predictions.confusion()
    n = len(classes)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    side = max(4.0, 0.52 * n + 1.6)
    figure = new_sheet(side + 0.4, side + 0.3, title)
    axes = figure.subplots()
    axes.imshow(np.where(np.eye(n, dtype=bool), shares, np.nan), cmap="Blues", vmin=0, vmax=1.4)
    # A mistake must be seen where it is one in a hundred: the root lifts small shares.
    mistakes = np.where(np.eye(n, dtype=bool) | (counts == 0), np.nan, np.sqrt(shares))
    axes.imshow(mistakes, cmap="Reds", vmin=-0.1, vmax=1)
    for row, column in np.ndindex(n, n):
        if counts[row, column]:
            dark = shares[row, column] > (0.75 if row == column else 0.35)
            axes.text(
                column,
                row,
                f"{counts[row, column]:,}",
                ha="center",
                va="center",
                fontsize=9 if counts.max() < 10_000 else 7,
                color="white" if dark else INK,
            )
    slant = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(range(n), classes, **(slant if max(map(len, classes)) > 3 else {}))
    axes.set_yticks(range(n), classes)
    axes.set_xlabel("read as", color=INK)
    axes.set_ylabel("true class", color=INK)
    axes.tick_params(length=0, colors=MUTED)
    axes.set_xticks(np.arange(n + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(n + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="#eceff3", linewidth=72 / DPI)
    axes.tick_params(which="minor", length=0)
    axes.spines[:].set_visible(False)
    write(figure, path)
