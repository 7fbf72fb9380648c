"""Transforms that move the pixels of an image."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from tinygrad_c.creation import from_numpy
from tinygrad_c.nn.module import Module
from tinygrad_c.tensor import Tensor
from tinygrad_c.vision.transforms import functional
from tinygrad_c.vision.transforms.batch import (
    BatchTransform,
    Draw,
    Size,
    draw_below,
    draw_chance,
)
from tinygrad_c.vision.transforms.pixels import cut_windows, mirror, pad_pixels


def parse_size(name: str, size: Any) -> Size:
    """(height, width) of a number or of one or two numbers."""
    numbers = [size] if isinstance(size, int) else size
    if not isinstance(numbers, Sequence) or not all(isinstance(n, int) for n in numbers):
        raise TypeError(f"{name}: size must be whole numbers, got {size!r}")
    if len(numbers) not in (1, 2) or min(numbers) < 1:
        raise ValueError(f"{name}: size must be 1 or 2 numbers above 0, got {size!r}")
    return numbers[0], numbers[-1]


def on_pixels(images: Any, move: Callable[..., np.ndarray], *arguments: Any) -> Any:
    """``move(pixels, *arguments)`` of a batch, as what the batch is."""
    if isinstance(images, Tensor):
        return from_numpy(move(images.numpy(), *arguments))
    return move(images, *arguments)


def pad_batch(images: Any, padding: Any, fill: Any, padding_mode: str) -> Any:
    """`functional.pad` of every image of a batch."""
    if isinstance(images, Tensor):
        return functional.pad(images, padding, fill, padding_mode)
    numbers = functional.parse_fill(fill, images.shape[1], floating=False)
    colour = np.reshape(numbers, (-1, 1, 1))
    return pad_pixels(images, -2, functional.parse_edges(padding), colour, padding_mode)


class Pad(BatchTransform, Module):
    """The image with more pixels at its edges: see `functional.pad`."""

    def __init__(self, padding: Any, fill: Any = 0, padding_mode: str = "constant"):
        super().__init__()
        functional.parse_edges(padding)
        functional.check_mode(padding_mode)
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def forward(self, img: Any) -> Any:
        return functional.pad(img, self.padding, self.fill, self.padding_mode)

    def drawing(self, size: Size) -> tuple[Draw | None, Size]:
        return None, padded_size(size, [self.padding])

    def batch(self, images: Any, choices: Sequence[Any]) -> Any:
        return pad_batch(images, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(padding={self.padding}, fill={self.fill}, "
            f"padding_mode={self.padding_mode})"
        )


class CenterCrop(BatchTransform, Module):
    """The middle of the image: see `functional.center_crop`."""

    def __init__(self, size: Any):
        super().__init__()
        self.size = parse_size("CenterCrop", size)

    def forward(self, img: Any) -> Any:
        return functional.center_crop(img, self.size)

    def drawing(self, size: Size) -> tuple[Draw | None, Size]:
        return None, self.size

    def batch(self, images: Any, choices: Sequence[Any]) -> Any:
        if isinstance(images, Tensor):
            return functional.center_crop(images, self.size)
        return functional.center_crop(from_numpy(images), self.size).numpy()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class RandomCrop(BatchTransform, Module):
    """A window of the image at a random place.

    Two numbers are drawn from the default generator, as torchvision draws them: the row and the
    column of its top left pixel; none where the image has the size already.

    Parameters
    ----------
    size : (height, width), or a number for both
    padding : pixels that the image gets at its edges before: see `functional.pad`
    pad_if_needed : whether an image that is too small gets pixels at both sides: as many at each
        as it lacks
    fill, padding_mode : of both: see `functional.pad`

    Raises
    ------
    ValueError : when it is called, where the image is smaller than `size`.
    """

    draws = True

    def __init__(
        self,
        size: Any,
        padding: Any = None,
        pad_if_needed: bool = False,
        fill: Any = 0,
        padding_mode: str = "constant",
    ):
        super().__init__()
        self.size = parse_size("RandomCrop", size)
        if padding is not None:
            functional.parse_edges(padding)
        functional.check_mode(padding_mode)
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    @staticmethod
    def get_params(img: Any, output_size: Size) -> tuple[int, int, int, int]:
        """Draw (top, left, height, width) of a window of `output_size` in the image."""
        _, height, width = functional.get_dimensions(img)
        return (*draw_corner((height, width), output_size), *output_size)

    def paddings(self, size: Size) -> list[Any]:
        """What an image of this size is padded with, one after the other."""
        paddings = [] if self.padding is None else [self.padding]
        height, width = padded_size(size, paddings)
        if self.pad_if_needed and width < self.size[1]:
            paddings.append((self.size[1] - width, 0))
        if self.pad_if_needed and height < self.size[0]:
            paddings.append((0, self.size[0] - height))
        return paddings

    def forward(self, img: Any) -> Any:
        _, height, width = functional.get_dimensions(img)
        for padding in self.paddings((height, width)):
            img = functional.pad(img, padding, self.fill, self.padding_mode)
        return functional.crop(img, *self.get_params(img, self.size))

    def drawing(self, size: Size) -> tuple[Draw | None, Size]:
        return partial(draw_corner, padded_size(size, self.paddings(size)), self.size), self.size

    def batch(self, images: Any, choices: Sequence[Any]) -> Any:
        for padding in self.paddings(images.shape[2:]):
            images = pad_batch(images, padding, self.fill, self.padding_mode)
        return on_pixels(images, cut_windows, choices, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, padding={self.padding})"


def padded_size(size: Size, paddings: Sequence[Any]) -> Size:
    """The size of an image after these paddings."""
    height, width = size
    for padding in paddings:
        left, top, right, bottom = functional.parse_edges(padding)
        height, width = height + top + bottom, width + left + right
    return height, width


def draw_corner(size: Size, window: Size) -> tuple[int, int]:
    """The top left pixel of a random window in an image of `size`."""
    down, across = size[0] - window[0], size[1] - window[1]
    if down < 0 or across < 0:
        raise ValueError(
            f"RandomCrop: size must not be larger than the image, got {window} for {size}"
        )
    if down == across == 0:
        return 0, 0
    top = draw_below(down + 1)
    return top, draw_below(across + 1)


class RandomHorizontalFlip(BatchTransform, Module):
    """Left and right exchanged, with probability p.

    A number is drawn from the default generator for every image, as torchvision draws it.
    """

    draws = True

    def __init__(self, p: float = 0.5):
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"RandomHorizontalFlip: p must be from 0 to 1, got {p}")
        self.p = p

    def forward(self, img: Any) -> Any:
        return functional.hflip(img) if draw_chance(self.p) else img

    def drawing(self, size: Size) -> tuple[Draw | None, Size]:
        return partial(draw_chance, self.p), size

    def batch(self, images: Any, choices: Sequence[Any]) -> Any:
        return on_pixels(images, mirror, choices)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"
