"""What all pictures share: the figure, its colours, and how an image is shown."""

import os
from typing import Any

import numpy as np

from tinygrad_c.extras import require

INK, MUTED, GRID = "#222222", "#6b7280", "#d9dde3"
BLUE, ORANGE = "#2166ac", "#d6604d"
DPI = 150
HEADING: dict[str, Any] = {"color": INK, "fontsize": 13, "fontweight": "bold"}
CAPTION: dict[str, Any] = {"color": MUTED, "fontsize": 9}
# Inches around what is drawn.
MARGIN = 0.2

Path = str | os.PathLike[str]


def new_sheet(width: float, height: float, title: str = "") -> Any:
    """An empty figure of that size in inches, with room for its heading.

    A Figure without pyplot: no window, no state shared with the caller's own plots.

    Raises
    ------
    MissingPackageError : where matplotlib is not installed.
    """
    figure = require("matplotlib.figure", extra="train").Figure(
        figsize=(width, height), layout="constrained", facecolor="white"
    )
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
    if title:
        figure.suptitle(title, **HEADING)
    return figure


def write(figure: Any, path: Path) -> None:
    """Make the figure the file `path`, a PNG."""
    figure.savefig(path, dpi=DPI, format="png")


class Mosaic:
    """Images of one shape in rows and columns, with room for words above and below each.

    All stand in one Axes, whose unit is the width of an image: an Axes for each would take
    matplotlib a second.

    Parameters
    ----------
    count : how many images
    shape : their (height, width)
    width : of one image, in inches
    above, below : room for words, in inches
    """

    def __init__(
        self,
        count: int,
        shape: tuple[int, int],
        width: float,
        title: str = "",
        subtitle: str = "",
        above: float = 0.0,
        below: float = 0.0,
    ):
        rows, self.columns = grid_of(count)
        self.gap = 0.12
        self.height = shape[0] / shape[1]
        self.above = above / width
        self.row = self.height + self.gap + (above + below) / width
        size = (self.columns * (1 + self.gap) - self.gap, rows * self.row - self.gap)
        sheet_width = max(MARGIN * 2 + size[0] * width, 0.095 * len(title) + 0.6)
        top, bottom = (0.55 if title else MARGIN), (0.45 if subtitle else MARGIN)
        sheet_height = top + bottom + size[1] * width
        self.figure = require("matplotlib.figure", extra="train").Figure(
            figsize=(sheet_width, sheet_height), facecolor="white"
        )
        left = (sheet_width - size[0] * width) / 2 / sheet_width
        self.axes = self.figure.add_axes(
            (left, bottom / sheet_height, 1 - 2 * left, 1 - (top + bottom) / sheet_height)
        )
        self.axes.set_axis_off()
        self.limits = ((0, size[0]), (size[1], 0))
        if title:
            self.figure.text(
                0.5, 1 - 0.3 / sheet_height, title, ha="center", va="center", **HEADING
            )
        if subtitle:
            self.figure.text(0.5, 0.2 / sheet_height, subtitle, ha="center", va="center", **CAPTION)

    def place(self, number: int) -> tuple[float, float]:
        """The left upper corner of an image."""
        row, column = divmod(number, self.columns)
        return column * (1 + self.gap), row * self.row + self.above

    def show(self, number: int, image: np.ndarray, **options: Any) -> None:
        """Draw an image (H, W) or (H, W, 3); the options are those of ``imshow``."""
        x, y = self.place(number)
        box = (x, x + 1, y + self.height, y)
        self.axes.imshow(image, extent=box, interpolation="nearest", **options)

    def frame(self, number: int) -> None:
        """Draw a line around an image."""
        x, y = self.place(number)
        xs, ys = (x, x + 1, x + 1, x, x), (y, y, y + self.height, y + self.height, y)
        self.axes.plot(xs, ys, color=GRID, linewidth=0.8, clip_on=False)

    def say(self, number: int, text: str, below: bool = False, **options: Any) -> None:
        """Write above or below an image."""
        x, y = self.place(number)
        self.axes.annotate(
            text,
            (x + 0.5, y + self.height if below else y),
            xytext=(0, -4 if below else 4),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            **options,
        )

    def write(self, path: Path) -> None:
        """Make the sheet the file `path`."""
        self.axes.set(xlim=self.limits[0], ylim=self.limits[1], aspect="equal")
        write(self.figure, path)


def grid_of(count: int) -> tuple[int, int]:
    """Rows and columns for `count` panels: about twice as wide as high, with few left empty."""
    if count <= 4:
        return 1, max(1, count)
    target = (2.6 * count) ** 0.5 if count < 32 else (2 * count) ** 0.5
    candidates = range(max(3, round(0.7 * target)), round(1.5 * target) + 1)
    columns = min(candidates, key=lambda n: (-count % n, abs(n - target)))
    return -(-count // columns), columns
