"""What the first layer looks for: its weights as images."""

from collections.abc import Sequence

import numpy as np

from tinygrad_c.nn import Module
from tinygrad_c.train.pictures.sheet import Mosaic, Path

MOST = 64
# Of a filter, in inches.
WIDTH = 0.75


def draw_filters(model: Module, image_shape: Sequence[int], path: Path, title: str = "") -> None:
    """Write a PNG with the filters of the first layer of `model`, the 64 strongest if more.

    The first parameter with two dimensions or more is that layer's weight: the filters of a
    convolution, or of a linear layer whose rows have the elements of an image (C, H, W). Filters
    of three channels are shown in colour, with grey for 0; others channel by channel, red for
    positive weights, blue for negative, white for 0, on one scale for all.

    Raises
    ------
    MissingPackageError : where matplotlib is not installed.
    """
    filters = first_filters(model, image_shape)
    scale = float(np.abs(filters[np.isfinite(filters)]).max(initial=0)) or 1.0
    in_colour = filters.shape[1] == 3
    if in_colour:
        panels = strongest(np.moveaxis(0.5 + 0.5 * filters / scale, 1, -1))
        caption = "grey is 0"
    else:
        panels = strongest(filters.reshape(-1, *filters.shape[2:]))
        caption = f"red is positive, up to {scale:.2g}, white is 0, blue is negative"
    mosaic = Mosaic(len(panels), panels.shape[1:3], WIDTH, title, caption)
    for number, panel in enumerate(panels):
        mosaic.show(number, panel, cmap="RdBu_r", vmin=-scale, vmax=scale)
        mosaic.frame(number)
    mosaic.write(path)


def first_filters(model: Module, image_shape: Sequence[int]) -> np.ndarray:
    """The weight of the first layer as (filters, channels, height, width)."""
    weight = next(p for p in model.parameters() if p.dim() > 1).detach().numpy()
    if weight.ndim == 4:
        return weight
    return weight.reshape(len(weight), *image_shape)


def strongest(panels: np.ndarray) -> np.ndarray:
    """At most `MOST` of the panels, those of the greatest variance, in their order."""
    with np.errstate(invalid="ignore"):
        variances = panels.reshape(len(panels), -1).astype(np.float64).var(1)
    return panels[np.sort(np.argsort(-variances, kind="stable")[:MOST])]
